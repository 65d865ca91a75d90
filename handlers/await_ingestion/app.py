"""A pipeline's stage that waits until ingestion has taken in what arrived for some data sets.

Its input: `{"datasets": [...], "since_hours": 24}`. It ends when every raw object of these data sets that was written
in that time is in use; it fails where one was quarantined, saying why, and where its own time runs out.
"""

from __future__ import annotations

import os
import time
from typing import Any

from ..common import clients, settings
from ..common.table import MetadataTable
from ..common.telemetry import logger
from .arrivals import Arrivals, IngestionPendingError

_LEAST_MILLISECONDS = 5_000
_PAUSE = 2.0


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Wait; returns how many objects there were."""
    given = event["input"]
    known = settings.load(
        os.environ["SETTINGS_BUCKET"], os.environ["SETTINGS_KEY"], os.environ.get("SETTINGS_VERSION") or None
    )
    table = MetadataTable(clients.dynamodb(), known.metadata_table.name)
    arrivals = Arrivals(known, clients.s3(), table)
    pending = arrivals.recent(given["datasets"], float(given.get("since_hours", 24)))
    count = len(pending)
    while pending := arrivals.still_pending(pending):
        if context.get_remaining_time_in_millis() < _LEAST_MILLISECONDS:
            raise IngestionPendingError(pending)
        time.sleep(_PAUSE)
    logger.info("Everything is ingested", extra={"datasets": given["datasets"], "objects": count})
    return {"objects": count}
