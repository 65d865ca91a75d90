"""Stages that hold stages: side by side, one by one over a list, or one way or another."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ...core import Statement
from ...storage import Bucket
from ..compilation import Compilation, Place, State, merged, where, without
from ..expressions import Scope, condition, expression, nested, text, value
from ..stages import AnyStage, Choice, ForEach, Parallel, S3Keys

_ITEM = expression("$states.context.Map.Item.Value")


Sequencing = Callable[[Sequence[AnyStage], Compilation, Place], tuple[str, dict[str, State], Scope]]
"""Compiles stages in a row; returns the first state, all states, and what may be referred to after them."""


def parallel_states(
    stage: Parallel, compilation: Compilation, place: Place, row: Sequencing
) -> tuple[dict[str, State], Scope]:
    """Return the state, and the scope after it: every branch's stages have run."""
    branches = []
    known = dict(place.scope.stages)
    maybe = set(place.scope.maybe)
    for number, stages in enumerate(stage.branches, start=1):
        end = f"{stage.name} branch {number} done"
        first, states, after = row(stages, compilation, replace(place, then=end))
        branches.append({"StartAt": first, "States": {**states, end: {"Type": "Succeed"}}})
        known |= after.stages
        maybe |= after.maybe
    return {
        stage.name: {
            "Type": "Parallel",
            "Branches": branches,
            "Output": expression("$merge($states.result)"),
            "Next": place.then,
        }
    }, replace(place.scope, stages=known, maybe=frozenset(maybe))


def choice_states(
    stage: Choice, compilation: Compilation, place: Place, row: Sequencing
) -> tuple[dict[str, State], Scope]:
    """Return the states, and the scope after them: any of the stages may have run."""
    states: dict[str, State] = {stage.name: {}}
    maybe = set(place.scope.maybe)

    def way(stages: Sequence[AnyStage]) -> str:
        if not stages:
            return place.then
        first, found, after = row(stages, compilation, place)
        states.update(found)
        maybe.update(after.maybe, after.stages.keys() - place.scope.stages.keys())
        return first

    rules = [
        {
            "Condition": condition(when.condition, place.scope, f"{where(stage)}, condition {number}"),
            "Next": way(when.stages),
        }
        for number, when in enumerate(stage.when, start=1)
    ]
    states[stage.name] = {"Type": "Choice", "Choices": rules, "Default": way(stage.otherwise)}
    return states, replace(place.scope, maybe=frozenset(maybe))


def for_each_states(stage: ForEach, compilation: Compilation, place: Place, row: Sequencing) -> dict[str, State]:
    """Return the state that runs the stages for each item."""
    named = where(stage)
    distributed = isinstance(stage.items, S3Keys)
    end = f"{stage.name} item done"
    inside = replace(place, then=end, recorded=False, scope=replace(place.scope, item=True))
    first, states, _ = row(stage.stages, compilation, inside)
    names = [inner.name for inner in stage.stages]
    before = {name: expression(f"$lookup($states.input, {json.dumps(name)})") for name in place.scope.stages}
    selected = {**before, "item": _ITEM}
    processor: dict[str, Any] = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": first, "States": states}
    # A child run's outputs together may not exceed 256 KiB; what it made lies in the lake.
    states[end] = {"Type": "Succeed", **({"Output": {}} if distributed else {})}
    mapped: State = {"Type": "Map", "MaxConcurrency": stage.max_concurrency, "Next": place.then}
    if isinstance(stage.items, S3Keys):
        reader = _reader(stage.items, stage, compilation, place)
        begin = f"{stage.name} item begins"
        states[begin] = {
            "Type": "Pass",
            "Assign": {"run": expression("$states.input.run")},
            "Output": expression(without("run")),
            "Next": first,
        }
        processor |= {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": begin}
        return {
            stage.name: {
                **mapped,
                "ItemReader": reader,
                "ItemSelector": {**selected, "run": expression("$run")},
                "ItemProcessor": processor,
                "ToleratedFailurePercentage": stage.tolerated_failure_percentage,
                "Label": stage.name[:40],
                "Output": merged(stage.name, '{"count": $count($states.result)}'),
            }
        }
    given = stage.items
    items = value(given, place.scope, named) if isinstance(given, str) else nested(given, place.scope, named)
    outputs = ", ".join(f'"{name}": $lookup($, "{name}")' for name in names)
    return {
        stage.name: {
            **mapped,
            "Items": items,
            "ItemSelector": selected,
            "ItemProcessor": processor,
            "Output": merged(
                stage.name, f'{{"count": $count($states.result), "results": [$states.result.{{{outputs}}}]}}'
            ),
        }
    }


def _reader(keys: S3Keys, stage: ForEach, compilation: Compilation, place: Place) -> State:
    bucket = compilation.component(keys.bucket, Bucket, where(stage))
    prefix = keys.prefix.split("${")[0]
    compilation.grant(f"list {bucket.name}/{prefix}", lambda role: bucket.grant_list(role, prefix))
    executions = compilation.machine_arn.replace(":stateMachine:", ":execution:", 1)
    # AWS Step Functions Developer Guide, "IAM policies for using Distributed Map state".
    compilation.allow(
        Statement(actions=["states:StartExecution"], resources=[compilation.machine_arn]),
        Statement(
            actions=["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
            resources=[f"{executions}/*"],
        ),
    )
    return {
        "Resource": compilation.integration("s3:listObjectsV2"),
        "Arguments": {
            "Bucket": compilation.values.mark(bucket.bucket_name),
            "Prefix": text(keys.prefix, place.scope, f"{where(stage)}, prefix"),
        },
    }
