"""One run's execution: read as it stands, and followed to its end."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import CommandError
from ..siblings import sibling
from .deployed import DeployedPipeline
from .shape import StageShape, stages_of
from .timeline import StageRun, Timeline

GOING_ON = ("RUNNING", "PENDING_REDRIVE")
_PAGE = 200


@dataclass(frozen=True)
class RunView:
    """A run at one moment."""

    pipeline: str
    date: str
    execution: str
    status: str
    """Step Functions' own, or ALREADY_RUNNING where another execution has the date."""
    started: datetime
    ended: datetime | None
    stages: tuple[StageRun, ...]
    shape: tuple[StageShape, ...]
    held_by: str = ""
    error: str = ""
    cause: str = ""
    failed_stage: str = ""

    @property
    def going_on(self) -> bool:
        """Whether it has not ended."""
        return self.status in GOING_ON

    @property
    def seconds(self) -> float | None:
        """How long it took, if it has ended."""
        return (self.ended - self.started).total_seconds() if self.ended else None


class Execution:
    """Reads an execution again and again, each time only what is new of its history."""

    def __init__(self, pipeline: DeployedPipeline, arn: str, date: str) -> None:
        self._pipeline = pipeline
        self.arn = arn
        self._date = date
        self._client = pipeline.target.clients("stepfunctions")
        self._timeline = Timeline()
        self._shape: tuple[StageShape, ...] | None = None

    def look(self) -> RunView:
        """Return the run as it is now."""
        described = self._client.describe_execution(executionArn=self.arn)
        self._timeline.add(self._news())
        status, stage, error, cause = described["status"], "", "", ""
        if status not in (*GOING_ON, "SUCCEEDED"):
            found = sibling("handlers.runs.history").failure(self.arn, self._client)
            stage = found.stage or ""
            error, cause = found.error or described.get("error", ""), found.cause or described.get("cause", "")
            self._timeline.end(status, error, cause, stage)
        output = json.loads(described.get("output") or "{}") if status == "SUCCEEDED" else {}
        held_by = output.get("execution", "") if output.get("status") == "ALREADY_RUNNING" else ""
        return RunView(
            pipeline=self._pipeline.name,
            date=output.get("date") or self._date,
            execution=self.arn,
            status="ALREADY_RUNNING" if held_by else status,
            started=described["startDate"],
            ended=described.get("stopDate"),
            stages=self._in_order(),
            shape=self.shape,
            held_by=held_by,
            error=error,
            cause=cause,
            failed_stage=stage,
        )

    def follow(self, show: Callable[[RunView], None], *, seconds: float | None = None) -> RunView:
        """Show the run until it has ended, and return it; raises CommandError where it has not after `seconds`."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            view = self.look()
            show(view)
            if not view.going_on:
                return view
            if deadline is not None and time.monotonic() > deadline:
                which = f"{self._pipeline.name} --date {view.date}" if view.date else self._pipeline.name
                raise CommandError(
                    f"{self._pipeline.name} has not ended after {seconds:.0f} s; it goes on.",
                    fix=f"Look again: watershed runs show {which}",
                )
            time.sleep(self._pipeline.target.poll_seconds)

    @property
    def shape(self) -> tuple[StageShape, ...]:
        """The stages of the definition that the execution was started with."""
        if self._shape is None:
            self._shape = stages_of(self.definition)
        return self._shape

    @property
    def definition(self) -> dict[str, Any]:
        """The definition that the execution runs."""
        described = self._client.describe_state_machine_for_execution(executionArn=self.arn)
        found: dict[str, Any] = json.loads(described["definition"])
        return found

    def _in_order(self) -> tuple[StageRun, ...]:
        names = [stage.name for first in self.shape for stage in first.all()]
        known = self._timeline.stages
        return tuple(known.get(name, StageRun(name)) for name in names)

    def _news(self) -> list[dict[str, Any]]:
        """Return the events after those that are known, the oldest first."""
        return sorted(self._backwards(), key=lambda event: event["id"])

    def _backwards(self) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            answer = self._client.get_execution_history(
                executionArn=self.arn, reverseOrder=True, maxResults=_PAGE, includeExecutionData=True, **more
            )
            for event in answer["events"]:
                if event["id"] <= self._timeline.last_id:
                    return
                yield event
            if "nextToken" not in answer:
                return
            more = {"nextToken": answer["nextToken"]}
