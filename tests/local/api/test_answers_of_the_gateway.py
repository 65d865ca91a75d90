"""What the emulated API Gateway answers by itself: health, browsers, and refusals."""

from typing import Any

import pytest

from local.aws import Clients

from ..api_stage import HERE, ORIGINS, Call, is_problem

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_an_unknown_route_and_an_unknown_method_are_not_found(call: Call) -> None:
    assert is_problem(call("GET", "/nothing"), 404)
    assert is_problem(call("PUT", "/datasets"), 404)


@pytest.mark.parametrize("body", [b"no json", b"[]", b'"text"', b""])
def test_a_body_that_is_no_json_object_is_refused_before_the_function(call: Call, body: bytes) -> None:
    assert is_problem(call("POST", "/queries", body), 400)


def test_health_is_open_and_answered_without_the_function(call: Call) -> None:
    answer = call("GET", "/health", token=None)
    assert (answer.status, answer.document) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-Id"] == answer.headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("origin", "allowed"), [(ORIGINS[0], ORIGINS[0]), (ORIGINS[1], ORIGINS[1]), ("https://evil.example", ORIGINS[0])]
)
def test_a_browser_is_told_which_pages_may_call(call: Call, origin: str, allowed: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    answer = call("OPTIONS", "/datasets/flights", headers=asked, token=None)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == allowed
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE,GET,PATCH"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Vary"] == "Origin"


def test_a_page_of_another_origin_may_read_why_it_was_refused(call: Call) -> None:
    answer = call("GET", "/datasets", headers={"Origin": HERE}, token=None)
    assert is_problem(answer, 401)
    assert answer.headers["Access-Control-Allow-Origin"] == HERE
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]


def test_who_asks_too_often_is_told_when_to_ask_again(outputs: dict[str, Any], call: Call, clients: Clients) -> None:
    gateway, api = clients("apigateway"), outputs["url"].split("/")[-2]
    for rate, burst, path, is_refused in (("1", "2", "schema", True), ("50.0", "100", "versions", False)):
        limits = {"/*/*/throttling/rateLimit": rate, "/*/*/throttling/burstLimit": burst}
        gateway.update_stage(
            restApiId=api,
            stageName="v1",
            patchOperations=[{"op": "replace", "path": name, "value": value} for name, value in limits.items()],
        )
        answers = [call("GET", f"/datasets/flights/{path}") for _ in range(6)]
        refused = [answer for answer in answers if answer.status == 429]
        assert bool(refused) is is_refused
        for answer in refused:
            assert is_problem(answer, 429)
            assert answer.headers["Retry-After"] == "1"
