"""What the provider's life cycle tests share: a world to refer to, and how a case says what it is."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.aws import Clients
from local.provider.server import AwsProvider
from local.provider.values import Asset

from .provider_stage import Life

ROLE_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def policy(resource: str) -> str:
    """An IAM policy that allows one thing."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """What the cases refer to: a key, a role, a bucket, queues, a database, a function, a topic and a rule."""

    def __init__(self, served: AwsProvider, clients: Clients, folder: Path) -> None:
        self.served, self.clients, self.folder = served, clients, folder
        self.key = self.made("aws:kms/key:Key", "key").outputs["arn"]
        self.role = self.made("aws:iam/role:Role", "role", assumeRolePolicy=ROLE_TRUST).outputs
        boundary = {"PolicyName": "boundary", "PolicyDocument": policy("*")}
        self.boundary = clients("iam").create_policy(**boundary)["Policy"]["Arn"]
        self.bucket = self.made("aws:s3/bucket:Bucket", "world").outputs["bucket"]
        self.dead = self.made("aws:sqs/queue:Queue", "dead").outputs
        self.queue = self.made("aws:sqs/queue:Queue", "live").outputs
        allowed = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
        statement = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self.told = self.made("aws:sqs/queue:Queue", "told", policy=statement).outputs["arn"]
        self.database = self.made("aws:glue/catalogDatabase:CatalogDatabase", "lake").outputs["name"]
        self.topic = self.made("aws:sns/topic:Topic", "news").outputs["arn"]
        self.rule = self.made("aws:cloudwatch/eventRule:EventRule", "rule", scheduleExpression="rate(1 day)").outputs
        self.function = self.made("aws:lambda/function:Function", "work", **self.function_properties()).outputs

    def made(self, token: str, called: str, /, **given: Any) -> Life:
        """A resource in the emulated AWS."""
        return Life(self.served, token, called).create(**given)

    def code(self, version: int) -> Asset:
        """A zip archive of a handler."""
        path = self.folder / f"code-{version}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("app.py"), f"def handler(event, context): return {version}")
        return Asset(True, {"hash": f"code-{version}", "path": str(path)})

    def function_properties(self, **more: Any) -> dict[str, Any]:
        """The inputs of a function."""
        return {
            "role": self.role["arn"],
            "code": self.code(1),
            "handler": "app.handler",
            "runtime": "python3.13",
            **more,
        }


Look = Callable[[Clients, dict[str, Any]], Any]


@dataclass
class Case:
    """A resource's inputs, a change of them, and how boto3 shows both."""

    token: str
    given: Callable[[World], dict[str, Any]]
    change: dict[str, Any] | Callable[[World], dict[str, Any]] = field(default_factory=dict)
    look: Look = lambda clients, outputs: None
    first: Any = None
    second: Any = None
    import_id: Callable[[Life], str] = lambda life: life.id
    stays: bool = False
    """AWS has it always: deleting it brings back the default."""


def tags_of(service: str, **parameters: str) -> Look:
    """Look at the tags that the service's own call answers."""

    def look(clients: Clients, outputs: dict[str, Any]) -> Any:
        operation = {"sqs": "list_queue_tags", "kms": "list_resource_tags"}.get(service, "list_tags_for_resource")
        answer = getattr(clients(service), operation)(**{name: outputs[ours] for name, ours in parameters.items()})
        tags = answer.get("Tags") or answer.get("tags") or {}
        if isinstance(tags, dict):
            return tags
        return {tag.get("Key") or tag["TagKey"]: tag.get("Value") or tag["TagValue"] for tag in tags}

    return look


def get(service: str, operation: str, *path: str | int, **parameters: str) -> Look:
    """Look at one value in the answer of a call that takes the outputs named."""

    def look(clients: Clients, outputs: dict[str, Any]) -> Any:
        named = {name: outputs[ours] for name, ours in parameters.items()}
        value = getattr(clients(service), operation)(**named)
        for step in path:
            value = value.get(step) if isinstance(value, dict) else value[step]
        return value

    return look
