"""The ingest function: a batch of S3 events from the queue; what fails is reported, and only that comes again."""

from __future__ import annotations

import os
from typing import Any

from ..common import clients, settings
from ..common.telemetry import count, logger
from . import events, redelivery
from .ingest import Result, ingest

# A message that is not started goes back to the queue at once, instead of being cut off in its middle.
_LEAST_MILLISECONDS = 10_000
_WARN = {"quarantined", "unassigned", "gone"}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Ingest every object of a batch; returns the messages to be delivered again."""
    failed = []
    for number, record in enumerate(event["Records"]):
        if number and _milliseconds_left(context) < _LEAST_MILLISECONDS:
            redelivery.unstarted(record)
            failed.append(record["messageId"])
            continue
        try:
            _one(record["body"])
        except Exception:
            message = {"message_id": record["messageId"]}
            logger.exception("Ingestion failed; the message will be delivered again", extra=message)
            count("IngestFailures", {"function": "ingest"})
            redelivery.after_failure(record)
            failed.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _one(body: str) -> None:
    event = events.parse(body)
    known = settings.load(
        os.environ["SETTINGS_BUCKET"], os.environ["SETTINGS_KEY"], os.environ.get("SETTINGS_VERSION") or None
    )
    result = ingest(event, known, clients.s3(), clients.dynamodb())
    _report(event, result)


def _report(event: events.ObjectEvent, result: Result) -> None:
    fields: dict[str, Any] = {
        "bucket": event.bucket,
        "key": event.key,
        "version_id": event.version_id,
        "status": result.status,
    }
    fields |= {"dataset": result.dataset, "rows": result.rows, "rejected_rows": result.rejected_rows}
    fields |= {"files": result.files, "reason": result.reason}
    write = logger.warning if result.status in _WARN or result.rejected_rows else logger.info
    write("Object %s", result.status, extra=fields)
    dimensions = {"dataset": result.dataset or "none", "status": result.status}
    count("IngestObjects", dimensions)
    if result.status == "committed":
        count("IngestRows", {"dataset": result.dataset or "none"}, result.rows)
        count("IngestRejectedRows", {"dataset": result.dataset or "none"}, result.rejected_rows)


def _milliseconds_left(context: Any) -> int:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return int(remaining()) if remaining else _LEAST_MILLISECONDS
