"""All rules, found by reading the modules in `rules/`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from . import rules
from .rule import Profile, ResourceCheck, Rule, StackCheck

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

ANY_TYPE = "*"


class Registry:
    """The rules by id and by the type of resource they look at."""

    def __init__(self, all_rules: Iterable[Rule]) -> None:
        self.rules: dict[str, Rule] = {}
        for rule in all_rules:
            if rule.id in self.rules:
                raise ValueError(f"two rules have the id {rule.id}: ids are stable names, give one of them another")
            if not rule.resource_checks and not rule.stack_checks:
                raise ValueError(f"rule {rule.id} checks nothing: add a check with @{rule.id}.on(...) or .across(...)")
            self.rules[rule.id] = rule

    @property
    def services(self) -> set[str]:
        """The services that have rules."""
        return {rule.service for rule in self.rules.values()}

    def of_profile(self, profile: Profile) -> Registry:
        """Return the rules that run under `profile`."""
        return Registry(
            rule for rule in self.rules.values() if profile is Profile.STRICT or rule.profile is Profile.BASELINE
        )

    def resource_checks(self, type_: str) -> Iterator[tuple[Rule, ResourceCheck]]:
        """Yield what looks at a single resource of this type."""
        for rule in self.rules.values():
            for types, check in rule.resource_checks:
                if type_ in types or ANY_TYPE in types:
                    yield rule, check

    def stack_checks(self) -> Iterator[tuple[Rule, frozenset[str], StackCheck]]:
        """Yield what looks at the stack as a whole, with the types of its subjects."""
        for rule in self.rules.values():
            for types, check in rule.stack_checks:
                yield rule, types, check


def load() -> Registry:
    """Return every rule of every module in `rules/`."""
    return Registry(rule for module in _modules() for rule in vars(module).values() if isinstance(rule, Rule))


def _modules() -> Iterator[ModuleType]:
    for found in sorted(pkgutil.iter_modules(rules.__path__), key=lambda module: module.name):
        yield importlib.import_module(f"{rules.__name__}.{found.name}")
