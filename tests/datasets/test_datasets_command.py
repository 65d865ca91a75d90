"""`watershed datasets`, against an API of the tests' own that breaks off, throttles and refuses."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.datasets import downloading, uploading
from cli.datasets.commands import datasets
from cli.datasets.querying import values
from cli.datasets.render import sparkline
from cli.errors import CommandError

from .conftest import Portal

SUMMARY = {
    "id": "flights",
    "status": "active",
    "description": "On-time data",
    "owner": "data",
    "zone": "curated",
    "rows": 336_776,
    "may": "read",
}
QUERY = {
    "id": "q1",
    "status": "succeeded",
    "reason": None,
    "bytes_scanned": 12,
    "cost_usd": 0.00004768,
    "milliseconds": 281,
    "columns": [{"name": "carrier", "type": "varchar"}, {"name": "n", "type": "bigint"}],
    "rows": [["UA", 4637], [None, 1]],
    "cursor": None,
    "download": None,
}
IN_PROGRESS = (409, {"type": "urn:watershed:problem:in-progress", "title": "The same is being done already"})
UPLOADS = "/datasets/orders/uploads"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(datasets, list(arguments))


def refused(result: Result) -> CommandError:
    assert isinstance(result.exception, CommandError), result.output
    return result.exception


def test_all_pages_are_listed(portal: Portal) -> None:
    second = {"datasets": [{**SUMMARY, "id": "orders", "rows": None}], "cursor": None}
    portal.answer("GET /datasets", {"datasets": [SUMMARY], "cursor": "next"}, second)
    shown = run("list", "--tag", "domain=aviation").output
    assert "flights" in shown
    assert "336,776" in shown
    assert "orders" in shown
    assert portal.requests("GET", "/datasets")[0][0]["Authorization"] == "Bearer token-client_credentials"


def test_a_listing_for_machines_is_the_apis_own(portal: Portal) -> None:
    portal.answer("GET /datasets", {"datasets": [SUMMARY], "cursor": None})
    assert json.loads(run("list", "--json").stdout) == [SUMMARY]


def test_what_is_throttled_is_asked_again(portal: Portal) -> None:
    portal.answer("GET /datasets", (429, {}), (503, {}), {"datasets": [SUMMARY], "cursor": None})
    assert "flights" in run("list").output
    assert len(portal.requests("GET", "/datasets")) == 3


def test_a_request_whose_answer_was_lost_waits_for_its_own_work(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("cli.datasets.client.time.sleep", slept.append)
    portal.answer("POST /queries", (504, {}), *[IN_PROGRESS] * 17, (202, QUERY))
    assert "4637" in run("query", "SELECT ...").output
    # As long as the API holds a key, and no longer for a key that is never free.
    assert sum(slept) == 34
    slept.clear()
    portal.answer("POST /queries", IN_PROGRESS)
    assert "is being done already" in refused(run("query", "SELECT 1")).message
    assert sum(slept) == 40
    keys = {headers["Idempotency-Key"] for headers, _ in portal.requests("POST", "/queries")[:19]}
    assert len(keys) == 1


def test_another_conflict_is_told_at_once(portal: Portal) -> None:
    portal.answer("POST /queries", (409, {"type": "urn:watershed:problem:conflict", "title": "Not in this state"}))
    assert "Not in this state" in refused(run("query", "SELECT 1")).message
    assert len(portal.requests("POST", "/queries")) == 1


def test_a_token_that_ran_out_meanwhile_is_replaced_once(portal: Portal) -> None:
    portal.given = ["first", "second"]
    portal.answer("GET /datasets", (401, {}), {"datasets": [SUMMARY], "cursor": None})
    assert "flights" in run("list").output
    asked = [headers["Authorization"] for headers, _ in portal.requests("GET", "/datasets")]
    assert asked == ["Bearer first", "Bearer second"]
    portal.answer("GET /datasets", (401, {"title": "Not signed in"}))
    assert "Not signed in" in refused(run("list")).message
    assert len(portal.requests("GET", "/datasets")) == 4


def test_a_problem_is_told_with_its_request(portal: Portal) -> None:
    error = refused(run("show", "nothing"))
    assert error.message == "There is no such thing: /datasets/nothing (status 404, request r1)"


def test_every_invalid_part_of_a_request_is_told(portal: Portal) -> None:
    wrong = [{"path": "sql", "message": "is too long"}, {"path": "", "message": "is no object"}]
    portal.answer("POST /queries", (400, {"title": "Invalid", "errors": wrong, "requestId": "r2"}))
    assert refused(run("query", "SELECT 1")).fix == "sql: is too long; the request: is no object"


def test_a_data_set_is_shown_with_its_statistics(portal: Portal) -> None:
    column = {"name": "delay", "type": "int"}
    profile = {**column, "nulls": 3, "distinct": 5, "min": "-1", "max": "9", "histogram": {"counts": [0, 1, 8]}}
    portal.answer(
        "GET /datasets/flights",
        {
            **SUMMARY,
            "table": "curated.flights",
            "classification": "public",
            "tags": {"domain": "aviation"},
            "partitioned_by": ["month"],
            "columns": [column, {"name": "later", "type": "int"}],
            "totals": {"rows": 7},
        },
    )
    statistics = {"status": "current", "computed_at": "2026-11-28T00:00:00Z", "columns": [profile]}
    portal.answer("GET /datasets/flights/statistics", (202, statistics))
    shown = run("show", "flights").output
    for text in ("curated.flights", "domain=aviation", "▁▁█", "later"):
        assert text in shown


def test_a_query_shows_rows_bytes_and_cost(portal: Portal) -> None:
    portal.answer("POST /queries", (202, {**QUERY, "status": "queued"}))
    portal.answer("GET /queries/q1", {**QUERY, "status": "running"}, QUERY)
    shown = run("query", "SELECT ...", "--value", "1", "--value", "'1'").output
    assert "4637" in shown
    assert "null" in shown
    assert "12 bytes scanned, 0.000048 USD, 281 ms" in shown
    assert json.loads(portal.requests("POST", "/queries")[0][1])["parameters"] == [1, "1"]


def test_a_query_that_fails_says_why(portal: Portal) -> None:
    portal.answer("POST /queries", (202, {**QUERY, "status": "failed", "reason": "DIVISION_BY_ZERO"}))
    assert refused(run("query", "SELECT 1/0")).message == "The query failed: DIVISION_BY_ZERO"


def test_ctrl_c_cancels_a_query(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.answer("POST /queries", (202, {**QUERY, "status": "running"}))
    portal.answer("DELETE /queries/q1", (204, None))
    monkeypatch.setattr("cli.datasets.querying.time.sleep", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    run("query", "SELECT 1")
    assert len(portal.requests("DELETE", "/queries/q1")) == 1


def test_a_result_is_written_whole(portal: Portal, tmp_path: Path) -> None:
    portal.files["/s3/result"] = b"carrier,n\nUA,1\n"
    portal.answer("POST /queries", (202, QUERY))
    portal.answer("GET /queries/q1", {**QUERY, "download": {"url": f"{portal.url}/s3/result"}})
    file = tmp_path / "result.csv"
    assert f"The whole result is in {file}" in run("query", "SELECT 1", "--to", str(file)).output.replace("\n", "")
    assert file.read_bytes() == b"carrier,n\nUA,1\n"
    assert refused(run("query", "SELECT 1", "--to", "result.xlsx")).exit_code == 2


def test_values_are_what_they_look_like() -> None:
    texts = ["1", "-2.5", "6.02e23", "true", "null", "'1'", "a", "'", ""]
    assert values(texts) == [1, -2.5, 6.02e23, True, None, "1", "a", "'", ""]
    assert [type(value) for value in values(["10", "10.0", "1e1"])] == [int, float, float]


@pytest.mark.parametrize(
    "text", ["1_000", "nan", "inf", "-Infinity", "007", "+1", " 1", "1.", ".5", "0x1", "1e999", "\u0661", "True"]
)
def test_what_json_does_not_take_for_a_number_is_a_text(text: str) -> None:
    assert values([text]) == [text]


def test_a_histogram_is_a_line_of_bars() -> None:
    assert sparkline({"counts": [0, 1, 4, 8]}) == "▁▁▄█"
    assert sparkline({"counts": [0, 0]}) == sparkline(None) == ""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of three parts, which are short here."""
    monkeypatch.setattr(uploading, "PART_BYTES", 10)
    monkeypatch.setattr("cli.datasets.uploading.time.sleep", lambda _: None)
    made = tmp_path / "orders.csv"
    made.write_bytes(b"0123456789abcdefghijXYZ")
    return made


