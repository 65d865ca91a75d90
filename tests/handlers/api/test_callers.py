"""Tokens that the authorizer would not let through are refused by the handler too."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.handlers.api.gateway import MACHINE, claims, event, machine_claims

if TYPE_CHECKING:
    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage


def asked(stage: Stage, of: dict[str, Any] | None, headers: dict[str, str] | None = None) -> Answer:
    return stage.gateway.forward(event("GET", "/datasets", headers, of=of))


def token(header: dict[str, Any], payload: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload))
    return f"{'.'.join(parts)}.{signature}"


def test_a_good_token_passes(shared: Stage) -> None:
    assert asked(shared, claims("reader", "shop-readers")).status == 200
    assert asked(shared, machine_claims()).status == 200


@pytest.mark.parametrize("kind", [int, str])
def test_a_time_may_be_a_number(shared: Stage, kind: type) -> None:
    assert asked(shared, claims("reader", "shop-readers", exp=kind(int(time.time()) + 60))).status == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"token_use": "id"},
        {"token_use": None},
        {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another"},
        {"iss": None},
        {"client_id": "another"},
        {"client_id": None, "aud": "portalclient"},
        {"client_id": ""},
        {"exp": "1700000000"},
        {"exp": "Sat Apr 04 18:39:39 UTC 2020"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": "99999999999999999999"},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_none_of_the_apis_is_refused(shared: Stage, changed: dict[str, Any]) -> None:
    answer = asked(shared, claims("reader", "shop-readers", **changed))
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256", "typ": "JWT"},
        {"alg": "RS256", "kid": "mine", "jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
    ],
)
def test_a_token_that_nobody_verified_is_refused_whatever_it_claims(shared: Stage, header: dict[str, Any]) -> None:
    forged = token(header, {**claims("admin", "shop-admins"), "exp": int(time.time()) + 3_600}, "c2lnbmF0dXJl")
    answer = asked(shared, None, {"Authorization": f"Bearer {forged}"})
    assert answer.status == 401


@pytest.mark.parametrize(
    "authorizer", [{}, {"claims": None}, {"claims": []}, {"claims": "sub=1"}, {"claims": {}}, None]
)
def test_a_request_around_the_authorizer_is_refused(shared: Stage, authorizer: object) -> None:
    given = event("GET", "/datasets")
    given["requestContext"]["authorizer"] = authorizer
    assert shared.gateway.forward(given).status == 401


def test_claims_in_headers_or_queries_give_nothing(shared: Stage) -> None:
    headers = {"X-Cognito-Groups": "shop-admins", "x-amzn-oidc-data": "x"}
    assert asked(shared, claims("nobody"), headers).json["datasets"] == []


def test_a_client_of_the_api_is_a_machine_only_by_client_credentials(shared: Stage) -> None:
    posing = claims("person", "shop-readers", sub=MACHINE, client_id=MACHINE, username="person")
    assert {each["may"] for each in asked(shared, posing).json["datasets"]} == {"read"}


@pytest.mark.parametrize(
    "scopes", ["", "openid", "datasets/write", "datasets/read2", "xdatasets/read", "DATASETS/READ"]
)
def test_a_scope_is_that_word_and_no_other(shared: Stage, scopes: str) -> None:
    answer = asked(shared, claims("reader", "shop-readers", scopes))
    assert answer.status == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_health_needs_no_token_and_asks_nothing(shared: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.api.platform.current", lambda: pytest.fail("it is asked"))
    answer = shared.request(None, "GET", "/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_what_there_is_not_is_a_problem_too(shared: Stage) -> None:
    for method, path in (("GET", "/"), ("PUT", "/datasets"), ("GET", "/docs"), ("GET", "/datasets/orders/none")):
        answer = shared.request("reader", method, path)
        assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json"), path
