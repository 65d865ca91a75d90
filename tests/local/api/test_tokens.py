"""Whose tokens the emulated API Gateway takes, and for what."""

import time
from typing import Any

import pytest

from local.aws import Clients
from local.emulator.lifecycle import Emulator

from ..api_stage import READER, Call, claims, is_problem, machine_token
from ..forged_tokens import Forger

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize(
    ("method", "path", "machine", "status"),
    [
        ("GET", "/datasets", "reader", 200),
        ("POST", "/datasets", "reader", 401),
        ("POST", "/datasets", "loader", 200),
        ("POST", "/datasets/flights/purge", "loader", 401),
        ("GET", "/datasets/flights/uploads/1", "reader", 401),
        ("DELETE", "/queries/1", "reader", 200),
    ],
)
def test_a_method_takes_tokens_of_its_scope(
    call: Call, tokens: dict[str, str], method: str, path: str, machine: str, status: int
) -> None:
    answer = call(method, path, b"{}" if method == "POST" else None, token=tokens[machine])
    assert answer.status == status
    assert status == 200 or is_problem(answer, 401)


@pytest.mark.parametrize(
    "why",
    [
        *("forged signature", "key of the forger", "no key", "claims changed", "alg none"),
        *("alg none, signature kept", "no signature", "two parts", "no JSON", "nothing"),
    ],
)
def test_a_token_that_the_pool_has_not_signed_is_refused(call: Call, tokens: dict[str, str], why: str) -> None:
    assert is_problem(call("GET", "/datasets", token=Forger(tokens["reader"]).tokens()[why]), 401)


def test_an_expired_token_is_refused(call: Call, emulator: Emulator, outputs: dict[str, Any], clients: Clients) -> None:
    cognito = clients("cognito-idp")
    made = cognito.create_user_pool_client(
        UserPoolId=outputs["user_pool_id"],
        ClientName="short",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["datasets/read"],
        AccessTokenValidity=1,
        TokenValidityUnits={"AccessToken": "seconds"},
    )["UserPoolClient"]
    short = {"machine_client_ids": {"reader": made["ClientId"]}, "secrets": {"reader": made["ClientSecret"]}}
    token = machine_token(emulator.endpoint, short, READER).document["access_token"]
    assert claims(token)["iss"] == outputs["issuer"]
    time.sleep(max(0.0, claims(token)["exp"] - time.time()) + 0.1)
    assert is_problem(call("GET", "/datasets", token=token), 401)


def test_a_token_for_somebody_else_is_refused(
    call: Call, emulator: Emulator, clients: Clients, tokens: dict[str, str]
) -> None:
    cognito = clients("cognito-idp")
    pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read"}]
    cognito.create_resource_server(UserPoolId=pool, Identifier="datasets", Name="datasets", Scopes=scopes)
    made = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="reader",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["datasets/read"],
    )["UserPoolClient"]
    other = {"machine_client_ids": {"reader": made["ClientId"]}, "secrets": {"reader": made["ClientSecret"]}}
    token = machine_token(emulator.endpoint, other, READER).document["access_token"]
    assert claims(token)["scope"] == claims(tokens["reader"])["scope"]
    assert is_problem(call("GET", "/datasets", token=token), 401)
    cognito.delete_user_pool(UserPoolId=pool)
