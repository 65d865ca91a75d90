"""Every rule refuses what it must and nothing else, at `up` and, where it can tell, at a first preview."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest
from pulumi._types import input_type_py_to_pulumi_names
from watershed_policies import registry

from tests.policy import cases
from tests.policy.harness import check
from tests.policy.resources import arguments_of, before_creation

if TYPE_CHECKING:
    from tests.policy.cases import Case

MODULES = sorted(found.name for found in pkgutil.iter_modules(cases.__path__))
CASES: list[Case] = [case for name in MODULES for case in importlib.import_module(f"{cases.__name__}.{name}").CASES]
RULES = registry.load().rules


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_refuses_what_it_must_and_nothing_else(case: Case) -> None:
    found = check(case.resources, profile="strict", only=case.rule)

    assert bool(found) == case.refused, [violation.message for violation in found]


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=str)
def test_what_is_good_is_not_refused_while_values_are_unknown(case: Case) -> None:
    unknown = [before_creation(resource, documents=not case.told_by_documents) for resource in case.resources]
    found = check(unknown, profile="strict", only=case.rule)

    assert found == [], [violation.message for violation in found]


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=str)
def test_what_is_bad_is_refused_at_preview_though_references_are_unknown(case: Case) -> None:
    found = check([before_creation(resource) for resource in case.resources], profile="strict", only=case.rule)

    assert found


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_case_it_refuses_and_two_it_lets_pass(rule: str) -> None:
    refused = [case.refused for case in CASES if case.rule == rule]

    assert refused.count(True) >= 1
    assert refused.count(False) >= 2


def test_the_cases_spell_properties_as_pulumi_aws_does() -> None:
    unknown = {
        f"{resource.type}.{name}"
        for case in CASES
        for resource in case.resources
        if resource.type.startswith("aws:")
        for name in resource.inputs
        if name not in _properties(resource.type)
    }

    assert unknown == set()


def _properties(type_: str) -> set[str]:
    return set(input_type_py_to_pulumi_names(arguments_of(type_)).values())
