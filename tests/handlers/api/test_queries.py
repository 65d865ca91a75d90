"""Queries from their start to their downloads, on an emulated Athena that reads under the function's role."""

from __future__ import annotations

import csv
import io
import tempfile
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
import duckdb
import pytest
from botocore.config import Config

from handlers.api.platform import Limits
from handlers.api.queries.downloads import harmless
from tests.handlers.api.calls import Calls
from tests.handlers.api.stage import LEDGER, ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.handlers.api.stage import Stage

ROWS = b"id,name,amount\n1,ann,1.5\n2,bob,2.5\n3,,3.5\n4,=HYPERLINK(1),-4.5\n5,ann,\n"


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    made = make_stage()
    made.catalog(ORDERS, LEDGER)
    made.lake.load("in/orders/a.csv", ROWS)
    made.lake.load("in/ledger/a.csv", b"id,name,amount\n9,secret,9\n")
    return made


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: bytes = answer.read()
    return found


def download(stage: Stage, query: dict[str, Any], kind: str) -> bytes:
    answer = stage.request("reader", "GET", f"/queries/{query['id']}?format={kind}")
    assert answer.status == 200, answer.json
    return fetched(answer.json["download"]["url"])


def test_a_query_gives_values_of_their_types_and_says_what_it_scanned_and_cost(stage: Stage) -> None:
    query = stage.query("reader", "select id, name, amount, id > 2 as big from orders order by id")
    assert query["status"] == "succeeded"
    assert [column["name"] for column in query["columns"]] == ["id", "name", "amount", "big"]
    assert query["rows"][0] == [1, "ann", 1.5, False]
    assert query["rows"][2] == [3, None, 3.5, True]
    assert query["rows"][4] == [5, "ann", None, True]
    assert 0 < query["bytes_scanned"] < 10_000
    assert query["cost_usd"] == pytest.approx(5 * 10 / 1_048_576, rel=1e-3)
    assert (query["datasets"], query["created_by"], query["cursor"]) == (["orders"], "reader", None)


def test_the_answer_to_the_start_says_where_to_look(stage: Stage) -> None:
    answer = stage.request("reader", "POST", "/queries", {"sql": "select 1 as one"})
    assert (answer.status, answer.json["status"]) == (202, "queued")
    assert answer.headers["location"] == f"/queries/{answer.json['id']}"


def test_parameters_are_values_and_never_sql(stage: Stage) -> None:
    sql = "select count(*) as n from orders where name = ?"
    assert stage.query("reader", sql, "ann")["rows"] == [[2]]
    assert stage.query("reader", sql, "' or '' = '")["rows"] == [[0]]
    assert stage.query("reader", "select id from orders where id > ? and amount < ? order by id", 1, 3)["rows"] == [
        [2],
        [4],
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from ledger",
        "select * from finance_ledger",
        "select id from orders union all select id from ledger",
        "with l as (select * from curated.ledger) select * from l",
        "select (select max(name) from ledger) from orders",
        "select * from orders, lateral (select * from ledger)",
        'select * from "orders$partitions"',
        "select * from '/etc/passwd'",
        "select * from analytics.orders",
    ],
)
def test_a_data_set_that_the_caller_may_not_read_is_as_if_it_were_not_there(stage: Stage, sql: str) -> None:
    calls = Calls(stage, "athena")
    answer = stage.request("reader", "POST", "/queries", {"sql": sql})
    assert answer.status == 404
    assert "There is no data set" in answer.json["detail"]
    assert answer.json["line"] == 1
    assert calls.made == []


def test_the_same_query_is_run_for_whom_it_is_granted(stage: Stage) -> None:
    assert stage.query("stranger", "select name from ledger")["rows"] == [["secret"]]


def test_what_is_refused_reaches_athena_never(stage: Stage) -> None:
    calls = Calls(stage, "athena")
    for sql in (
        "drop table orders",
        "select 1; select 2",
        "select read_text('/etc/passwd')",
        "select 'x" + "x" * 100_000,
    ):
        assert stage.request("reader", "POST", "/queries", {"sql": sql}).status == 400
    megabyte = b'{"sql": "select ' + b"1" * 1_048_576 + b'"}'
    sent = stage.request("reader", "POST", "/queries", body=megabyte, headers={"Content-Type": "application/json"})
    assert (sent.status, calls.made) == (413, [])


