"""API Gateway: REST APIs (`aws:apigateway`), and HTTP and WebSocket APIs (`aws:apigatewayv2`), as rules need them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .embedded import UnreadableError, from_json_or_yaml, is_on, mapping
from .resource import Resource, Stack, aws

if TYPE_CHECKING:
    from collections.abc import Iterator

REST_API = aws("apigateway", "RestApi")
METHOD = aws("apigateway", "Method")
STAGE = aws("apigateway", "Stage")
METHOD_SETTINGS = aws("apigateway", "MethodSettings")
INTEGRATION = aws("apigateway", "Integration")
USAGE_PLAN = aws("apigateway", "UsagePlan")
DOMAIN = aws("apigateway", "DomainName")
API = aws("apigatewayv2", "Api")
ROUTE = aws("apigatewayv2", "Route")
REST_DESCRIBED = (REST_API, aws("apigateway", "RestApiPut"))
# What takes an OpenAPI description.
DESCRIBED = (*REST_DESCRIBED, API)
INTEGRATION_V2 = aws("apigatewayv2", "Integration")
STAGE_V2 = aws("apigatewayv2", "Stage")
DOMAIN_V2 = aws("apigatewayv2", "DomainName")
WEB_ACL_ASSOCIATIONS = (aws("wafv2", "WebAclAssociation"), aws("wafregional", "WebAclAssociation"))

EVERY_METHOD = "*/*"
HTTP_INTEGRATIONS = ("HTTP", "HTTP_PROXY")
# How the fix of many a finding starts.
SETTINGS_FIX = 'aws.apigateway.MethodSettings("...", rest_api=api.id, stage_name=stage.stage_name, method_path="*/*", '
HTTP_ROUTE = re.compile(r"^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /", re.IGNORECASE)
# Load balancers and monitors, which have no credentials, call these.
HEALTH_CHECK = re.compile(r"(GET|HEAD) (/[\w.-]+)*/(health|healthz|health-?check|livez|readyz|ping)/?", re.IGNORECASE)
OPERATIONS = {"get", "head", "post", "put", "patch", "delete", "trace", "x-amazon-apigateway-any-method"}


def settings_of(stage: Resource, stack: Stack) -> list[Resource]:
    """Return the settings for a stage's methods; a stage is named by its own property, or by a plain name."""
    found = {settings.urn: settings for settings in stack.naming(stage, "stageName", METHOD_SETTINGS)}
    for settings in stack.of_type(METHOD_SETTINGS):
        names = (settings.values.get("stageName"), stage.values.get("stageName"))
        if isinstance(names[0], str) and names[0] == names[1] and same_reference(settings, stage, "restApi"):
            found[settings.urn] = settings
    return list(found.values())


def same_reference(one: Resource, other: Resource, name: str) -> bool:
    """Say whether two resources name the same third one in a property, known or not."""
    value = one.values.get(name)
    if isinstance(value, str) and value == other.values.get(name):
        return True
    return bool(set(one.dependencies.get(name, ())) & set(other.dependencies.get(name, ())))


def api_of(resource: Resource, stack: Stack) -> Resource | None:
    """Return the API of a stage, route or method, None if it is not in the stack."""
    is_rest = resource.type.startswith("aws:apigateway/")
    property_name = "restApi" if is_rest else "apiId"
    for api in stack.of_type(REST_API if is_rest else API):
        if resource in stack.naming(api, property_name, resource.type):
            return api
    return None


def is_without_backend(method: Resource, stack: Stack) -> bool:
    """Say whether API Gateway answers a method by itself, the same to everyone: a mock integration."""
    kinds = [
        integration.properties.get("type")
        for integration in stack.of_type(INTEGRATION)
        if method.urn in integration.dependencies.get("httpMethod", ())
        or (
            (integration.values.get("httpMethod") == method.values.get("httpMethod"))
            and same_reference(integration, method, "resourceId")
        )
    ]
    return bool(kinds) and all(kind == "MOCK" for kind in kinds)


