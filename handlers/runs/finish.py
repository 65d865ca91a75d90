"""A run has succeeded: its date is free for another one, and other pipelines may go on from there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .ledger import SUCCEEDED, Ledger, SupersededError

if TYPE_CHECKING:
    from .announcements import Announcements


def finish(event: dict[str, Any], ledger: Ledger, announcements: Announcements) -> dict[str, Any]:
    """Write down that the run has succeeded, and say so; raises SupersededError where another one holds its date.

    Asked again, it writes and says the same again: a run that listens starts once for an event, and twice for two.
    """
    run = ledger.run(event["pipeline"], event["date"])
    if run is None or run.execution != event["execution"]:
        holder = run.execution if run else "no run"
        raise SupersededError(f"{holder} holds {event['pipeline']} for {event['date']}, not {event['execution']}")
    ledger.end(run, SUCCEEDED, ended_at=datetime.now(UTC).isoformat(timespec="seconds"))
    announcements.succeeded(run)
    return {"status": SUCCEEDED}
