"""Which slices are not, or may not be, as the server has them."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import slices
from .pages import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .central import Central, Row
    from .state import Slice


@dataclass(frozen=True)
class Changes:
    """What the feed of changes says: the slices they lie in, how many there were, and the time of the newest."""

    starts: frozenset[str]
    count: int
    newest: str | None


def changes(
    central: Central, form: str, since: str, known: Sequence[Slice], read_at: Mapping[str, str], size: int
) -> Changes:
    """Read the feed since a time. Changes from before `read_at`, when this run last read their slice, are in it."""
    starts = [each.start for each in known]
    chosen, newest = slices.changed_since(since), None
    found: set[str] = set()
    seen: set[str] = set()

    def fetch(skip: int) -> Any:
        return central.page(form, chosen, top=size, skip=skip, select="__id,__system")

    for page in pages(fetch, size):
        for row in page:
            change = newest_time(row)
            newest = max(newest or change, change)
            seen.add(row["__id"])
            start = slices.slice_of(slices.moment(row["__system"]["submissionDate"]), starts)
            if change >= read_at.get(start, ""):
                found.add(start)
    return Changes(frozenset(found), len(seen), newest)


def newest_time(row: Row) -> str:
    """Return when a submission was last created, updated or deleted."""
    system = row["__system"]
    times = (system["submissionDate"], system.get("updatedAt"), system.get("deletedAt"))
    return max(slices.moment(time) for time in times if time)


def differing(count: Callable[[str, str], int], known: Sequence[Slice]) -> set[str]:
    """Return the slices that have another number of submissions on the server than they had when they were written.

    `count` tells how many the server has in a span of time; halves of spans that differ are compared, and so on. Where
    as many are missing as are too many, that stays unseen; but only restored ones are looked for here, which are never
    too many: what is gone was in the feed first, for the 30 days that Central keeps it.
    """
    starts, sums = [each.start for each in known], _sums(known)
    total = count(slices.day(slices.FIRST_DAY), slices.day(slices.LAST_DAY))
    return set(_differing(count, slices.FIRST_DAY, slices.LAST_DAY, total, starts, sums))


def _differing(
    count: Callable[[str, str], int], first: int, last: int, total: int, starts: Sequence[str], sums: Sequence[int]
) -> Iterator[str]:
    start, end = slices.day(first), slices.day(last)
    low, high = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
    if total == sums[high] - sums[low]:
        return
    if last - first == 1:
        yield from _within_a_day(count, start, starts[low:high], sums[low : high + 1])
        return
    middle = (first + last) // 2
    before = count(start, slices.day(middle)) if total else 0
    yield from _differing(count, first, middle, before, starts, sums)
    yield from _differing(count, middle, last, total - before, starts, sums)


def _within_a_day(
    count: Callable[[str, str], int], start: str, starts: Sequence[str], sums: Sequence[int]
) -> Iterator[str]:
    if len(starts) <= 1:
        yield start
        return
    for number, each in enumerate(starts):
        if count(each, slices.end_of(each, starts)) != sums[number + 1] - sums[number]:
            yield each


def _sums(known: Sequence[Slice]) -> list[int]:
    sums = [0]
    for each in known:
        sums.append(sums[-1] + each.rows)
    return sums
