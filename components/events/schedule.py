"""When something runs."""

from datetime import datetime
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from ..core.model import Matching, Model


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not an IANA time zone; for example Europe/Rome, UTC")
    return name


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("give the moment without an offset, for example 2027-01-31T06:00:00, and a timezone beside it")
    return moment


Timezone = Annotated[str, AfterValidator(_timezone)]
"""An IANA name, for example Europe/Rome."""


class Schedule(Model):
    """A cron, a rate or one moment, in a time zone. Source: EventBridge Scheduler User Guide, "Schedule types"."""

    cron: Annotated[str, Matching(r"\S+( \S+){5}", "six fields, for example 0 6 * * ? *")] | None = None
    """Six fields: minutes hours day-of-month month day-of-week year, for example `0 6 * * ? *`."""
    rate: (
        Annotated[
            str,
            Matching(
                r"1 (minute|hour|day)|([2-9]|[1-9]\d+) (minute|hour|day)s",
                "a number of minutes, hours or days: 1 hour, 15 minutes",
            ),
        ]
        | None
    ) = None
    """For example `15 minutes`."""
    at: Annotated[datetime, AfterValidator(_local)] | None = None
    """Once, at this moment of the time zone, for example `2027-01-31T06:00:00`."""
    timezone: Timezone = "UTC"
    flexible_minutes: Annotated[int, Field(ge=0, le=1_440)] = 0
    """The run may start so many minutes later; 0 means on time."""

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if sum(given is not None for given in (self.cron, self.rate, self.at)) != 1:
            raise ValueError("give one of cron, rate and at")
        if self.cron and (self.cron.split()[2] == "?") == (self.cron.split()[4] == "?"):
            raise ValueError("exactly one of cron's day-of-month and day-of-week must be '?'")
        return self

    @property
    def expression(self) -> str:
        """The schedule as EventBridge Scheduler writes it."""
        if self.cron:
            return f"cron({self.cron})"
        if self.rate:
            return f"rate({self.rate})"
        assert self.at
        return f"at({self.at:%Y-%m-%dT%H:%M:%S})"
