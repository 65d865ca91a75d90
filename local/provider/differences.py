"""Diff: which inputs have changed, by meaning, and whether AWS can change them in place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .binding import BoundResource
from .checking import DEFAULTS
from .values import Asset, Unknown, has_unknown, plain

Change = Literal["add", "update", "delete"]


@dataclass(frozen=True)
class Difference:
    """What separates the deployed inputs from the new ones."""

    changes: Mapping[str, Change]
    replaces: frozenset[str]
    delete_first: bool


def difference(resource: BoundResource, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """The difference between two sets of checked inputs; `old` may hold outputs for inputs filled in by default."""
    changes: dict[str, Change] = {}
    for name in sorted((set(old) | set(new)) - {DEFAULTS}):
        if not same(resource, name, old.get(name), new.get(name)):
            changes[name] = "add" if name not in old else "delete" if name not in new else "update"
    replaces = frozenset(name for name in changes if name not in resource.updatable)
    return Difference(changes, replaces, bool(replaces) and _name_stays(resource, old, new))


def same(resource: BoundResource, name: str, old: Any, new: Any) -> bool:
    """Whether two values of a property mean the same to AWS."""
    before, after = plain(old), plain(new)
    if name in resource.resource.policies or name in resource.resource.json:
        before, after = (_document(value, name in resource.resource.policies) for value in (before, after))
    return _equal(before, after)


def same_ignoring_order(resource: BoundResource, name: str, old: Any, new: Any) -> bool:
    """Like `same`, for what AWS may answer in another order."""
    return same(resource, name, _ordered(plain(old)), _ordered(plain(new)))


def _name_stays(resource: BoundResource, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """AWS cannot have both: the replacement would have the same name."""
    rule = resource.resource.name
    if rule and rule.property in new.get(DEFAULTS, ()):
        return False
    return bool(resource.identity) and all(_equal(plain(old.get(n)), plain(new.get(n))) for n in resource.identity)


def _equal(old: Any, new: Any) -> bool:
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return False
    if isinstance(old, Asset) and isinstance(new, Asset):
        return old.hash == new.hash and not has_unknown(new) and bool(new.hash or old.fields == new.fields)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if _chosen(old) and _chosen(new) and not _chosen(old) & _chosen(new):
            # WAF's {"count": {}} and {"block": {}} say what they say by their names alone.
            return False
        return all(_equal(old.get(key), new.get(key)) for key in (set(old) | set(new)) - {DEFAULTS})
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_equal(*pair) for pair in zip(old, new, strict=True))
    return bool(old == new) or (_empty(old) and _empty(new))


def _chosen(value: Mapping[str, Any]) -> set[str]:
    return {key for key, entry in value.items() if entry is not None} - {DEFAULTS}


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _document(value: Any, policy: bool) -> Any:
    if not isinstance(value, str):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return value
    return _policy(document) if policy else document


def _policy(node: Any) -> Any:
    """An IAM policy in one spelling: AWS takes a string for a list of one, and lists in any order."""
    if isinstance(node, dict):
        return {key: _policy(node[key]) for key in sorted(node)}
    if isinstance(node, list):
        entries = sorted((_policy(entry) for entry in node), key=repr)
        return entries[0] if len(entries) == 1 else entries
    return str(node).lower() if isinstance(node, bool) else node


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((_ordered(item) for item in value), key=repr)
    return value
