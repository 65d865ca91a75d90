"""Starting runs: of a date, with parameters, or from where the last one of the date ended."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import USAGE, CommandError
from ..siblings import sibling
from .deployed import DeployedPipeline
from .execution import GOING_ON, Execution

_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class Started:
    """An execution that goes on now, and how it came about."""

    execution: str
    how: str


def parse_parameters(given: Sequence[str], pipeline: DeployedPipeline) -> dict[str, Any]:
    """Return `key=value` texts as parameters: numbers, true, lists and objects as JSON writes them, else texts."""
    found: dict[str, Any] = {}
    known = pipeline.parameters
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise CommandError(
                f"--param {text!r}: {pipeline.name} has the parameters {', '.join(sorted(known)) or '(none)'}.",
                fix="Write --param name=value.",
                exit_code=USAGE,
            )
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def parse_date(text: str) -> str:
    """Return a date as YYYY-MM-DD; raises CommandError for one that is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CommandError(f"{text!r} is no date.", fix="Write it as 2027-01-31.", exit_code=USAGE) from None


def start(
    pipeline: DeployedPipeline,
    *,
    day: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    resume: bool = False,
    why: str = "by-hand",
) -> str:
    """Start a run and return its execution's ARN; the pipeline itself refuses a date that is going on."""
    given: dict[str, Any] = {}
    if day:
        given["date"] = day
    if parameters:
        given["parameters"] = dict(parameters)
    if resume:
        given["resume"] = True
    answer = pipeline.target.clients("stepfunctions").start_execution(
        stateMachineArn=pipeline.arn,
        name=f"{why}-{day or 'now'}-{secrets.token_hex(6)}",
        input=json.dumps(given),
    )
    return str(answer["executionArn"])


def last_run(pipeline: DeployedPipeline, day: str | None) -> Any:
    """Return the last run of a date, or of the latest date; raises CommandError where there is none."""
    run = pipeline.ledger.run(pipeline.name, day) if day else next(iter(pipeline.ledger.latest(pipeline.name, 1)), None)
    if run is None:
        when = f" for {day}" if day else ""
        raise CommandError(
            f"{pipeline.name} has no run{when}.",
            fix=f"Start one: watershed runs start {pipeline.name}{f' --date {day}' if day else ''}",
        )
    return run


def go_on(pipeline: DeployedPipeline, run: Any) -> Started:
    """Go on from where a run of a date failed, without repeating the stages that it has finished.

    By Step Functions' own redrive where that serves; it keeps the definition that the run was started with. After a
    deploy, or where the run ended in a failure that a stage itself found, by a new run that goes past those stages.
    """
    client = pipeline.target.clients("stepfunctions")
    try:
        described = client.describe_execution(executionArn=run.execution)
    except client.exceptions.ExecutionDoesNotExist:
        return _new_run(pipeline, run, "Step Functions has forgotten the execution (90 days)")
    if described["status"] in GOING_ON:
        raise CommandError(
            f"The run of {pipeline.name} for {run.date} is going on.",
            fix=f"Watch it: watershed runs show {pipeline.name} --date {run.date} --follow",
        )
    if described["status"] == "SUCCEEDED":
        raise CommandError(
            f"The run of {pipeline.name} for {run.date} has succeeded.",
            fix=f"To run it again whole: watershed runs start {pipeline.name} --date {run.date}",
        )
    if described.get("redriveStatus") != "REDRIVABLE":
        return _new_run(pipeline, run, described.get("redriveStatusReason") or "it cannot be redriven")
    execution = Execution(pipeline, run.execution, run.date)
    if execution.definition != pipeline.definition:
        return _new_run(pipeline, run, "the pipeline was deployed anew since")
    if _ended_in_a_fail_state(client, run.execution):
        return _new_run(pipeline, run, "a redrive would only fail again where the stage found its failure")
    client.redrive_execution(executionArn=run.execution)
    return Started(run.execution, "redriven from the state that failed")


def _new_run(pipeline: DeployedPipeline, run: Any, reason: str) -> Started:
    finished = ", ".join(pipeline.ledger.finished(pipeline.name, run.date, run.id)) or "none"
    execution = start(pipeline, day=run.date, resume=True, why="resumed")
    return Started(execution, f"a new run that goes past the finished stages ({finished}): {reason}")


def _ended_in_a_fail_state(client: Any, execution: str) -> bool:
    answer = client.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=10)
    kinds = [event["type"] for event in answer["events"]]
    return "FailStateEntered" in kinds[:3]


def ended_badly(status: str) -> bool:
    """Whether a run has ended without success."""
    return status in _ENDED_BADLY


def true_status(pipeline: DeployedPipeline, run: Any) -> str:
    """Return how a run stands: the ledger learns of an end some seconds later, and never of one that nobody told it."""
    if run.status != sibling("handlers.runs.ledger").RUNNING:
        return str(run.status)
    client = pipeline.target.clients("stepfunctions")
    try:
        return str(client.describe_execution(executionArn=run.execution)["status"])
    except client.exceptions.ExecutionDoesNotExist:
        return "UNKNOWN"
