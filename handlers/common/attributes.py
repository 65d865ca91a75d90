"""DynamoDB's typed attributes as plain Python values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Item = dict[str, Any]


def encode(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn plain values into DynamoDB's typed ones."""
    return {name: _typed(value) for name, value in item.items()}


def decode(item: Mapping[str, Any]) -> Item:
    """Turn DynamoDB's typed values into plain ones."""
    return {name: _plain(value) for name, value in item.items()}


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | Decimal():
            return {"N": str(value)}
        case float():
            return {"N": repr(value)}
        case Mapping():
            return {"M": encode(value)}
        case list() | tuple():
            return {"L": [_typed(element) for element in value]}
    message = f"A {type(value).__name__} cannot be stored in the metadata table; make it a string or a number."
    raise TypeError(message)


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "NULL":
            return None
        case "N":
            number = Decimal(content)
            return int(number) if number == number.to_integral_value() else float(number)
        case "M":
            return decode(content)
        case "L":
            return [_plain(element) for element in content]
    return content
