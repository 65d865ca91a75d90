"""The lives of event buses, their policies and archives."""

import json
from typing import Any

from local.aws import Clients

from .provider_world import Case, World, get


def bus(world: World, name: str) -> dict[str, Any]:
    """A bus for what hangs on one."""
    return world.made("aws:cloudwatch/eventBus:EventBus", name).outputs


def bus_policy(sid: str) -> str:
    """A policy as a bus has it."""
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:eu-central-1:000000000000:event-bus/shared",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def sid(clients: Clients, outputs: dict[str, Any]) -> Any:
    """The statement that a bus's policy has."""
    policy = clients("events").describe_event_bus(Name=outputs["eventBusName"]).get("Policy")
    return json.loads(policy)["Statement"][0]["Sid"] if policy else None


CASES = (
    Case(
        "aws:cloudwatch/eventBus:EventBus",
        lambda world: {
            "description": "one",
            "kmsKeyIdentifier": world.key,
            "deadLetterConfig": {"arn": world.dead["arn"]},
            "tags": {"a": "b"},
        },
        {"description": "two"},
        get("events", "describe_event_bus", "Description", Name="name"),
        "one",
        "two",
    ),
    Case(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        lambda world: {"eventBusName": bus(world, "shared")["name"], "policy": bus_policy("One")},
        {"policy": bus_policy("Two")},
        sid,
        "One",
        "Two",
    ),
    Case(
        "aws:cloudwatch/eventArchive:EventArchive",
        lambda world: {
            "eventSourceArn": bus(world, "archived")["arn"],
            "retentionDays": 30,
            "kmsKeyIdentifier": world.key,
            "description": "All",
        },
        {"retentionDays": 7},
        get("events", "describe_archive", "RetentionDays", ArchiveName="name"),
        30,
        7,
    ),
)
