"""Put a sample into the raw zone and follow its ingestion by the metadata table."""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..aws import Clients
from ..errors import StageError
from .diagnosis import dead_letters, explain_failure
from .progress import Progress
from .samples import Sample

INGESTION_SECONDS = 240.0
POLL_SECONDS = 0.3
FAILURES = ("failed", "quarantined", "rejected")


@dataclass(frozen=True)
class Lake:
    """What the stack's outputs say of the deployed lake."""

    buckets: dict[str, str]
    databases: dict[str, str]
    workgroup: str
    metadata_table: str
    functions: dict[str, str]
    quarantine: str


def lake_of(outputs: dict[str, Any]) -> Lake | None:
    """Return the lake that the outputs describe, or None for a stack without one."""
    if not all(outputs.get(name) for name in ("lake", "databases", "athenaWorkgroup", "metadataTable")):
        return None
    return Lake(
        buckets=dict(outputs["lake"]),
        databases=dict(outputs["databases"]),
        workgroup=str(outputs["athenaWorkgroup"]),
        metadata_table=str(outputs["metadataTable"]),
        functions=dict(outputs.get("functions") or {}),
        quarantine=str(outputs.get("quarantine") or dict(outputs["lake"]).get("quarantine") or ""),
    )


def has_dataset(clients: Clients, lake: Lake, dataset: str) -> bool:
    """Whether the stack's catalog holds a data set's table."""
    glue = clients("glue")
    for database in lake.databases.values():
        try:
            glue.get_table(DatabaseName=database, Name=dataset)
        except glue.exceptions.EntityNotFoundException:
            continue
        return True
    return False


def load(clients: Clients, lake: Lake, sample: Sample, progress: Progress) -> bool:
    """Upload a sample and wait until it is ingested; False when it already is."""
    if is_committed(object_item(clients, lake, sample)):
        return False
    bucket = lake.buckets.get(sample.zone)
    if bucket is None:
        raise StageError(f"The lake has no zone `{sample.zone}` for the sample `{sample.dataset}`.")
    progress.doing(f"unpacking {sample.member} from {sample.package}")
    body, size = sample.open()
    sent = 0

    def count(more: int) -> None:
        nonlocal sent
        sent += more
        progress.doing(f"uploading {sample.key}: {sent / 1e6:.0f} of {size / 1e6:.0f} MB")

    with body:
        clients("s3").upload_fileobj(body, bucket, sample.key, Callback=count)
    progress.done(f"{sample.key}: {size / 1e6:.0f} MB put into the {sample.zone} zone")
    _follow(clients, lake, sample, progress)
    return True


def object_item(clients: Clients, lake: Lake, sample: Sample) -> dict[str, Any]:
    """Return what the metadata table says of the sample's raw object."""
    return _item(clients, lake, f"DATASET#{sample.dataset}", f"OBJECT#{sample.key}")


def dataset_item(clients: Clients, lake: Lake, dataset: str) -> dict[str, Any]:
    """Return the metadata item of a data set."""
    return _item(clients, lake, f"DATASET#{dataset}", "DATASET")


def is_committed(item: dict[str, Any]) -> bool:
    """Whether the item says that its object is ingested."""
    return bool(item.get("committed_at")) and str(item.get("status", "")).lower() not in FAILURES


def _follow(clients: Clients, lake: Lake, sample: Sample, progress: Progress) -> None:
    started = time.monotonic()
    while True:
        item = object_item(clients, lake, sample)
        elapsed = time.monotonic() - started
        if is_committed(item):
            progress.done(f"{sample.dataset}: {int(item.get('rows', 0)):,} rows ingested in {elapsed:.1f} s")
            return
        status = str(item.get("status", ""))
        if status.lower() in FAILURES:
            break
        if elapsed > INGESTION_SECONDS or dead_letters(clients):
            break
        progress.doing(f"ingesting {sample.dataset}: {status or 'waiting for the event'}, {elapsed:.0f} s")
        time.sleep(POLL_SECONDS)
    reason = f"its status is `{status}`" if status else f"nothing was committed in {elapsed:.0f} s"
    raise StageError(
        f"The sample `{sample.dataset}` was not ingested: {reason}.\n"
        + explain_failure(clients, list(lake.functions.values()), lake.quarantine),
        fix="Look at all of it: watershed local logs. The data is loaded again by the next `make up`.",
    )


def _item(clients: Clients, lake: Lake, pk: str, sk: str) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeDeserializer

    read = TypeDeserializer()
    found = clients("dynamodb").get_item(
        TableName=lake.metadata_table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
    )
    return {name: _plain(read.deserialize(value)) for name, value in found.get("Item", {}).items()}


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | set | tuple):
        return [_plain(inner) for inner in value]
    return bytes(value).hex() if hasattr(value, "value") else value
