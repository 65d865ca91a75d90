"""Put a sample into the raw zone and follow its ingestion by the metadata table."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..aws import Clients
from ..errors import StageError
from .diagnosis import dead_letters, explain_failure, failed_invocations
from .metadata import read_item
from .progress import Progress
from .samples import Sample

INGESTION_SECONDS = 240.0
POLL_SECONDS = 0.3
COMMITTED = "committed"


@dataclass(frozen=True)
class Lake:
    """What the stack's outputs say of the deployed lake."""

    buckets: dict[str, str]
    databases: dict[str, str]
    workgroup: str
    metadata_table: str
    functions: dict[str, str]


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
    if object_item(clients, lake, sample).get("status") == COMMITTED:
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

    since = time.time()
    with body:
        clients("s3").upload_fileobj(body, bucket, sample.key, Callback=count)
    progress.done(f"{sample.key}: {size / 1e6:.0f} MB put into the {sample.zone} zone")
    _follow(clients, lake, sample, since, progress)
    return True


def object_item(clients: Clients, lake: Lake, sample: Sample) -> dict[str, Any]:
    """Return what the metadata table says of the sample's raw object."""
    return read_item(clients, lake.metadata_table, f"DATASET#{sample.dataset}", f"OBJECT#{sample.key}")


def dataset_item(clients: Clients, lake: Lake, dataset: str) -> dict[str, Any]:
    """Return the metadata item of a data set."""
    return read_item(clients, lake.metadata_table, f"DATASET#{dataset}", "DATASET")


def _follow(clients: Clients, lake: Lake, sample: Sample, since: float, progress: Progress) -> None:
    started = time.monotonic()
    while True:
        item = object_item(clients, lake, sample)
        # An item from before the upload says nothing of this version.
        status = str(item["status"]) if _committed_at(item) >= since else ""
        elapsed = time.monotonic() - started
        if status == COMMITTED:
            progress.done(f"{sample.dataset}: {int(item.get('rows', 0)):,} rows ingested in {elapsed:.1f} s")
            return
        reason = _why_not(clients, lake, item if status else {}, since, elapsed)
        if reason:
            raise StageError(
                f"The sample `{sample.dataset}` was not ingested: {reason}\n"
                + explain_failure(clients, list(lake.functions.values())),
                fix="See all of it: watershed local logs. The next `make up` loads the data again.",
            )
        progress.doing(f"ingesting {sample.dataset}: {elapsed:.0f} s")
        time.sleep(POLL_SECONDS)


def _why_not(clients: Clients, lake: Lake, item: dict[str, Any], since: float, elapsed: float) -> str:
    """Return why waiting longer is of no use; empty while it is."""
    if item:
        return f"it is {item['status']}: {item.get('reason', '')} {item.get('quarantined_to', '')}"
    if dead_letters(clients):
        return "its event ended as a dead letter."
    # SQS delivers it again only after the queue's visibility timeout: minutes.
    functions = lake.functions.values()
    errors = [error for function in functions for error in failed_invocations(clients, function, int(since * 1000))]
    if errors:
        return errors[-1]
    return f"nothing was committed in {elapsed:.0f} s." if elapsed > INGESTION_SECONDS else ""


def _committed_at(item: dict[str, Any]) -> float:
    return datetime.fromisoformat(item["committed_at"]).timestamp() if "committed_at" in item else 0.0
