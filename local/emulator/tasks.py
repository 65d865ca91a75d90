"""Starting and stopping ECS tasks as AWS does where ministack is laxer; and what tests may do to Spot.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

import json
from collections.abc import Mapping
from typing import Any

from .answers import Asked
from .containers import Containers
from .roles import Roles

TASKS_PATH = "/_watershed/tasks"
CAPACITY_PATH = "/_watershed/capacity"
SPOT = "FARGATE_SPOT"
SPOT_REASON = "Your Spot Task was interrupted."
SPOT_STOP_CODE = "SpotInterruption"
NO_CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone"

_STOP_SECONDS = 5.0


class Tasks:
    """The operations of ministack's ECS that are wrapped, and the two hooks."""

    def __init__(self, ecs: Any, responses: Any, roles: Roles, containers: Containers) -> None:
        self._ecs = ecs
        self._responses = responses
        self._roles = roles
        self._containers = containers
        self._run, self._stop, self._mark = ecs._run_task, ecs._stop_task, ecs._mark_task_stopped
        self._without_capacity: set[str] = set()
        self._ends: dict[str, tuple[str, str]] = {}

    def run(self, request: Mapping[str, Any]) -> Any:
        """RunTask: in a cluster that exists, with roles that the caller may pass, where there is capacity."""
        cluster = self._ecs._resolve_cluster_name(request.get("cluster", "default"))
        if cluster is None or cluster not in self._ecs._clusters:
            return self._error("ClusterNotFoundException", "Cluster not found.")
        definition = self._ecs._task_defs.get(self._ecs._resolve_td_key(request.get("taskDefinition", "")))
        if definition is None:
            return self._error("ClientException", "TaskDefinition not found.")
        network = request.get("networkConfiguration")
        if definition.get("networkMode") == "awsvpc" and not network:
            return self._error(
                "InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )
        overrides = request.get("overrides") or {}
        for kind in ("taskRoleArn", "executionRoleArn"):
            role = overrides.get(kind) or definition.get(kind)
            passed = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
            if role and not self._roles.caller_may("iam:PassRole", role, passed):
                return self._denied("iam:PassRole", role)
        if request.get("tags") or request.get("propagateTags", "NONE") != "NONE":
            made = f"{self._ecs._clusters[cluster]['clusterArn'].replace(':cluster/', ':task/', 1)}/new"
            if not self._roles.caller_may("ecs:TagResource", made, {"ecs:CreateAction": "RunTask"}):
                return self._denied("ecs:TagResource", made)
        strategy = {each["capacityProvider"] for each in request.get("capacityProviderStrategy") or ()}
        if strategy and strategy <= self._without_capacity:
            failure = {"arn": definition["taskDefinitionArn"], "reason": NO_CAPACITY}
            return self._responses.json_response({"tasks": [], "failures": [failure]})
        return self._run(request)

    def mark_stopped(self, task_arn: str, task: Any, reason: str, code: str, exit_code: int | None = None) -> Any:
        """Tell an interruption from an exit, and leave the exit code to the process."""
        if task_arn in self._ends:
            reason, code = self._ends.pop(task_arn)
        return self._mark(task_arn, task, reason, code, None if code == "UserInitiated" else exit_code)

    def interrupt(self, asked: Asked) -> Mapping[str, Any] | None:
        """Take a task's Spot capacity away: `POST /_watershed/tasks/<task id>/interrupt`."""
        task_id, _, verb = asked.rest.partition("/")
        arns = {each.labels["com.amazonaws.ecs.task-arn"] for each in self._containers.list()}
        arn = next((each for each in arns if each.endswith(f"/{task_id}")), None)
        if arn is None or verb != "interrupt":
            return None
        self._ends[arn] = (SPOT_REASON, SPOT_STOP_CODE)
        for container in self._containers.of_task(arn):
            container.stop(_STOP_SECONDS)
        return {"taskArn": arn}

    def set_capacity(self, asked: Asked) -> Mapping[str, Any] | None:
        """Say which capacity providers have none: `PUT /_watershed/capacity {"none": ["FARGATE_SPOT"]}`."""
        self._without_capacity = set(json.loads(asked.body or b"{}").get("none", ()))
        return {"none": sorted(self._without_capacity)}

    def _denied(self, action: str, resource: str) -> Any:
        caller = self._roles.caller()
        message = f"User: {caller and caller.arn} is not authorized to perform: {action} on resource: {resource}"
        return self._error("AccessDeniedException", message)

    def _error(self, code: str, message: str) -> Any:
        return self._responses.error_response_json(code, message, 400)


def install(ecs: Any, responses: Any, roles: Roles, containers: Containers) -> Tasks:
    """Put RunTask and the end of a task into these hands."""
    tasks = Tasks(ecs, responses, roles, containers)
    ecs._ACTION_MAP["RunTask"] = tasks.run
    ecs._mark_task_stopped = tasks.mark_stopped
    return tasks
