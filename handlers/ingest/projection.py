"""Partition values that Athena would not look for: rows that have one would be in the lake and in no query's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..common.column_types import INTEGERS
from ..common.hive_paths import NULL
from ..common.sql import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..common.settings import Dataset, Projection


def visible(dataset: Dataset, partitions: Iterable[str]) -> bool:
    """Say whether Athena finds all of these partitions, given as DuckDB writes them (`month=1/day=2`)."""
    if not dataset.projections:
        return True
    pairs = {tuple(part.partition("=")[::2]) for partition in partitions for part in partition.split("/")}
    return all(
        _holds(dataset.projections[name], unquote(value)) for name, value in pairs if name in dataset.projections
    )


def hidden(projection: Projection, typed: str, glue_type: str) -> str:
    """Return SQL that is true where a value, as SQL of its column's type, is one that Athena does not look for.

    In a text column only the one spelling that Athena makes of a value is found: `1`, not `01`.
    """
    if projection.type == "enum":
        return f"({typed} IS NULL OR {typed} NOT IN ({', '.join(literal(value) for value in projection.values)}))"
    exact = typed if glue_type in INTEGERS or glue_type == "date" else _canonical(projection, typed)
    bounds = [f"{exact} < {_bound(projection, projection.first)}"]
    if not _open_ended(projection):
        bounds.append(f"{exact} > {_bound(projection, projection.last)}")
    return f"({exact} IS NULL OR {' OR '.join(bounds)})"


def words(projection: Projection) -> str:
    """Return the values of a projection in words."""
    if projection.type == "enum":
        return ", ".join(projection.values)
    return f"{projection.first} to {projection.last}"


def _holds(projection: Projection, value: str) -> bool:
    if value in ("", NULL):
        return False
    if projection.type == "enum":
        return value in projection.values
    if projection.type == "integer":
        whole = value.removeprefix("-").isascii() and value.removeprefix("-").isdigit()
        return (
            whole and str(int(value)) == value and int(str(projection.first)) <= int(value) <= int(str(projection.last))
        )
    return str(projection.first) <= value and (_open_ended(projection) or value <= str(projection.last))


def _canonical(projection: Projection, text: str) -> str:
    kind = "BIGINT" if projection.type == "integer" else "DATE"
    value = f"TRY_CAST({text} AS {kind})"
    return f"(CASE WHEN CAST({value} AS VARCHAR) = {text} THEN {value} END)"


def _bound(projection: Projection, value: int | str | None) -> str:
    return str(value) if projection.type == "integer" else f"DATE {literal(str(value))}"


def _open_ended(projection: Projection) -> bool:
    """A last day of NOW moves on: a row of tomorrow is found tomorrow."""
    return projection.type == "date" and str(projection.last).startswith("NOW")
