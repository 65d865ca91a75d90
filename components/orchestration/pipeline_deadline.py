"""When to look whether a run is late."""

import re

from ..events import Schedule
from .expressions import StageError


def deadline_schedule(pipeline: str, deadline: str, schedule: Schedule | None) -> Schedule:
    """Return the schedule's days, at the deadline's time of day.

    Raises StageError for a pipeline without a cron, and for a deadline before its start.
    """
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", deadline)
    if not found:
        raise StageError(f"pipeline {pipeline}: deadline {deadline!r} is no time of day; for example 08:00")
    if schedule is None or schedule.cron is None:
        raise StageError(f"pipeline {pipeline}: a deadline needs a cron schedule, whose days it holds for")
    minute, hour, *days = schedule.cron.split()
    if not (minute.isdigit() and hour.isdigit()):
        raise StageError(
            f"pipeline {pipeline}: a deadline needs a cron that starts once a day, and {schedule.cron!r} does not"
        )
    if (int(found[1]), int(found[2])) <= (int(hour), int(minute)):
        raise StageError(f"pipeline {pipeline}: its deadline {deadline} is before it starts, at {hour}:{minute:0>2}")
    cron = " ".join([str(int(found[2])), str(int(found[1])), *days])
    return Schedule(cron=cron, timezone=schedule.timezone)
