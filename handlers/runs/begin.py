"""A run begins: it takes its date, unless another run of that date is going on."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .dates import logical_date
from .ledger import RUNNING, SUCCEEDED, Ledger, Run
from .parameters import run_parameters

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

KEPT_DAYS = 400
"""A year, and some days to look at it."""
_GOING_ON = ("RUNNING", "PENDING_REDRIVE")
_TRIES = 5


def begin(event: dict[str, Any], ledger: Ledger, stepfunctions: SFNClient) -> dict[str, Any]:
    """Return what the run's stages are told of it, or `held_by` where another run of the date is going on.

    The same where the event that starts it has started another run of the date, which has succeeded.

    A run that is started with `resume` goes on where the last one of its date ended: with its id, its parameters, and
    the outputs of the stages it has finished. Asked again for the same execution, the answer is the same.
    """
    given = event["input"] if isinstance(event.get("input"), dict) else {}
    date = logical_date(
        given, started_at=event["started_at"], timezone=event["timezone"], offset=int(event["date_offset"])
    )
    for _ in range(_TRIES):
        held = ledger.run(event["pipeline"], date)
        if held and held.execution == event["execution"]:
            return _told(held, ledger, resumed=bool(given.get("resume")))
        if held and _holds(held, given, stepfunctions):
            return {"pipeline": event["pipeline"], "date": date, "held_by": held.execution}
        run = _next_run(event, given, date, held)
        if ledger.take(run, held=held):
            return _told(run, ledger, resumed=bool(given.get("resume")))
    raise RuntimeError(f"{_TRIES} other runs took {event['pipeline']} for {date} while this one tried")


def _next_run(event: dict[str, Any], given: dict[str, Any], date: str, held: Run | None) -> Run:
    resumed = held if given.get("resume") else None
    started_at = str(event["started_at"])
    expires_at = datetime.fromisoformat(started_at) + timedelta(days=KEPT_DAYS)
    return Run(
        pipeline=event["pipeline"],
        date=date,
        execution=event["execution"],
        id=resumed.id if resumed else hashlib.sha256(event["execution"].encode()).hexdigest()[:12],
        status=RUNNING,
        attempt=resumed.attempt + 1 if resumed else 1,
        parameters=run_parameters(event["parameters"], given, resumed),
        started_at=started_at,
        expires_at=int(expires_at.timestamp()),
        event=_event(given),
    )


def _event(given: dict[str, Any]) -> str | None:
    event = given.get("event")
    return str(event["id"]) if isinstance(event, dict) and event.get("id") else None


def _told(run: Run, ledger: Ledger, *, resumed: bool) -> dict[str, Any]:
    return {
        "pipeline": run.pipeline,
        "date": run.date,
        "id": run.id,
        "attempt": run.attempt,
        "execution": run.execution,
        "parameters": run.parameters,
        "expires_at": run.expires_at,
        "finished": ledger.finished(run.pipeline, run.date, run.id) if resumed else {},
    }


def _holds(held: Run, given: dict[str, Any], stepfunctions: SFNClient) -> bool:
    """Say whether the run keeps its date: it is going on, or the same event, delivered twice, has had its run."""
    if held.status == SUCCEEDED:
        return held.event is not None and held.event == _event(given)
    return _is_going_on(held.execution, stepfunctions)


def _is_going_on(execution: str, stepfunctions: SFNClient) -> bool:
    """An execution that ended without a word, or is forgotten after 90 days, holds nothing."""
    try:
        return stepfunctions.describe_execution(executionArn=execution)["status"] in _GOING_ON
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return False
