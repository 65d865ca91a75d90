"""What happens to one raw object: fetched, converted, written to the curated zone, committed, and tidied up after."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import hashlib
from typing import TYPE_CHECKING

from ..common import registered
from ..common.hive_paths import hive_path
from ..common.table import MetadataTable, sort_key
from ..common.work_folder import work_folder
from . import metadata, raw
from .commit import NOTHING_SERVED, Ledger, is_needed
from .convert import Converted, convert
from .partitions import file_names
from .problems import Gone, Unreadable, shown
from .quarantine import place_for, version_name

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_s3.client import S3Client

    from ..common.attributes import Item
    from ..common.settings import Dataset, Settings
    from .events import ObjectEvent

_UPLOADS_AT_ONCE = 8


@dataclasses.dataclass(frozen=True)
class Result:
    """What became of an event: `committed`, `quarantined`, `removed`, `source-deleted`, or why nothing was to do."""

    status: str
    dataset: str | None = None
    rows: int = 0
    rejected_rows: int = 0
    files: int = 0
    reason: Item | None = None


def ingest(event: ObjectEvent, settings: Settings, s3: S3Client, dynamodb: DynamoDBClient) -> Result:
    """Bring the lake up to date with one event; doing so again, or later than a newer event, changes nothing."""
    table = MetadataTable(dynamodb, settings.metadata_table.name)
    if event.key.endswith("/") and not event.size:
        return Result("folder")
    dataset = _dataset(event, settings, table)
    if dataset is None:
        _record_unassigned(table, event)
        return Result("unassigned")
    ledger = Ledger(table, s3, dataset, settings.zones[dataset.zone].bucket)
    state = ledger.state(event.key)
    if event.deletion:
        return _deleted(event, dataset, ledger, state)
    if not is_needed(event, state):
        ledger.sweep(event)
        duplicate = state is not None and state["sequencer"] == event.sequencer
        return Result("duplicate" if duplicate else "outdated", dataset.id)
    try:
        return _created(event, dataset, settings, ledger, s3)
    except Gone:
        return Result("gone", dataset.id)


def _dataset(event: ObjectEvent, settings: Settings, table: MetadataTable) -> Dataset | None:
    """Return the data set that an object belongs to: the configured one, or the registered one that its key names.

    A registered one is read for every object: a column that was added a moment before must not be left out.
    """
    name = registered.dataset_of(event.key)
    zone = settings.zones.get(registered.SOURCE_ZONE)
    if name is not None and zone is not None and event.bucket == zone.bucket:
        found = registered.active_dataset(table, name)
        if found is not None:
            return found
    return settings.dataset_for(event.bucket, event.key)


def _created(event: ObjectEvent, dataset: Dataset, settings: Settings, ledger: Ledger, s3: S3Client) -> Result:
    quarantine = place_for(settings, dataset, s3)
    with work_folder() as folder:
        opened = raw.open_version(s3, event)
        try:
            file = raw.fetch(opened, folder)
            made = convert(file, event.key, dataset, folder)
            names = file_names(dataset.prefix, _stem(event, dataset), [hive_path(one.partition) for one in made.files])
        except Unreadable as problem:
            where = quarantine.keep_file(event, dataset, problem)
            reason = problem.reason()
            outcome = {"status": "quarantined", "reason": reason, "quarantined_to": where, **_origin(opened)}
            committed = ledger.commit(event, outcome)
            ledger.sweep(event)
            return Result("quarantined" if committed else "outdated", dataset.id, reason=reason)
        attempt = ledger.begin(event, names)
        _upload(s3, ledger.curated_bucket, made, names)
        rejects = quarantine.keep_rows(event, made.rejects) if made.rejects else None
    outcome = _outcome(event, file, made, names, rejects) | _origin(opened)
    committed = ledger.commit(event, outcome, attempt)
    ledger.sweep(event, attempt)
    if not committed:
        return Result("outdated", dataset.id)
    return Result("committed", dataset.id, made.rows, made.rejected_rows, len(names))


def _deleted(event: ObjectEvent, dataset: Dataset, ledger: Ledger, state: Item | None) -> Result:
    """Follow a deletion at the source: by default the data stays; docs/decisions/0004-deleted-raw-objects.md."""
    other_version = event.removes_one_version and (state is None or state["version_id"] != event.version_id)
    if other_version or not is_needed(event, state):
        if state is not None:
            ledger.sweep(event)
        return Result("outdated", dataset.id)
    keep = event.expired or dataset.source is None or dataset.source.on_delete == "keep"
    if keep:
        ledger.mark_deleted_at_source(event)
        return Result("source-deleted", dataset.id)
    committed = ledger.commit(event, {"status": "removed", **NOTHING_SERVED, "served_sequencer": event.sequencer})
    ledger.sweep(event)
    return Result("removed" if committed else "outdated", dataset.id)


def _outcome(event: ObjectEvent, file: raw.RawFile, made: Converted, names: list[str], rejects: str | None) -> Item:
    return {
        "status": "committed",
        "served_version": version_name(event),
        "served_sequencer": event.sequencer,
        "rows": made.rows,
        "bytes": sum(one.size for one in made.files),
        "raw_bytes": file.size,
        "rejected_rows": made.rejected_rows,
        "rejects": rejects,
        "checksum": file.checksum,
        "format": made.format,
        "files": names,
        "columns_left_out": shown(made.left_out),
        "statistics": made.statistics,
    }


def _origin(opened: raw.Opened) -> Item:
    """Return what tells the upload of the Dataset API that a version came of."""
    return {"upload": opened.upload} if opened.upload else {}


def _upload(s3: S3Client, bucket: str, made: Converted, names: list[str]) -> None:
    """Write the files; a retry writes the same names again."""

    def put(path: Path, name: str) -> None:
        with path.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=name, Body=body, ContentType="application/vnd.apache.parquet")

    with concurrent.futures.ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
        for done in [pool.submit(put, one.path, name) for one, name in zip(made.files, names, strict=True)]:
            done.result()


def _stem(event: ObjectEvent, dataset: Dataset) -> str:
    """Return what the names of a version's files begin with.

    The definition is part of it: files made by another definition of the data set are other files.
    """
    thing = hashlib.sha256(f"{event.bucket}\n{event.key}".encode()).hexdigest()[:12]
    version = f"{event.version_id}\n{event.sequencer}\n{metadata.definition(dataset)}"
    return f"{thing}-{hashlib.sha256(version.encode()).hexdigest()[:12]}"


def _record_unassigned(table: MetadataTable, event: ObjectEvent) -> None:
    """Write down an object that lies outside every data set; it is left where it is."""
    table.put(
        {
            "pk": "UNASSIGNED",
            "sk": sort_key(f"OBJECT#{event.bucket}/{event.key}"),
            "bucket": event.bucket,
            "key": event.key,
            "version_id": event.version_id,
            "size": event.size,
            "sequencer": event.sequencer,
            "deleted": event.deletion is not None,
        }
    )
