"""API Gateway: who may call, over which TLS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

REST_API = "aws:apigateway/restApi:RestApi"
METHOD = "aws:apigateway/method:Method"
INTEGRATION = "aws:apigateway/integration:Integration"
VALIDATOR = "aws:apigateway/requestValidator:RequestValidator"
STAGE = "aws:apigateway/stage:Stage"
STAGE_V2 = "aws:apigatewayv2/stage:Stage"
DOMAIN = "aws:apigateway/domainName:DomainName"
API = "aws:apigatewayv2/api:Api"
ROUTE = "aws:apigatewayv2/route:Route"
AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer"
INTEGRATION_V2 = "aws:apigatewayv2/integration:Integration"
DOMAIN_V2 = "aws:apigatewayv2/domainName:DomainName"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"
http_api = make(API, "http", protocolType="HTTP")
socket_api = make(API, "socket", protocolType="WEBSOCKET")
public_api = make(REST_API, "public", endpointConfiguration={"types": "REGIONAL"})
private_api = make(REST_API, "private", endpointConfiguration={"types": "PRIVATE"})
AUTHORIZED = {"x-amazon-apigateway-authtype": "cognito_user_pools", "x-amazon-apigateway-authorizer": {}}
CHOSEN: dict[str, Any] = {"x-amazon-apigateway-request-validator": "all"}
KEY_ONLY = {"type": "apiKey", "name": "x-api-key", "in": "header"}


def method(**inputs: Any) -> Recorded:
    return make(METHOD, resourceId="s", **{"restApi": "r", "httpMethod": "GET", "authorization": "AWS_IAM", **inputs})


def open_method(api: Recorded) -> Recorded:
    return method(restApi=api, authorization="NONE")


def path_of(part: str) -> Recorded:
    return make("aws:apigateway/resource:Resource", "path", restApi="r", parentId="p", pathPart=part)


def open_at(path: Recorded, verb: str) -> Recorded:
    return make(METHOD, resourceId=path, restApi="r", httpMethod=verb, authorization="NONE")


def route(key: str, **inputs: Any) -> Recorded:
    return make(ROUTE, routeKey=key, **{"apiId": http_api, **inputs})


def described(operation: dict[str, Any], scheme: dict[str, Any] = AUTHORIZED, **more: Any) -> str:
    schemes = {"components": {"securitySchemes": {"users": scheme}}}
    return json.dumps({"openapi": "3.0.1", "paths": {"/flights": {"get": operation}}, **schemes, **more})


def rest(body: str) -> Recorded:
    return make(REST_API, body=body)


def validators(**checks: bool) -> dict[str, Any]:
    return {"x-amazon-apigateway-request-validators": {"all": checks}}


def calling(uri: str, **more: Any) -> dict[str, Any]:
    return {"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": uri, **more}}


def integration(**inputs: Any) -> Recorded:
    return make(INTEGRATION, restApi="r", resourceId="s", httpMethod="GET", **inputs)


def into_vpc(**inputs: Any) -> Recorded:
    return make(INTEGRATION_V2, integrationType="HTTP_PROXY", connectionType="VPC_LINK", connectionId="vl-1", **inputs)


HEALTH = path_of("health")
OPEN = method(authorization="NONE")
POOL = {"authorization": "COGNITO_USER_POOLS", "authorizerId": "a"}
MOCK: dict[str, Any] = {"restApi": "r", "resourceId": "s", "httpMethod": "GET", "type": "MOCK"}

CASES = [
    bad("APIGATEWAY-AUTHORIZATION", "an open method", method(authorization="NONE")),
    bad("APIGATEWAY-AUTHORIZATION", "an API key only", method(authorization="NONE", apiKeyRequired=True)),
    bad("APIGATEWAY-AUTHORIZATION", "an authorizer that is not named", method(authorization="CUSTOM")),
    bad("APIGATEWAY-AUTHORIZATION", "an open method of a public API", public_api, open_method(public_api)),
    bad("APIGATEWAY-AUTHORIZATION", "an open route", route("GET /flights")),
    bad("APIGATEWAY-AUTHORIZATION", "an open route, said", route("ANY /{proxy+}", authorizationType="NONE")),
    bad("APIGATEWAY-AUTHORIZATION", "an open default", http_api, route("$default")),
    bad("APIGATEWAY-AUTHORIZATION", "of an API elsewhere", route("$default", apiId="abc123")),
    bad("APIGATEWAY-AUTHORIZATION", "an open socket", socket_api, route("$connect", apiId=socket_api)),
    bad("APIGATEWAY-AUTHORIZATION", "quickly made", make(API, protocolType="HTTP", target=FUNCTION_ARN)),
    bad("APIGATEWAY-AUTHORIZATION", "described", rest(described({}))),
    bad("APIGATEWAY-AUTHORIZATION", "described as open", rest(described({"security": []}, security=[{"users": []}]))),
    bad("APIGATEWAY-AUTHORIZATION", "described with a choice", rest(described({"security": [{}, {"users": []}]}))),
    bad("APIGATEWAY-AUTHORIZATION", "described with a key", rest(described({"security": [{"users": []}]}, KEY_ONLY))),
    bad("APIGATEWAY-AUTHORIZATION", "described in YAML", rest("openapi: 3.0.1\npaths:\n  /a:\n    get: {}\n")),
    bad("APIGATEWAY-AUTHORIZATION", "an HTTP API described", make(API, protocolType="HTTP", body=described({}))),
    bad("APIGATEWAY-AUTHORIZATION", "an open function", OPEN, integration(type="AWS_PROXY")),
    bad(
        "APIGATEWAY-AUTHORIZATION", "a mock of another method", OPEN, make(INTEGRATION, **{**MOCK, "httpMethod": "PUT"})
    ),
    bad("APIGATEWAY-AUTHORIZATION", "a mock elsewhere", OPEN, make(INTEGRATION, **{**MOCK, "resourceId": "t"})),
    bad("APIGATEWAY-AUTHORIZATION", "a state that is written", route("POST /health")),
    bad("APIGATEWAY-AUTHORIZATION", "what only begins like it", route("GET /health/{patient}")),
    bad("APIGATEWAY-AUTHORIZATION", "another path", (path := path_of("reports")), open_at(path, "GET")),
    bad("APIGATEWAY-AUTHORIZATION", "deleting a health check", HEALTH, open_at(HEALTH, "DELETE")),
    good("APIGATEWAY-AUTHORIZATION", "a health check", HEALTH, open_at(HEALTH, "GET")),
    good("APIGATEWAY-AUTHORIZATION", "a route for monitors", route("GET /v1/healthz")),
    good("APIGATEWAY-AUTHORIZATION", "a health check, described", rest(described({}).replace("/flights", "/health"))),
    good("APIGATEWAY-AUTHORIZATION", "the same answer to everyone", OPEN, make(INTEGRATION, **MOCK)),
    good(
        "APIGATEWAY-AUTHORIZATION",
        "such an answer, by reference",
        OPEN,
        make(INTEGRATION, **{**MOCK, "httpMethod": OPEN}),
    ),
    good(
        "APIGATEWAY-AUTHORIZATION",
        "such an answer, described",
        rest(described({"x-amazon-apigateway-integration": {"type": "mock"}})),
    ),
    good("APIGATEWAY-AUTHORIZATION", "IAM", method()),
    good("APIGATEWAY-AUTHORIZATION", "a pool", method(authorization="COGNITO_USER_POOLS", authorizerId="a")),
    good("APIGATEWAY-AUTHORIZATION", "a browser's question", method(httpMethod="OPTIONS", authorization="NONE")),
    good("APIGATEWAY-AUTHORIZATION", "a private API, whose policy decides", private_api, open_method(private_api)),
    good(
        "APIGATEWAY-AUTHORIZATION",
        "a private API, described",
        make(REST_API, endpointConfiguration={"types": "PRIVATE"}, body=described({})),
    ),
    good("APIGATEWAY-AUTHORIZATION", "a token", route("GET /a", authorizationType="JWT", authorizerId="a")),
    good("APIGATEWAY-AUTHORIZATION", "a browser's question, HTTP", route("OPTIONS /{proxy+}")),
    good("APIGATEWAY-AUTHORIZATION", "a socket's default", socket_api, route("$default", apiId=socket_api)),
    good("APIGATEWAY-AUTHORIZATION", "a socket's message", socket_api, route("subscribe", apiId=socket_api)),
    good("APIGATEWAY-AUTHORIZATION", "described", rest(described({"security": [{"users": []}]}))),
    good("APIGATEWAY-AUTHORIZATION", "described for all", rest(described({}, security=[{"users": []}]))),
    good(
        "APIGATEWAY-AUTHORIZATION",
        "described with IAM",
        rest(described({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})),
    ),
    bad(
        "APIGATEWAY-AUTHORIZER",
        "any audience",
        make(AUTHORIZER, authorizerType="JWT", jwtConfiguration={"issuer": "i"}),
    ),
    good(
        "APIGATEWAY-AUTHORIZER",
        "ours",
        make(AUTHORIZER, authorizerType="JWT", jwtConfiguration={"issuer": "i", "audiences": ["client"]}),
    ),
    bad(
        "APIGATEWAY-AUTHORIZER",
        "an issuer by plain HTTP",
        make(
            AUTHORIZER,
            authorizerType="JWT",
            jwtConfiguration={"issuer": "http://login.example.com", "audiences": ["c"]},
        ),
    ),
    bad("APIGATEWAY-SCOPES", "any token of a pool", method(**POOL)),
    bad("APIGATEWAY-SCOPES", "no scope of a pool", method(**POOL, authorizationScopes=[])),
    good("APIGATEWAY-SCOPES", "a scope of a pool", method(**POOL, authorizationScopes=["flights/read"])),
    good("APIGATEWAY-SCOPES", "a method signed with keys of AWS", method()),
    good("APIGATEWAY-AUTHORIZER", "a function", make(AUTHORIZER, authorizerType="REQUEST", authorizerUri=FUNCTION_ARN)),
    bad("APIGATEWAY-REQUEST-VALIDATION", "none", method()),
    bad("APIGATEWAY-REQUEST-VALIDATION", "of nothing", make(VALIDATOR, restApi="r", validateRequestBody=False)),
    bad("APIGATEWAY-REQUEST-VALIDATION", "none described", rest(described({}))),
    bad("APIGATEWAY-REQUEST-VALIDATION", "one described that is not there", rest(described({}, **CHOSEN))),
    bad("APIGATEWAY-REQUEST-VALIDATION", "one described for nothing", rest(described({}, **CHOSEN, **validators()))),
    good(
        "APIGATEWAY-REQUEST-VALIDATION",
        "one described",
        rest(described({}, **CHOSEN, **validators(validateRequestBody=True))),
    ),
    good(
        "APIGATEWAY-REQUEST-VALIDATION",
        "one described for an operation",
        rest(described(CHOSEN, **validators(validateRequestParameters=True))),
    ),
    good("APIGATEWAY-REQUEST-VALIDATION", "an HTTP API, which has none", make(API, body=described({}))),
    good("APIGATEWAY-REQUEST-VALIDATION", "one", method(requestValidatorId="v")),
    good(
        "APIGATEWAY-REQUEST-VALIDATION", "of parameters", make(VALIDATOR, restApi="r", validateRequestParameters=True)
    ),
    good("APIGATEWAY-REQUEST-VALIDATION", "a browser's question", method(httpMethod="OPTIONS")),
    bad("APIGATEWAY-TLS", "not said", make(DOMAIN, domainName="api.example.com")),
    bad("APIGATEWAY-TLS", "old", make(DOMAIN, domainName="api.example.com", securityPolicy="TLS_1_0")),
    bad("APIGATEWAY-TLS", "old, HTTP", make(DOMAIN_V2, domainNameConfiguration={"securityPolicy": "TLS_1_0"})),
    bad("APIGATEWAY-TLS", "an API's", make(REST_API, securityPolicy="TLS_1_0")),
    good("APIGATEWAY-TLS", "1.2", make(DOMAIN, domainName="api.example.com", securityPolicy="TLS_1_2")),
    good("APIGATEWAY-TLS", "1.3", make(DOMAIN, securityPolicy="SecurityPolicy_TLS13_1_3_2025_09")),
    good("APIGATEWAY-TLS", "1.2, HTTP", make(DOMAIN_V2, domainNameConfiguration={"securityPolicy": "TLS_1_2"})),
    good("APIGATEWAY-TLS", "an API that does not say", make(REST_API)),
    bad("APIGATEWAY-BACKEND-TLS", "none", integration(type="HTTP_PROXY", uri="http://backend.example.com/")),
    bad(
        "APIGATEWAY-BACKEND-TLS",
        "any certificate",
        integration(type="HTTP", uri="https://a.example.com", tlsConfig={"insecureSkipVerification": True}),
    ),
    bad(
        "APIGATEWAY-BACKEND-TLS",
        "none, HTTP",
        make(INTEGRATION_V2, integrationType="HTTP_PROXY", integrationUri="http://backend.example.com"),
    ),
    good("APIGATEWAY-BACKEND-TLS", "TLS", integration(type="HTTP_PROXY", uri="https://backend.example.com/")),
    good(
        "APIGATEWAY-BACKEND-TLS",
        "in our VPC",
        integration(type="HTTP_PROXY", uri="http://nlb.internal/", connectionType="VPC_LINK"),
    ),
    bad("APIGATEWAY-BACKEND-TLS", "none into the VPC, HTTP", into_vpc()),
    bad("APIGATEWAY-BACKEND-TLS", "none described", rest(described(calling("http://backend.example.com/")))),
    good("APIGATEWAY-BACKEND-TLS", "TLS described", rest(described(calling("https://backend.example.com/")))),
    good(
        "APIGATEWAY-BACKEND-TLS",
        "described in our VPC",
        rest(described(calling("http://nlb.internal/", connectionType="VPC_LINK"))),
    ),
    good(
        "APIGATEWAY-BACKEND-TLS", "TLS into the VPC, HTTP", into_vpc(tlsConfig={"serverNameToVerify": "data.internal"})
    ),
    good("APIGATEWAY-BACKEND-TLS", "a function", integration(type="AWS_PROXY", uri=FUNCTION_ARN)),
    bad("APIGATEWAY-SECRET-IN-SETTINGS", "a stage variable", make(STAGE, variables={"dbPassword": "hunter2!x"})),
    bad(
        "APIGATEWAY-SECRET-IN-SETTINGS", "a stage variable, HTTP", make(STAGE_V2, stageVariables={"apiKey": "3f786850"})
    ),
    bad(
        "APIGATEWAY-SECRET-IN-SETTINGS",
        "a header",
        integration(requestParameters={"integration.request.header.x-api-key": "'hunter2!x'"}),
    ),
    bad(
        "APIGATEWAY-SECRET-IN-SETTINGS",
        "a header, HTTP",
        make(INTEGRATION_V2, requestParameters={"append:header.authorization": "Bearer " + "a1" * 12}),
    ),
    good("APIGATEWAY-SECRET-IN-SETTINGS", "plain variables", make(STAGE, variables={"table": "flights"})),
    good(
        "APIGATEWAY-SECRET-IN-SETTINGS",
        "a header of the request",
        integration(requestParameters={"integration.request.header.x-api-key": "method.request.header.x-api-key"}),
    ),
    good(
        "APIGATEWAY-SECRET-IN-SETTINGS",
        "a header of the request, HTTP",
        make(INTEGRATION_V2, requestParameters={"append:header.x-api-key": "$request.header.x-api-key"}),
    ),
    bad("APIGATEWAY-CORS", "every site", make(API, corsConfiguration={"allowOrigins": ["*"]})),
    bad("APIGATEWAY-CORS", "every site by TLS", make(API, corsConfiguration={"allowOrigins": ["https://*"]})),
    good("APIGATEWAY-CORS", "ours", make(API, corsConfiguration={"allowOrigins": ["https://data.example.com"]})),
    good("APIGATEWAY-CORS", "none", http_api),
    bad("APIGATEWAY-DEFAULT-ENDPOINT", "not said", make(REST_API)),
    good("APIGATEWAY-DEFAULT-ENDPOINT", "off", make(REST_API, disableExecuteApiEndpoint=True)),
    good("APIGATEWAY-DEFAULT-ENDPOINT", "off, HTTP", make(API, disableExecuteApiEndpoint=True)),
]
