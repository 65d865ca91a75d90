"""The pipelines that a stack has deployed, found by their state machines' names and tags."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from ..errors import USAGE, CommandError
from ..siblings import sibling
from .target import Target

_AT_ONCE = 8


@dataclass(frozen=True)
class DeployedPipeline:
    """A pipeline as it stands on AWS."""

    name: str
    arn: str
    ledger_table: str
    target: Target

    @cached_property
    def definition(self) -> dict[str, Any]:
        """The state machine's definition as it is now."""
        described = self.target.clients("stepfunctions").describe_state_machine(stateMachineArn=self.arn)
        found: dict[str, Any] = json.loads(described["definition"])
        return found

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of a run, with their defaults: the first state is given them."""
        first = self.definition["States"][self.definition["StartAt"]]
        found: dict[str, Any] = first.get("Arguments", {}).get("Payload", {}).get("parameters", {})
        return found

    @property
    def ledger(self) -> Any:
        """What is known of its runs."""
        return sibling("handlers.runs.ledger").Ledger(self.target.clients("dynamodb"), self.ledger_table)


def find_pipelines(target: Target) -> list[DeployedPipeline]:
    """Return the stack's pipelines, by name."""
    client = target.clients("stepfunctions")
    pages = client.get_paginator("list_state_machines").paginate().search("stateMachines[]")
    arns = [each["stateMachineArn"] for each in pages if each and each["name"].startswith(target.prefix)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        tagged = pool.map(lambda arn: _tags(client, arn), arns)
    found = [
        DeployedPipeline(tags["pipeline"], arn, tags["ledger"], target)
        for arn, tags in zip(arns, tagged, strict=True)
        if "pipeline" in tags and "ledger" in tags and tags.get("stack") == target.stack
    ]
    return sorted(found, key=lambda pipeline: pipeline.name)


def find_pipeline(target: Target, name: str) -> DeployedPipeline:
    """Return a pipeline; raises CommandError with the names there are."""
    found = find_pipelines(target)
    for pipeline in found:
        if pipeline.name == name:
            return pipeline
    names: Sequence[str] = [pipeline.name for pipeline in found]
    near = get_close_matches(name, names, n=1)
    there = f"There are: {', '.join(names)}." if names else "There are none: deploy it first."
    raise CommandError(
        f"Stack `{target.stack}` has no pipeline `{name}`.",
        fix=f"Did you mean {near[0]}? {there}" if near else there,
        exit_code=USAGE,
    )


def _tags(client: Any, arn: str) -> Mapping[str, str]:
    return {tag["key"]: tag["value"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]}
