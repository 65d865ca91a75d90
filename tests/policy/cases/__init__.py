"""The cases of every rule: what it must refuse and what it must let pass, one module a service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.policy.harness import Recorded


@dataclass(frozen=True)
class Case:
    """A few resources, and whether a rule refuses them."""

    rule: str
    title: str
    refused: bool
    resources: tuple[Recorded, ...]
    # Only the text of a policy tells that it is good: a first preview, where that is unknown, refuses it.
    told_by_documents: bool = False

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def bad(rule: str, title: str, *resources: Recorded) -> Case:
    """Return resources that the rule must refuse."""
    return Case(rule, title, True, resources)


def good(rule: str, title: str, *resources: Recorded, told_by_documents: bool = False) -> Case:
    """Return resources that the rule must let pass."""
    return Case(rule, title, False, resources, told_by_documents)