def test_archived_data_sets_are_not_queried(stage: Stage) -> None:
    stage.register()
    stage.request("writer", "DELETE", "/datasets/sales", headers={"If-Match": stage.etag()})
    assert stage.request("reader", "POST", "/queries", {"sql": "select * from sales"}).status == 409


def test_only_who_started_a_query_sees_and_cancels_it(stage: Stage) -> None:
    query = stage.query("reader", "select id from orders")
    for other in ("reader with all scopes", "admin", "stranger", "machine"):
        assert stage.request(other, "GET", f"/queries/{query['id']}").status == 404
        assert stage.request(other, "DELETE", f"/queries/{query['id']}").status == 404
    assert stage.request("reader", "GET", f"/queries/{'0' * 32}").status == 404
    assert stage.request("reader", "GET", "/queries/..%2F..%2Fx").status == 404


def test_rights_that_end_end_the_results_too(stage: Stage) -> None:
    query = stage.query("reader", "select id from orders")
    stage.use(access=())
    assert stage.request("reader", "GET", f"/queries/{query['id']}").status == 404
    assert stage.request("reader", "GET", f"/queries/{query['id']}?format=csv").status == 404


def test_a_query_can_be_cancelled_and_cancelled_again(stage: Stage) -> None:
    started = stage.request("reader", "POST", "/queries", {"sql": "select count(*) as n from orders a, orders b"})
    path = f"/queries/{started.json['id']}"
    assert stage.request("reader", "DELETE", path).status == 204
    assert stage.request("reader", "DELETE", path).status == 204
    assert stage.request("reader", "GET", path).json["status"] in {"cancelled", "succeeded"}


def test_a_query_that_fails_says_why_and_has_no_download(stage: Stage) -> None:
    query = stage.query("reader", "select nothing_there from orders")
    assert (query["status"], query["rows"], query["cost_usd"]) == ("failed", None, 0.0)
    assert "COLUMN_NOT_FOUND" in query["reason"]
    assert stage.request("reader", "GET", f"/queries/{query['id']}?format=csv").status == 409


def test_the_workgroups_limit_of_bytes_ends_a_query(stage: Stage) -> None:
    # Less than Athena takes as a limit (10 MB), so that a small table is above it.
    athena = boto3.client("athena", endpoint_url=stage.lake.endpoint, config=Config(parameter_validation=False))
    athena.update_work_group(WorkGroup=stage.workgroup, ConfigurationUpdates={"BytesScannedCutoffPerQuery": 10})
    query = stage.query("reader", "select * from orders")
    assert query["status"] == "cancelled"
    assert "limit" in query["reason"]


