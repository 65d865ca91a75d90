"""What a rule is: a stable id, what it demands, and one or more checks that find where the demand is not met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .resource import Resource, Stack
from .settings import Settings


class Severity(StrEnum):
    """How bad it is when the rule is broken."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Profile(StrEnum):
    """Which set of rules a rule belongs to: `baseline` always runs, `strict` where the settings ask for it."""

    BASELINE = "baseline"
    STRICT = "strict"


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken: what is wrong, and the code that puts it right."""

    problem: str
    fix: str
    # IAM only: the "action on resource" pair, which an exemption must name exactly.
    grant: str | None = None


ResourceCheck = Callable[[Resource, Settings], Iterable[Finding]]
StackCheck = Callable[[Resource, Stack], Iterable[Finding]]
# The properties to deploy instead; None where that is not possible or not safe.
Change = Callable[[Resource, Settings], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Remedy:
    """How the pack itself can put right what a rule finds in a resource, where the config file asks for it."""

    # What it does, in the words of a person: "sets retention_in_days to 365".
    does: str
    types: frozenset[str]
    change: Change


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule; its checks are added by the decorators `on` and `across`, a remedy by `remedy`."""

    id: str
    title: str
    severity: Severity
    why: str
    # Public standards that ask for the same: "FSBP S3.5", "CIS 3.8", "NIST 800-53 SC-28", "PCI DSS 3.5".
    frameworks: tuple[str, ...] = ()
    # Rules of other tools that look for the same: "cdk-nag S10", "Checkov CKV_AWS_18", "Trivy AWS-0089".
    peers: tuple[str, ...] = ()
    profile: Profile = Profile.BASELINE
    # Findings are about an action on a resource, and an exemption must name that pair.
    by_grant: bool = False
    resource_checks: list[tuple[frozenset[str], ResourceCheck]] = field(default_factory=list)
    stack_checks: list[tuple[frozenset[str], StackCheck]] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)

    @property
    def service(self) -> str:
        """The service of the rule, as levels name it: `s3`."""
        return self.id.split("-", 1)[0].lower()

    def on(self, *types: str) -> Callable[[ResourceCheck], ResourceCheck]:
        """Check each resource of these types by itself, before it is created or changed."""

        def add(check: ResourceCheck) -> ResourceCheck:
            self.resource_checks.append((frozenset(types), check))
            return check

        return add

    def across(self, *types: str) -> Callable[[StackCheck], StackCheck]:
        """Check each resource of these types together with the rest of the stack.

        Stack checks run when every step has succeeded, so they stop a deploy only at preview: write them so that
        they decide from what preview knows.
        """

        def add(check: StackCheck) -> StackCheck:
            self.stack_checks.append((frozenset(types), check))
            return check

        return add

    def remedy(self, does: str, *types: str) -> Callable[[Change], Change]:
        """Offer to put a resource of these types right: only by adding, and only what cannot be meant otherwise."""

        def add(change: Change) -> Change:
            self.remedies.append(Remedy(does, frozenset(types), change))
            return change

        return add
