"""Other tools' checks beside ours: which rule of ours does the same, and where we differ and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .rule import Rule


@dataclass(frozen=True)
class Peers:
    """The checks by service, and the reasons for those that no rule of ours repeats."""

    coverage: Mapping[str, tuple[str, ...]]
    different: Mapping[str, str]
    # What a rule should do and none does: a list to be emptied.
    not_yet: frozenset[str] = frozenset()

    @property
    def checks(self) -> list[str]:
        """All checks, in the order of the services."""
        return [check for checks in self.coverage.values() for check in checks]


def load() -> Peers:
    """Read the data beside this module."""
    data = tomllib.loads(resources.files(__package__).joinpath("peers.toml").read_text(encoding="utf-8"))
    return Peers(
        coverage={each["service"]: tuple(each["checks"]) for each in data["coverage"]},
        different={check: each["reason"] for each in data.get("different", ()) for check in each["checks"]},
        not_yet=frozenset(data.get("not_yet", ())),
    )


def rules_for(check: str, rules: Iterable[Rule]) -> list[Rule]:
    """Return our rules that look for the same as another tool's check."""
    return [rule for rule in rules if check in (*rule.peers, *rule.frameworks)]
