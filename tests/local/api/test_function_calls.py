"""What the emulated API Gateway tells its function, and makes of its answers, as an API that is really deployed."""

import calendar
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws import ACCOUNT, Clients

from ..api_stage import Call, claims, is_problem
from ..provider_stage import REGION

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


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
