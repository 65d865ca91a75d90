"""Calls of an API that throttles, refuses, and whose answers are lost."""

import pytest

from .command import refused, run
from .conftest import Portal
from .documents import IN_PROGRESS, QUERY, SUMMARY


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
