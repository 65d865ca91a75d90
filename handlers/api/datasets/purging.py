"""Destroying a data set for good: asked for by one administrator, confirmed by another within a day.

Its objects are deleted (former versions stay until the zone's lifecycle ends them), then its items, the document last.
That may take longer than a request may: whoever asks again goes on.
"""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...common import registered
from ...common.table import LAST, dataset_key, document_key
from .. import access
from ..moments import Moment, written
from ..operations import Answer
from ..problems import Problem
from . import audit, changing, documents, groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from types_boto3_s3.client import S3Client

    from ...common.attributes import Item
    from ..operations import Request

CONFIRM_WITHIN = datetime.timedelta(hours=24)
# API Gateway waits 29 seconds; what is left after this goes on with the next request.
_WORK_SECONDS = 15
_KEYS_A_DELETE = 1_000
_ITEMS_AT_ONCE = 90


class Purging(msgspec.Struct, frozen=True):
    """How far it is."""

    id: str
    status: Literal["purge-requested", "purging", "purged"]
    detail: Annotated[str, Meta(description="What happens next, or what is to be done.")]
    asked_by: str
    asked_at: Moment
    expires_at: Annotated[Moment, Meta(description="Until when another administrator may confirm.")]


def purge(request: Request) -> Answer:
    """Ask for, confirm, or go on with the destruction of an archived data set.

    Raises:
        Problem: 403 where the stack does not allow it, 409 for a data set that is configured or not archived.

    """
    found = request.dataset
    if not request.platform.limits.purge_allowed:
        raise Problem("forbidden", "This stack does not allow purging: `allowDestroy` and `removable` say so.")
    if found.document is None:
        raise documents.configured(found.dataset.id)
    if found.status == registered.ACTIVE:
        raise Problem("conflict", "Archive it first: DELETE, then purge.")
    if found.status == registered.PURGING:
        return _go_on(request, found.document)
    asked = found.document.get("purge")
    if asked is None or asked["expires_at"] <= written(request.now):
        return _ask(request, found.document)
    if asked["asked_by_id"] == request.caller.id:
        return Answer(202, _state(found.document, asked, "purge-requested", "Another administrator has to confirm it."))
    return _confirm(request, found.document, asked)


def _ask(request: Request, document: Item) -> Answer:
    asked = {
        "asked_by": request.caller.name,
        "asked_by_id": request.caller.id,
        "asked_at": written(request.now),
        "expires_at": written(request.now + CONFIRM_WITHIN),
    }
    _revised(request, document, registered.ARCHIVED, "purge-requested", asked)
    return Answer(202, _state(document, asked, "purge-requested", "Another administrator has to confirm it."))


def _confirm(request: Request, document: Item, asked: dict[str, str]) -> Answer:
    return _go_on(request, _revised(request, document, registered.PURGING, "purge-confirmed", asked))


def _go_on(request: Request, document: Item) -> Answer:
    """Delete what is left, as far as the time reaches."""
    asked = document["purge"]
    deadline = time.monotonic() + _WORK_SECONDS
    if not (_delete_objects(request, deadline) and _delete_items(request, deadline)):
        return Answer(202, _state(document, asked, "purging", "There is more to delete; ask again to go on."))
    platform, name = request.platform, request.dataset.dataset.id
    told = audit.entry(name, "purged", document["revision"] + 1, request.caller, request.now, request.id, {})
    unchanged = {
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": {":revision": document["revision"]},
    }
    gone = sorted(access.readers(platform.settings.access, request.dataset.dataset))
    platform.table.transact(
        [
            {"Delete": {"Key": document_key(name), **unchanged}},
            {"Put": {"Item": told}},
            *({"Delete": {"Key": groups.item_key(group, name)}} for group in gone),
        ]
    )
    return Answer(200, _state(document, asked, "purged", "It is gone; its id may be used again."))


def _revised(request: Request, document: Item, status: str, action: str, asked: dict[str, str]) -> Item:
    """Return a new revision of the document, with the wish."""
    step = changing.Step(request, action, document, request.dataset.dataset, status, {"purge": asked})
    return changing.take(step)


def _delete_objects(request: Request, deadline: float) -> bool:
    """Delete files, raw objects and what is in quarantine; say whether all of them are gone."""
    platform, dataset = request.platform, request.dataset.dataset
    s3 = platform.services.s3
    partition, attributes = f"DATASET#{dataset.id}", ("key", "quarantined_to", "rejects")
    states = [each for kind in ("OBJECT#", "VERSION#") for each in platform.table.query(partition, kind, attributes)]
    raw = {state["key"] for state in states}
    kept = {place for state in states for name in ("quarantined_to", "rejects") if (place := state.get(name))}
    kept |= {place.rpartition("/")[0] + "/reason.json" for place in kept if place.endswith("/object")}
    places: list[tuple[str, Iterable[str]]] = [
        (platform.bucket(dataset.zone), _keys(s3, platform.bucket(dataset.zone), dataset.prefix)),
        (platform.settings.quarantine.bucket, sorted(kept)),
    ]
    if dataset.source:
        places.append((platform.bucket(dataset.source.zone), sorted(raw)))
    return all(_delete_keys(s3, bucket, keys, deadline) for bucket, keys in places)


def _delete_items(request: Request, deadline: float) -> bool:
    """Delete all items of the data set but its document and its audit trail, the totals last."""
    table, name = request.platform.table, request.dataset.dataset.id
    for kind in ("ATTEMPT#", "OBJECT#", "TAG#", "VERSION#"):
        while True:
            page = table.page(f"DATASET#{name}", kind, f"{kind}{LAST}", _ITEMS_AT_ONCE, attributes=("key",))
            if not page.items:
                break
            table.delete({"pk": item["pk"], "sk": item["sk"]} for item in page.items)
            if time.monotonic() > deadline:
                return False
    table.delete([{"pk": f"DATASET#{name}", "sk": "STATISTICS"}, dataset_key(name)])
    return True


def _keys(s3: S3Client, bucket: str, prefix: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (entry["Key"] for entry in page.get("Contents", []))


def _delete_keys(s3: S3Client, bucket: str, keys: Iterable[str], deadline: float) -> bool:
    batch: list[str] = []

    def delete() -> None:
        objects: Any = {"Objects": [{"Key": key} for key in batch], "Quiet": True}
        failed = s3.delete_objects(Bucket=bucket, Delete=objects).get("Errors") if batch else None
        batch.clear()
        if failed:
            raise RuntimeError(f"objects could not be deleted: {failed[:3]}")

    for key in keys:
        batch.append(key)
        if len(batch) == _KEYS_A_DELETE:
            delete()
            if time.monotonic() > deadline:
                return False
    delete()
    return True


def _state(document: Item, asked: dict[str, str], status: Any, detail: str) -> Purging:
    return Purging(document["id"], status, detail, asked["asked_by"], asked["asked_at"], asked["expires_at"])
