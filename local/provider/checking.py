"""Check: fills in names, defaults and default tags, and refuses what AWS would refuse, before anything is created."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .binding import BoundResource
from .forms import Problem
from .naming import Proposal, automatic_name
from .schema import ResourceSchema
from .values import Secret, Unknown, has_secret, plain

DEFAULTS = "__defaults"
"""The input in which the official provider, too, keeps the names of the inputs it filled in."""


@dataclass(frozen=True)
class Surroundings:
    """What a check must know beside the inputs."""

    logical_name: str
    region: str
    seed: bytes = b""
    proposal: Proposal | None = None
    default_tags: Mapping[str, str] = field(default_factory=dict)


def check(
    resource: BoundResource, old: Mapping[str, Any], new: Mapping[str, Any], around: Surroundings
) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs as they will be deployed, and what is wrong with them."""
    inputs = {name: value for name, value in new.items() if value is not None and name != DEFAULTS}
    problems = _refused(resource, inputs, around)
    _spell_documents(resource, inputs)
    add_default_tags(resource.schema, inputs, around)
    filled = _fill_defaults(resource, inputs)
    filled += _fill_name(resource, old, inputs, around, problems)
    inputs[DEFAULTS] = sorted(filled)
    if not problems:
        problems += resource.problems(deployed(inputs))
    return inputs, [_without_secrets(problem, inputs) for problem in problems]


def deployed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as the AWS calls take them: plain, with `tagsAll`."""
    state: dict[str, Any] = plain({name: value for name, value in inputs.items() if name != DEFAULTS})
    if state.get("tags"):
        state["tagsAll"] = state["tags"]
    return state


def add_default_tags(schema: ResourceSchema, inputs: dict[str, Any], around: Surroundings) -> None:
    """Add the provider's default tags, under the resource's own, to a type that has tags."""
    if not around.default_tags or "tags" not in schema.inputs:
        return
    own = inputs.get("tags", {})
    if isinstance(own, Secret):
        inputs["tags"] = Secret({**around.default_tags, **own.value})
    elif not isinstance(own, Unknown):
        inputs["tags"] = {**around.default_tags, **own}


def _without_secrets(problem: Problem, inputs: Mapping[str, Any]) -> Problem:
    """A problem shows the value at fault; a secret is never shown."""
    name = re.split(r"[.\[]", problem.path, maxsplit=1)[0]
    if not has_secret(inputs.get(name)):
        return problem
    return Problem(problem.path, "is a secret whose value AWS would refuse: check its length, characters and choices")


def _refused(resource: BoundResource, inputs: Mapping[str, Any], around: Surroundings) -> list[Problem]:
    problems = []
    for name, value in inputs.items():
        if name in resource.resource.unsupported:
            problems.append(
                Problem(name, f"is not supported by the local stage: {resource.resource.unsupported[name]}")
            )
        elif name not in resource.schema.inputs:
            problems.append(Problem(name, f"is not a property of {resource.resource.token}"))
        elif name not in resource.supported:
            problems.append(Problem(name, "has no AWS parameter that the local aws provider knows"))
        elif name == "region" and value != around.region and resource.resource.support == "emulated":
            problems.append(Problem(name, f"is {value}, but the local stage has one region, {around.region}"))
    return problems


def _spell_documents(resource: BoundResource, inputs: dict[str, Any]) -> None:
    """A JSON document may be given as an object: AWS and state have it as text."""
    for name in (*resource.resource.json, *resource.resource.policies):
        value = inputs.get(name)
        if isinstance(value, (dict, list)):
            inputs[name] = json.dumps(value)


def _fill_defaults(resource: BoundResource, inputs: dict[str, Any]) -> list[str]:
    missing = [name for name in resource.resource.defaults if name not in inputs]
    inputs.update({name: resource.resource.defaults[name] for name in missing})
    return missing


def _fill_name(
    resource: BoundResource,
    old: Mapping[str, Any],
    inputs: dict[str, Any],
    around: Surroundings,
    problems: list[Problem],
) -> list[str]:
    rule = resource.resource.name
    if rule is None or rule.property in inputs:
        return []
    known = old.get(rule.property)
    same_prefix = plain(old.get(rule.prefix_property)) == plain(inputs.get(rule.prefix_property))
    if known is not None and same_prefix:
        inputs[rule.property] = known
        return [rule.property]
    values = plain(inputs)
    if isinstance(values.get(rule.prefix_property), Unknown):
        return []
    try:
        name = automatic_name(rule, around.logical_name, values, around.seed, around.proposal)
    except ValueError as error:
        problems.append(Problem(rule.property, str(error)))
        return []
    inputs[rule.property] = name
    return [rule.property]
