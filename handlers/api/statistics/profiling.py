"""The one statement that profiles a data set, and what its one row says.

It reads the columns once for the bounds of numbers and once for all the rest, whose histograms need the bounds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...common.column_statistics import QUANTILES, TEXT_CHARACTERS
from ...common.column_types import FLOATS, INTEGERS, is_number
from ...common.sql import quoted
from ..athena import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...common.attributes import Item
    from ...common.settings import Column, Dataset

MOST_COLUMNS = 120
"""Of a data set that are profiled: with more, the statement would not fit Athena's 262,144 bytes."""
BARS = 20
# Neither NaN nor infinity lies between the least and the greatest number of a double.
_FINITE = "BETWEEN -1.7976931348623157E308 AND 1.7976931348623157E308"
# So that a value that lies on an edge, give or take a rounding, is in the bar above it.
_TO_THE_EDGE = "1E-9"
_A_COLUMN = 6


def statement(dataset: Dataset, database: str) -> str:
    """Return the statement; its values stand in the order that `columns` reads them in."""
    table = ".".join(quoted(part) for part in (CATALOG, database, dataset.id))
    profiled = dataset.columns[:MOST_COLUMNS]
    numbers = [number for number, column in enumerate(profiled) if is_number(column.type)]
    given = [f"{quoted(column.name)} AS c{number}" for number, column in enumerate(profiled)]
    given += [f"{_double(profiled[number])} AS d{number}" for number in numbers]
    values = ", ".join(("count(*)", *(each for number, c in enumerate(profiled) for each in _values(number, c))))
    # An aggregate, so that there is one row of them, also where no column is a number.
    bounds = ", ".join(("count(*) AS all_rows", *map(_bounds, numbers)))
    return (
        f"WITH data AS (SELECT {', '.join(given)} FROM {table}), bounds AS (SELECT {bounds} FROM data) "  # noqa: S608 -- every name is quoted
        f"SELECT {values} FROM data CROSS JOIN bounds"
    )


def columns(dataset: Dataset, row: Sequence[str | None]) -> tuple[int, list[Item]]:
    """Return the number of rows, and the statistics of each column, of what the statement gave."""
    rows = int(row[0] or 0)
    made = []
    for number, column in enumerate(dataset.columns[:MOST_COLUMNS]):
        start = 1 + number * _A_COLUMN
        made.append(_column(column, rows, row[start : start + _A_COLUMN]))
    return rows, made


def _bounds(number: int) -> str:
    """Return the least number and how many bars one unit is wide: NULL where all are the same."""
    width = f"nullif(max(d{number}) - min(d{number}), 0E0)"
    return f"min(d{number}) AS low{number}, {BARS}E0 * power({width}, -1E0) AS bars{number}"


def _values(number: int, column: Column) -> Iterator[str]:
    name = f"c{number}"
    least, most = f"min({name})", f"max({name})"
    if column.type == "string":
        least, most = (f"{side}(substr({name}, 1, {TEXT_CHARACTERS}))" for side in ("min", "max"))
    elif column.type in FLOATS:
        least, most = (f"{side}(CASE WHEN {name} {_FINITE} THEN {name} END)" for side in ("min", "max"))
    elif column.type == "binary":
        least = most = "NULL"
    quantiles = histogram = "NULL"
    if is_number(column.type):
        quantiles = f"approx_percentile(d{number}, ARRAY{list(QUANTILES.values())})"
        bar = f"floor((d{number} - low{number}) * bars{number} + {_TO_THE_EDGE})"
        histogram = f"histogram(CAST(CASE WHEN {bar} > {BARS - 1}E0 THEN {BARS - 1}E0 ELSE {bar} END AS integer))"
    yield f"count({name})"
    yield f"approx_distinct({name})"
    yield f"CAST({least} AS varchar)"
    yield f"CAST({most} AS varchar)"
    yield quantiles
    yield histogram


def _double(column: Column) -> str:
    name = f"CAST({quoted(column.name)} AS double)"
    return f"CASE WHEN {name} {_FINITE} THEN {name} END" if column.type in FLOATS else name


def _column(column: Column, rows: int, row: Sequence[str | None]) -> Item:
    count, distinct, least, most, quantiles, histogram = row
    present = int(count or 0)
    numbers = re.findall(r"[^\[\], ]+", quantiles or "")
    known = is_number(column.type) and least is not None and most is not None
    return {
        "name": column.name,
        "type": column.type,
        "nulls": rows - present,
        "distinct": int(distinct or 0),
        "min": least,
        "max": most,
        "quantiles": dict(zip(QUANTILES, numbers, strict=True)) if len(numbers) == len(QUANTILES) else None,
        "histogram": _histogram(column, str(least), str(most), present, histogram) if known else None,
    }


def _histogram(column: Column, least: str, most: str, present: int, text: str | None) -> Item | None:
    """Return the bars of `{bar=count, ...}`, as Athena writes a map, one for each value where there are few."""
    low, high = float(least), float(most)
    counted = {int(bar): int(count) for bar, count in re.findall(r"(\d+)\s*[=:]\s*(\d+)", text or "")}
    if low == high:
        return {"edges": [low, high], "counts": [present]}
    if column.type in INTEGERS and high - low < BARS:
        span = int(high - low)
        # Fewer values than bars: each value has a bar of its own, which is found as the statement finds it.
        places = [min(BARS - 1, int(value * BARS / span + float(_TO_THE_EDGE))) for value in range(span + 1)]
        edges: list[Any] = [low + step for step in range(span + 2)]
        return {"edges": edges, "counts": [counted.get(place, 0) for place in places]}
    width = (high - low) / BARS
    edges = [low + bar * width for bar in range(BARS)] + [high]
    return {"edges": edges, "counts": [counted.get(bar, 0) for bar in range(BARS)]}
