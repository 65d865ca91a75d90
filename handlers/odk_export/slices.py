"""Slices: the parts that a form's submissions are divided into by their time of creation.

A slice begins at midnight (UTC), or later where a day was divided, and ends where the next begins, at the latest with
the day. It is named by its beginning, in milliseconds, as Central writes times: sorted as text they are in order.
"""

from __future__ import annotations

import bisect
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MIDNIGHT = "T00:00:00.000Z"
# No submission is older than ODK itself, and none is from the future, whatever the clocks say.
FIRST_DAY, LAST_DAY = date(2000, 1, 1).toordinal(), date(2200, 1, 1).toordinal()


def moment(text: str) -> str:
    """Return a time with an offset as Central writes it: UTC, milliseconds, the rest cut off."""
    given = datetime.fromisoformat(text).astimezone(UTC)
    return f"{given:%Y-%m-%dT%H:%M:%S}.{given.microsecond // 1000:03d}Z"


def earlier(time: str, by: timedelta) -> str:
    """Return the time before another by so much."""
    return moment((datetime.fromisoformat(time) - by).isoformat())


def day_start(time: str) -> str:
    """Return the beginning of a time's day."""
    return time[:10] + _MIDNIGHT


def day(number: int) -> str:
    """Return the beginning of the day that is so many days after the first of January of the year 1."""
    return date.fromordinal(number).isoformat() + _MIDNIGHT


def ordinal(time: str) -> int:
    """Return the number of a time's day."""
    return date.fromisoformat(time[:10]).toordinal()


def next_day(time: str) -> str:
    """Return the beginning of the day after a time's."""
    return day(ordinal(time) + 1)


def slice_of(time: str, starts: Sequence[str]) -> str:
    """Return the beginning of the slice that a time lies in, given the sorted beginnings of those there are."""
    position = bisect.bisect_right(starts, time)
    return max(day_start(time), starts[position - 1]) if position else day_start(time)


def end_of(start: str, starts: Sequence[str]) -> str:
    """Return where a slice ends, given the sorted beginnings of those there are."""
    position = bisect.bisect_right(starts, start)
    return min(next_day(start), starts[position]) if position < len(starts) else next_day(start)


def name(start: str) -> str:
    """Return a slice's name as files have it: `2026-01-31`, or `2026-01-31T101112.131Z` where a day is divided."""
    return start[:10] if start.endswith(_MIDNIGHT) else start.replace(":", "")


def created_in(start: str, end: str) -> str:
    """Return the filter for what was created from a time on and before another."""
    return f"__system/submissionDate ge {start} and __system/submissionDate lt {end}"


def changed_since(time: str) -> str:
    """Return the filter for what was created, updated or deleted from a time on; it includes what is deleted."""
    return " or ".join(f"__system/{field} ge {time}" for field in ("submissionDate", "updatedAt", "deletedAt"))


EVER = created_in(day(FIRST_DAY), day(LAST_DAY))
