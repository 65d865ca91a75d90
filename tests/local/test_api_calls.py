"""What the emulated API Gateway lets through, tells its function and answers, in front of a real deploy."""

import calendar
import gc
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from local.aws import ACCOUNT, Clients
from local.emulator.lifecycle import Emulator

from .api_stage import HERE, LOADER, ORIGINS, READER, Answer, Stage, ask, claims, deployed, machine_token
from .forged_tokens import Forger
from .provider_stage import REGION

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with deployed(tmp_path_factory.mktemp("calls"), "datasets-calls") as made:
        yield made
    gc.collect()


@pytest.fixture(scope="module")
def emulator(stage: Stage) -> Emulator:
    return stage.emulator


@pytest.fixture(scope="module")
def clients(emulator: Emulator) -> Clients:
    return Clients(emulator.endpoint, REGION)


@pytest.fixture(scope="module")
def outputs(stage: Stage) -> dict[str, Any]:
    return stage.outputs


Call = Callable[..., Answer]


@pytest.fixture(scope="module")
def tokens(emulator: Emulator, outputs: dict[str, Any]) -> dict[str, str]:
    return {
        machine.name: machine_token(emulator.endpoint, outputs, machine).document["access_token"]
        for machine in (READER, LOADER)
    }


@pytest.fixture(scope="module")
def call(outputs: dict[str, Any], tokens: dict[str, str]) -> Call:
    """Call the API with a machine's token, or another one."""

    def called(
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = tokens["loader"],
    ) -> Answer:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        kind = {"Content-Type": "application/json"} if body is not None else {}
        return ask(method, outputs["url"] + path, {**given, **kind, **(headers or {})}, body)

    return called


