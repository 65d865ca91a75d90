"""Statistics: those that Athena computed, or that are known until it has, or the start of computing them.

They are computed when somebody asks and the data have changed since, but not anew before they have a certain age. A
computation is started under a token that the same state of things makes again, so that many who ask at once start one.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ...common import registered
from ...common.table import ITEM_BYTES
from .. import athena
from ..moments import written
from . import profiling
from .bodies import ColumnProfile, Histogram, Statistics

if TYPE_CHECKING:
    from ...common.attributes import Item
    from ..operations import Request

_LEAST_SECONDS = 60
_TRIED_AGAIN_SECONDS = 900
_GIVEN_UP_SECONDS = 3_600
_MOST_REASON = 500


def key(dataset: str) -> Item:
    """Return the key of the statistics that Athena computed."""
    return {"pk": f"DATASET#{dataset}", "sk": "STATISTICS"}


def statistics(request: Request) -> Statistics:
    """Return the statistics of a data set, as current as may be; its status is `computing` while they are made."""
    found, table = request.dataset, request.platform.table
    known = table.get(key(found.dataset.id))
    if known and known["definition"] != _definition(request):
        known = None
    if found.status != registered.ACTIVE or found.dataset.zone not in request.platform.databases:
        return _view(request, known, "stale" if known and known.get("columns") else "unknown")
    if known and known.get("query"):
        known = _followed(request, known)
        if known.get("query"):
            return _view(request, known, "computing")
    if not _is_due(request, known):
        return _view(request, known, _status(request, known))
    known = _started(request, known)
    return _view(request, known, "computing" if known.get("query") else "failed")


def _status(request: Request, known: Item | None) -> Literal["current", "stale", "failed"]:
    if known and known.get("failed_at"):
        return "failed"
    return "current" if known and known.get("version") == _version(request) else "stale"


def _is_due(request: Request, known: Item | None) -> bool:
    """Say whether statistics are to be computed: never or in vain, of other data and old, or long after a failure."""
    if known is None or "query_lost" in known:
        return True
    now = request.now.timestamp()
    if known.get("failed_at"):
        return bool(now - known["failed_at"] >= _TRIED_AGAIN_SECONDS)
    age, most = now - known["at"], request.platform.limits.statistics_seconds
    if known.get("version") != _version(request):
        return bool(age >= most)
    # Nothing tells whether data changed that ingestion did not write.
    return request.dataset.totals is None and bool(age >= max(most, _LEAST_SECONDS))


def _started(request: Request, known: Item | None) -> Item:
    """Start computing; what is known stays beside it."""
    dataset, platform = request.dataset.dataset, request.platform
    version, definition = _version(request), _definition(request)
    before = (known or {}).get("query_lost") or (known or {}).get("failed_at") or (known or {}).get("at") or 0
    # Tokens are the account's: another stack in it may have a data set of the same name.
    what = (platform.workgroup, dataset.id, definition, version, before)
    token = hashlib.sha256("\0".join(("statistics", *map(str, what))).encode()).hexdigest()
    item: Item = {
        **(known or key(dataset.id)),
        "definition": definition,
        "query_version": version,
        "query_at": int(request.now.timestamp()),
    }
    try:
        item["query"] = athena.start(platform, profiling.statement(dataset, platform.databases[dataset.zone]), token)
    except athena.RefusedError as error:
        item = {**item, "failed_at": int(request.now.timestamp()), "reason": str(error)[:_MOST_REASON]}
    platform.table.put(item)
    return item


def _followed(request: Request, known: Item) -> Item:
    """Return what is known once more after a look at the computation, and write down how it ended.

    One whose result is gone, because nobody came back for it in time, counts as one that never was; what Athena does
    not give although it is young has failed, so that it is not computed again and again.
    """
    now = int(request.now.timestamp())
    kept = {name: value for name, value in known.items() if not name.startswith("query")}
    try:
        execution = athena.look(request.platform, known["query"])
        page = athena.results(request.platform, execution.id, 2) if execution.state == "succeeded" else None
    except LookupError:
        if now - known["query_at"] > _GIVEN_UP_SECONDS:
            # Part of the next one's token, by which Athena would take it for the same otherwise.
            return {**kept, "query_lost": known["query"]}
        item = {**kept, "failed_at": now, "reason": "Athena does not give the result."}
        request.platform.table.put(item)
        return item
    if page:
        rows, columns = profiling.columns(request.dataset.dataset, page.rows[0] if page.rows else [])
        item = {**kept, "rows": rows, "columns": columns, "at": now, "version": known["query_version"]}
        item = {name: value for name, value in item.items() if name not in {"failed_at", "reason"}}
    elif execution.state in athena.FINISHED:
        item = {**kept, "failed_at": now, "reason": (execution.reason or execution.state)[:_MOST_REASON]}
    elif now - known["query_at"] > _GIVEN_UP_SECONDS:
        athena.stop(request.platform, execution.id)
        item = {**kept, "failed_at": now, "reason": "It took more than an hour."}
    else:
        return known
    request.platform.table.put(_fitting(item))
    return item


def _fitting(item: Item) -> Item:
    """Leave out bounds of texts where an item would be larger than DynamoDB takes."""
    if len(msgspec.json.encode(item)) <= ITEM_BYTES:
        return item
    return {**item, "columns": [{**column, "min": None, "max": None} for column in item["columns"]]}


def _version(request: Request) -> str:
    """Return what tells a state of the data from others; nothing tells it of data that a pipeline makes."""
    return str((request.dataset.totals or {}).get("updated_at") or "")


def _definition(request: Request) -> str:
    return hashlib.sha256(msgspec.json.encode(request.dataset.dataset.columns)).hexdigest()[:16]


def _view(request: Request, known: Item | None, status: Any) -> Statistics:
    totals, dataset = request.dataset.totals, request.dataset.dataset
    reason = (known or {}).get("reason") if status == "failed" else None
    if known and known.get("columns") is not None and status != "failed":
        at = written(datetime.datetime.fromtimestamp(known["at"], datetime.UTC))
        return Statistics(
            dataset.id,
            status,
            "athena",
            known["rows"],
            at,
            [_profile(each) for each in known["columns"]],
            _detail(request),
        )
    if totals is None:
        return Statistics(dataset.id, status, None, None, None, [], reason)
    columns = [_profile(each) for each in totals.get("statistics") or []]
    return Statistics(dataset.id, status, "ingestion", totals["rows"], totals["updated_at"], columns, reason)


def _detail(request: Request) -> str | None:
    count = len(request.dataset.dataset.columns)
    return f"The first {profiling.MOST_COLUMNS} of {count} columns." if count > profiling.MOST_COLUMNS else None


def _profile(item: Item) -> ColumnProfile:
    histogram = item.get("histogram")
    return ColumnProfile(
        name=item["name"],
        type=item["type"],
        nulls=item["nulls"],
        distinct=item["distinct"],
        min=item["min"],
        max=item["max"],
        quantiles=item["quantiles"],
        histogram=Histogram([float(edge) for edge in histogram["edges"]], histogram["counts"]) if histogram else None,
    )
