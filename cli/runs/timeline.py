"""What became of each stage of a run, told from the history of its execution."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ..siblings import sibling

Status = Literal["waiting", "running", "succeeded", "failed", "stopped", "skipped"]
_ENDED_BADLY = {"FAILED": "failed", "TIMED_OUT": "failed", "ABORTED": "stopped"}


@dataclass
class StageRun:
    """One stage in one run."""

    name: str
    status: Status = "waiting"
    started: datetime | None = None
    ended: datetime | None = None
    starts: dict[str, int] = field(default_factory=dict)
    """How often the work of each of its states was started."""
    items_done: int = 0
    items: int = 0
    """Of a loop."""
    error: str = ""
    cause: str = ""
    task: dict[str, Any] = field(default_factory=dict)
    """What the service said of the work when it was started or ended: a task's ARN, a query's id."""

    @property
    def attempts(self) -> int:
        """How often its work was started: more than once after a transient error."""
        return max(self.starts.values(), default=0)

    @property
    def remark(self) -> str:
        """What the service said of work that did not fail: why a container ended, that a Spark job did not run."""
        if not str(self.task.get("resource", "")).startswith(("runTask", "startJobRun")):
            return ""
        try:
            output = json.loads(self.task["output"])
        except ValueError:  # AWS cuts off what is too long for a history
            return ""
        said = [output.get("StateDetail"), *(each.get("Reason") for each in output.get("Containers", []))]
        return ", ".join(each for each in said if each)

    @property
    def seconds(self) -> float | None:
        """How long it took, if it has ended."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


class Timeline:
    """The stages of one execution, as far as its events are known."""

    def __init__(self) -> None:
        self.stages: dict[str, StageRun] = {}
        self._state_of_event: dict[int, str] = {}
        self._last_id = 0
        self._states = sibling("handlers.runs.states")

    @property
    def last_id(self) -> int:
        """The newest event that is known."""
        return self._last_id

    def add(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Take events into account, the oldest first."""
        for event in events:
            self._last_id = max(self._last_id, event["id"])
            self._add(event)

    def end(self, status: str, error: str, cause: str, stage: str | None) -> None:
        """Take the end of the execution into account: what was going on has ended with it."""
        for run in self.stages.values():
            if run.status == "running":
                run.status = "stopped" if run.name != stage else _word(_ENDED_BADLY.get(status, "stopped"))
        if stage and status in _ENDED_BADLY:
            failed = self.stages.setdefault(stage, StageRun(stage))
            failed.status, failed.error, failed.cause = _word(_ENDED_BADLY[status]), error, cause

    def _add(self, event: Mapping[str, Any]) -> None:
        kind, moment = str(event["type"]), event["timestamp"]
        details = _details(event)
        if kind.endswith(("StateEntered", "StateExited")):
            self._state(str(details["name"]), kind, moment, event["id"])
            return
        state = self._state_of_event.get(event.get("previousEventId", 0), "")
        self._state_of_event[event["id"]] = state
        if kind == "ExecutionRedriven":
            self._again()
        if not state:
            return
        run = self.stages[self._states.stage_of(state)]
        if kind in ("TaskScheduled", "LambdaFunctionScheduled"):
            run.starts[state] = run.starts.get(state, 0) + 1
        elif kind in ("TaskSubmitted", "TaskSucceeded") and not state.endswith(self._states.RECORDED):
            run.task = {"resource": details.get("resource"), "output": details.get("output", "")}
        elif kind == "TaskFailed" or kind.endswith("TimedOut"):
            run.error, run.cause = str(details.get("error") or ""), str(details.get("cause") or "")
        elif kind == "MapStateStarted":
            run.items = int(details.get("length", 0))
        elif kind == "MapIterationSucceeded":
            run.items_done += 1

    def _state(self, state: str, kind: str, moment: datetime, number: int) -> None:
        stage = self._states.stage_of(state)
        self._state_of_event[number] = "" if stage in self._states.OF_THE_RUN else state
        if stage in self._states.OF_THE_RUN:
            return
        run = self.stages.setdefault(stage, StageRun(stage))
        if kind.endswith("Exited"):
            run.ended = moment
            # A branch that has ended leaves its state behind; the stage is done when the state after it begins.
            run.status = "succeeded" if run.status == "running" else run.status
            return
        if state == f"{stage} done?":
            run.started, run.status = moment, "skipped"
            return
        if run.status in ("waiting", "skipped"):
            run.started, run.starts = moment, {}
        run.status, run.ended = "running", None

    def _again(self) -> None:
        """A redrive repeats what had failed; its state is entered no second time."""
        for run in self.stages.values():
            if run.status in ("failed", "stopped") or run.error:
                run.status, run.ended, run.error, run.cause = "running", None, "", ""


def _word(word: str) -> Status:
    return "failed" if word == "failed" else "stopped"


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    return found if isinstance(found, Mapping) else {}
