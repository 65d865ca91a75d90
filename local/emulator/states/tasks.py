"""Task states: the call, its time limit, Retry and Catch.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import json
import random
import threading
import time
from collections.abc import Mapping
from typing import Any

from .cancelling import Cancel, run_limited
from .data import Data
from .errors import StateError, matches
from .frames import Frame
from .history import text
from .integrations import Call, parse
from .interpreter import Entered, Run, following, state_data

_FOREVER = 99_999_999
_HEARTBEAT_CHECK_SECONDS = 0.1


class Retries:
    """The retriers of a state, and how often each was used."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._retriers: list[Mapping[str, Any]] = list(state.get("Retry", []))
        self._used: dict[int, int] = {}

    @property
    def count(self) -> int:
        """How often the state was tried again."""
        return sum(self._used.values())

    def delay(self, error: StateError) -> float | None:
        """Return the seconds until the next try; none when there is none. The first retrier that matches decides."""
        for index, retrier in enumerate(self._retriers):
            if matches(retrier["ErrorEquals"], error.error):
                used = self._used.get(index, 0)
                if used >= retrier.get("MaxAttempts", 3):
                    return None
                self._used[index] = used + 1
                seconds = float(retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** used)
                seconds = min(seconds, retrier.get("MaxDelaySeconds", _FOREVER))
                if retrier.get("JitterStrategy") == "FULL":
                    seconds = random.uniform(0, seconds)  # noqa: S311 - no secret
                return seconds
        return None


def catch(data: Data, state: Mapping[str, Any], error: StateError) -> Entered:
    """Return where the catcher of an error leads; raises the error where there is none."""
    for catcher in state.get("Catch", []):
        if matches(catcher["ErrorEquals"], error.error):
            output, variables = data.caught(catcher, error)
            return catcher["Next"], output, variables
    raise error


def run_task(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    """Call the service until it succeeds or no retrier and no catcher is left."""
    retries = Retries(state)
    while True:
        data = state_data(run, frame, name, state, retries.count)
        try:
            result = _attempt(run, frame, data, state, cancel)
            return following(state), data.output(result), data.assign(state, result=result)
        except StateError as error:
            seconds = retries.delay(error)
            if seconds is None:
                return catch(data, state, error)
            run.pause(seconds, cancel)


def _attempt(run: Run, frame: Frame, data: Data, state: Mapping[str, Any], cancel: Cancel) -> Any:
    call = parse(state["Resource"])
    if call.waits_for_token:
        data.context["Task"] = {"Token": run.engine.new_uuid()}
    arguments = data.arguments()
    seconds = data.field("TimeoutSeconds")
    named = {"resourceType": call.service_name, "resource": call.action_name}
    scheduled: dict[str, Any] = {**named, "region": run.integrations.region, "parameters": text(arguments)}
    if seconds is not None:
        scheduled["timeoutInSeconds"] = int(seconds)

    def note(event: str, **details: Any) -> None:
        frame.last_event = run.history.add(event, frame.last_event, {**named, **details})

    frame.last_event = run.history.add("TaskScheduled", frame.last_event, scheduled)
    note("TaskStarted")

    def submitted(answer: Any) -> None:
        note("TaskSubmitted", output=text(answer), outputDetails={"truncated": False})

    try:
        if call.waits_for_token:
            result = _callback(run, call, arguments, data, seconds, submitted, cancel)
        else:
            result = run_limited(
                lambda own: run.integrations.call(call, arguments, own, submitted), cancel, seconds, run.spawn
            )
    except TimeoutError:
        note("TaskTimedOut", error="States.Timeout", cause="")
        raise StateError("States.Timeout", f"The task ran longer than TimeoutSeconds: {seconds}.") from None
    except StateError as error:
        note("TaskFailed", error=error.error, cause=error.cause)
        raise
    note("TaskSucceeded", output=text(result), outputDetails={"truncated": False})
    return result


def _callback(
    run: Run, call: Call, arguments: Any, data: Data, seconds: float | None, submitted: Any, cancel: Cancel
) -> Any:
    """Call, and wait until somebody sends the token back."""
    token = data.context["Task"]["Token"]
    done = threading.Event()
    entry: dict[str, Any] = {"event": done, "result": None, "error": None, "heartbeat": None}
    run.engine._task_tokens[token] = entry
    heartbeat = data.field("HeartbeatSeconds")
    started = beat = time.monotonic()
    try:
        submitted(run.integrations.call(call, arguments, cancel, lambda _: None))
        while not done.wait(_HEARTBEAT_CHECK_SECONDS):
            cancel.check()
            if entry["heartbeat"]:
                beat, entry["heartbeat"] = time.monotonic(), None
            if heartbeat is not None and time.monotonic() - beat > heartbeat:
                raise StateError("States.HeartbeatTimeout", f"No heartbeat came for {heartbeat} seconds.")
            if seconds is not None and time.monotonic() - started > seconds:
                raise TimeoutError
    finally:
        run.engine._task_tokens.pop(token, None)
    if entry["error"]:
        raise StateError(entry["error"]["Error"], entry["error"]["Cause"])
    return json.loads(entry["result"])
