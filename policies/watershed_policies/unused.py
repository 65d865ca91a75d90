"""Exemptions that nothing needs (any more): each is an error, so that the list says what is really let through.

Whether one is needed is known at the end of a run over the whole stack. A value that only `up` can tell may still break
the rule, so until it is known its exemption waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .settings import Level

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .exemptions import Exemption, Exemptions
    from .resource import Resource


@dataclass
class Usage:
    """What became of the exemptions during one run."""

    used: set[Exemption] = field(default_factory=set)
    # (rule id, URN) of the checks that met a value which is not known yet.
    undecided: set[tuple[str, str]] = field(default_factory=set)

    def waits(self, exemption: Exemption, resource: Resource) -> bool:
        """Say whether the rule may still find fault with the resource when all is known."""
        return (exemption.rule, resource.urn) in self.undecided


def judge(
    exemptions: Exemptions, usage: Usage, resources: Collection[Resource], running: Collection[str]
) -> Iterator[tuple[Level, str]]:
    """Yield what is to be said of each exemption that covered no finding; `running` are the rules that are not off."""
    for exemption in exemptions.active:
        if exemption in usage.used:
            continue
        named = [resource for resource in resources if exemption.resource in (resource.name, resource.urn)]
        waiting = exemption.rule in running and any(usage.waits(exemption, resource) for resource in named)
        if waiting:
            yield Level.ADVISORY, f"{_what(exemption)} is {exemption} (not needed so far; `up` will tell)"
        else:
            yield Level.MANDATORY, f"{_what(exemption)} is unused: {_why(exemption, named, running)}.\n  Fix: remove it"


def _what(exemption: Exemption) -> str:
    grant = f" ({exemption.grant})" if exemption.grant else ""
    return f'EXEMPTION: the exemption of "{exemption.resource}" from {exemption.rule}{grant}'


def _why(exemption: Exemption, named: Collection[Resource], running: Collection[str]) -> str:
    if exemption.rule not in running:
        return "the rule is off in this stack"
    return "the resource keeps the rule" if named else "no resource of the stack has that name"
