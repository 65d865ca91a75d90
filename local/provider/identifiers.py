"""Pulumi ids: made of a resource's properties, and taken apart again by an import."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from .binding import BoundResource
from .table import State


def identifier_of(resource: BoundResource, state: Mapping[str, Any]) -> str:
    """The resource's id, which may differ from what it is imported by."""
    known = strings(state)
    if "{digest}" in resource.resource.id:
        inputs = {name: state[name] for name in sorted(resource.schema.inputs) if name in state}
        known["digest"] = hashlib.sha256(json.dumps(inputs, default=str, sort_keys=True).encode()).hexdigest()[:12]
    try:
        return resource.resource.id.format_map(known)
    except KeyError as error:
        raise ValueError(f"{resource.resource.token}: AWS did not answer {error}, which its id is made of") from error


def parts_of(resource: BoundResource, identifier: str) -> State:
    """The properties an id is made of: what an import knows."""
    template = resource.resource.import_id or resource.resource.id
    names = _names_in(template)
    literal = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    pattern = literal
    for index, name in enumerate(names):
        greedy = "(.+)" if index == len(names) - 1 else "(.+?)"
        pattern = pattern.replace(f"{{{name}}}", greedy, 1)
    match = re.fullmatch(pattern, identifier)
    if match is None:
        raise ValueError(f"{identifier!r} is not what {resource.resource.token} is imported by: {template}")
    return {name: part for name, part in zip(names, match.groups(), strict=True) if name != "digest"}


def names_in_ids(resource: BoundResource) -> set[str]:
    """The properties that say which resource it is."""
    return {*resource.identity, *_names_in(resource.resource.id), *_names_in(resource.resource.import_id)}


def strings(state: Mapping[str, Any]) -> dict[str, str]:
    """The properties that a template can hold."""
    return {name: str(value) for name, value in state.items() if isinstance(value, (str, int)) and value != ""}


def _names_in(template: str) -> list[str]:
    return re.findall(r"{(\w+)}", template)
