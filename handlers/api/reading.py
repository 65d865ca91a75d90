"""Bodies and query strings as typed values; what does not fit is a problem that says where."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

import msgspec

from .problems import Problem, invalid, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BODY_BYTES = 1_048_576
_PLACE = re.compile(r"^(?P<message>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers with lower-case names; the last of several is taken."""
    return {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}


def body_of(event: Mapping[str, Any]) -> bytes:
    """Return the bytes of the body.

    Raises:
        Problem: 413 if they are too many.

    """
    text = event.get("body") or ""
    try:
        content = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else str(text).encode()
    except (binascii.Error, UnicodeEncodeError) as error:
        raise invalid([("$", "the body is not UTF-8")]) from error
    if len(content) > MOST_BODY_BYTES:
        raise Problem("too-large", f"The body has {len(content):,} bytes; at most {MOST_BODY_BYTES:,} are read.")
    return content


def read_body(content: bytes, media_type: str, given: str | None, kind: type) -> Any:
    """Return the body as a value of a type.

    Raises:
        Problem: 415 if it is of another media type, 400 if it does not fit.

    """
    bare = (given or "").partition(";")[0].strip().lower()
    if bare not in {media_type, "application/json"}:
        header = {"Accept-Patch" if media_type != "application/json" else "Accept": media_type}
        raise Problem("unsupported-media-type", f"Send the body as `Content-Type: {media_type}`.", headers=header)
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise invalid([_place(error, "$")]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid([("$", f"the body is not JSON: {error}")]) from error


def read_query(event: Mapping[str, Any], kind: type[msgspec.Struct] | None) -> Any:
    """Return the query string as a value of a struct; an array takes a parameter that is repeated.

    Raises:
        Problem: 400 for a value that does not fit, a parameter that is unknown, or one that may not be repeated.

    """
    given = {name: list(values) for name, values in (event.get("multiValueQueryStringParameters") or {}).items()}
    for name, value in (event.get("queryStringParameters") or {}).items():
        given.setdefault(name, [value])
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)} if kind else {}
    unknown = [name for name in given if name not in fields]
    if unknown:
        known = ", ".join(fields) or "none"
        raise invalid([("query", f"there is no parameter {shown(unknown[0])}; there are: {known}")])
    repeated = [name for name, values in given.items() if len(values) > 1 and not _is_list(fields[name].type)]
    if repeated:
        raise invalid([(f"query.{repeated[0]}", "is given more than once")])
    if kind is None:
        return None
    values = {name: value if _is_list(fields[name].type) else value[0] for name, value in given.items()}
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise invalid([_place(error, "query")]) from error


def _is_list(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is tuple or (hasattr(kind, "__metadata__") and _is_list(kind.__origin__))


def _place(error: msgspec.ValidationError, root: str) -> tuple[str, str]:
    found = _PLACE.match(str(error))
    message, path = (found["message"], found["path"] or "") if found else (str(error), "")
    return f"{root}{path}", message
