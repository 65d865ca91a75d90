"""A run for each date of a range: some at a time, resumable, stopped where too many fail."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..errors import USAGE, CommandError
from .deployed import DeployedPipeline
from .execution import GOING_ON
from .starting import ended_badly, start, true_status

_MOST_DATES = 3_700
"""Ten years."""


@dataclass
class DateRun:
    """What became of one date."""

    date: str
    status: str = "WAITING"
    execution: str = ""
    seconds: float | None = None
    cause: str = ""


@dataclass
class BackfillReport:
    """What became of all dates."""

    pipeline: str
    dates: list[DateRun]
    stopped: str = ""
    """Why no more runs were started; empty where all were."""
    done_before: int = 0
    """Dates that had succeeded before."""
    seconds: float = 0.0

    def count(self, *statuses: str) -> int:
        """Return how many dates have one of the statuses."""
        return sum(each.status in statuses for each in self.dates)

    @property
    def failed(self) -> int:
        """How many dates have failed."""
        return sum(ended_badly(each.status) for each in self.dates)

    @property
    def fails(self) -> bool:
        """Whether a date is left without a run that succeeded."""
        return any(each.status != "SUCCEEDED" for each in self.dates)


@dataclass
class Backfill:
    """Starts and watches the runs. What is done stands in the ledger: the same backfill again goes on from there."""

    pipeline: DeployedPipeline
    parallel: int
    stop_at: float
    """The share of failures among the runs that have ended, over which no more are started."""
    parameters: dict[str, Any] = field(default_factory=dict)
    again: bool = False
    """Run dates again that have succeeded."""

    def run(self, dates: Sequence[str], show: Callable[[BackfillReport], None]) -> BackfillReport:
        """Run all dates; `show` is given the report each time that something has changed."""
        began = time.monotonic()
        report = BackfillReport(self.pipeline.name, [DateRun(day) for day in dates])
        waiting = [each for each in report.dates if not self._done_before(each)]
        report.done_before = report.count("SUCCEEDED")
        going: list[DateRun] = []
        while waiting or going:
            while waiting and len(going) < self.parallel and not report.stopped:
                one = waiting.pop(0)
                self._begin(one)
                going.append(one)
            show(report)
            time.sleep(self.pipeline.target.poll_seconds)
            for one in going:
                self._look(one)
            going = [one for one in going if one.status in GOING_ON]
            report.stopped = report.stopped or self._why_stop(report)
            if report.stopped:
                waiting = []
        report.seconds = time.monotonic() - began
        show(report)
        return report

    def _done_before(self, one: DateRun) -> bool:
        run = self.pipeline.ledger.run(self.pipeline.name, one.date)
        if run is None:
            return False
        status = true_status(self.pipeline, run)
        if status == "SUCCEEDED" and not self.again:
            one.status, one.execution = status, run.execution
            return True
        if status in GOING_ON:
            one.execution = run.execution
        return False

    def _begin(self, one: DateRun) -> None:
        """Start a run of the date, or watch the one that goes on; one that failed goes on from where it did."""
        if not one.execution:
            run = self.pipeline.ledger.run(self.pipeline.name, one.date)
            resume = run is not None and run.status != "SUCCEEDED" and not self.parameters
            one.execution = start(
                self.pipeline, day=one.date, parameters=self.parameters, resume=resume, why="backfill"
            )
        one.status = "RUNNING"

    def _look(self, one: DateRun) -> None:
        described = self.pipeline.target.clients("stepfunctions").describe_execution(executionArn=one.execution)
        one.status = described["status"]
        if one.status not in GOING_ON:
            one.seconds = (described["stopDate"] - described["startDate"]).total_seconds()
        if ended_badly(one.status):
            one.cause = f"{described.get('error', '')}: {described.get('cause', '')}".strip(": ")
        if "ALREADY_RUNNING" in str(described.get("output", "")):
            run = self.pipeline.ledger.run(self.pipeline.name, one.date)
            if run and run.execution != one.execution:
                one.execution, one.status = run.execution, "RUNNING"

    def _why_stop(self, report: BackfillReport) -> str:
        ended = report.failed + report.count("SUCCEEDED") - report.done_before
        if ended and report.failed / ended > self.stop_at and ended >= min(self.parallel, len(report.dates)):
            return f"{report.failed} of {ended} runs failed, more than {self.stop_at:.0%}"
        return ""


def dates_between(first: str, last: str) -> list[str]:
    """Return every date from the first to the last."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = (end - begin).days + 1
    if not 1 <= days <= _MOST_DATES:
        raise CommandError(
            f"From {first} to {last} are {days:,} dates.",
            fix=f"Give a range of 1 to {_MOST_DATES:,} dates, the earlier one first.",
            exit_code=USAGE,
        )
    return [(begin + timedelta(days=number)).isoformat() for number in range(days)]
