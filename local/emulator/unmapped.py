"""The AWS operations that the emulator serves without an IAM check: `python -m local.emulator.unmapped`.

A role that lacks them works locally and fails on AWS; the guide of the local stage lists them.
"""

import importlib
import re
import sys
from collections.abc import Iterator
from typing import Any

# The services of the platform, as ministack and as botocore call them.
SERVICES = {
    "athena": "athena",
    "cloudtrail": "cloudtrail",
    "dynamodb": "dynamodb",
    "ecs": "ecs",
    "events": "events",
    "glue": "glue",
    "iam": "iam",
    "kinesis": "kinesis",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "states": "stepfunctions",
    "sts": "sts",
}


def unmapped_operations() -> dict[str, list[str]]:
    """Return, for each service, the operations for which ministack finds no IAM action."""
    extract = importlib.import_module("ministack.core.iam_actions").extract_iam_action
    found = {
        service: [name for name, request in _requests(model) if extract(service, *request) is None]
        for service, model in SERVICES.items()
    }
    return {service: names for service, names in found.items() if names}


def _requests(service: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Return each operation with (method, path, headers, body, query) as a client would send it."""
    from botocore.session import get_session

    model: Any = get_session().get_service_model(service)
    for name in model.operation_names:
        operation = model.operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        path = re.sub(r"\{[^}]+\}", "name", path)
        parameters = {pair.partition("=")[0]: [pair.partition("=")[2] or ""] for pair in query.split("&") if pair}
        headers: dict[str, str] = {}
        body = b""
        if model.resolved_protocol == "json":
            headers["x-amz-target"] = f"{model.metadata.get('targetPrefix', service)}.{name}"
        elif model.resolved_protocol in ("query", "ec2"):
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = f"Action={name}".encode()
        yield name, (operation.http["method"], path, headers, body, parameters)


if __name__ == "__main__":
    for each, operations in unmapped_operations().items():
        sys.stdout.write(f"{each}: {', '.join(operations)}\n")