def is_problem(answer: Answer, status: int) -> bool:
    """Whether an answer is a problem document (RFC 9457) of that status, with the request's id."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    document, request_id = answer.document, answer.headers["X-Request-Id"]
    assert document["requestId"] == request_id
    assert document["instance"] == f"urn:uuid:{request_id}"
    assert document["title"]
    return bool(document["status"] == status and document["detail"])


def test_a_function_gets_the_event_of_a_rest_apis_proxy(call: Call) -> None:
    answer = call(
        "PATCH",
        "/datasets/flights%20of%202013?tag=a%3Db&tag=c%3Dd&empty=",
        b'{"description": "\xc3\xa9"}',
        {"If-Match": '"1"', "X-Forwarded-For": "8.8.8.8"},
    )
    event = answer.document
    assert event["resource"] == "/datasets/{id}"
    assert event["httpMethod"] == "PATCH"
    assert event["pathParameters"] == {"id": "flights of 2013"}
    assert event["queryStringParameters"] == {"tag": "c=d", "empty": ""}
    assert event["multiValueQueryStringParameters"] == {"tag": ["a=b", "c=d"], "empty": [""]}
    assert event["headers"]["if-match"] == '"1"'
    assert event["multiValueHeaders"]["if-match"] == ['"1"']
    assert event["headers"]["x-forwarded-proto"] == "https"
    assert (event["body"], event["isBase64Encoded"]) == ('{"description": "é"}', False)
    assert event["stageVariables"] is None
    assert "version" not in event
    context = event["requestContext"]
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userArn"] is None
    assert context["path"].startswith("/v1/datasets/")
    assert (context["stage"], context["resourcePath"], context["httpMethod"]) == ("v1", "/datasets/{id}", "PATCH")
    assert context["accountId"] == ACCOUNT
    assert answer.headers["x-amzn-requestid"] == context["requestId"] == answer.headers["X-Request-Id"]


def test_a_function_is_told_the_claims_of_the_token_as_texts(
    call: Call, outputs: dict[str, Any], tokens: dict[str, str]
) -> None:
    told = call("GET", "/datasets").document["requestContext"]["authorizer"]["claims"]
    assert told["client_id"] == told["sub"] == outputs["machine_client_ids"]["loader"]
    assert sorted(told["scope"].split()) == ["datasets/read", "datasets/write"]
    assert (told["token_use"], told["iss"]) == ("access", outputs["issuer"])
    expires = calendar.timegm(time.strptime(told["exp"], "%a %b %d %H:%M:%S UTC %Y"))
    assert expires == claims(tokens["loader"])["exp"]


def test_what_is_asked_without_parameters_or_a_body_has_none(call: Call) -> None:
    event = call("GET", "/datasets").document
    assert [event[name] for name in ("queryStringParameters", "multiValueQueryStringParameters", "body")] == [None] * 3


def test_headers_of_a_function_may_come_several_times(call: Call) -> None:
    answer = call("GET", "/datasets?answer=cookies")
    assert (answer.status, answer.headers["Link"]) == (201, "<a>, <b>")


@pytest.mark.parametrize("answer", ["failure", "text", "status", "body", "long"])
def test_a_function_that_fails_is_a_bad_gateway_that_tells_nothing_of_it(call: Call, answer: str) -> None:
    refused = call("GET", f"/datasets?answer={answer}")
    assert refused.status == 502
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.document["title"] == "Internal server error"
    assert b"secret" not in refused.body


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


@pytest.mark.parametrize(("size", "status"), [(10_000_001, 413), (6_300_000, 413), (1_000_000, 200)])
def test_a_request_has_ten_megabytes_at_most_and_an_event_six(call: Call, size: int, status: int) -> None:
    answer = call("POST", "/queries?answer=cookies", b'{"a": "' + b"a" * (size - 9) + b'"}')
    assert answer.status == {200: 201}.get(status, status)
    assert status == 200 or is_problem(answer, 413)


@pytest.fixture
def patient_for(outputs: dict[str, Any], clients: Clients) -> Iterator[Callable[[int], None]]:
    """Give the integration of `GET /datasets` other milliseconds than it has."""
    gateway = clients("apigateway")
    api = outputs["url"].split("/")[-2]
    resources = gateway.get_resources(restApiId=api, limit=500)["items"]
    (resource,) = [each["id"] for each in resources if each["path"] == "/datasets"]

    def give(milliseconds: int) -> None:
        gateway.update_integration(
            restApiId=api,
            resourceId=resource,
            httpMethod="GET",
            patchOperations=[{"op": "replace", "path": "/timeoutInMillis", "value": str(milliseconds)}],
        )

    yield give
    give(29_000)


def test_a_function_that_is_late_is_a_gateway_timeout(call: Call, patient_for: Callable[[int], None]) -> None:
    patient_for(500)
    started = time.monotonic()
    answer = call("GET", "/datasets?answer=late")
    assert time.monotonic() - started < 4
    assert is_problem(answer, 504)
    assert answer.headers["Retry-After"] == "5"


def test_every_method_waits_as_long_as_aws_does(outputs: dict[str, Any], clients: Clients) -> None:
    gateway, api = clients("apigateway"), outputs["url"].split("/")[-2]
    found = gateway.get_resources(restApiId=api, limit=500, embed=["methods"])["items"]
    waits = {
        verb["methodIntegration"]["timeoutInMillis"]
        for resource in found
        for verb in resource.get("resourceMethods", {}).values()
        if verb["methodIntegration"]["type"] == "AWS_PROXY"
    }
    assert waits == {29_000}


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


def test_a_function_that_does_not_let_the_api_in_is_not_called(
    outputs: dict[str, Any], call: Call, clients: Clients
) -> None:
    functions, name = clients("lambda"), outputs["function"]
    statements = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
    (let_in,) = [each for each in statements if "/DELETE/" in json.dumps(each["Condition"])]
    (source,) = [value for conditions in let_in["Condition"].values() for value in conditions.values()]
    assert source == f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{outputs['url'].split('/')[-2]}/v1/DELETE/*"
    functions.remove_permission(FunctionName=name, StatementId=let_in["Sid"])
    assert call("DELETE", "/queries/1").status == 500
    assert call("GET", "/queries/1").status == 200
    functions.add_permission(
        FunctionName=name,
        StatementId=let_in["Sid"],
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=source,
    )
    assert call("DELETE", "/queries/1").status == 200
