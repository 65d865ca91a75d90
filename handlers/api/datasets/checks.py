"""What types cannot say of a definition: names that collide, projections that do not fit, texts that Glue refuses."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import msgspec

from ..access import NAME
from . import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...common.settings import Dataset, Projection

# Before and after of a change stand in one item, which holds 400 KB.
MOST_DEFINITION_BYTES = 150_000
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LAST_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|NOW([+-]\d{1,5}DAYS)?", re.ASCII)
# AWS Glue Web API Reference: "DescriptionString" and "CommentString".
_PLAIN = re.compile("[\t -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_LINES = re.compile("[\t\r\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
# Athena projects whole numbers onto these types alone (Trino's IntegerProjectionFactory).
_FITTING_TYPES = {"integer": ("int", "bigint", "string"), "enum": ("string",), "date": ("date", "string")}
_BIGINT = range(-(2**63), 2**63)


def problems(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a definition: pairs of a path in the body and a reason."""
    yield from _texts(dataset)
    yield from _columns(dataset)
    yield from _partitions(dataset)
    size = len(msgspec.json.encode(dataset))
    if size > MOST_DEFINITION_BYTES:
        yield "$", f"the definition has {size:,} bytes as JSON; at most {MOST_DEFINITION_BYTES:,} are kept"


def narrowings(before: Dataset, after: Dataset) -> Iterator[tuple[str, str]]:
    """Say what of a change would take something away from files that are there, or from those who read them."""
    for number, column in enumerate(before.columns):
        path = f"$.columns[{number}]"
        if number >= len(after.columns):
            yield path, f"`{column.name}` is missing; columns are not taken away"
        elif (after.columns[number].name, after.columns[number].type) != (column.name, column.type):
            yield path, f"must stay `{column.name}` of type {column.type}; new columns go to the end"
    for name, projection in before.projections.items():
        if not _is_wider(projection, after.projections[name]):
            yield f"$.projections.{name}", "may only be widened: rows with other values would be in no query's answer"


def _is_wider(before: Projection, after: Projection) -> bool:
    if before.type != after.type:
        return False
    if before.type == "enum":
        return set(before.values) <= set(after.values)
    if before.type == "integer":
        return int(str(after.first)) <= int(str(before.first)) and int(str(before.last)) <= int(str(after.last))
    return str(after.first) <= str(before.first) and _last_day(str(before.last)) <= _last_day(str(after.last))


def _last_day(text: str) -> tuple[int, str]:
    """Return the last day of a projection as what sorts: one that moves on is after every one that does not."""
    offset = text.removeprefix("NOW").removesuffix("DAYS")
    return (0, text) if not text.startswith("NOW") else (1, f"{int(offset or 0) + 100_000:06}")


def normal_type(text: str) -> str:
    """Return a type as Hive's parser takes it, which Athena reads the catalog with: without a space."""
    decimal = _DECIMAL.fullmatch(text)
    return f"decimal({int(decimal[1])},{int(decimal[2])})" if decimal else text


def _texts(dataset: Dataset) -> Iterator[tuple[str, str]]:
    if not NAME.fullmatch(dataset.id):
        yield "$.id", "lower-case letters, digits and underscores, at most 60, so that SQL needs no quotes"
    text = "1 to 255 letters, digits, spaces and . : / = + - @ _"
    if not re.fullmatch(bodies.TEXT, dataset.owner or ""):
        yield "$.owner", text
    if not _LINES.fullmatch(dataset.description or ""):
        yield "$.description", "holds a control character"
    for key, value in dataset.tags.items():
        if not re.fullmatch(bodies.TAG_KEY, key):
            yield f"$.tags.{key[:128]}", "1 to 128 letters, digits, spaces and . : / + - @ _, not beginning with aws:"
        if not re.fullmatch(bodies.TEXT, value):
            yield f"$.tags.{key[:128]}", text
    if len(dataset.tags) > bodies.MOST_TAGS:
        yield "$.tags", f"{len(dataset.tags)} tags; a data set has at most {bodies.MOST_TAGS}"
    if dataset.source and dataset.source.delimiter in '"\r\n':
        yield "$.source.delimiter", "one character, neither a quote nor a line's end"


def _columns(dataset: Dataset) -> Iterator[tuple[str, str]]:
    names = [column.name for column in dataset.columns]
    for number, column in enumerate(dataset.columns):
        path = f"$.columns[{number}]"
        if not re.fullmatch(bodies.COLUMN_NAME, column.name):
            yield f"{path}.name", "lower-case letters, digits and underscores, at most 128, so that SQL needs no quotes"
        elif names.index(column.name) != number:
            yield f"{path}.name", f"`{column.name}` stands twice"
        decimal = _DECIMAL.fullmatch(column.type)
        if decimal and not (int(decimal[2]) <= int(decimal[1]) and 1 <= int(decimal[1]) <= 38):
            yield f"{path}.type", f"`{column.type}`: decimal(p,s) needs s <= p and 1 <= p <= 38"
        elif not decimal and not re.fullmatch("[a-z]+", column.type):
            yield f"{path}.type", "is no type"
        if not _PLAIN.fullmatch(column.comment or ""):
            yield f"{path}.comment", "one line, without control characters"


def _partitions(dataset: Dataset) -> Iterator[tuple[str, str]]:
    types = {column.name: column.type for column in dataset.columns}
    for number, name in enumerate(dataset.partitioned_by):
        path = f"$.partitioned_by[{number}]"
        if name not in types:
            yield path, f"`{name[:128]}` is not one of the columns"
        elif dataset.partitioned_by.index(name) != number:
            yield path, f"`{name}` stands twice"
        elif name not in dataset.projections:
            yield f"$.projections.{name}", "is missing: say which values the partition has"
    if set(types) <= set(dataset.partitioned_by):
        yield "$.partitioned_by", "every column is a partition; at least one must be left for the files"
    for name, projection in dataset.projections.items():
        path = f"$.projections.{name[:128]}"
        if name not in dataset.partitioned_by:
            yield path, "is not one of partitioned_by"
        elif name in types:
            for problem in _projection(projection, types[name]):
                yield path, problem


def _projection(projection: Projection, column_type: str) -> Iterator[str]:
    fitting = _FITTING_TYPES[projection.type]
    if column_type not in fitting:
        yield f"a projection of type {projection.type} needs a column of type {', '.join(fitting)}; it is {column_type}"
    first, last = projection.first, projection.last
    if projection.type == "enum":
        if first is not None or last is not None:
            yield "an enum has values, and neither first nor last"
        if not projection.values or not all(re.fullmatch(r"[^,]+", value) for value in projection.values):
            yield "values: at least one text, each without a comma"
        return
    if projection.values:
        yield f"{projection.type} has first and last, and no values"
    if projection.type == "integer":
        if not isinstance(first, int) or not isinstance(last, int) or first not in _BIGINT or last not in _BIGINT:
            yield "first and last: whole numbers of 64 bits"
        elif first > last:
            yield f"first ({first}) is after last ({last})"
        return
    if not _is_day(first) or not (isinstance(last, str) and _LAST_DAY.fullmatch(last)):
        yield "first: a day, as 2024-01-31; last: a day, or NOW, NOW+3DAYS"
    elif not last.startswith("NOW") and not (_is_day(last) and str(first) <= last):
        yield f"last ({last}) is no day, or before first ({first})"


def _is_day(value: int | str | None) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True
