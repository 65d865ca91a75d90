"""Weakens what a program declared, one property at a time: each weakening is a mutant that the rules should notice.

Generated from the recorded resources, so that a new property of a component is tried without anybody thinking of it.
"""

from __future__ import annotations

import copy
import inspect
import json
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pulumi._types import input_type_py_to_pulumi_names
from pulumi.runtime import rpc

from tests.policy.resources import arguments_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.policy.harness import Recorded

# What says less than the value on the left.
WEAKER = {
    "aws:kms": "AES256",
    "Enabled": "Suspended",
    "BucketOwnerEnforced": "ObjectWriter",
    "Active": "PassThrough",
    "https": "http",
    "SSE-KMS": "SSE-S3",
    "SSE_KMS": "SSE_S3",
    "byQueue": "allowAll",
    "private": "public-read",
}
DOCUMENTS = ("policy", "assumeRolePolicy")
STRANGER = "arn:aws:iam::999999999999:root"


@dataclass(frozen=True)
class Mutant:
    """One weakening: `what` tells kind of resource, property and change, `resources` are the program's with it."""

    what: str
    name: str
    # The types of the components that hold the resource.
    within: str
    # The inputs of the changed resource, as text.
    change: str
    resources: Sequence[Recorded]

    def __str__(self) -> str:
        return f"{self.what} ({self.name})"


def shown(resources: Sequence[Recorded]) -> list[Recorded]:
    """Return the resources as the engine shows them to rules: secrets as plain values."""
    return [
        replace(each, inputs=_without_secrets(each.inputs), outputs=_without_secrets(each.outputs))
        for each in resources
    ]


def mutants(resources: Sequence[Recorded]) -> Iterator[Mutant]:
    """Yield every mutant of a program."""
    for resource in resources:
        if not resource.type.startswith("aws:"):
            continue
        kind = resource.type.split(":", 1)[1].split("/")[0] + "." + resource.type.rsplit(":", 1)[1]
        within = resource.urn.split("::")[2].rpartition("$")[0]
        if not _needed(resource, resources):
            yield Mutant(
                f"{kind}: removed", resource.name, within, "", [each for each in resources if each is not resource]
            )
        for path, inputs in _weakened(resource):
            changed = _with(resource, inputs)
            graph = [changed if each is resource else each for each in resources]
            yield Mutant(f"{kind}.{path}", resource.name, within, json.dumps(inputs, sort_keys=True), graph)


