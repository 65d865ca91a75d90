"""Documents that resources hold as text: container definitions, state machines, descriptions of APIs."""

from __future__ import annotations

import json
from typing import Any

import yaml

from .values import UNKNOWN, UndecidedError


class UnreadableError(ValueError):
    """The text is not of the form that AWS takes."""


def from_json(value: Any) -> Any:
    """Return what a JSON text holds; a program in another language may give the object itself."""
    if value is UNKNOWN:
        raise UndecidedError("document")
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise UnreadableError from None


def from_json_or_yaml(value: Any) -> Any:
    """Return what a JSON or YAML text holds."""
    try:
        return from_json(value)
    except UnreadableError:
        try:
            return yaml.safe_load(value)
        except yaml.YAMLError:
            raise UnreadableError from None


def is_on(value: Any) -> bool:
    """Say whether a switch is on; YAML programs and JSON texts may spell it as a string."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def number(value: Any) -> float | None:
    """Return a number, also one spelled as a string; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def strings(value: Any) -> list[str]:
    """Return the known texts of a list; a single one may stand for a list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def mapping(value: Any) -> dict[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}
