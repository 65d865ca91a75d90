"""What ECS does in the roles of a task, asked of their policies: pull, log, read secrets, pass roles, give credentials.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

import datetime
import re
import secrets
from collections.abc import Mapping
from typing import Any

from .answers import Asked
from .roles import Roles
from .task_definitions import TaskContainer

CREDENTIALS_PATH = "/_watershed/credentials"
SESSION = "ecs-task"
_VALID_HOURS = 6
_ECR_IMAGE = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^@:]+)")


class TaskRoles:
    """The execution role's work before a container starts, and the task role's credentials."""

    def __init__(self, ecs: Any, logs: Any, roles: Roles, endpoint: str) -> None:
        self._ecs = ecs
        self._logs = logs
        self._roles = roles
        self._endpoint = endpoint
        self._given: dict[str, tuple[str, str]] = {}

    def prepare(self, defined: TaskContainer, image: str) -> Mapping[str, str]:
        """Do what precedes a container's start; returns the variables that lead it to its credentials."""
        self._pull(defined, image)
        for each in defined.container.get("secrets", []):
            self._read_secret(defined, str(each["valueFrom"]))
        self._open_log(defined)
        if not defined.task_role:
            return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_AUTHORIZATION_TOKEN": ""}
        place, token = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        self._given[place] = (token, defined.task_role)
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._endpoint}{CREDENTIALS_PATH}/{place}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }

    def answer(self, asked: Asked) -> Mapping[str, Any] | None:
        """Give the credentials of a task's role to who shows the task's token."""
        token, role = self._given.get(asked.rest, ("", ""))
        if not role or asked.headers.get("authorization") != token:
            return None
        made = self._roles.credentials(role, SESSION)
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=_VALID_HOURS)
        return {
            "RoleArn": role,
            "AccessKeyId": made.access_key,
            "SecretAccessKey": made.secret_key,
            "Token": made.token,
            "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _pull(self, defined: TaskContainer, image: str) -> None:
        found = _ECR_IMAGE.match(image)
        if found is None:
            return
        repository = f"arn:aws:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
        for action, resource in (
            ("ecr:GetAuthorizationToken", "*"),
            ("ecr:BatchGetImage", repository),
            ("ecr:GetDownloadUrlForLayer", repository),
        ):
            if refusal := self._refused(defined, action, resource, "ECS pulls the image"):
                raise self._ecs._ImagePullError(f"pull image manifest has been retried 1 time(s): {refusal}")

    def _read_secret(self, defined: TaskContainer, source: str) -> None:
        by = "ECS reads the secret"
        if ":secretsmanager:" in source:
            refusal = self._refused(defined, "secretsmanager:GetSecretValue", ":".join(source.split(":")[:7]), by)
        else:
            refusal = self._refused(defined, "ssm:GetParameters", source, by)
        if refusal:
            raise self._ecs._SecretResolutionError(f"unable to retrieve secret {source}: {refusal}")

    def _open_log(self, defined: TaskContainer) -> None:
        if defined.logs_to is None:
            return
        group = defined.logs_to.get("awslogs-group", "")
        _, _, _, region, account, *_ = str(self.task_arn(defined)).split(":")
        stream = f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:any"
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            if refusal := self._refused(defined, action, stream, "ECS writes the log"):
                raise RuntimeError(f"failed to validate logger args: failed to create Cloudwatch log stream: {refusal}")
        if group not in self._logs._log_groups and defined.logs_to.get("awslogs-create-group") != "true":
            raise RuntimeError(
                "failed to validate logger args: failed to create Cloudwatch log stream: ResourceNotFoundException: "
                f"The specified log group does not exist: {group}"
            )

    @staticmethod
    def task_arn(defined: TaskContainer) -> str:
        """Return the ARN of the task, which names its account and region."""
        return str(defined.task["taskArn"])

    def _refused(self, defined: TaskContainer, action: str, resource: str, by: str) -> str:
        """Return why the execution role may not; empty when it may."""
        role = defined.execution_role
        if not role:
            return f"the task has no execution role, which {action} needs"
        if self._roles.allows(role, SESSION, action, resource, by=by):
            return ""
        return f"AccessDeniedException: {role} is not authorized to perform: {action} on resource: {resource}"
