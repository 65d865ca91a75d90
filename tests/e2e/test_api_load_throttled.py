"""Two hundred clients while DynamoDB, Glue and Athena throttle and lose answers: repeated or 503, and all is whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from handlers.common.table import document_key
from local.emulator.faults import Fault, Share, busy, read_faults

from .afterwards import assert_answered, assert_changed, listed, tables
from .load import BUSY, UNAVAILABLE, Written, load

if TYPE_CHECKING:
    from local.privileges.exercise.administrators import Administrator

    from .served import Served

CLIENTS, SECONDS = 200, 60
PREFIX = "throttled"
# The SDK asks four times: then all but 0.05 % of DynamoDB's calls are answered, of which a request makes up to ten, and
# a quarter of all queries is not started, so that there are always some who are told to come again.
SHARES = {
    "dynamodb": Share(refused=0.12, lost=0.03),
    "glue": Share(refused=0.35, lost=0.05),
    "athena": Share(refused=0.6, lost=0.1),
}
SEED = 1
# What is answered in a second is tried first: a function that waits to ask again keeps its environment, of which there
# are few here, and who asks for more waits until the gateway's 29 seconds are over.
TRIED_CLIENTS, TRIED_SECONDS, SHARE = 10, 12, 0.7


@pytest.fixture(scope="module")
def administrator(served: Served) -> Administrator:
    return served.signed_in(served.person("throttled", "data-platform"))


@pytest.fixture(scope="module")
def before(served: Served, administrator: Administrator) -> set[str]:
    """The queries that Athena knows before it is busy."""
    # The first requests start the function.
    load(served.api, administrator.token, clients=TRIED_CLIENTS, seconds=1, looks=0, prefix="before")
    return executions(served)


@pytest.fixture(scope="module")
def written(served: Served, administrator: Administrator, before: set[str]) -> Written:
    at, token = served.api, administrator.token
    with busy(served.clients.endpoint, SHARES, SEED):
        tried = load(
            at, token, clients=TRIED_CLIENTS, seconds=TRIED_SECONDS, looks=0, prefix=f"{PREFIX}_first", busy=True
        )
        looks = CLIENTS / (SHARE * len(tried.seconds) / TRIED_SECONDS)
        found = load(at, token, clients=CLIENTS, seconds=SECONDS, looks=looks, prefix=PREFIX, busy=True)
    print(
        f"{len(found.seconds)} requests by {CLIENTS} clients, the slowest in {max(found.seconds):.1f} s: "
        f"{dict(found.answers)}, {len(found.given_up)} given up; before, {TRIED_CLIENTS} had {len(tried.seconds)} "
        f"answers in {TRIED_SECONDS} s"
    )
    found.add(tried)
    return found


def executions(served: Served) -> set[str]:
    athena = served.clients("athena")
    groups = [each["Name"] for each in athena.list_work_groups()["WorkGroups"]]
    pages = (athena.get_paginator("list_query_executions").paginate(WorkGroup=group) for group in groups)
    return {identity for each in pages for page in each for identity in page["QueryExecutionIds"]}


@pytest.fixture(scope="module")
def faults(served: Served, written: Written) -> list[Fault]:
    found = read_faults(served.clients.endpoint)
    print(*(f"{each.count} {each.service} {each.operation} {each.error}" for each in found), sep="\n")
    return found


def test_calls_were_refused_and_answers_lost(faults: list[Fault]) -> None:
    counts = Counter[tuple[str, bool]]()
    for each in faults:
        counts[each.service, each.error.startswith("Internal")] += each.count
    assert counts.keys() == {(service, is_lost) for service in SHARES for is_lost in (False, True)}
    assert "TransactionCanceledException" in {each.error for each in faults}


def test_clients_are_told_to_wait_and_meet_no_other_error(written: Written) -> None:
    assert written.wrong == []
    statuses = {status for _, status in written.answers}
    assert {200, 201, 202, UNAVAILABLE} <= statuses <= {200, 201, 202, BUSY, UNAVAILABLE, 409}
    assert len(written.seconds) > CLIENTS


def test_what_was_registered_is_there_once(written: Written, administrator: Administrator) -> None:
    found = set(listed(administrator, PREFIX))
    assert set(written.registered) <= found <= set(written.registered) | written.given_up
    assert len(written.registered) > CLIENTS / 10


def test_every_change_was_made_once(written: Written, administrator: Administrator) -> None:
    changed = [name for name, times in written.registered.items() if times]
    assert changed
    for name in set(written.registered) - written.given_up:
        assert_changed(administrator, name, written.registered[name])


def test_a_data_set_and_its_table_are_there_together_and_agree(
    written: Written, administrator: Administrator, served: Served
) -> None:
    found, made = listed(administrator, PREFIX), tables(served, PREFIX)
    assert found.keys() == made.keys()
    for name, each in found.items():
        assert made[name].get("Description") == each["description"], name


def test_no_data_set_is_held(written: Written, served: Served) -> None:
    table = next(name for name in served.clients("dynamodb").list_tables()["TableNames"] if "metadata" in name)
    for name in written.registered.keys() | written.given_up:
        key = {attribute: {"S": value} for attribute, value in document_key(name).items()}
        assert "pending" not in served.clients("dynamodb").get_item(TableName=table, Key=key).get("Item", {}), name


def test_every_query_was_started_once_and_has_its_result(
    written: Written, administrator: Administrator, served: Served, before: set[str]
) -> None:
    assert_answered(administrator, written)
    assert "queries" in written.given_up or len(executions(served) - before) == len(written.queries)
