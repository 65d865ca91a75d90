"""API Gateway: who may call, over which TLS, and what is checked before a backend sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..apis import (
    API,
    DESCRIBED,
    DOMAIN,
    DOMAIN_V2,
    HEALTH_CHECK,
    HTTP_ROUTE,
    METHOD,
    REST_API,
    REST_DESCRIBED,
    ROUTE,
    api_of,
    is_health_check,
    is_plain_http,
    is_private,
    is_without_backend,
    open_operations,
    shown,
    unvalidated_operations,
)
from ..embedded import is_on, strings
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..settings import Settings

NEEDS_AUTHORIZER = ("CUSTOM", "COGNITO_USER_POOLS", "JWT")
AUTHORIZATIONS = ("AWS_IAM", *NEEDS_AUTHORIZER)
EVERY_SITE = {"*", "https://*", "http://*"}

AUTHORIZATION = Rule(
    id="APIGATEWAY-AUTHORIZATION",
    title="Every method and route asks who calls",
    severity=Severity.CRITICAL,
    why="An open route is a backend on the internet. An API key counts calls; it does not prove who makes them. Only "
    "what tells that the API is up (GET /health) may be open: monitors have no credentials.",
    frameworks=("FSBP APIGateway.8", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
    peers=(
        "cdk-nag APIG4",
        "Checkov CKV_AWS_59",
        "Checkov CKV_AWS_309",
        "Checkov CKV2_AWS_70",
        "Trivy AWS-0004",
    ),
)
AUTHORIZER = Rule(
    id="APIGATEWAY-AUTHORIZER",
    title="Authorizers check whom a token was issued for",
    severity=Severity.HIGH,
    why="Without an audience, a token that the issuer gave for another application opens the API.",
    frameworks=("NIST 800-53 AC-3",),
)
SCOPES = Rule(
    id="APIGATEWAY-SCOPES",
    title="Methods behind a user pool ask for a scope",
    severity=Severity.MEDIUM,
    why="Without one, the ID token of anybody in the pool opens a method, whichever application they signed in to. "
    "A pool of one application needs no more, hence strict.",
    frameworks=("NIST 800-53 AC-6",),
    profile=Profile.STRICT,
)
VALIDATION = Rule(
    id="APIGATEWAY-REQUEST-VALIDATION",
    title="Methods validate requests",
    severity=Severity.LOW,
    why="What is malformed should not reach, or cost, the backend.",
    frameworks=("NIST 800-53 SI-10",),
    peers=("cdk-nag APIG2", "Checkov CKV2_AWS_53"),
)
TLS = Rule(
    id="APIGATEWAY-TLS",
    title="Domains speak TLS 1.2 or newer",
    severity=Severity.HIGH,
    why="TLS 1.0 and 1.1 are broken, and REST domains accept them unless told not to.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("Checkov CKV_AWS_206", "Trivy AWS-0005"),
)
CORS = Rule(
    id="APIGATEWAY-CORS",
    title="Browsers may call from named sites only",
    severity=Severity.LOW,
    why="With `*`, the script of any site may call the API from its visitor's browser.",
    profile=Profile.STRICT,
)
DEFAULT_ENDPOINT = Rule(
    id="APIGATEWAY-DEFAULT-ENDPOINT",
    title="APIs answer under their own domain only",
    severity=Severity.LOW,
    why="The execute-api address goes around the domain's certificate, mutual TLS and firewall.",
    profile=Profile.STRICT,
)


@AUTHORIZATION.across(METHOD)
def method_is_authorized(method: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse an open method, but of a private API, whose policy says who calls it, and one that calls no backend."""
    properties = method.properties
    kind = str(properties.get("authorization") or "NONE")
    # Browsers ask OPTIONS without credentials.
    if str(properties.get("httpMethod")).upper() == "OPTIONS" or is_without_backend(method, stack):
        return
    if is_health_check(method, stack):
        return
    api = api_of(method, stack) if kind not in AUTHORIZATIONS else None
    if api is None or not is_private(api):
        yield from _unless_authorized(method, kind, "authorization")


