"""Runs a check so that nothing it does can stop the engine: an exception that escaped would end the whole run."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .values import UndecidedError, unknown_values_met

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .rule import Finding, Rule


@dataclass(frozen=True)
class Crash:
    """A check that raised: reported as a mandatory violation, because an unchecked resource is not a good one."""

    rule_id: str
    problem: str


class Findings(list["Finding"]):
    """What a check found, and whether it knew all that it asked for."""

    decided = True


def run(rule: Rule, check: Callable[[], Iterable[Finding]]) -> Findings | Crash:
    """Return what the check finds, nothing while a value it needs is unknown, or the crash.

    A check that is undecided keeps what it found before: that will not become right by what follows.
    """
    findings = Findings()
    before = unknown_values_met()
    try:
        findings.extend(_until_undecided(check))
    except Exception as error:
        return Crash(rule.id, describe(error))
    findings.decided = unknown_values_met() == before
    return findings


def _until_undecided(check: Callable[[], Iterable[Finding]]) -> Iterable[Finding]:
    try:
        yield from check()
    except UndecidedError:
        return


def describe(error: Exception) -> str:
    """Say what was raised and where; never the message, which may quote a secret property."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    file = "/".join(Path(frames[-1].filename).parts[-2:])
    return f"{type(error).__name__} at {file}:{frames[-1].lineno}"
