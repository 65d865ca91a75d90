"""A run ended without success: it is written down, and people are told where and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .history import failure
from .ledger import SupersededError
from .notices import Notices, console_link, shortened

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

    from .ledger import Ledger

_SAID = {"FAILED": "failed", "TIMED_OUT": "ran longer than its timeout", "ABORTED": "was stopped"}


def ended(detail: dict[str, Any], ledger: Ledger, stepfunctions: SFNClient, notices: Notices) -> dict[str, Any]:
    """Tell people of the end of an execution, once, and write it down; `detail` is the event's of Step Functions.

    An event that comes again changes nothing; a redriven run that fails again is told of again.
    """
    execution = str(detail["executionArn"])
    if "/" in execution:
        # A child run of a distributed Map, of which its parent tells.
        return {"told": False}
    run = ledger.run_of(execution)
    ended_at = _moment(detail.get("stopDate"))
    if run and run.ended_at == ended_at:
        return {"told": False}
    found = failure(execution, stepfunctions)
    error = found.error or str(detail.get("error") or "")
    cause = shortened(found.cause or str(detail.get("cause") or ""))
    status = str(detail["status"])
    machine = str(detail["stateMachineArn"]).rsplit(":", 1)[-1]
    name = run.pipeline if run else machine
    where = f" at stage {found.stage}" if found.stage else ""
    notices.tell(
        f"{name} {_SAID[status]}{where}" + (f", {run.date}" if run else ""),
        {
            "Pipeline": name,
            "Date": run.date if run else "",
            "Status": status,
            "Stage": found.stage or "",
            "Error": error,
            "Cause": cause,
            "Run": execution,
            "Console": console_link(execution),
            "Go on from there": f"watershed runs redrive {name} --date {run.date}" if run else "",
        },
    )
    if run:
        details = {"ended_at": ended_at, "stage": found.stage or "", "error": error, "cause": cause}
        try:
            ledger.end(run, status, **details)
        except SupersededError:
            # A new run of the date has begun since; it keeps the ledger's word.
            return {"told": True}
    return {"told": True}


def _moment(milliseconds: object) -> str:
    """Return the event's moment, which tells one end of a redriven execution from the next."""
    if isinstance(milliseconds, int | float):
        return datetime.fromtimestamp(milliseconds / 1_000, UTC).isoformat(timespec="milliseconds")
    return str(milliseconds)
