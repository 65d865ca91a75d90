"""A run begins: it takes its date, unless another run of that date is going on."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .dates import InvalidRunInputError, logical_date
from .ledger import RUNNING, SUCCEEDED, Ledger, Run

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

KEPT_DAYS = 400
"""A year, and some days to look at it."""
_GOING_ON = ("RUNNING", "PENDING_REDRIVE")
_TRIES = 5


def begin(event: dict[str, Any], ledger: Ledger, stepfunctions: SFNClient) -> dict[str, Any]:
    """Return what the run's stages are told of it, or `held_by` where another run of the date is going on.

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
        if held and held.status != SUCCEEDED and _is_going_on(held.execution, stepfunctions):
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
        parameters=_parameters(event["parameters"], given, resumed),
        started_at=started_at,
        expires_at=int(expires_at.timestamp()),
    )


def _parameters(defaults: dict[str, Any], given: dict[str, Any], resumed: Run | None) -> dict[str, Any]:
    values = given.get("parameters") or {}
    if not isinstance(values, dict):
        raise InvalidRunInputError(f"parameters are {values!r}: give names with values")
    unknown = sorted(values.keys() - defaults.keys())
    if unknown:
        known = ", ".join(sorted(defaults)) or "none"
        raise InvalidRunInputError(f"the pipeline has no parameter {', '.join(unknown)}; it has {known}")
    before = {name: value for name, value in (resumed.parameters if resumed else {}).items() if name in defaults}
    return {**defaults, **before, **values}


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


def _is_going_on(execution: str, stepfunctions: SFNClient) -> bool:
    """An execution that ended without a word, or is forgotten after 90 days, holds nothing."""
    try:
        return stepfunctions.describe_execution(executionArn=execution)["status"] in _GOING_ON
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return False
