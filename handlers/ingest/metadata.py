"""What the metadata table holds of a data set: plain items, and how a change of one object moves its totals."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from ..common.column_types import is_number
from ..common.table import ITEM_BYTES, dataset_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..common.attributes import Item
    from ..common.settings import Dataset
    from .profile import ColumnStatistics

TOTALS = ("rows", "bytes", "raw_bytes", "files", "objects", "rejected_rows", "quarantined")


def definition(dataset: Dataset) -> str:
    """Return a digest of a data set's definition: what is made of a file depends on it."""
    return hashlib.sha256(msgspec.json.encode(dataset)).hexdigest()[:16]


def contribution(state: Item | None) -> dict[str, int]:
    """Return what one object's state adds to its data set's totals."""
    if not state:
        return dict.fromkeys(TOTALS, 0)
    served = state.get("served_version") is not None
    return {
        "rows": state["rows"],
        "bytes": state["bytes"],
        "raw_bytes": state["raw_bytes"],
        "files": len(state["files"]),
        "objects": int(served),
        "rejected_rows": state["rejected_rows"],
        "quarantined": int(state["status"] == "quarantined"),
    }


def dataset_item(dataset: Dataset, known: Item | None, old: Item | None, new: Item) -> Item:
    """Return a data set's item after one of its objects went from one state to another.

    Totals and nulls are exact. `min` and `max` are bounds over all that was ever committed (they are not narrowed when
    an object is replaced), and `distinct` is the most that one object has, so at least that many.
    """
    before, after = contribution(old), contribution(new)
    totals = {name: (known or {}).get(name, 0) - before[name] + after[name] for name in TOTALS}
    item: Item = {
        **dataset_key(dataset.id),
        "gsi2pk": "DATASET",
        "gsi2sk": dataset.id,
        "description": dataset.description,
        "owner": dataset.owner,
        "tags": dataset.tags,
        "classification": dataset.classification,
        "zone": dataset.zone,
        "prefix": dataset.prefix,
        "partitioned_by": dataset.partitioned_by,
        "definition": definition(dataset),
        "updated_at": new["committed_at"],
        "revision": (known or {}).get("revision", 0) + 1,
        **totals,
        "schema": [{"name": c.name, "type": c.type, "comment": c.comment} for c in dataset.columns],
        "statistics": _merged(dataset, known, old, new),
    }
    if dataset.owner:
        item |= {"gsi1pk": f"OWNER#{dataset.owner}", "gsi1sk": dataset.id}
    return fitting(item)


def fitting(item: Item) -> Item:
    """Make an item of a very wide table fit DynamoDB's 400 KB, leaving out what is missed least, and saying what."""
    for left_out, change in (
        ("quantiles", lambda column: {**column, "quantiles": None}),
        ("quantiles, min, max", lambda column: {**column, "min": None, "max": None}),
        ("statistics", lambda column: None),
    ):
        if _size(item) <= ITEM_BYTES:
            return item
        kept = [changed for changed in map(change, item.get("statistics") or []) if changed]
        item = {**item, "statistics": kept, "left_out": left_out}
    schema = item.get("schema") or []
    while _size(item) > ITEM_BYTES and schema:
        schema = schema[: len(schema) // 2]
        item = {**item, "schema": schema, "left_out": f"statistics, columns after the first {len(schema)}"}
    return item


def _size(item: Item) -> int:
    return len(json.dumps(item, ensure_ascii=False).encode())


def _merged(dataset: Dataset, known: Item | None, old: Item | None, new: Item) -> list[ColumnStatistics]:
    known_columns, old_columns, new_columns = (
        {column["name"]: column for column in (item or {}).get("statistics") or []} for item in (known, old, new)
    )
    merged: list[ColumnStatistics] = []
    for column in dataset.columns:
        known_one = _same(known_columns, column.name, column.type)
        old_one = _same(old_columns, column.name, column.type)
        new_one = _same(new_columns, column.name, column.type)
        if not (known_one or new_one):
            continue
        parts = [one for one in (known_one, new_one) if one]
        nulls = sum(one["nulls"] for one in parts) - (old_one["nulls"] if old_one else 0)
        merged.append(
            {
                "name": column.name,
                "type": column.type,
                "nulls": nulls,
                "distinct": max(one["distinct"] for one in parts),
                "min": _extreme(min, [one["min"] for one in parts], column.type),
                "max": _extreme(max, [one["max"] for one in parts], column.type),
                "quantiles": None,
            }
        )
    return merged


def _same(columns: dict[str, Any], name: str, kind: str) -> ColumnStatistics | None:
    """Return a column's statistics, unless they are of the time when it had another type."""
    found: ColumnStatistics | None = columns.get(name)
    return found if found and found["type"] == kind else None


def _extreme(choose: Any, values: Iterable[str | None], kind: str) -> str | None:
    present = [value for value in values if value is not None]
    if not present:
        return None
    extreme: str = choose(present, key=Decimal if is_number(kind) else str)
    return extreme
