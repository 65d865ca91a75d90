"""No rule fails on values that a program should not give, or cannot give yet: it judges them or says nothing."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime import rpc
from watershed_policies import registry

from tests.policy.harness import check
from tests.policy.test_rules import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.policy.cases import Case
    from tests.policy.harness import Recorded

ODD_VALUES: tuple[Any, ...] = (rpc.UNKNOWN, None, [], {}, "x", 5, [None], [{}], True)
CASES_A_RULE = 4
CHANGES_A_CASE = 12


def of_rule(rule: str) -> list[Case]:
    """Return a few cases of a rule, the same ones each time."""
    found = [case for case in CASES if case.rule == rule]
    return random.Random(rule).sample(found, min(CASES_A_RULE, len(found)))


@pytest.mark.parametrize("rule", sorted(registry.load().rules))
def test_a_rule_does_not_fail_on_odd_values(rule: str) -> None:
    chance = random.Random(rule)
    for case in of_rule(rule):
        changes = [(index, odd) for index, resource in enumerate(case.resources) for odd in odd_ones(resource)]
        for index, odd in chance.sample(changes, min(CHANGES_A_CASE, len(changes))):
            resources = [*case.resources[:index], odd, *case.resources[index + 1 :]]
            failed = [one.message for one in check(resources, profile="strict") if "the rule itself" in one.message]

            assert failed == [], odd.inputs


def odd_ones(resource: Recorded) -> Iterator[Recorded]:
    """Yield copies of a resource with one value changed, at any depth and in JSON texts too."""
    for path in paths(resource.inputs):
        for value in ODD_VALUES:
            yield with_inputs(resource, changed(resource.inputs, path, value))
    for name, text in resource.inputs.items():
        document = parsed(text)
        for path in paths(document):
            for value in ODD_VALUES[1:]:
                yield with_inputs(resource, {**resource.inputs, name: json.dumps(changed(document, path, value))})


def with_inputs(resource: Recorded, inputs: Any) -> Recorded:
    return replace(resource, inputs=inputs, outputs={**resource.outputs, **inputs})


def paths(value: Any, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands in a value."""
    if prefix:
        yield prefix
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in entries:
        yield from paths(item, (*prefix, step))


def changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """Return a copy of a value that is odd at one place."""
    result = place = copy.deepcopy(dict(value) if isinstance(value, dict) else value)
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = odd
    return result


def parsed(text: Any) -> Any:
    """Return what a JSON text holds, None for any other value."""
    try:
        return json.loads(text) if isinstance(text, str) and text[:1] in ("{", "[") else None
    except ValueError:
        return None
