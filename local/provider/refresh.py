"""What a refresh or an import makes of what AWS answered: the inputs it means."""

from collections.abc import Mapping
from typing import Any

from .binding import BoundResource
from .differences import same_ignoring_order
from .schema import PropertyType
from .table import State
from .values import Secret, has_secret, plain


def refreshed_inputs(resource: BoundResource, old: Mapping[str, Any], found: State) -> State:
    """The inputs after a refresh, where AWS differs from them; for an import (no old ones), all that AWS has set."""
    readable = resource.schema.inputs - set(resource.resource.local) - set(resource.resource.unread)
    inputs: State = {}
    if old:
        for name, value in old.items():
            if name not in readable or name not in found:
                silent = plain(value) in (None, "", [], {}, False, resource.resource.defaults.get(name))
                if silent or name not in readable or not _readable(resource, name):
                    inputs[name] = value
            elif same_ignoring_order(
                resource, name, value, _like(resource.schema.properties[name], plain(value), found[name])
            ):
                inputs[name] = value
            else:
                inputs[name] = Secret(found[name]) if has_secret(value) else found[name]
        if found.get("tags") and "tags" not in old:
            inputs["tags"] = found["tags"]
        return inputs
    for name in sorted(readable & set(found)):
        value = _pruned(found[name])
        if name != "region" and value not in ("", [], {}, None) and value != resource.resource.defaults.get(name):
            inputs[name] = value
    return inputs


def _readable(resource: BoundResource, name: str) -> bool:
    """Whether AWS tells this property when it is set, so that its absence means that it was removed."""
    return any(name == field.name for call in resource.read for field in call.answered)


def _like(kind: PropertyType, old: Any, found: Any) -> Any:
    """`found` without what the program never set: AWS answers its defaults inside structures."""
    if kind.kind == "object" and isinstance(old, dict) and isinstance(found, dict):
        known = {key: value for key, value in found.items() if key in old and key in kind.properties}
        return {key: _like(kind.properties[key], old[key], value) for key, value in known.items()}
    if kind.item and isinstance(old, list) and isinstance(found, list) and len(old) == len(found):
        return [_like(kind.item, *pair) for pair in zip(old, found, strict=True)]
    return found


def _pruned(value: Any) -> Any:
    """`value` without what AWS answers for "nothing"."""
    if isinstance(value, dict):
        kept = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ("", [], None)}
    return [_pruned(item) for item in value] if isinstance(value, list) else value