def _without_secrets(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return _without_secrets(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _needed(resource: Recorded, resources: Sequence[Recorded]) -> bool:
    """Say whether another resource refers to it: without it the program would not run."""
    return any(resource.urn in urns for each in resources for urns in each.dependencies.values())


@cache
def _required(type_: str) -> set[str]:
    """Return the properties without which the SDK refuses the resource."""
    arguments = arguments_of(type_)
    parameters = inspect.signature(arguments).parameters.values()
    names = input_type_py_to_pulumi_names(arguments)
    return {names[each.name] for each in parameters if each.default is inspect.Parameter.empty and each.name in names}


def _with(resource: Recorded, inputs: dict[str, Any]) -> Recorded:
    gone = set(resource.inputs) - set(inputs)
    outputs = {key: value for key, value in {**resource.outputs, **inputs}.items() if key not in gone}
    # An id that was the name is another one without it.
    if "name" in gone and outputs.get("id") == resource.inputs["name"]:
        del outputs["id"]
    dependencies = {key: urns for key, urns in resource.dependencies.items() if key not in gone}
    return replace(resource, inputs=inputs, outputs=outputs, dependencies=dependencies)


def _weakened(resource: Recorded) -> Iterator[tuple[str, dict[str, Any]]]:
    inputs = dict(resource.inputs)
    for key, value in inputs.items():
        if key not in _required(resource.type):
            yield f"{key}: removed", {name: other for name, other in inputs.items() if name != key}
        if key in DOCUMENTS and isinstance(value, str):
            for path, document in _documents(json.loads(value)):
                yield f"{key} {path}", {**inputs, key: json.dumps(document)}
        elif value != rpc.UNKNOWN:
            for path, weaker in _values(key, value):
                yield path, {**inputs, key: weaker}


def _values(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield weaker forms of a value, and of what is in it."""
    if isinstance(value, bool):
        yield f"{path}: flipped", not value
    elif isinstance(value, (int, float)) and value > 1:
        yield f"{path}: 1", 1
    elif isinstance(value, str):
        if value in WEAKER:
            yield f"{path}: {WEAKER[value]}", WEAKER[value]
        if ":kms:" in value and ":key/" in value:
            yield f"{path}: AWS's key", "alias/aws/s3"
    elif isinstance(value, dict):
        yield from _members(path, value)
    elif isinstance(value, list) and value:
        yield f"{path}: emptied", []
        for index, item in enumerate(value):
            if len(value) > 1:
                yield f"{path}[]: one removed", [*value[:index], *value[index + 1 :]]
            for inner, weaker in _values(f"{path}[]", item):
                yield inner, [*value[:index], weaker, *value[index + 1 :]]


def _members(path: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        yield f"{path}.{key}: removed", {name: other for name, other in value.items() if name != key}
        for inner, weaker in _values(f"{path}.{key}", item):
            yield inner, {**value, key: weaker}


def _documents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield weaker forms of a policy document; a lifecycle policy grants nothing."""
    statements = document.get("Statement", [])
    for index, statement in enumerate(statements):
        named = f"{statement['Effect']} {statement.get('Sid') or _first(statement.get('Action'))}"
        if statement["Effect"] == "Deny":
            rest = [*statements[:index], *statements[index + 1 :]]
            yield f"{named}: removed", {**document, "Statement": rest}
        changes = _denials if statement["Effect"] == "Deny" else _allowances
        for what, changed in changes(statement):
            weaker = [*statements[:index], changed, *statements[index + 1 :]]
            yield f"{named} {what}", {**document, "Statement": weaker}


def _allowances(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    service = _first(statement["Action"]).split(":")[0]
    for actions in (f"{service}:*", "*"):
        if statement["Action"] != actions:
            yield f"Action: {actions}", {**statement, "Action": actions}
    if "Resource" in statement and statement["Resource"] != "*":
        yield "Resource: *", {**statement, "Resource": "*"}
        for index, arn in enumerate(_listed(statement["Resource"])):
            others = _listed(statement["Resource"])
            prefix = ":".join(arn.split(":")[:5])
            yield (
                "Resource: any name",
                {**statement, "Resource": [*others[:index], f"{prefix}:*", *others[index + 1 :]]},
            )
    if "Principal" in statement:
        yield "Principal: *", {**statement, "Principal": "*"}
        yield "Principal: AWS *", {**statement, "Principal": {"AWS": "*"}}
    yield from _conditions(statement)


def _conditions(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    conditions = statement.get("Condition", {})
    if conditions:
        yield "Condition: removed", {key: value for key, value in statement.items() if key != "Condition"}
    for operator, tests in conditions.items():
        for key in tests:
            rest = copy.deepcopy(conditions)
            del rest[operator][key]
            if not rest[operator]:
                del rest[operator]
            if rest:
                yield f"Condition {key}: removed", {**statement, "Condition": rest}
            vacuous = copy.deepcopy(conditions)
            del vacuous[operator][key]
            vacuous.setdefault("StringLike", {})[key] = "*"
            yield (
                f"Condition {key}: *",
                {**statement, "Condition": {name: each for name, each in vacuous.items() if each}},
            )


def _denials(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A Deny is weaker when it refuses less."""
    service = _first(statement["Action"]).split(":")[0]
    yield "Action: one", {**statement, "Action": f"{service}:GetBucketLocation"}
    yield "Principal: one", {**statement, "Principal": {"AWS": STRANGER}}
    resources = _listed(statement.get("Resource"))
    for index in range(len(resources) if len(resources) > 1 else 0):
        yield "Resource: one less", {**statement, "Resource": [*resources[:index], *resources[index + 1 :]]}
    conditions = statement.get("Condition", {})
    for operator, tests in conditions.items():
        others = {name: each for name, each in conditions.items() if name != operator}
        if operator != "Null":
            is_bool = operator.startswith("Bool")
            turned = {operator: dict.fromkeys(tests, "true")} if is_bool else {_turned(operator): tests}
            yield f"Condition {'|'.join(tests)}: turned", {**statement, "Condition": {**others, **turned}}
    yield "Effect: Allow", {**statement, "Effect": "Allow"}


def _turned(operator: str) -> str:
    return operator.replace("Not", "") if "Not" in operator else operator.replace("LessThan", "GreaterThan")


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _first(value: Any) -> str:
    return str(_listed(value)[0])
