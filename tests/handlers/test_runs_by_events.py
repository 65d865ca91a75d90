"""Runs that an event starts, and the event that a run's success is."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from components.events import hearing
from handlers.common import clients
from handlers.runs import announcements
from handlers.runs.begin import begin
from handlers.runs.dates import InvalidRunInputError
from handlers.runs.finish import finish
from handlers.runs.ledger import Ledger, SupersededError

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-daily"
EVENT = {"id": "e-1", "time": "2027-01-31T23:30:00Z", "detail": {"object": {"key": 'landing/"1".csv', "size": 7}}}


@pytest.fixture
def ledger() -> Ledger:
    name = f"runs-{uuid.uuid4().hex[:8]}"
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return Ledger(clients.dynamodb(), name)


class Executions:
    """Step Functions, for which every execution has ended unless the test says otherwise."""

    def __init__(self, *going_on: str) -> None:
        self.going_on = going_on

    def describe_execution(self, executionArn: str) -> dict[str, str]:  # noqa: N803
        """Answer as Step Functions does."""
        return {"status": "RUNNING" if executionArn in self.going_on else "FAILED"}


class Bus:
    """EventBridge, which takes what it is given, or answers that it did not."""

    def __init__(self, error: str | None = None) -> None:
        self.entries: list[dict[str, Any]] = []
        self.error = error

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Answer as EventBridge does: a success, whatever became of the entries."""
        if self.error:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": self.error, "ErrorMessage": "try later"}]}
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


def start(
    ledger: Ledger, given: dict[str, Any], name: str = "one", *, going_on: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    event = {
        "pipeline": "daily",
        "timezone": "Europe/Rome",
        "date_offset": 0,
        "parameters": {"key": "none", "mode": "full"},
        "execution": execution(name),
        "started_at": "2027-02-02T06:00:00Z",
        "input": given,
        **more,
    }
    stepfunctions: SFNClient = Executions(*going_on)  # type: ignore[assignment]
    return begin(event, ledger, stepfunctions)


def execution(name: str) -> str:
    return f"{MACHINE.replace('stateMachine', 'execution')}:{name}"


def end(ledger: Ledger, run: dict[str, Any], bus: Bus, name: str = "one") -> None:
    event = {"pipeline": "daily", "date": run["date"], "execution": execution(name)}
    finish(event, ledger, announcements.Announcements(bus))  # type: ignore[arg-type]


def test_a_run_has_the_date_of_its_event_in_the_pipelines_time_zone(ledger: Ledger) -> None:
    assert start(ledger, {"event": EVENT})["date"] == "2027-02-01"


def test_a_run_that_follows_another_has_that_ones_date_whatever_the_time_and_the_offset(ledger: Ledger) -> None:
    assert start(ledger, {"event": EVENT, "date": "2026-12-24"}, date_offset=-1)["date"] == "2026-12-24"


def test_parameters_come_from_the_event_with_every_character_they_have_there(ledger: Ledger) -> None:
    given = {"event": EVENT, "parameters_from_event": {"key": "detail.object.key"}}
    assert start(ledger, given)["parameters"] == {"key": 'landing/"1".csv', "mode": "full"}


def test_a_parameter_that_is_given_goes_before_that_of_the_event(ledger: Ledger) -> None:
    given = {"event": EVENT, "parameters_from_event": {"key": "detail.object.key"}, "parameters": {"key": "mine"}}
    assert start(ledger, given)["parameters"]["key"] == "mine"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [({"key": "detail.object.etag"}, r"the event .* has no detail\.object\.etag"), ({"kay": "id"}, "no parameter kay")],
)
def test_what_the_event_or_the_pipeline_has_not_stops_the_run(
    ledger: Ledger, wanted: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidRunInputError, match=said):
        start(ledger, {"event": EVENT, "parameters_from_event": wanted})


def test_an_event_that_is_delivered_again_after_its_run_has_succeeded_starts_none(ledger: Ledger) -> None:
    first = start(ledger, {"event": EVENT})
    end(ledger, first, Bus())
    assert start(ledger, {"event": EVENT}, "two")["held_by"] == execution("one")


def test_another_event_of_the_same_date_starts_a_run_after_the_first_has_succeeded(ledger: Ledger) -> None:
    end(ledger, start(ledger, {"event": EVENT}), Bus())
    assert start(ledger, {"event": {**EVENT, "id": "e-2"}}, "two")["execution"] == execution("two")


def test_an_event_whose_run_has_failed_may_be_given_to_another_run(ledger: Ledger) -> None:
    start(ledger, {"event": EVENT})
    assert start(ledger, {"event": EVENT}, "two")["execution"] == execution("two")


def test_two_events_of_one_date_at_a_time_start_one_run(ledger: Ledger) -> None:
    start(ledger, {"event": EVENT})
    again = start(ledger, {"event": {**EVENT, "id": "e-2"}}, "two", going_on=(execution("one"),))
    assert again["held_by"] == execution("one")


def test_a_success_is_told_with_what_triggers_listen_for(ledger: Ledger) -> None:
    bus = Bus()
    run = start(ledger, {"event": EVENT})
    end(ledger, run, bus)
    (entry,) = bus.entries
    assert (entry["Source"], entry["DetailType"]) == (hearing.RUN_SOURCE, hearing.RUN_SUCCEEDED)
    assert "EventBusName" not in entry
    assert json.loads(entry["Detail"]) == {
        "pipeline": "daily",
        "date": "2027-02-01",
        "id": run["id"],
        "attempt": 1,
        "executionArn": execution("one"),
        "stateMachineArn": MACHINE,
    }


def test_a_success_that_eventbridge_did_not_take_is_tried_again(ledger: Ledger) -> None:
    run = start(ledger, {"event": EVENT})
    with pytest.raises(RuntimeError, match=r"did not take .* ThrottlingException, try later"):
        end(ledger, run, Bus("ThrottlingException"))
    bus = Bus()
    end(ledger, run, bus)
    assert len(bus.entries) == 1


def test_a_run_whose_date_was_taken_over_tells_nobody_of_its_success(ledger: Ledger) -> None:
    run = start(ledger, {"event": EVENT})
    start(ledger, {"date": run["date"]}, "two")
    bus = Bus()
    with pytest.raises(SupersededError):
        end(ledger, run, bus)
    assert bus.entries == []
