"""DynamoDB, Glue and Athena throttle: repeated, and if that does not help, 503 with nothing left half done."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import pytest

from handlers.common.table import document_key
from tests.handlers.api.calls import Calls
from tests.handlers.api.stage import LEDGER, ORDERS, PEOPLE, REGISTRATION

if TYPE_CHECKING:
    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for throttling to end does not wait here."""
    at_once = types.SimpleNamespace(sleep=lambda _seconds: None)
    monkeypatch.setattr("botocore.endpoint.time", at_once)
    monkeypatch.setattr("handlers.common.table.time", at_once)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.catalog(ORDERS, LEDGER)
    stage.lake.load("in/orders/a.csv", b"id,name,amount\n1,a,1\n")
    return stage


def post(stage: Stage, key: str, name: str = "sales") -> Answer:
    return stage.request("writer", "POST", "/datasets", {**REGISTRATION, "id": name}, headers={"Idempotency-Key": key})


def assert_told_to_wait(answer: Answer) -> None:
    assert answer.status == 503, answer.body
    assert int(answer.headers["retry-after"]) > 0
    assert "Rate exceeded" not in answer.json["detail"]


def test_a_call_that_is_throttled_is_repeated(stage: Stage) -> None:
    calls = Calls(stage)
    calls.refuse(lambda _number, _name: calls.sent <= 3)
    assert stage.request("reader", "GET", "/datasets/orders").status == 200
    assert (calls.made, calls.sent) == (["BatchGetItem"], 4)


@pytest.mark.parametrize(
    "path",
    ["", "/orders", "/orders/versions", "/orders/changes", "/orders/lineage", "/orders/statistics", "?limit=1"],
)
def test_a_read_that_stays_throttled_is_answered_503(stage: Stage, path: str) -> None:
    calls = Calls(stage)
    calls.refuse(lambda _number, _name: True)
    assert_told_to_wait(stage.request("reader", "GET", f"/datasets{path}"))
    calls.clear()
    assert stage.request("reader", "GET", f"/datasets{path}").status in {200, 202}


def test_a_registration_that_is_throttled_once_anywhere_is_whole_or_not_there(stage: Stage) -> None:
    calls = Calls(stage)
    post(stage, "counted", "counted")
    count = len(calls.made)
    assert count >= 5
    refused = 0
    for number in range(1, count + 1):
        name = f"set{number}"
        calls.refuse(lambda made, _name, number=number: made == number)  # type: ignore[misc]
        answer = post(stage, f"key{number}", name)
        calls.clear()
        if answer.status == 503:
            assert_told_to_wait(answer)
            refused += 1
            assert stage.request("writer", "GET", f"/datasets/{name}").status == 404
            assert stage.table(name) is None
            assert name not in {each["id"] for each in stage.request("writer", "GET", "/datasets").json["datasets"]}
            answer = post(stage, f"key{number}", name)
        assert answer.status == 201, f"call {number}: {answer.body!r}"
        assert_whole(stage, name)
    assert refused >= 3


def test_a_registration_that_dies_of_throttling_is_not_seen_and_can_be_made_again(stage: Stage) -> None:
    calls = Calls(stage)
    post(stage, "counted", "counted")
    count = len(calls.made)
    for number in range(1, count):
        name = f"set{number}"
        calls.refuse(lambda made, _name, number=number: made >= number)  # type: ignore[misc]
        answer = post(stage, f"key{number}", name)
        calls.clear()
        assert_told_to_wait(answer)
        assert stage.request("writer", "GET", f"/datasets/{name}").status == 404
        let_time_pass(stage, name, f"key{number}")
        assert post(stage, f"key{number}", name).status == 201, f"call {number}"
        assert_whole(stage, name)


def test_a_change_that_is_throttled_once_anywhere_is_whole_or_not_there(stage: Stage) -> None:
    stage.register()
    calls = Calls(stage)
    before: Any = None
    done = False
    number = 0
    while not done:
        number += 1
        before = stage.request("writer", "GET", "/datasets/sales").json
        columns = [*before["columns"], {"name": f"more{number}", "type": "string"}]
        etag = {"If-Match": stage.etag()}
        calls.refuse(lambda made, _name, number=number: made == number)  # type: ignore[misc]
        answer = stage.request("writer", "PATCH", "/datasets/sales", {"columns": columns}, headers=etag)
        done = len(calls.made) < number
        calls.clear()
        after = stage.request("writer", "GET", "/datasets/sales").json
        table: Any = stage.table()
        wide = {column["Name"] for column in table["StorageDescriptor"]["Columns"]}
        assert wide == {column["name"] for column in after["columns"]} - {"year"}, f"call {number}"
        if answer.status == 503:
            assert after == before
        else:
            assert answer.status == 200
            assert len(after["columns"]) == len(before["columns"]) + 1
    assert number > 4


