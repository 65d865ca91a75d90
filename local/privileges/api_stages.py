"""The stages of REST APIs whose logs API Gateway writes, under the one role that the account gives it for all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..aws import Clients


@dataclass(frozen=True)
class ApiStage:
    """A stage: the account's role, and the log groups of its requests and its executions, None where it logs none."""

    role: str
    access_log: str | None
    execution_log: str | None


def read_api_stages(clients: Clients) -> Iterator[ApiStage]:
    """Return the stages; none where the account gives no role, since nothing is logged then."""
    gateway = clients("apigateway")
    role = str(gateway.get_account().get("cloudwatchRoleArn") or "").rpartition("/")[2]
    if not role:
        return
    for api in gateway.get_paginator("get_rest_apis").paginate().search("items[]"):
        for stage in gateway.get_stages(restApiId=api["id"])["item"] if api else ():
            yield ApiStage(role, _access_log(stage), _execution_log(api["id"], stage))


def _access_log(stage: Mapping[str, Any]) -> str | None:
    arn = str((stage.get("accessLogSettings") or {}).get("destinationArn") or "")
    return arn.split(":")[6] if ":logs:" in arn else None


def _execution_log(api: str, stage: Mapping[str, Any]) -> str | None:
    """Return the group that API Gateway names itself (Developer Guide, "Set up CloudWatch logging for REST APIs")."""
    levels = {settings.get("loggingLevel", "OFF") for settings in (stage.get("methodSettings") or {}).values()}
    return f"API-Gateway-Execution-Logs_{api}/{stage['stageName']}" if levels - {"OFF"} else None
