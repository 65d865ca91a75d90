"""AWS does what it is asked and its answer is lost: it is done once, and nobody takes what is there for another's.

Of each call the answer is lost once, so that the SDK asks again, and for good, so that the request ends in a 503.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from handlers.api import app
from handlers.api.operations import MERGE_PATCH
from tests.handlers.api.calls import Calls
from tests.handlers.api.gateway import event
from tests.handlers.api.stage import LEDGER, ORDERS, PEOPLE
from tests.handlers.api.test_busy_services import assert_told_to_wait, assert_whole, no_pauses, post

if TYPE_CHECKING:
    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage

__all__ = ["no_pauses"]
WIDER = {"name": "more", "type": "string"}


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.catalog(ORDERS, LEDGER)
    return stage


def lose(calls: Calls, number: int, *, for_good: bool) -> None:
    calls.clear()
    calls.lose(lambda made, _name: made == number, for_good=for_good)


def change(stage: Stage, patch: dict[str, Any], etag: str) -> Answer:
    return stage.request("writer", "PATCH", "/datasets/sales", patch, headers={"If-Match": etag})


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_a_registration_is_made_once_whichever_answer_is_lost(stage: Stage, for_good: bool) -> None:
    calls = Calls(stage)
    post(stage, "counted", "counted")
    for number in range(1, len(calls.made) + 1):
        name = f"set{number}"
        lose(calls, number, for_good=for_good)
        answer = post(stage, f"key{number}", name)
        calls.clear()
        if for_good and answer.status != 201:
            assert_told_to_wait(answer)
            assert (stage.request("writer", "GET", f"/datasets/{name}").status == 200) == bool(stage.table(name))
            answer = post(stage, f"key{number}", name)
        assert answer.status == 201, f"call {number}: {answer.body!r}"
        assert_whole(stage, name)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("of_the_table", [False, True], ids=["its document", "its table, too"])
def test_a_change_is_made_once_whichever_answer_is_lost(stage: Stage, of_the_table: bool, for_good: bool) -> None:
    columns = stage.register()["columns"]
    calls = Calls(stage)
    number, done = 0, False
    while not done:
        number += 1
        columns = [*columns, {"name": f"more{number}", "type": "string"}]
        patch: dict[str, Any] = {"columns": columns} if of_the_table else {"tags": {"changed": str(number)}}
        etag = stage.etag()
        lose(calls, number, for_good=for_good)
        answer = change(stage, patch, etag)
        done = len(calls.made) < number
        calls.clear()
        if for_good and answer.status != 200:
            assert_told_to_wait(answer)
            answer = change(stage, patch, etag)
        assert (answer.status, answer.headers["etag"]) == (200, f'"{number + 1}"'), f"call {number}: {answer.body!r}"
        after = stage.request("writer", "GET", "/datasets/sales").json
        assert of_the_table or after["tags"]["changed"] == str(number)
        table: Any = stage.table()
        names = {column["Name"] for column in table["StorageDescriptor"]["Columns"]}
        assert names == {column["name"] for column in after["columns"]} - {"year"}
        assert not of_the_table or f"more{number}" in names
    told = stage.request("writer", "GET", "/datasets/sales/changes").json["changes"]
    assert [each["revision"] for each in told] == list(range(number + 1, 0, -1))
    assert number > (4 if of_the_table else 2)


def test_a_change_is_undone_whichever_answer_is_lost(stage: Stage) -> None:
    columns = stage.register()["columns"]
    calls = Calls(stage)
    number, done = 0, False
    while not done:
        number += 1
        # The first transaction does not come about; what follows undoes the rest.
        calls.refuse(lambda _made, name: name == "TransactWriteItems" and calls.count(name) == 1)
        calls.lose(lambda _made, _name, number=number: undoing(calls) == number, for_good=False)  # type: ignore[misc]
        answer = change(stage, {"columns": [*columns, WIDER]}, '"1"')
        done = undoing(calls) < number
        calls.clear()
        assert_told_to_wait(answer)
        table: Any = stage.table()
        assert len(table["StorageDescriptor"]["Columns"]) == len(columns) - 1, f"call {number}"
    assert number > 4
    assert change(stage, {"columns": [*columns, WIDER]}, '"1"').status == 200


def undoing(calls: Calls) -> int:
    """How many calls were made since the first transaction."""
    first = "TransactWriteItems"
    return len(calls.made) - 1 - calls.made.index(first) if first in calls.made else 0


def test_a_change_that_is_repeated_is_made_once_and_another_of_the_same_version_is_not(stage: Stage) -> None:
    stage.register()
    first, again = (change(stage, {"description": "One"}, '"1"') for _ in range(2))
    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert change(stage, {"description": "Two"}, '"1"').status == 412
    assert (
        stage.request("admin", "PATCH", "/datasets/sales", {"description": "One"}, headers={"If-Match": '"1"'}).status
        == 412
    )
    assert change(stage, {"description": "Two"}, '"2"').status == 200
    assert change(stage, {"description": "One"}, '"1"').status == 412


def test_archiving_is_repeated_by_the_version_it_began_from(stage: Stage) -> None:
    stage.register()
    match = {"If-Match": '"1"'}
    assert [stage.request("writer", "DELETE", "/datasets/sales", headers=match).status for _ in range(2)] == [204, 204]
    told = stage.request("writer", "GET", "/datasets/sales/changes").json["changes"]
    assert [each["action"] for each in told] == ["archived", "registered"]


def test_two_functions_with_the_same_change_make_it_once(stage: Stage) -> None:
    """Both read the first version; the second one's hold is not the first one's."""
    columns = stage.register()["columns"]
    patch = {"columns": [*columns, WIDER]}
    headers = {"If-Match": '"1"', "content-type": MERGE_PATCH}
    given = event("PATCH", "/datasets/sales", headers, json.dumps(patch).encode(), PEOPLE["writer"])
    met: list[int] = []

    def also(**_: Any) -> None:
        if not met:
            met.append(0)
            met[0] = app.handler(given, None)["statusCode"]

    stage.platform.services.glue.meta.events.register("before-call.glue.GetTable", also)
    assert (change(stage, patch, '"1"').status, met) == (200, [503])
    assert change(stage, patch, '"1"').status == 200
    assert stage.etag() == '"2"'


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_a_query_is_one_whichever_answer_is_lost(stage: Stage, for_good: bool) -> None:
    calls = Calls(stage)
    body = {"sql": "select 1 as one"}
    number, done = 0, False
    while not done:
        number += 1
        key = {"Idempotency-Key": f"{stage.name}-{number}"}
        before = started(stage)
        lose(calls, number, for_good=for_good)
        answer = stage.request("reader", "POST", "/queries", body, headers=key)
        done = len(calls.made) < number
        calls.clear()
        if for_good and answer.status != 202:
            assert_told_to_wait(answer)
            answer = stage.request("reader", "POST", "/queries", body, headers=key)
        assert answer.status == 202, f"call {number}: {answer.body!r}"
        assert started(stage) - before == 1, f"call {number}"
    assert number > 4


def started(stage: Stage) -> int:
    """How many queries Athena has of the stage."""
    pages = stage.lake.client("athena").get_paginator("list_query_executions").paginate(WorkGroup=stage.workgroup)
    return sum(len(page["QueryExecutionIds"]) for page in pages)


def test_an_upload_whose_writing_down_was_lost_takes_its_parts(stage: Stage) -> None:
    calls = Calls(stage)
    body = {"name": "a.csv", "size": 67_108_865, "sha256": ["0" * 64, "1" * 64]}
    key = {"Idempotency-Key": "k"}
    calls.lose(lambda _made, name: name == "PutItem" and calls.count(name) == 2, for_good=True)
    path = "/datasets/orders/uploads"
    assert_told_to_wait(stage.request("writer", "POST", path, body, headers=key))
    calls.clear()
    assert stage.request("writer", "POST", path, body, headers=key).status == 201
    begun = stage.lake.s3.list_multipart_uploads(Bucket=stage.lake.raw).get("Uploads", [])
    assert len(begun) == 1


def test_a_transaction_that_is_cancelled_because_the_table_is_busy_is_sent_again(stage: Stage) -> None:
    calls = Calls(stage)
    reasons = {"CancellationReasons": [{"Code": "None"}, {"Code": "ThrottlingError", "Message": "Busy"}]}
    first = lambda _made, name: name == "TransactWriteItems" and calls.count(name) <= 2  # noqa: E731
    calls.refuse(first, "TransactionCanceledException", **reasons)
    assert post(stage, "k").status == 201
    assert calls.count("TransactWriteItems") == 3
    calls.refuse(lambda _made, name: name == "TransactWriteItems", "TransactionCanceledException", **reasons)
    assert_told_to_wait(post(stage, "other", "other"))
