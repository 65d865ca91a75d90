"""Which data sets a group may read, kept ready: one item a group and registered data set, written with the document.

The items only say where to look: whoever lists reads the documents they name and decides anew. A marker says by which
grants a group's items were made; under other grants they are made anew from the indexes by owner, tag and name. As
these follow the table by moments, and functions of the former deploy may run still, what was made in the first minutes
after new grants is made once more.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from ...common.registered import CREATING, definition
from ...common.table import BATCH_KEYS, LAST, document_key
from .. import access

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...common.attributes import Item
    from ...common.settings import Dataset, Grant
    from ...common.table import MetadataTable

SETTLED_SECONDS = 120
"""How long after new grants a group's items are made once more."""
_AT_ONCE = 8


def item(group: str, dataset: Dataset, status: str, revision: int) -> Item:
    """Return the item by which a group finds a data set; owner, tags and zone stand there for filters."""
    return {
        **item_key(group, dataset.id),
        "owner": dataset.owner,
        "tags": dataset.tags,
        "zone": dataset.zone,
        "status": status,
        "revision": revision,
    }


def item_key(group: str, dataset: str) -> Item:
    """Return the key of a group's item of a data set."""
    return {"pk": f"GROUP#{group}", "sk": f"DATASET#{dataset}"}


def marker_key(group: str) -> Item:
    """Return the key of what says by which grants a group's items were made."""
    return {"pk": f"GROUP#{group}", "sk": "ACCESS"}


def writes(
    grants: Iterable[Grant], before: Dataset | None, after: Dataset | None, status: str, revision: int
) -> Iterator[dict[str, Any]]:
    """Return the writes that bring all groups' items up to date with a change of a data set."""
    granted = list(grants)
    kept = access.readers(granted, after) if after else set()
    gone = (access.readers(granted, before) if before else set()) - kept
    if after:
        yield from ({"Put": {"Item": item(group, after, status, revision)}} for group in sorted(kept))
    if before:
        yield from ({"Delete": {"Key": item_key(group, before.id)}} for group in sorted(gone))


def digest(grant: Grant) -> str:
    """Return what tells a group's grants from others."""
    return hashlib.sha256(msgspec.json.encode(grant)).hexdigest()[:16]


def is_current(marker: Item | None, grant: Grant, now: float) -> bool:
    """Say whether a group's items are those that its grants make."""
    if marker is None or marker["digest"] != digest(grant):
        return False
    return bool(marker["settled"]) or now < marker["made_at"] + SETTLED_SECONDS


def rebuild(table: MetadataTable, grant: Grant, marker: Item | None, now: float) -> None:
    """Make a group's items anew; one that a change wrote in the meantime stays."""
    items = table.query(f"GROUP#{grant.group}", "DATASET#", ("revision",))
    listed = {each["sk"][8:]: int(each["revision"]) for each in items}
    wanted = {dataset.id: (dataset, found) for dataset, found in _readable(table, grant, _named(table, grant))}

    def put(name: str) -> None:
        dataset, found = wanted[name]
        table.put_unless(
            item(grant.group, dataset, found["status"], found["revision"]),
            "attribute_not_exists(pk) OR #revision < :revision",
            {":revision": found["revision"]},
            {"#revision": "revision"},
        )

    missing = [name for name, (_, found) in wanted.items() if listed.get(name, 0) < found["revision"]]
    with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(put, name) for name in missing]:
            done.result()
    _delete_stale(table, grant, {name: revision for name, revision in listed.items() if name not in wanted})
    again = marker is not None and marker["digest"] == digest(grant)
    table.put({**marker_key(grant.group), "digest": digest(grant), "made_at": int(now), "settled": again})


def sort_range(prefix: str) -> tuple[str, str]:
    """Return the sort keys between which a group's items lie whose names begin with a prefix."""
    return f"DATASET#{prefix}", f"DATASET#{prefix}{LAST}"


def _delete_stale(table: MetadataTable, grant: Grant, doubtful: Mapping[str, int]) -> None:
    """Delete a group's items, by name and revision, of data sets that it may not read; what a change wrote stays."""
    # The indexes follow the table by moments, and do not tell of what was registered just now.
    new = {dataset.id for dataset, _ in _readable(table, grant, doubtful)}
    for name in doubtful.keys() - new:
        table.delete_if(item_key(grant.group, name), "revision", doubtful[name])


def _named(table: MetadataTable, grant: Grant) -> set[str]:
    """Return the names of all data sets that a group may be able to read, by way of the indexes."""
    names: set[str] = set()
    for selector in (grant.read, grant.write, grant.admin):
        if "*" in selector.datasets:
            names |= _found(table.search("by-name", "DOCUMENT"))
        names |= {name for name in selector.datasets if access.NAME.fullmatch(name)}
        for owner in selector.owners:
            names |= _found(table.search("by-group", f"OWNER#{owner}"))
        for tag in selector.tags:
            names |= _found(table.search("by-group", f"TAG#{tag}"))
    return names


def _readable(table: MetadataTable, grant: Grant, names: Iterable[str]) -> Iterator[tuple[Dataset, Item]]:
    """Read the documents of those of the data sets that a group may read."""
    ordered = sorted(names)
    for start in range(0, len(ordered), BATCH_KEYS):
        found = table.batch_get(document_key(name) for name in ordered[start : start + BATCH_KEYS])
        for document in found.values():
            dataset = definition(document) if document["status"] != CREATING else None
            if dataset and access.readers([grant], dataset):
                yield dataset, document


def _found(items: Iterable[Item]) -> set[str]:
    return {each["pk"].removeprefix("DATASET#") for each in items}
