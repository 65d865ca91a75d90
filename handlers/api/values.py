"""Values of rows as JSON has them."""

from __future__ import annotations

import base64
import datetime
import decimal
import math
from typing import Annotated, Any

from msgspec import Meta

MOST_BYTES = 4_000_000
"""Of the rows of one answer: Lambda sends 6 MB, in which JSON stands as a text in JSON."""
_LARGEST_EXACT = 2**53 - 1

Value = Annotated[
    int | float | str | bool | None,
    Meta(description="Decimals, moments, binary (as base64), NaN, and whole numbers beyond 2^53 - 1 are texts."),
]


def plain(value: Any) -> Any:
    """Return a value as JSON has it, exactly or as a text."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return value if abs(value) <= _LARGEST_EXACT else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case decimal.Decimal():
            return str(value)
        case datetime.date():
            return value.isoformat()
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
    return str(value)
