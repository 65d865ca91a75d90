"""The schedules that start a pipeline."""

from typing import Any

from .deployed import DeployedPipeline


def schedules_of(pipeline: DeployedPipeline) -> list[dict[str, Any]]:
    """Return when EventBridge Scheduler starts the pipeline."""
    client = pipeline.target.clients("scheduler")
    pages = client.get_paginator("list_schedules").paginate().search("Schedules[]")
    found = []
    for each in pages:
        if each and each.get("Target", {}).get("Arn") == pipeline.arn:
            whole = client.get_schedule(Name=each["Name"], GroupName=each["GroupName"])
            found.append(
                {
                    "expression": whole["ScheduleExpression"],
                    "timezone": whole.get("ScheduleExpressionTimezone", "UTC"),
                    "enabled": whole.get("State") == "ENABLED",
                }
            )
    return found
