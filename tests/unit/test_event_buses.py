"""Event buses: what they are made of, who may put events on them, and what is refused."""

import json
from typing import Any

import pytest

from components import EncryptionKey, EventBus, Role
from components.events.patterns import PatternError
from tests.policy.harness import Recorded, record
from tests.unit import events
from tests.unit.programs import ACCOUNT, CONFIG


def recorded(program: Any) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config=CONFIG) if resource.custom}


def inputs(found: dict[str, Recorded], name: str) -> dict[str, Any]:
    return dict(found[name].inputs)


def statements(found: dict[str, Recorded], name: str) -> list[dict[str, Any]]:
    return list(json.loads(found[name].inputs["policy"])["Statement"])


def make(**arguments: Any) -> dict[str, Recorded]:
    return recorded(lambda: EventBus("orders", key=EncryptionKey("key"), **arguments))


def test_a_bus_is_encrypted_archived_for_a_month_and_keeps_what_it_cannot_decrypt() -> None:
    found = make()
    bus, archive = inputs(found, "orders"), inputs(found, "orders-archive")
    key = found["key"].outputs["arn"]
    assert bus["kmsKeyIdentifier"] == archive["kmsKeyIdentifier"] == key
    assert bus["deadLetterConfig"] == {"arn": found["orders-dead-letters"].outputs["arn"]}
    assert archive["eventSourceArn"] == found["orders"].outputs["arn"]
    assert archive["retentionDays"] == 30
    assert "eventPattern" not in archive


def test_the_buss_dead_letter_queue_lets_the_bus_in_and_nobody_else() -> None:
    """Amazon EventBridge User Guide, "Using dead-letter queues": the source is the bus, not a rule of it."""
    found = make()
    (allowed,) = [s for s in statements(found, "orders-dead-letters-policy") if s["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": bus_arn(found)}}


def bus_arn(found: dict[str, Recorded]) -> str:
    return f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/{found['orders'].inputs['name']}"


def test_only_this_account_may_put_events_unless_others_are_listed() -> None:
    (own,) = statements(make(), "orders-policy")
    assert own["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert own["Action"] == "events:PutEvents"


def test_another_account_that_is_listed_may_put_events_of_its_own_and_do_nothing_else() -> None:
    found = make(accounts=["210987654321"])
    other = statements(found, "orders-policy")[1]
    assert other == {
        "Sid": "Account210987654321",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "events:PutEvents",
        "Resource": bus_arn(found),
        "Condition": {
            "ForAllValues:StringNotLike": {"events:source": "aws.*"},
            "Null": {"events:source": "false"},
        },
    }


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        (["*"], r"'\*' is no account: give its twelve digits"),
        (["arn:aws:iam::210987654321:root"], "is no account"),
        ([ACCOUNT], "is the account it is in: use grant_put"),
        (["210987654321", "210987654321"], "listed twice"),
        ([str(210_987_654_321 + n) for n in range(60)], "the policy for 60 accounts has .* accepts 10,240"),
    ],
)
def test_accounts_that_are_none_are_refused(accounts: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(accounts=accounts)


@pytest.mark.parametrize(
    ("removable", "allowed", "protected"), [(False, True, True), (True, False, True), (True, True, False)]
)
def test_an_archive_is_destroyed_only_when_bus_and_stack_both_say_so(
    removable: bool, allowed: bool, protected: bool
) -> None:
    made: list[EventBus] = []
    config = {**CONFIG, "watershed:allowDestroy": str(allowed).lower()}
    record(lambda: made.append(EventBus("orders", key=EncryptionKey("key"), removable=removable)), config=config)
    assert made[0].archive
    assert made[0].archive._protect is protected


def test_a_bus_may_have_no_archive_and_then_nothing_to_replay() -> None:
    assert "orders-archive" not in make(archive_days=None)

    def program() -> None:
        reader = Role("reader", service="lambda.amazonaws.com", description="Tried in tests")
        EventBus("orders", key=EncryptionKey("key"), archive_days=None).grant_replay(reader)

    with pytest.raises(ValueError, match="keeps no archive to replay: give it archive_days"):
        recorded(program)


@pytest.mark.parametrize("days", [0, -1])
def test_an_archive_that_keeps_nothing_or_everything_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="give 1 or more, or None for no archive"):
        make(archive_days=days)


def test_who_may_put_events_says_of_what_source_and_detail_type() -> None:
    found = recorded(events.equipped_bus)
    (granted,) = statements(found, "shop-put-orders")
    assert granted["Action"] == "events:PutEvents"
    assert granted["Resource"] == found["orders"].outputs["arn"]
    # Null: with no event at all, ForAllValues would hold.
    assert granted["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": ["shop.orders"], "events:detail-type": ["Order Placed"]},
        "Null": {"events:source": "false", "events:detail-type": "false"},
    }


@pytest.mark.parametrize("sources", [[], [""], ["aws.s3"], ["shop.orders", "aws.events"]])
def test_nobody_is_let_put_events_of_no_source_or_of_awss(sources: list[str]) -> None:
    def program() -> None:
        shop = Role("shop", service="lambda.amazonaws.com", description="Tried in tests")
        EventBus("orders", key=EncryptionKey("key")).grant_put(shop, sources=sources)

    with pytest.raises(ValueError, match="is nothing to put events as"):
        recorded(program)


def test_who_may_replay_may_do_so_from_this_archive_to_this_bus_only() -> None:
    found = recorded(events.equipped_bus)
    start, look = statements(found, "shop-replay-orders")
    replays = f"arn:aws:events:eu-west-1:{ACCOUNT}:replay/{found['orders'].inputs['name']}-*"
    assert start["Resource"] == [found["orders-archive"].outputs["arn"], found["orders"].outputs["arn"], replays]
    assert look == {
        "Effect": "Allow",
        "Action": ["events:DescribeReplay", "events:CancelReplay"],
        "Resource": replays,
    }


def test_a_queue_of_the_bus_gets_its_rules_events_and_keeps_what_cannot_be_delivered() -> None:
    found = recorded(events.equipped_bus)
    rule, target = inputs(found, "orders-returns-rule"), inputs(found, "orders-returns-target")
    assert rule["eventBusName"] == target["eventBusName"] == found["orders"].outputs["name"]
    assert json.loads(rule["eventPattern"]) == {"source": ["shop.returns"]}
    assert target["deadLetterConfig"] == {"arn": found["orders-returns-queue-dead-letters"].outputs["arn"]}
    for policy in ("orders-returns-queue-policy", "orders-returns-queue-dead-letters-policy"):
        (allowed,) = [s for s in statements(found, policy) if s["Effect"] == "Allow"]
        assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": found["orders-returns-rule"].outputs["arn"]}}


def test_a_queues_pattern_that_eventbridge_would_refuse_is_refused() -> None:
    with pytest.raises(PatternError, match="source: give a list"):
        recorded(lambda: EventBus("orders", key=EncryptionKey("key")).queue("all", pattern={"source": "shop"}))