def test_rows_are_limited_and_come_in_pages(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(limits=Limits(query_rows=25))
    stage.catalog(ORDERS)
    stage.lake.load("in/orders/a.csv", b"id,name,amount\n" + b"".join(b"%d,n,1\n" % number for number in range(60)))
    query = stage.query("reader", "select id from orders order by id limit 50")
    assert query["row_limit"] == 25
    found: list[int] = []
    cursor = ""
    for _ in range(30):
        answer = stage.request("reader", "GET", f"/queries/{query['id']}?limit=10{cursor}").json
        assert len(answer["rows"]) <= 10
        found += [row[0] for row in answer["rows"]]
        if answer["cursor"] is None:
            break
        cursor = f"&cursor={answer['cursor']}"
    assert found == list(range(25))


@pytest.mark.parametrize(("gone", "status"), [("GetQueryExecution", 404), ("GetQueryResults", 409)])
def test_a_query_that_athena_has_forgotten_is_to_be_started_anew(stage: Stage, gone: str, status: int) -> None:
    query = stage.query("reader", "select id from orders")
    Calls(stage, "athena").refuse(lambda _number, name: name == gone, "InvalidRequestException")
    for wanted in ("", "?format=csv"):
        answer = stage.request("reader", "GET", f"/queries/{query['id']}{wanted}")
        assert answer.status == status
        assert "start it anew" in answer.json["detail"]


def test_a_query_that_athena_has_forgotten_can_be_cancelled(stage: Stage) -> None:
    query = stage.query("reader", "select id from orders")
    Calls(stage, "athena").refuse(lambda _number, name: name == "StopQueryExecution", "InvalidRequestException")
    assert stage.request("reader", "DELETE", f"/queries/{query['id']}").status == 204


def test_a_download_is_made_where_a_run_that_was_killed_left_its_files(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "watershed-work-left"
    left.mkdir()
    for name in ("lock", "given.csv"):
        (left / name).touch()
    assert b"ann" in download(stage, stage.query("reader", "select name from orders"), "csv")
    assert list(tmp_path.iterdir()) == []


def test_a_cursor_of_another_query_is_refused(stage: Stage) -> None:
    first, second = (stage.query("reader", "select id from orders order by id") for _ in range(2))
    cursor = stage.request("reader", "GET", f"/queries/{first['id']}?limit=2").json["cursor"]
    assert cursor
    assert stage.request("reader", "GET", f"/queries/{second['id']}?limit=2&cursor={cursor}").status == 400


def test_a_csv_has_no_formulas_and_keeps_numbers(stage: Stage) -> None:
    query = stage.query("reader", "select name, amount, '+1 me' as \"@x\" from orders order by id")
    rows = list(csv.reader(io.StringIO(download(stage, query, "csv").decode())))
    assert rows[0] == ["name", "amount", "'@x"]
    assert rows[4] == ["'=HYPERLINK(1)", "-4.5", "'+1 me"]
    assert rows[5][1] == ""


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "|calc", "\uff1d1", "--1"])
def test_a_cell_that_looks_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "-1", "+1.5e-3", "-.5", "a=b", "1-2", "NaN", "-Infinity", "2024-01-01"])
def test_any_other_cell_stays(cell: str) -> None:
    assert harmless(cell) == cell


def test_parquet_has_the_columns_types_and_order_and_loses_nothing(stage: Stage, tmp_path: Path) -> None:
    sql = (
        "select id, name, amount, cast(amount as decimal(12,2)) as exact, id > 1 as big, date '2024-02-29' as day, "
        "cast('' as varchar) as nothing from orders order by id desc"
    )
    file = tmp_path / "made.parquet"
    file.write_bytes(download(stage, stage.query("reader", sql), "parquet"))
    with duckdb.connect() as database:
        described = {row[0]: row[1] for row in database.execute(f"DESCRIBE FROM '{file}'").fetchall()}
        rows = database.execute(f"SELECT id, name, amount, exact::varchar, big, day::varchar FROM '{file}'").fetchall()
    assert described["id"] == "INTEGER"
    assert described["exact"].startswith("DECIMAL")
    assert (described["big"], described["day"], described["amount"]) == ("BOOLEAN", "DATE", "DOUBLE")
    assert [row[0] for row in rows] == [5, 4, 3, 2, 1]
    assert rows[1] == (4, "=HYPERLINK(1)", -4.5, "-4.50", True, "2024-02-29")
    assert rows[2][1] is None


def test_a_result_is_made_into_a_file_once(stage: Stage) -> None:
    query = stage.query("reader", "select id from orders")
    download(stage, query, "csv")
    calls = Calls(stage, "s3")
    download(stage, query, "csv")
    assert calls.count("PutObject", "GetObject") == 0


def test_a_download_is_no_longer_fetched_once_its_url_has_expired(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.api.contents.files.URL_SECONDS", 1)
    query = stage.query("reader", "select id from orders")
    url = stage.request("reader", "GET", f"/queries/{query['id']}?format=csv").json["download"]["url"]
    assert fetched(url)

    def status() -> int:
        try:
            fetched(url)
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    assert stage.wait(status, lambda code: code != 200) == 403


def test_the_same_key_starts_one_query(stage: Stage) -> None:
    calls = Calls(stage, "athena")
    answers = [
        stage.request("reader", "POST", "/queries", {"sql": "select 1 as one"}, headers={"Idempotency-Key": "k1"})
        for _ in range(3)
    ]
    assert {answer.json["id"] for answer in answers} == {answers[0].json["id"]}
    assert calls.count("StartQueryExecution") == 1
