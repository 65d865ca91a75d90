"""What the policy pack said of a stack, read from the messages that reach the engine's users."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SOON = dt.timedelta(days=30)
# The pack's rule for the exemptions themselves.
EXEMPTION = "EXEMPTION"
SEVERITIES = ("critical", "high", "medium", "low")

_RULE = r"(?P<rule>[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)"
_VIOLATION = re.compile(
    _RULE + r"(?: \((?P<severity>\w+)\))?: (?P<problem>.*?)(?:\s*\n\s*Fix: (?P<fix>.*))?", re.DOTALL
)
_EXEMPTED = re.compile(
    _RULE + r": (?P<what>.*?) (?:is )?exempted until (?P<expires>\d{4}-\d\d-\d\d) by (?P<owner>.*?): (?P<reason>.*)",
    re.DOTALL,
)
_WAITS = " (not needed so far; `up` will tell)"


class State(StrEnum):
    """What an exemption does in this run."""

    USED = "used"
    EXPIRING = "expiring soon"
    WAITS = "not needed so far"


@dataclass(frozen=True)
class PolicyFinding:
    """One thing that breaks a rule."""

    rule: str
    severity: str
    level: str
    resource: str
    urn: str
    problem: str
    fix: str

    @property
    def stops(self) -> bool:
        """Whether it stops the deploy."""
        return self.level == "mandatory"

    @property
    def rank(self) -> int:
        """How bad it is: 0 is the worst."""
        return SEVERITIES.index(self.severity) if self.severity in SEVERITIES else len(SEVERITIES)


@dataclass(frozen=True)
class UsedExemption:
    """One exemption that is in force."""

    rule: str
    what: str
    urn: str
    owner: str
    reason: str
    expires: str
    state: State


@dataclass(frozen=True)
class PolicyCheck:
    """The result of `watershed policies check`."""

    project: str
    stack: str
    packs: Mapping[str, str]
    rules: int
    findings: list[PolicyFinding]
    exemptions: list[UsedExemption]
    taken_as_given: list[str] = field(default_factory=list)
    """What the local provider does not know, and the rules judged by what the program says of it alone."""
    errors: list[str] = field(default_factory=list)
    """Why the preview broke off: what would have come after is not judged."""

    @property
    def refused(self) -> bool:
        """Whether the deploy would be stopped."""
        return any(finding.stops for finding in self.findings)

    def as_document(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return {**asdict(self), "refused": self.refused}


def read(report: Any, today: dt.date) -> PolicyCheck:
    """Return the policy side of a preview's report."""
    policy = report.policy
    return PolicyCheck(
        project=report.project,
        stack=report.stack,
        packs=dict(policy.packs),
        rules=policy.rules,
        findings=sorted(
            (_finding(found) for found in [*policy.violations, *policy.advisories]),
            key=lambda finding: (not finding.stops, finding.rule, finding.urn, finding.problem),
        ),
        exemptions=list(_exemptions(policy.exemptions, today)),
        taken_as_given=list(report.taken_as_given),
        errors=list(report.errors),
    )


def _finding(found: Any) -> PolicyFinding:
    read_message = _VIOLATION.fullmatch(found.message.strip())
    given = read_message.groupdict() if read_message else {"rule": found.policy, "problem": found.message.strip()}
    return PolicyFinding(
        rule=given["rule"],
        # A pack of the project's own says nothing of severity; ours says nothing for what is wrong with itself.
        severity=given.get("severity") or "medium",
        level=found.level,
        resource=_name(found.resource),
        urn=found.resource,
        problem=given["problem"],
        fix=given.get("fix") or "",
    )


def _exemptions(found: Iterable[Any], today: dt.date) -> Iterable[UsedExemption]:
    for each in found:
        given = _EXEMPTED.fullmatch(each.message.strip())
        if given is None:
            continue
        waits = given["reason"].endswith(_WAITS)
        expiring = dt.date.fromisoformat(given["expires"]) <= today + SOON
        yield UsedExemption(
            rule=given["rule"],
            what=given["what"],
            urn=each.resource,
            owner=given["owner"],
            reason=given["reason"].removesuffix(_WAITS),
            expires=given["expires"],
            state=State.WAITS if waits else State.EXPIRING if expiring else State.USED,
        )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2] or "the stack"
