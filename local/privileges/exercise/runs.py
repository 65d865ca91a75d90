"""Pipelines as they are lived with: on schedule, late, started wrongly, twice, stopped, redriven and resumed.

All pipelines at once, each step when all have done the one before.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ...aws import Clients
from ...errors import StageError
from ...stage.progress import Progress
from .notices import Notices
from .polling import poll

SECONDS = 180.0
# Until a one-time schedule is in place; it fires at whole seconds.
AHEAD = timedelta(seconds=2)
NO_DATE = "the day before yesterday"
_GOING_ON = ("RUNNING", "PENDING_REDRIVE")
_LOGS = "See what all functions logged: watershed local logs."


def exercise_runs(
    clients: Clients, pipelines: Mapping[str, str], change_sources: Callable[[], None], progress: Progress
) -> None:
    """Do all of it; `pipelines` are state machines by name, `change_sources` is called between their first two runs."""
    if not pipelines:
        return
    all_runs = [_Runs(clients, name, machine) for name, machine in pipelines.items()]
    notices = Notices(clients, all_runs[0].topic())

    progress.doing("letting schedules start the pipelines, and look whether they are late")
    schedules = pause_schedules(clients)
    moment = _fire(clients, schedules)
    dates = {runs.name: runs.wait_for_scheduled(moment) for runs in all_runs}
    for name in _with_deadline(schedules) & pipelines.keys():
        notices.wait_for(f"{name} is late")

    progress.doing("starting the pipelines with what is no date, twice for one date, and stopping them")
    change_sources()
    for runs in all_runs:
        runs.wait(runs.start(date=NO_DATE), "FAILED")
        notices.wait_for(runs.machine_name, "failed")
    stopped = {runs.name: runs.start_twice_and_stop(dates[runs.name]) for runs in all_runs}
    for runs in all_runs:
        notices.wait_for(f"{runs.name} was stopped")

    progress.doing("redriving the pipelines, and resuming their dates")
    for runs in all_runs:
        clients("stepfunctions").redrive_execution(executionArn=stopped[runs.name])
    for runs in all_runs:
        runs.wait(stopped[runs.name], "SUCCEEDED")
    for runs in all_runs:
        runs.wait(runs.start(date=dates[runs.name], resume=True), "SUCCEEDED")
    progress.done(f"took {', '.join(pipelines)} through all that happens to pipelines")


@dataclass(frozen=True)
class _Runs:
    """The runs of one pipeline."""

    clients: Clients
    name: str
    machine: str

    @property
    def machine_name(self) -> str:
        return self.machine.rpartition(":")[2]

    def topic(self) -> str:
        """Return the topic that people are told of its runs by: the function that begins them has it."""
        found = self.clients("stepfunctions").describe_state_machine(stateMachineArn=self.machine)
        definition = json.loads(found["definition"])
        begin = definition["States"][definition["StartAt"]]["Arguments"]["FunctionName"]
        variables = self.clients("lambda").get_function_configuration(FunctionName=begin)["Environment"]["Variables"]
        return str(variables["NOTIFY_TOPIC"])

    def start(self, **given: Any) -> str:
        answer = self.clients("stepfunctions").start_execution(
            stateMachineArn=self.machine, name=f"exercise-{uuid.uuid4().hex[:12]}", input=json.dumps(given)
        )
        return str(answer["executionArn"])

    def wait_for_scheduled(self, moment: datetime) -> str:
        """Return the date of the run that a schedule has started, once it has succeeded."""
        client = self.clients("stepfunctions")

        def started() -> str | None:
            listed = client.list_executions(stateMachineArn=self.machine)["executions"]
            return next((each["executionArn"] for each in listed if each["startDate"] >= moment), None)

        execution = poll(started, bool, SECONDS)
        if execution is None:
            raise StageError(f"No schedule has started {self.name} in {SECONDS:.0f} s.", fix=_LOGS)
        return str(json.loads(self.wait(execution, "SUCCEEDED")["output"])["date"])

    def start_twice_and_stop(self, date: str) -> str:
        """Return a run that was stopped while a job of its went on, as a second start of its date was refused."""
        execution = self.start(date=date)
        if not poll(lambda: self._has_submitted(execution), bool, SECONDS):
            raise StageError(f"{self.name} has started no job in {SECONDS:.0f} s.", fix=_LOGS)
        second = json.loads(self.wait(self.start(date=date), "SUCCEEDED")["output"])
        if second.get("execution") != execution:
            raise StageError(f"A second run of {self.name} for {date} was let through: {second}")
        self.clients("stepfunctions").stop_execution(executionArn=execution)
        return execution

    def wait(self, execution: str, status: str) -> dict[str, Any]:
        """Return how an execution ended; raises StageError unless so."""
        client = self.clients("stepfunctions")
        found = poll(
            lambda: dict(client.describe_execution(executionArn=execution)),
            lambda execution: execution["status"] not in _GOING_ON,
            SECONDS,
        )
        if found["status"] != status:
            raise StageError(
                f"A run of {self.name} is {found['status']} and should be {status}: "
                f"{found.get('error', '')} {found.get('cause', '')[:1_000]}",
                fix="Look at it on a stage of your own: make up, then watershed runs show.",
            )
        return found

    def _has_submitted(self, execution: str) -> bool:
        pages = self.clients("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        return any(event["type"] == "TaskSubmitted" for page in pages for event in page["events"])


def pause_schedules(clients: Clients) -> list[dict[str, Any]]:
    """Let none fire by the clock from here on: its run would take a stopped one's date over. Returns all of them."""
    client = clients("scheduler")
    settings = client.meta.service_model.operation_model("UpdateSchedule").input_shape.members
    schedules = list(_schedules(clients))
    for schedule in schedules:
        kept = {name: value for name, value in schedule.items() if name in settings and name != "ClientToken"}
        client.update_schedule(**{**kept, "State": "DISABLED"})
    return schedules


def _fire(clients: Clients, schedules: Iterable[dict[str, Any]]) -> datetime:
    """Make a one-time schedule beside each, under its role and with its payload; returns when they fire."""
    moment = datetime.now(UTC).replace(microsecond=0) + AHEAD
    for schedule in schedules:
        clients("scheduler").create_schedule(
            Name=f"exercise-{uuid.uuid4().hex[:12]}",
            GroupName=schedule["GroupName"],
            ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=schedule["Target"],
        )
    return moment


def _with_deadline(schedules: Iterable[dict[str, Any]]) -> set[str]:
    """Return the pipelines that a schedule looks after whether they are late."""
    payloads = [json.loads(schedule["Target"].get("Input") or "{}") for schedule in schedules]
    return {str(each["pipeline"]) for each in payloads if each.get("action") == "deadline"}


def _schedules(clients: Clients) -> Iterator[dict[str, Any]]:
    client = clients("scheduler")
    for each in client.get_paginator("list_schedules").paginate().search("Schedules[]"):
        if each:
            yield dict(client.get_schedule(Name=each["Name"], GroupName=each["GroupName"]))
