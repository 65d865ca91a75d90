"""Queries from their values to their results."""

import json
from pathlib import Path
from typing import get_type_hints

import pytest

from cli.datasets.querying import values
from handlers.api.queries.bodies import ResultWanted

from .command import refused, run
from .conftest import Portal
from .documents import QUERY


def test_a_query_shows_rows_bytes_and_cost(portal: Portal) -> None:
    portal.answer("POST /queries", (202, {**QUERY, "status": "queued"}))
    portal.answer("GET /queries/q1", {**QUERY, "status": "running"}, QUERY)
    shown = run("query", "SELECT ...", "--value", "1", "--value", "'1'").output
    assert "4637" in shown
    assert "null" in shown
    assert "12 bytes scanned, 0.000048 USD, 281 ms" in shown
    assert json.loads(portal.requests("POST", "/queries")[0][1])["parameters"] == [1, "1"]


def test_as_many_rows_may_be_asked_for_as_the_api_gives_at_once(portal: Portal) -> None:
    portal.answer("POST /queries", (202, {**QUERY, "status": "queued"}))
    portal.answer("GET /queries/q1", QUERY)
    most = get_type_hints(ResultWanted, include_extras=True)["limit"].__metadata__[0].le
    assert run("query", "SELECT 1", "--rows", str(most)).exit_code == 0
    assert run("query", "SELECT 1", "--rows", str(most + 1)).exit_code == 2


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
