"""State by state through a frame: what each type of state does.

https://states-language.net/spec.html
"""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .cancelling import Cancel
from .data import Data, limited
from .errors import StateError
from .frames import Frame
from .history import History, text
from .integrations import Integrations


@dataclass
class Run:
    """One execution on its way, and what its states need."""

    engine: Any
    """ministack's module, for JSONata and JSONPath."""
    execution: dict[str, Any]
    definition: Mapping[str, Any]
    context: dict[str, Any]
    history: History
    integrations: Integrations
    cancel: Cancel
    spawn: Callable[[Callable[[], None]], None]
    """Starts a thread that belongs to the same account and region."""
    frame: Frame = field(default_factory=lambda: Frame({}, None, None))

    @property
    def language(self) -> str:
        """The query language of states that name none."""
        return str(self.definition.get("QueryLanguage", "JSONPath"))

    def pause(self, seconds: float, cancel: Cancel) -> None:
        """Wait, at the pace that SFN_WAIT_SCALE sets."""
        cancel.pause(seconds * self.engine._SFN_WAIT_SCALE)


def run_frame(run: Run, frame: Frame, cancel: Cancel) -> Any:
    """Go on in a frame until its end; returns its output. The frame tells afterwards where it stopped."""
    while frame.state is not None:
        cancel.check()
        name = frame.state
        state = frame.states.get(name)
        if state is None:
            raise StateError("States.Runtime", f"State '{name}' not found in the definition.")
        if not frame.entered:
            frame.last_event = run.history.add(
                f"{state['Type']}StateEntered",
                frame.last_event,
                {"name": name, "input": text(frame.data), "inputDetails": {"truncated": False}},
            )
            frame.entered = True
        following, output, variables = _enter(run, frame, name, state, cancel)
        frame.last_event = run.history.add(
            f"{state['Type']}StateExited",
            frame.last_event,
            {
                "name": name,
                "output": text(output),
                "outputDetails": {"truncated": False},
                **(
                    {"assignedVariables": {each: text(value) for each, value in variables.items()}} if variables else {}
                ),
            },
        )
        frame.variables.update(variables)
        frame.advance(following, output)
    return frame.data


def state_data(run: Run, frame: Frame, name: str, state: Mapping[str, Any], retries: int = 0) -> Data:
    """Return what evaluates the fields of the state that a frame is in."""
    context = {
        **run.context,
        "State": {"Name": name, "EnteredTime": run.engine.now_iso(), "RetryCount": retries},
        **({"Map": {"Item": frame.item}} if frame.item is not None else {}),
    }
    return Data(run.engine, state, run.language, frame.data, frame.variables, context)


def following(state: Mapping[str, Any]) -> str | None:
    """Return the state after this one; none at the end."""
    return None if state.get("End") else state.get("Next")


Entered = tuple[str | None, Any, dict[str, Any]]
"""The next state, the output, and the variables that were assigned."""


def _enter(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    from . import nested, tasks

    handlers: Mapping[str, Callable[[Run, Frame, str, Mapping[str, Any], Cancel], Entered]] = {
        "Task": tasks.run_task,
        "Parallel": nested.run_parallel,
        "Map": nested.run_map,
        "Pass": _pass,
        "Choice": _choose,
        "Wait": _wait,
        "Succeed": _succeed,
        "Fail": _fail,
    }
    if state.get("Type") not in handlers:
        raise StateError("States.Runtime", f"State '{name}' has an unknown type: {state.get('Type')}.")
    return handlers[state["Type"]](run, frame, name, state, cancel)


def _pass(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    data = state_data(run, frame, name, state)
    if data.is_jsonata:
        output = data.output(frame.data)
        return following(state), output, data.assign(state, result=output)
    return following(state), data.output(state.get("Result", data.arguments())), {}


def _choose(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    return state_data(run, frame, name, state).chosen()


def _wait(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    data = state_data(run, frame, name, state)
    if "Seconds" in state or "SecondsPath" in state:
        run.pause(_whole_seconds(data.field("Seconds")), cancel)
    else:
        run.pause(_seconds_until(data.field("Timestamp")), cancel)
    if data.is_jsonata:
        output = data.output(frame.data)
        return following(state), output, data.assign(state)
    return following(state), limited(run.engine._apply_output_path(state, data.effective, data.context)), {}


def _succeed(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    data = state_data(run, frame, name, state)
    if data.is_jsonata:
        return None, data.output(frame.data), {}
    return None, limited(run.engine._apply_output_path(state, data.effective, data.context)), {}


def _fail(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    data = state_data(run, frame, name, state)
    raise StateError(str(data.field("Error", "States.Fail")), str(data.field("Cause", "")))


def _whole_seconds(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or found != int(found) or found < 0:
        raise StateError("States.QueryEvaluationError", f"Seconds must be a whole number: {json.dumps(found)}")
    return float(found)


def _seconds_until(found: Any) -> float:
    try:
        moment = datetime.datetime.fromisoformat(str(found))
        return (moment - datetime.datetime.now(datetime.UTC)).total_seconds()
    except (TypeError, ValueError):
        raise StateError(
            "States.QueryEvaluationError",
            f"The Timestamp is no ISO-8601 date and time with an offset: {json.dumps(found)}",
        ) from None