def uploads(portal: Portal, content: bytes, *arrived: int, status: str = "committed") -> None:
    """Have the API take an upload, of which some parts have arrived."""
    parts = []
    for number, start in enumerate(range(0, len(content), 10), start=1):
        part = content[start : start + 10]
        digest = hashlib.sha256(part)
        parts.append(
            {
                "number": number,
                "size": len(part),
                "sha256": digest.hexdigest(),
                "is_uploaded": number in arrived,
                "url": f"{portal.url}/s3/{number}",
                "headers": {"x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode()},
            }
        )
    pending = {"id": "u1", "name": "orders.csv", "status": "pending", "parts": parts, "outcome": None}
    over = {**pending, "status": status, "outcome": {"rows": 3, "rejected_rows": 0, "reason": None}}
    portal.answer(f"POST {UPLOADS}", (201, pending))
    portal.answer(f"GET {UPLOADS}/u1", pending, {**pending, "status": "uploaded"}, over)
    portal.answer(f"POST {UPLOADS}/u1/complete", {**pending, "status": "uploaded"})


def test_a_file_is_sent_in_parts_and_followed_through_ingestion(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes())
    assert "orders.csv: committed, 3 rows" in run("upload", "orders", str(file)).output
    assert [portal.files[f"/s3/{number}"] for number in (1, 2, 3)] == [b"0123456789", b"abcdefghij", b"XYZ"]
    sent = json.loads(portal.requests("POST", UPLOADS)[0][1])
    assert (sent["name"], sent["size"], len(sent["sha256"])) == ("orders.csv", 23, 3)


def test_the_same_command_goes_on_where_it_ended(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes(), 1, 3)
    assert run("upload", "orders", str(file)).exit_code == 0
    assert set(portal.files) == {"/s3/2"}


def test_an_upload_outlives_its_token_and_an_answer_that_was_lost(portal: Portal, file: Path) -> None:
    portal.given = ["first", "second"]
    uploads(portal, file.read_bytes())
    done = portal.answers[f"POST {UPLOADS}/u1/complete"]
    portal.answers[f"POST {UPLOADS}/u1/complete"] = [(401, {}), (504, {}), IN_PROGRESS, *done]
    assert "orders.csv: committed" in run("upload", "orders", str(file)).output
    asked = [headers for headers, _ in portal.requests("POST", f"{UPLOADS}/u1/complete")]
    assert [headers["Authorization"] for headers in asked] == ["Bearer first", *["Bearer second"] * 3]
    assert len({headers["Idempotency-Key"] for headers in asked}) == 1


def test_the_same_file_is_the_same_upload_unless_it_is_sent_again(portal: Portal, file: Path) -> None:
    for arguments in ([], [], ["--again"]):
        uploads(portal, file.read_bytes())
        run("upload", "orders", str(file), *arguments)
    keys = [headers["Idempotency-Key"] for headers, _ in portal.requests("POST", UPLOADS)]
    assert keys[0] == keys[1] != keys[2]


def test_a_part_that_is_refused_is_sent_again_with_a_new_address(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes())
    portal.answers[f"GET {UPLOADS}/u1"].insert(1, portal.answers[f"GET {UPLOADS}/u1"][0])
    portal.breaks_off["/s3/2"] = 1
    assert run("upload", "orders", str(file)).exit_code == 0
    assert portal.files["/s3/2"] == b"abcdefghij"


def test_a_file_that_cannot_be_ingested_fails_the_command_and_says_why(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes(), status="quarantined")
    reason = {"code": "wrong-columns", "message": "Missing columns: id"}
    status, over = portal.answers[f"GET {UPLOADS}/u1"][-1]
    portal.answers[f"GET {UPLOADS}/u1"][-1] = (status, {**over, "outcome": {"rows": None, "reason": reason}})
    done = run("upload", "orders", str(file))
    assert done.exit_code == 1
    assert "wrong-columns: Missing columns: id" in done.output


def test_an_empty_file_is_not_sent(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "none.csv").touch()
    assert "is empty" in refused(run("upload", "orders", str(tmp_path / "none.csv"))).message
    assert portal.requests("POST", UPLOADS) == []


def holds(portal: Portal, **files: bytes) -> None:
    """Have the API list files."""
    portal.files = {f"/s3/{name}": content for name, content in files.items()}
    listed = [
        {"key": f"orders/day=1/{name}.parquet", "size": len(content), "url": f"{portal.url}/s3/{name}"}
        for name, content in files.items()
    ]
    portal.answer("GET /datasets/orders", {"prefix": "orders/"})
    portal.answer("GET /datasets/orders/files", {"files": listed, "cursor": None})


def test_a_download_goes_on_after_it_broke_off(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "_CHUNK", 1_000)
    holds(portal, a=b"0123456789" * 1_000, b=b"xyz")
    portal.breaks_off["/s3/a"] = 1
    assert "2 files" in run("download", "orders", "--to", str(tmp_path)).output
    assert (tmp_path / "day=1" / "a.parquet").read_bytes() == b"0123456789" * 1_000
    assert "Range" in portal.requests("GET", "/s3/a")[1][0]
    portal.asked.clear()
    run("download", "orders", "--to", str(tmp_path))
    assert portal.requests("GET", "/s3/a") == []


@pytest.mark.parametrize("key", ["orders/../../etc/passwd", "/etc/passwd", "orders/a\\..\\b", "orders/"])
def test_no_file_lies_outside_of_the_folder(portal: Portal, tmp_path: Path, key: str) -> None:
    holds(portal, a=b"x")
    listed: Any = portal.answers["GET /datasets/orders/files"][0][1]
    listed["files"][0]["key"] = key
    assert "would lie outside" in refused(run("download", "orders", "--to", str(tmp_path / "here"))).message
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
