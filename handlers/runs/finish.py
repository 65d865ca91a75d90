"""A run has succeeded: its date is free for another one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .ledger import SUCCEEDED, Ledger, SupersededError


def finish(event: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """Write down that the run has succeeded; raises SupersededError where it is not the one that holds its date."""
    run = ledger.run(event["pipeline"], event["date"])
    if run is None or run.execution != event["execution"]:
        holder = run.execution if run else "no run"
        raise SupersededError(f"{holder} holds {event['pipeline']} for {event['date']}, not {event['execution']}")
    ledger.end(run, SUCCEEDED, ended_at=datetime.now(UTC).isoformat(timespec="seconds"))
    return {"status": SUCCEEDED}
