"""The date that a run is for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


class InvalidRunInputError(ValueError):
    """What somebody started a run with cannot be right; trying again would not help."""


def logical_date(given: dict[str, Any], *, started_at: str, timezone: str, offset: int) -> str:
    """Return the date as YYYY-MM-DD: the one given, or that of the moment it was meant to start, in the timezone.

    The moment is the schedule's, the event's, or else when the run began. Raises
    InvalidRunInputError for a date that is none.
    """
    if "date" in given:
        try:
            return date.fromisoformat(str(given["date"])).isoformat()
        except ValueError:
            raise InvalidRunInputError(f"date {given['date']!r} is no date: write it as 2027-01-31") from None
    event = given.get("event")
    moment = given.get("scheduled_time") or (event.get("time") if isinstance(event, dict) else None) or started_at
    try:
        at = datetime.fromisoformat(str(moment))
    except ValueError:
        raise InvalidRunInputError(f"{moment!r} is no moment: write it as 2027-01-31T06:00:00Z") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo("UTC"))
    return (at.astimezone(ZoneInfo(timezone)).date() + timedelta(days=offset)).isoformat()