def test_a_query_that_athena_does_not_take_now_leaves_nothing(stage: Stage) -> None:
    calls = Calls(stage)
    key = {"Idempotency-Key": "k"}
    body = {"sql": "select id from orders"}
    calls.refuse(lambda _number, name: name == "StartQueryExecution")
    assert_told_to_wait(stage.request("reader", "POST", "/queries", body, headers=key))
    assert calls.count("PutItem") == 1  # the claim of the key, which is given back
    calls.clear()
    assert stage.request("reader", "POST", "/queries", body, headers=key).status == 202


def test_a_query_that_cannot_be_written_down_is_stopped(stage: Stage) -> None:
    calls = Calls(stage)
    calls.refuse(lambda _number, name: name == "PutItem")
    assert_told_to_wait(stage.request("reader", "POST", "/queries", {"sql": "select id from orders"}))
    assert calls.made[-1] == "StopQueryExecution"


def test_a_query_that_could_not_be_written_down_is_the_one_that_its_key_gives_later(stage: Stage) -> None:
    tokens: list[str] = []
    stage.platform.services.athena.meta.events.register(
        "provide-client-params.athena.StartQueryExecution",
        lambda params, **_: tokens.append(params["ClientRequestToken"]),
    )
    calls = Calls(stage)
    key, body = {"Idempotency-Key": stage.name}, {"sql": "select id from orders"}

    def is_the_querys(_number: int, name: str) -> bool:
        return name == "PutItem" and calls.count("StartQueryExecution") > 0

    calls.refuse(is_the_querys)
    assert_told_to_wait(stage.request("reader", "POST", "/queries", body, headers=key))
    assert calls.count("StopQueryExecution") == 0
    calls.clear()
    assert stage.request("reader", "POST", "/queries", body, headers=key).status == 202
    assert stage.request("reader", "POST", "/queries", body).status == 202
    assert tokens[0] == tokens[1] != tokens[2]
    assert 32 <= len(tokens[0]) <= 128


def test_statistics_that_cannot_be_started_now_are_started_later(stage: Stage) -> None:
    calls = Calls(stage)
    calls.refuse(lambda _number, name: name == "StartQueryExecution")
    assert_told_to_wait(stage.request("reader", "GET", "/datasets/orders/statistics"))
    calls.clear()
    assert stage.request("reader", "GET", "/datasets/orders/statistics").status == 202


def test_an_upload_that_cannot_be_written_down_leaves_no_parts(stage: Stage) -> None:
    calls = Calls(stage)
    calls.refuse(lambda _number, name: name == "PutItem")
    body = {"name": "a.csv", "size": 67_108_865, "sha256": ["0" * 64, "1" * 64]}
    assert_told_to_wait(stage.request("writer", "POST", "/datasets/orders/uploads", body))
    assert "Uploads" not in stage.lake.s3.list_multipart_uploads(Bucket=stage.lake.raw)


def assert_whole(stage: Stage, name: str) -> None:
    """Fail unless a data set has its document, its table, its place in lists and one line in its history."""
    assert stage.request("writer", "GET", f"/datasets/{name}").json["revision"] == 1
    assert stage.table(name) is not None
    assert name in {each["id"] for each in stage.request("writer", "GET", "/datasets").json["datasets"]}
    changes = stage.request("writer", "GET", f"/datasets/{name}/changes").json["changes"]
    assert [change["action"] for change in changes] == ["registered"]


def let_time_pass(stage: Stage, name: str, key: str) -> None:
    """Let the holds of a function that could not let go run out."""
    table = stage.lake.table
    item = table.get(document_key(name))
    if item and "pending" in item:
        table.put({**item, "pending": {**item["pending"], "until": 0}})
    caller = f"user:{PEOPLE['writer']['sub']}"
    claim = table.get({"pk": f"IDEMPOTENCY#{caller}#{key}", "sk": "POST"})
    if claim and "until" in claim:
        table.put({**claim, "until": 0})