@AUTHORIZATION.on(ROUTE)
def route_is_authorized(route: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an open HTTP route, and WebSocket connections for everyone: later messages need no proof of their own."""
    key = str(route.properties.get("routeKey"))
    is_preflight = key.upper().startswith("OPTIONS ")
    if HEALTH_CHECK.fullmatch(key):
        return
    if (HTTP_ROUTE.match(key) and not is_preflight) or key == "$connect":
        kind = str(route.properties.get("authorizationType") or "NONE")
        yield from _unless_authorized(route, kind, "authorization_type")


@AUTHORIZATION.across(ROUTE)
def default_route_is_authorized(route: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse an open `$default`, unless it is a WebSocket API's, where only `$connect` can ask."""
    if route.properties.get("routeKey") != "$default":
        return
    api = api_of(route, stack)
    if api is None or api.properties.get("protocolType") != "WEBSOCKET":
        kind = str(route.properties.get("authorizationType") or "NONE")
        yield from _unless_authorized(route, kind, "authorization_type")


@AUTHORIZATION.on(*DESCRIBED)
def description_is_authorized(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse open operations in an OpenAPI description."""
    if not api.properties.is_set("body") or (api.type == REST_API and is_private(api)):
        return
    found = list(open_operations(api))
    if found:
        yield Finding(
            f"describes operations that everyone may call: {shown(found)}",
            '"security": [{"authorizer": []}], and a security scheme with x-amazon-apigateway-authorizer',
        )


@AUTHORIZATION.on(API)
def quick_route_is_not_open(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a quick-created route: it cannot have an authorizer."""
    if api.properties.is_set("target"):
        yield Finding(
            "makes a default route that everyone may call (target=...)",
            'aws.apigatewayv2.Route("...", api_id=api.id, route_key="GET /flights", target=..., '
            'authorization_type="JWT", authorizer_id=authorizer.id)',
        )


@AUTHORIZER.on(aws("apigatewayv2", "Authorizer"))
def token_has_audience(authorizer: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a JWT authorizer that takes any of the issuer's tokens, or fetches the issuer's keys by plain HTTP."""
    properties = authorizer.properties
    if properties.get("authorizerType") != "JWT":
        return
    if not properties.is_set("jwtConfiguration", "audiences"):
        yield Finding("takes tokens for any audience", 'jwt_configuration={"audiences": [client.id], "issuer": ...}')
    jwt = properties.section("jwtConfiguration")
    if not jwt.is_unknown("issuer") and is_plain_http(jwt.get("issuer")):
        yield Finding("takes its issuer's keys by plain HTTP", 'jwt_configuration={..., "issuer": "https://..."}')


@SCOPES.on(METHOD)
def method_asks_for_a_scope(method: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a method that takes every token of a user pool: one that names a scope takes access tokens with it alone.

    A Cognito authorizer of a REST API has no audience to check.
    """
    properties = method.properties
    if properties.get("authorization") == "COGNITO_USER_POOLS" and not properties.is_set("authorizationScopes"):
        yield Finding(
            "takes any token of the user pool, those that say who signed in to another application among them",
            'authorization_scopes=["flights/read"], of a resource server',
        )


@VALIDATION.on(METHOD)
def method_validates(method: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a method without a validator; OPTIONS has nothing to validate."""
    properties = method.properties
    if str(properties.get("httpMethod")).upper() != "OPTIONS" and not properties.is_set("requestValidatorId"):
        yield Finding("does not validate requests", "request_validator_id=validator.id, with request_parameters")


@VALIDATION.on(aws("apigateway", "RequestValidator"))
def validator_validates(validator: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a validator that looks at nothing."""
    properties = validator.properties
    if not is_on(properties.get("validateRequestBody")) and not is_on(properties.get("validateRequestParameters")):
        yield Finding("validates nothing", "validate_request_body=True, validate_request_parameters=True")


@VALIDATION.on(*REST_DESCRIBED)
def description_validates(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse operations without a validator in an OpenAPI description."""
    found = list(unvalidated_operations(api))
    if found:
        yield Finding(
            f"describes operations that do not validate requests: {shown(found)}",
            '"x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, '
            '"validateRequestParameters": True}}, "x-amazon-apigateway-request-validator": "all"',
        )


@TLS.on(DOMAIN)
def domain_speaks_tls(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse TLS 1.0, which is the default."""
    if not _is_modern(domain.properties.get("securityPolicy")):
        yield Finding("accepts TLS 1.0", 'security_policy="TLS_1_2"')


@TLS.on(DOMAIN_V2)
def http_domain_speaks_tls(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse anything but TLS 1.2, the only one there is."""
    if not _is_modern(domain.properties.get("domainNameConfiguration", "securityPolicy")):
        yield Finding("does not ask for TLS 1.2", 'domain_name_configuration={..., "security_policy": "TLS_1_2"}')


@TLS.on(REST_API)
def api_speaks_tls(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an API that asks for TLS 1.0."""
    policy = api.properties.get("securityPolicy")
    if policy and not _is_modern(policy):
        yield Finding("accepts TLS 1.0", 'security_policy="TLS_1_2"')


@CORS.on(API)
def sites_are_named(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse every site."""
    if EVERY_SITE & set(strings(api.properties.get("corsConfiguration", "allowOrigins"))):
        yield Finding("may be called by the script of any site", '"allow_origins": ["https://data.example.com"]')


@DEFAULT_ENDPOINT.on(REST_API, API)
def has_no_other_address(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an API that answers under execute-api."""
    if not is_on(api.properties.get("disableExecuteApiEndpoint")):
        yield Finding("answers under its execute-api address", "disable_execute_api_endpoint=True, with a domain name")


def _unless_authorized(resource: Resource, kind: str, argument: str) -> Iterable[Finding]:
    if kind not in AUTHORIZATIONS:
        yield Finding("may be called by everyone", f'{argument}="AWS_IAM", or an authorizer with authorizer_id')
    elif kind in NEEDS_AUTHORIZER and not resource.properties.is_set("authorizerId"):
        yield Finding(f"asks for {kind} but names no authorizer", "authorizer_id=authorizer.id")


def _is_modern(policy: object) -> bool:
    return policy in ("TLS_1_2", "TLS_1_3") or str(policy).startswith("SecurityPolicy_TLS1")
