"""Event patterns: what EventBridge would refuse in one, and which events one matches.

Source: Amazon EventBridge User Guide, "Event pattern syntax", "Comparison operators for use in event patterns", and
"Amazon EventBridge quotas".
"""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from .pattern_operators import OPERATORS, same

MAX_PATTERN = 2_048
"""Characters of a pattern, by default ("Amazon EventBridge quotas": "Event pattern size")."""
MAX_COMBINATIONS = 1_000
"""Ways to meet a pattern's `$or` ("OR matching")."""
FIELDS = (
    *("version", "id", "source", "account", "time", "region", "resources"),
    *("detail-type", "detail", "replay-name"),
)
"""What an event has ("AWS service event metadata"); of those that are replayed, `replay-name`."""

Pattern = Mapping[str, Any]
Event = Mapping[str, Any]


class PatternError(ValueError):
    """What EventBridge would refuse, or could never match, with where it stands in the pattern."""


def check(pattern: Pattern) -> None:
    """Raise PatternError for a pattern that EventBridge would refuse, or that no event can match."""
    for field in pattern:
        if field != "$or":
            _check_field(field)
    _alternatives(pattern, "")
    if len(text(pattern)) > MAX_PATTERN:
        raise PatternError(
            f"the pattern has {len(text(pattern)):,} characters, EventBridge accepts {MAX_PATTERN:,}: shorten it, or "
            "split it between two rules"
        )


def matches(pattern: Pattern, event: Event) -> bool:
    """Say whether an event matches; an event may be a part of one. Raises PatternError as `check` does."""
    for field in event:
        _check_field(field)
    return any(_object(alternative, event) for alternative in _alternatives(pattern, ""))


def text(pattern: Pattern) -> str:
    """Return the pattern as it is deployed."""
    return json.dumps(pattern, separators=(",", ":"))


def _check_field(field: str) -> None:
    if field not in FIELDS:
        near = get_close_matches(field, FIELDS, n=1)
        meant = f": was {near[0]!r} meant?" if near else f"; there are {', '.join(FIELDS)}"
        raise PatternError(f"{field!r} is no field of an event{meant}")


def _alternatives(pattern: Any, where: str) -> list[dict[str, Any]]:
    """Return the patterns without `$or` of which one must match."""
    if not isinstance(pattern, Mapping) or not pattern:
        raise PatternError(
            f"{where or 'the pattern'}: give fields, each with a list of values or with fields of its own"
        )
    found: list[dict[str, Any]] = [{}]
    for field, wanted in pattern.items():
        path = f"{where}.{field}" if where else str(field)
        if field == "$or":
            branches = _branches(wanted, path)
        elif "." in field:
            raise PatternError(f"{path}: a field's name holds no period here: nest one field in the other")
        elif isinstance(wanted, Mapping):
            branches = [{field: each} for each in _alternatives(wanted, path)]
        else:
            _check_values(wanted, path)
            branches = [{field: wanted}]
        if len(found) * len(branches) > MAX_COMBINATIONS:
            raise PatternError(f"{path}: the pattern can be met in more than {MAX_COMBINATIONS:,} ways")
        found = [_both(one, other, where) for one in found for other in branches]
    return found


def _branches(wanted: Any, path: str) -> list[dict[str, Any]]:
    if not isinstance(wanted, list) or len(wanted) < 2:
        raise PatternError(f"{path}: give a list of two patterns or more")
    for branch in wanted:
        for field in branch if isinstance(branch, Mapping) else ():
            if field in OPERATORS:
                raise PatternError(f"{path}: {field!r} is an operator, not a field: give the field it is about")
    return [each for position, branch in enumerate(wanted) for each in _alternatives(branch, f"{path}[{position}]")]


def _both(one: dict[str, Any], other: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the pattern that asks for both; EventBridge would forget the one that comes first."""
    merged = dict(one)
    for field, wanted in other.items():
        if field not in merged:
            merged[field] = wanted
        elif isinstance(wanted, dict) and isinstance(merged[field], dict):
            merged[field] = _both(merged[field], wanted, f"{where}.{field}" if where else field)
        else:
            path = f"{where}.{field}" if where else field
            raise PatternError(
                f"{path} stands in $or and beside it, of which EventBridge forgets one: write one of them"
            )
    return merged


def _check_values(wanted: Any, path: str) -> None:
    if not isinstance(wanted, list):
        raise PatternError(f"{path}: give a list of values, [{json.dumps(wanted, default=str)}]")
    if not wanted:
        raise PatternError(f"{path}: an empty list matches nothing: give a value")
    for value in wanted:
        if isinstance(value, Mapping):
            _check_operator(value, path)
        elif not (value is None or isinstance(value, str | int | float)):
            raise PatternError(f"{path}: {value!r} is no text, number, truth value, null or comparison")


def _check_operator(comparison: Mapping[str, Any], path: str) -> None:
    if len(comparison) != 1:
        raise PatternError(f"{path}: a comparison has one operator; give several in a list, of which one must hold")
    ((name, operand),) = comparison.items()
    if name not in OPERATORS:
        near = get_close_matches(name, OPERATORS, n=1)
        meant = f"was {near[0]!r} meant?" if near else f"there are {', '.join(OPERATORS)}"
        raise PatternError(f"{path}: {name!r} is no operator: {meant}")
    problem = OPERATORS[name].wrong(operand)
    if problem:
        raise PatternError(f"{path}: {name} {problem}")


def _object(pattern: Mapping[str, Any], event: Any) -> bool:
    """All fields must match, and in a list of objects those of one and the same object."""
    for field, wanted in pattern.items():
        present = isinstance(event, Mapping) and field in event
        values = list(_flat(event[field])) if present else []
        if isinstance(wanted, Mapping):
            inside = [value for value in values if isinstance(value, Mapping)]
            if not any(_object(wanted, each) for each in inside or [{}]):
                return False
        elif not _any_value(wanted, [value for value in values if not isinstance(value, Mapping)]):
            return False
    return True


def _any_value(wanted: list[Any], leaves: list[Any]) -> bool:
    for value in wanted:
        if not isinstance(value, Mapping):
            if any(same(value, leaf) for leaf in leaves):
                return True
            continue
        ((name, operand),) = value.items()
        if name == "exists":
            if operand is bool(leaves):
                return True
        elif any(OPERATORS[name].holds(operand, leaf) for leaf in leaves):
            return True
    return False


def _flat(value: Any) -> Iterator[Any]:
    """Yield what stands in a list, however deep: one of them must match."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each)
    else:
        yield value
