"""What became of each stage, told from a history."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.runs.timeline import StageRun, Timeline

BEGIN = datetime(2027, 1, 31, 6, tzinfo=UTC)


def timeline(*events: tuple[int, str, Any], ended: tuple[str, str, str, str] | None = None) -> Timeline:
    """Events as (the one before, type, details): each a second after the other."""
    made = Timeline()
    made.add(
        {
            "id": number,
            "previousEventId": before,
            "type": kind,
            "timestamp": BEGIN + timedelta(seconds=number),
            f"{kind}EventDetails": details if isinstance(details, dict) else {"name": details},
        }
        for number, (before, kind, details) in enumerate(events, start=1)
    )
    if ended:
        made.end(*ended)
    return made


def stage(made: Timeline, name: str) -> StageRun:
    return made.stages[name]


def test_a_stage_lasts_from_its_first_state_to_its_last() -> None:
    found = timeline(
        (0, "ChoiceStateEntered", "load done?"),
        (1, "ChoiceStateExited", "load done?"),
        (2, "TaskStateEntered", "load"),
        (3, "TaskScheduled", {}),
        (4, "TaskStateExited", "load"),
        (5, "TaskStateEntered", "load recorded"),
        (6, "TaskStateExited", "load recorded"),
    )
    run = stage(found, "load")
    assert (run.status, run.seconds, run.attempts) == ("succeeded", 4.0, 1)


def test_a_stage_that_is_gone_past_is_skipped() -> None:
    found = timeline(
        (0, "ChoiceStateEntered", "load done?"),
        (1, "ChoiceStateExited", "load done?"),
        (2, "ChoiceStateEntered", "check done?"),
        (3, "ChoiceStateExited", "check done?"),
        (4, "TaskStateEntered", "check"),
    )
    assert (stage(found, "load").status, stage(found, "check").status) == ("skipped", "running")


def test_every_try_is_counted_and_the_last_error_is_kept_while_it_goes_on() -> None:
    found = timeline(
        (0, "TaskStateEntered", "load"),
        (1, "TaskScheduled", {}),
        (2, "TaskFailed", {"error": "Lambda.TooManyRequestsException", "cause": "slow down"}),
        (3, "TaskScheduled", {}),
    )
    run = stage(found, "load")
    assert (run.status, run.attempts, run.error) == ("running", 2, "Lambda.TooManyRequestsException")


def test_events_of_side_by_side_branches_are_told_apart() -> None:
    found = timeline(
        (0, "TaskStateEntered", "one"),
        (0, "TaskStateEntered", "two"),
        (1, "TaskScheduled", {}),
        (2, "TaskScheduled", {}),
        (3, "TaskFailed", {"error": "A", "cause": "a"}),
        (5, "TaskScheduled", {}),
    )
    assert (stage(found, "one").attempts, stage(found, "two").attempts) == (2, 1)


def test_when_a_run_fails_the_stage_that_failed_is_told_from_those_it_stopped() -> None:
    found = timeline(
        (0, "TaskStateEntered", "one"), (0, "TaskStateEntered", "two"), ended=("FAILED", "Boom", "why", "two")
    )
    assert (stage(found, "one").status, stage(found, "two").status) == ("stopped", "failed")
    assert stage(found, "two").cause == "why"


def test_a_redrive_goes_on_with_the_failed_stage() -> None:
    found = timeline(
        (0, "TaskStateEntered", "load"),
        (1, "TaskFailed", {"error": "Boom", "cause": "why"}),
        (0, "ExecutionRedriven", {"redriveCount": 1}),
    )
    found.end("FAILED", "Boom", "why", "load")
    found.add([{"id": 9, "previousEventId": 0, "type": "ExecutionRedriven", "timestamp": BEGIN}])
    assert stage(found, "load").status == "running"
    assert stage(found, "load").error == ""


@pytest.mark.parametrize(
    ("resource", "output", "said"),
    [
        ("runTask.sync", {"Containers": [{"Reason": "recorded only: no R"}, {"ExitCode": 0}]}, "recorded only: no R"),
        ("startJobRun.sync", {"StateDetail": "recorded only: no Spark"}, "recorded only: no Spark"),
        ("runTask.sync", {"Containers": [{"ExitCode": 0}]}, ""),
        ("invoke", {"StateDetail": "a function's own"}, ""),
        ("runTask.sync", None, ""),
    ],
)
def test_what_a_service_said_of_work_that_did_not_fail_is_known(resource: str, output: Any, said: str) -> None:
    text = json.dumps(output) if output else '{"cut": "of'
    found = timeline(
        (0, "TaskStateEntered", "load"),
        (1, "TaskScheduled", {}),
        (2, "TaskSucceeded", {"resource": resource, "output": text}),
        (3, "TaskStateExited", "load"),
        (4, "TaskStateEntered", "load recorded"),
        (5, "TaskSucceeded", {"resource": "putItem", "output": "{}"}),
    )
    assert stage(found, "load").remark == said


def test_a_loop_counts_its_items() -> None:
    found = timeline(
        (0, "MapStateEntered", "files"),
        (1, "MapStateStarted", {"length": 3}),
        (2, "MapIterationSucceeded", {"name": "files", "index": 0}),
    )
    assert (stage(found, "files").items, stage(found, "files").items_done) == (3, 1)


@pytest.mark.parametrize("state", ["Begin run", "Run of this date going on?", "Finish run"])
def test_states_around_the_stages_are_none(state: str) -> None:
    assert timeline((0, "TaskStateEntered", state), (1, "TaskStateExited", state)).stages == {}
