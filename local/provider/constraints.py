"""The limits AWS puts on a value (enum, pattern, length, range), from botocore's service models."""

import re
from functools import cache
from typing import Any

from botocore.model import Shape

# Java's classes and UTF-16 surrogates, in Python's words. Letters beyond ASCII are let through as one block.
_JAVA_TO_PYTHON = (
    (r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff"),
    (r"\p{L}", "A-Za-z\u00aa-\U0010ffff"),
    (r"\p{M}", "\u0300-\u036f"),
    (r"\p{S}", r"$+<=>\^`|~"),
    (r"\p{Z}", r"\s"),
    (r"\p{N}", "0-9"),
    (r"\p{P}", r"!-/:-@\[-`{-~"),
    (r"\p{Print}", "[ -~]"),
    (r"\p{ASCII}", "[\x00-\x7f]"),
    (r"[\w-_]", r"[\w_-]"),
)


def violation(shape: Shape, value: Any) -> str | None:
    """What is wrong with a scalar or list `value` for `shape`, in words that follow the property's name; else None."""
    if isinstance(value, str):
        return _string_violation(shape, value)
    if isinstance(value, (list, dict)):
        return _size_violation(shape, len(value), "entries")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _range_violation(shape, value)
    return None


@cache
def pattern(text: str) -> re.Pattern[str] | None:
    """An AWS pattern as a Python one; None where Python cannot express it."""
    for java, python in _JAVA_TO_PYTHON:
        text = text.replace(java, python)
    try:
        return re.compile(text)
    except re.error:
        return None


def _string_violation(shape: Shape, value: str) -> str | None:
    enum: list[str] = getattr(shape, "enum", None) or []
    if enum and value not in enum:
        return f"is {_shown(value)}, but AWS accepts only {', '.join(enum)}"
    size = _size_violation(shape, len(value), "characters")
    if size:
        return size
    expected = shape.metadata.get("pattern")
    compiled = pattern(expected) if expected else None
    if compiled and not compiled.fullmatch(value):
        return f"is {_shown(value)}, which does not match AWS's pattern {expected}"
    return None


def _size_violation(shape: Shape, size: int, unit: str) -> str | None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        return f"has {size} {unit}, but AWS needs at least {low}"
    if high is not None and size > high:
        return f"has {size} {unit}, but AWS accepts at most {high}"
    return None


def _range_violation(shape: Shape, value: float) -> str | None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        return f"is {value}, but AWS needs at least {low}"
    if high is not None and value > high:
        return f"is {value}, but AWS accepts at most {high}"
    return None


def _shown(value: str) -> str:
    return repr(value if len(value) <= 80 else f"{value[:77]}...")