def is_health_check(method: Resource, stack: Stack) -> bool:
    """Say whether a REST method tells whether the API is up: `GET /health`."""
    verb = method.properties.get("httpMethod")
    return any(
        HEALTH_CHECK.fullmatch(f"{verb} /{path.properties.get('pathPart')}")
        for path in stack.of_type(aws("apigateway", "Resource"))
        if method in stack.naming(path, "resourceId", METHOD)
    )


def is_private(api: Resource) -> bool:
    """Say whether a REST API is reached from VPCs only."""
    types = api.properties.get("endpointConfiguration", "types")
    return "PRIVATE" in (types if isinstance(types, list) else [types])


def open_operations(api: Resource) -> Iterator[str]:
    """Yield the operations of an API's OpenAPI description that ask for no authorization: `GET /flights`."""
    description = _description(api)
    schemes = _authorizers(description)
    for name, operation in _operations(description):
        is_mock = str(mapping(operation.get("x-amazon-apigateway-integration")).get("type")).upper() == "MOCK"
        if not is_mock and not HEALTH_CHECK.fullmatch(name) and not _is_authorized(operation, description, schemes):
            yield name


def unvalidated_operations(api: Resource) -> Iterator[str]:
    """Yield the operations of a REST API's OpenAPI description whose requests nothing validates."""
    description = _description(api)
    validators = mapping(description.get("x-amazon-apigateway-request-validators"))
    for name, operation in _operations(description):
        chosen = operation.get("x-amazon-apigateway-request-validator")
        validator = mapping(validators.get(str(chosen or description.get("x-amazon-apigateway-request-validator"))))
        if not any(is_on(validator.get(check)) for check in ("validateRequestBody", "validateRequestParameters")):
            yield name


def plain_backends(api: Resource) -> Iterator[str]:
    """Yield the operations of an API's OpenAPI description that call a backend outside of a VPC by plain HTTP."""
    for name, operation in _operations(_description(api)):
        integration = mapping(operation.get("x-amazon-apigateway-integration"))
        is_http = str(integration.get("type")).upper() in HTTP_INTEGRATIONS
        if is_http and integration.get("connectionType") != "VPC_LINK" and is_plain_http(integration.get("uri")):
            yield name


def shown(operations: list[str]) -> str:
    """Return the names of a few operations, and how many more there are."""
    return ", ".join(operations[:5]) + (f" and {len(operations) - 5} more" if len(operations) > 5 else "")


def is_plain_http(address: object) -> bool:
    """Say whether an address is one without TLS."""
    return isinstance(address, str) and address.lower().startswith("http://")


def _description(api: Resource) -> dict[str, Any]:
    """Return an API's OpenAPI description; an empty one for what is none: API Gateway refuses that."""
    try:
        return mapping(from_json_or_yaml(api.properties.get("body")))
    except UnreadableError:
        return {}


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the operations with their names, but OPTIONS, which browsers ask without credentials."""
    for path, operations in mapping(description.get("paths")).items():
        for verb, operation in mapping(operations).items():
            name = str(verb).lower()
            if name in OPERATIONS:
                yield f"{'ANY' if name.startswith('x-') else name.upper()} {path}", mapping(operation)


def _authorizers(description: dict[str, Any]) -> set[str]:
    """Return the security schemes that API Gateway enforces; the others it only shows, and an API key is no proof."""
    schemes = mapping(description.get("securityDefinitions"))
    schemes = schemes | mapping(mapping(description.get("components")).get("securitySchemes"))
    return {
        name
        for name, scheme in schemes.items()
        if {"x-amazon-apigateway-authorizer", "x-amazon-apigateway-authtype"} & set(mapping(scheme))
    }


def _is_authorized(operation: dict[str, Any], description: dict[str, Any], schemes: set[str]) -> bool:
    method_auth = mapping(operation.get("x-amazon-apigateway-auth") or description.get("x-amazon-apigateway-auth"))
    if str(method_auth.get("type", "NONE")).upper() != "NONE":
        return True
    # One of the alternatives is enough for a caller, so each must be real; within one, all are asked for.
    alternatives = operation.get("security", description.get("security"))
    if not isinstance(alternatives, list) or not alternatives:
        return False
    return all(schemes & set(mapping(one)) for one in alternatives)
