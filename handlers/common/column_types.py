"""Which of Glue's column types are numbers, and of what kind."""

from __future__ import annotations

INTEGERS = frozenset({"tinyint", "smallint", "int", "bigint"})
FLOATS = frozenset({"float", "double"})


def is_number(glue_type: str) -> bool:
    """Say whether a type is one of numbers."""
    return glue_type in INTEGERS or glue_type in FLOATS or glue_type.startswith("decimal")
