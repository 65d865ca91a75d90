"""The runs that `up` ends with, where a schedule fires in the same moment."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.runs import first
from handlers.runs.states import OF_THE_RUN

STARTED, SCHEDULED = "arn:execution:started", "arn:execution:scheduled"
MOMENT = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)


class StepFunctions:
    """Two executions: the one that was started found its date held by the other."""

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803
        output = {"status": "SUCCEEDED", "date": "2026-11-29"}
        if executionArn == STARTED:
            output |= {"status": "ALREADY_RUNNING", "execution": SCHEDULED}
        return {
            "status": "SUCCEEDED",
            "output": json.dumps(output),
            "startDate": MOMENT,
            "stopDate": MOMENT,
        }

    def describe_state_machine_for_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803
        _, going_on, _, end = OF_THE_RUN[:4]
        return {"definition": json.dumps({"States": {going_on: {"Type": "Choice", "Default": end}}})}

    def get_execution_history(self, **_: Any) -> dict[str, Any]:
        return {"events": []}


class Said:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def doing(self, text: str) -> None:
        pass

    def done(self, text: str) -> None:
        self.lines.append(text)


def test_a_first_run_whose_schedule_has_begun_it_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = SimpleNamespace(
        name="daily-odk",
        ledger=SimpleNamespace(latest=lambda _name, _count: []),
        target=SimpleNamespace(clients=lambda _service: StepFunctions(), poll_seconds=0),
    )
    monkeypatch.setattr(first, "find_pipelines", lambda _target: [pipeline])
    monkeypatch.setattr(first, "start", lambda _pipeline, why: STARTED)
    said = Said()
    (run,) = first.run_each_once(SimpleNamespace(), said)  # type: ignore[arg-type]
    assert (run.execution, run.status) == (SCHEDULED, "SUCCEEDED")
    assert said.lines == ["daily-odk 2026-11-29: 0 stages, succeeded in 0.0 s"]
