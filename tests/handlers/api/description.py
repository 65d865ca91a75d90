"""The API's description (handlers/api/openapi.json), and answers held against it."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import referencing
import referencing.jsonschema

import handlers.api as package

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(package.__file__).parent / "openapi.json"


@functools.cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation that a request is of, if it is of one."""
    for template, methods in document()["paths"].items():
        pattern = re.sub(r"{\w+}", "[^/]+", template)
        if re.fullmatch(pattern + "/*", path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    return None


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Fail unless an answer is one that the description tells of: its status, media type, headers and body."""
    operation = operation_of(method, path)
    if operation is None:
        return
    where = f"{method} {path}: {status}"
    assert str(status) in operation["responses"], f"{where} is not described; it said: {body[:500]!r}"
    described = _resolved(operation["responses"][str(status)])
    for name, header in described.get("headers", {}).items():
        if _resolved(header).get("required"):
            assert name.lower() in headers, f"{where} lacks the header {name}"
    content = described.get("content", {})
    if not content:
        assert body == b"", f"{where} has a body: {body[:200]!r}"
        return
    media_type = headers["content-type"].partition(";")[0]
    assert media_type in content, f"{where} is {media_type}, which is not described"
    if media_type.endswith("json"):
        _validator(json.dumps(content[media_type]["schema"])).validate(json.loads(body))


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = document()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: dict[str, Any] = found
    return resolved


@functools.cache
def _validator(schema: str) -> Any:
    resource = referencing.jsonschema.DRAFT202012.create_resource(document())
    registry: Any = referencing.Registry().with_resource("urn:openapi", resource)
    absolute = json.loads(schema.replace('"#/', '"urn:openapi#/'))
    return jsonschema.Draft202012Validator(absolute, registry=registry)
