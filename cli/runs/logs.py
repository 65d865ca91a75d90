"""The last lines that a stage's work logged."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .deployed import DeployedPipeline
from .execution import RunView
from .timeline import StageRun

_MARGIN = timedelta(seconds=5)
_MOST_PAGES = 20


@dataclass(frozen=True)
class LogTail:
    """Lines of one stage, and where they are from."""

    stage: str
    group: str
    lines: tuple[str, ...]


def log_tail(
    pipeline: DeployedPipeline, definition: dict[str, Any], view: RunView, stage: StageRun, count: int
) -> LogTail | None:
    """Return the last lines that the stage logged in this run; None for stages that log nowhere of their own."""
    found = _place(pipeline, definition, stage)
    if found is None or stage.started is None:
        return None
    group, stream = found
    events = _read(pipeline.target.clients("logs"), group, stream, stage.started, stage.ended or view.ended)
    return LogTail(stage.name, group, tuple(events[-count:]))


def _place(pipeline: DeployedPipeline, definition: dict[str, Any], stage: StageRun) -> tuple[str, str | None] | None:
    """Return the log group, and the stream where one is the work's own."""
    arguments = _state(definition, stage.name).get("Arguments", {})
    clients = pipeline.target.clients
    if "FunctionName" in arguments:
        described = clients("lambda").get_function_configuration(FunctionName=arguments["FunctionName"])
        default = f"/aws/lambda/{described['FunctionName']}"
        return described.get("LoggingConfig", {}).get("LogGroup", default), None
    if "TaskDefinition" in arguments:
        task = _task(stage)
        answer = clients("ecs").describe_task_definition(taskDefinition=arguments["TaskDefinition"])
        container = answer["taskDefinition"]["containerDefinitions"][0]
        options = container["logConfiguration"]["options"]
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task.rpartition('/')[2]}" if task else None
        return options["awslogs-group"], stream
    return None


def _state(definition: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a state, wherever in the definition it is."""
    for scope in _scopes(definition):
        if name in scope["States"]:
            found: dict[str, Any] = scope["States"][name]
            return found
    return {}


def _scopes(scope: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [
        each
        for state in scope["States"].values()
        for each in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else []))
    ]
    return [scope, *(found for each in inner for found in _scopes(each))]


def _task(stage: StageRun) -> str:
    """Return the ARN of the Fargate task: in what ECS answered, or in the cause of the failure."""
    for text in (stage.task.get("output", ""), stage.cause):
        try:
            document = json.loads(text)
        except (TypeError, ValueError):
            continue
        tasks = document.get("Tasks") or [document]
        if isinstance(tasks[0], dict) and tasks[0].get("TaskArn"):
            return str(tasks[0]["TaskArn"])
    return ""


def _read(client: Any, group: str, stream: str | None, started: datetime, ended: datetime | None) -> list[str]:
    request: dict[str, Any] = {"logGroupName": group, "startTime": _milliseconds(started - _MARGIN)}
    if stream:
        request["logStreamNames"] = [stream]
    if ended:
        request["endTime"] = _milliseconds(ended + _MARGIN)
    lines: list[str] = []
    for _ in range(_MOST_PAGES):
        try:
            answer = client.filter_log_events(**request)
        except client.exceptions.ResourceNotFoundException:
            break
        lines += [str(event["message"]).rstrip() for event in answer["events"]]
        if not answer.get("nextToken"):
            break
        request["nextToken"] = answer["nextToken"]
    return lines


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)
