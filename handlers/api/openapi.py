"""The API's description (OpenAPI 3.1), made of the operations: `openapi.json` beside this file is what it gives.

`python -m tests.handlers.api.reference` writes the file anew, and a test holds the two equal.
https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import http
import inspect
import re
from typing import TYPE_CHECKING, Any

import msgspec

from . import problems
from .access import NAME
from .operations import ID, JSON
from .routes import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .operations import Operation

VERSION = "1.0.0"
_REFERENCE = "#/components/schemas/{name}"
_INTRODUCTION = """\
Find, register, upload, download, query and profile data sets.

Send an access token of the stack's user pool: `Authorization: Bearer <token>`. What you may do is decided by its scope
and by the grants of your groups; a data set that you may not read answers as one that there is not. Errors are problem
documents (RFC 9457). Send `Idempotency-Key` with a POST that you may repeat.
"""
_TITLES = {
    "/health": "health",
    "/queries": "queries",
    "/datasets/{id}/uploads": "uploads",
}


def document(operations: Iterable[Operation] = OPERATIONS) -> dict[str, Any]:
    """Return the description."""
    listed = list(operations)
    schemas = _schemas(listed)
    paths: dict[str, dict[str, Any]] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dataset API", "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": ".", "description": "Where this description is."}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {str(status): _problem(status) for status in _problem_statuses(listed)},
            "headers": {
                "RequestId": {
                    "required": True,
                    "description": "Names the request in the log.",
                    "schema": {"type": "string", "minLength": 1},
                },
                "RetryAfter": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token."}
            },
        },
    }


def statuses(operation: Operation) -> list[int]:
    """Return the statuses of the problems that an operation may answer with, by its shape and by what it says."""
    found = {429, 500, 503, 504, *operation.refusals}
    if operation.scope is not None:
        found |= {400, 401, 403, 413}
    if operation.needs is not None:
        found.add(404)
    if operation.body is not None:
        found.add(415)
    if operation.takes_key:
        found |= {409, 422}
    return sorted(found)


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    kinds = [kind for each in operations for kind in (each.body, *each.answers.values()) if kind is not None]
    _, found = msgspec.json.schema_components([*kinds, problems.ProblemDocument], ref_template=_REFERENCE)
    return dict(sorted(found.items()))


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    summary, _, rest = inspect.cleandoc(operation.run.__doc__ or "").partition("\n\n")
    made: dict[str, Any] = {
        "operationId": operation.id,
        "summary": " ".join(summary.split()).rstrip("."),
        **({"description": rest} if rest else {}),
        "tags": [next((tag for path, tag in _TITLES.items() if operation.path.startswith(path)), "data sets")],
        "parameters": list(_parameters(operation)),
    }
    if operation.body is not None:
        kinds = dict.fromkeys((operation.media_type, JSON))
        schema = {"$ref": _REFERENCE.format(name=operation.body.__name__)}
        made["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}
    made["responses"] = {
        **{str(status): _answer(operation, status, kind) for status, kind in operation.answers.items()},
        **{str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses(operation)},
    }
    made["security"] = [{"token": [str(operation.scope)]}] if operation.scope else []
    return made


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", operation.path):
        named = f"/datasets/{{{name}}}"
        pattern = (NAME if operation.path.startswith(named) else ID).pattern
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": pattern},
        }
    if operation.query is not None:
        yield from _query(operation.query)
    if operation.takes_key:
        description = "Makes a repetition of the request answer as the first one did, for a day."
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        yield {"name": "Idempotency-Key", "in": "header", "description": description, "schema": schema}
    if 428 in operation.refusals:
        description = "The ETag of what you read. The same request with the same one may be repeated: it is made once."
        yield {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": description,
            "schema": {"type": "string"},
        }


def _query(kind: type) -> Iterator[dict[str, Any]]:
    (_,), found = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    required = found[kind.__name__].get("required", [])
    for name, given in found[kind.__name__]["properties"].items():
        schema = dict(given)
        description = schema.pop("description", None)
        # A parameter that may be left out is left out, and is never the text `null`.
        options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
        if len(options) == 1:
            description = options[0].pop("description", description)
            schema |= options[0]
        elif options:
            schema["anyOf"] = options
        if schema.get("default", 0) is None:
            del schema["default"]
        if "enum" in schema:
            schema["enum"] = [value for value in schema["enum"] if value is not None]
        told = {"description": description} if description else {}
        yield {"name": name, "in": "query", "required": name in required, **told, "schema": schema}


def _answer(operation: Operation, status: int, kind: type | None) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if (428 in operation.refusals and status == 200) or operation.id in {"showDataset", "registerDataset"}:
        headers["ETag"] = {"required": True, "schema": {"type": "string"}}
    if status == 201 or operation.id == "startQuery":
        headers["Location"] = {"required": True, "schema": {"type": "string"}}
    if status == 202:
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    said = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split()) if kind else ""
    made: dict[str, Any] = {"description": said or http.HTTPStatus(status).phrase, "headers": headers}
    if kind is not None:
        made["content"] = {JSON: {"schema": {"$ref": _REFERENCE.format(name=kind.__name__)}}}
    return made


def _problem_statuses(operations: list[Operation]) -> list[int]:
    return sorted({status for operation in operations for status in statuses(operation)})


def _problem(status: int) -> dict[str, Any]:
    titles = sorted({title for known, title in problems.TITLES.values() if known == status})
    headers: dict[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if status in {429, 503}:
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    if status == 401:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    schema = {"$ref": _REFERENCE.format(name="ProblemDocument")}
    return {
        "description": "; ".join(titles) + ".",
        "headers": headers,
        "content": {problems.MEDIA_TYPE: {"schema": schema}},
    }
