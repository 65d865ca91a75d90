"""Runs the rules on resources and turns what they find into violations of the level that the settings give them."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from . import guard, unused
from .registry import ANY_TYPE, Registry
from .resource import Resource, Stack
from .rule import Finding, Profile, Remedy, Rule
from .settings import Level, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .exemptions import Exemptions

ROOT_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Violation:
    """What is shown to the user, for one resource."""

    rule_id: str
    level: Level
    urn: str
    message: str


class Evaluation:
    """The rules, settings and exemptions of one run, and the inputs of every resource seen in it.

    Stack policies are given outputs only, where a provider's defaults and unknown values stand beside what the
    program said. Rules are about what the program said, so the inputs are kept from when each resource was checked.
    """

    def __init__(self, registry: Registry, settings: Settings, exemptions: Exemptions) -> None:
        self.settings = settings
        self.exemptions = exemptions
        self.registry = registry.of_profile(Profile(settings.profile))
        self._inputs: dict[str, Resource] = {}
        self._usage = unused.Usage()
        # What remediations did, and where one failed, to be told when the resource is judged.
        self._remediations: dict[str, list[Violation]] = defaultdict(list)
        self._lock = threading.Lock()

    def resource(self, resource: Resource) -> list[Violation]:
        """Judge one resource by itself."""
        with self._lock:
            self._inputs[resource.urn] = resource
            violations = self._remediations.pop(resource.urn, [])
        if resource.type == ROOT_TYPE:
            violations += self._configuration_problems(resource)
        for rule, check in self.registry.resource_checks(resource.type):
            if self.level(rule) is not Level.DISABLED:
                outcome = guard.run(rule, partial(check, resource, self.settings))
                violations += self._violations(rule, resource, outcome)
        return violations

    def stack(self, resources: Iterable[Resource]) -> list[Violation]:
        """Judge what only the resources together can tell."""
        stack = Stack((self._with_inputs(resource) for resource in resources), self.settings)
        violations: list[Violation] = []
        for rule, types, check in self.registry.stack_checks():
            if self.level(rule) is Level.DISABLED:
                continue
            for subject in stack.resources if ANY_TYPE in types else stack.of_type(*types):
                if subject.urn not in self._inputs:
                    # Only read by the program (`Bucket.get`): somebody else's to judge.
                    continue
                outcome = guard.run(rule, partial(check, subject, stack))
                violations += self._violations(rule, subject, outcome)
        return [*violations, *self._unused_exemptions()]

    def open_findings(self, rule: Rule, resource: Resource) -> list[Finding]:
        """Return what a rule finds in one resource by itself, less what is exempted; nothing if the rule crashes."""
        found: list[Finding] = []
        for types, check in rule.resource_checks:
            if resource.type in types or ANY_TYPE in types:
                outcome = guard.run(rule, partial(check, resource, self.settings))
                found += [] if isinstance(outcome, guard.Crash) else outcome
        return [each for each in found if not self.exemptions.find(rule.id, resource.name, resource.urn, each.grant)]

    def remediated(self, rule: Rule, remedy: Remedy, resource: Resource, found: Iterable[Finding]) -> None:
        """Keep what a remediation put right, to be shown when the resource is judged: its program is still wrong."""
        self._tell(
            resource.urn,
            [
                Violation(rule.id, Level.ADVISORY, resource.urn, _told(rule, resource, each, _remedied(remedy)))
                for each in found
            ],
        )

    def remediation_failed(self, rule: Rule, urn: str, problem: str) -> None:
        """Keep that a remedy crashed, to be reported when the resource is judged."""
        message = (
            f"{rule.id}: the rule's remediation failed ({problem}).\n  Fix: report this as a bug of the policy pack; "
            f'to go on meanwhile, take {rule.id} out of "remediate" in the pack\'s config file'
        )
        self._tell(urn, [Violation(rule.id, Level.MANDATORY, urn, message)])

    def _tell(self, urn: str, violations: list[Violation]) -> None:
        with self._lock:
            self._remediations[urn] += violations

    def _unused_exemptions(self) -> Iterable[Violation]:
        if not self.exemptions.active:
            return []
        root = next((urn for urn, resource in self._inputs.items() if resource.type == ROOT_TYPE), "")
        running = {rule.id for rule in self.registry.rules.values() if self.level(rule) is not Level.DISABLED}
        told = unused.judge(self.exemptions, self._usage, self._inputs.values(), running)
        return [Violation("EXEMPTION", level, root, message) for level, message in told]

    def _with_inputs(self, resource: Resource) -> Resource:
        seen = self._inputs.get(resource.urn)
        return replace(resource, values=seen.values) if seen else resource

    def level(self, rule: Rule) -> Level:
        """Return how strictly a rule is taken in this run."""
        return self.settings.level_of(rule.id, rule.service)

    def _violations(self, rule: Rule, resource: Resource, outcome: guard.Findings | guard.Crash) -> Iterable[Violation]:
        if isinstance(outcome, guard.Crash):
            return [Violation(rule.id, Level.MANDATORY, resource.urn, _crashed(rule, resource, outcome))]
        if not outcome.decided:
            self._usage.undecided.add((rule.id, resource.urn))
        return [self._violation(rule, resource, finding) for finding in outcome]

    def _violation(self, rule: Rule, resource: Resource, finding: Finding) -> Violation:
        exemption = self.exemptions.find(rule.id, resource.name, resource.urn, finding.grant)
        if exemption:
            self._usage.used.add(exemption)
            message = f'{rule.id}: {resource.kind} "{resource.name}" {exemption}'
            return Violation(rule.id, Level.ADVISORY, resource.urn, message)
        return Violation(rule.id, self.level(rule), resource.urn, _told(rule, resource, finding))

    def _configuration_problems(self, root: Resource) -> list[Violation]:
        return [
            Violation("EXEMPTION", Level.MANDATORY, root.urn, f"EXEMPTION: {problem}")
            for problem in self.exemptions.problems
        ]


def _told(rule: Rule, resource: Resource, finding: Finding, remedied: str = "") -> str:
    subject = f'{resource.kind} "{resource.name}"'
    return f"{rule.id} ({rule.severity}): {subject} {finding.problem}{remedied}.\n  Fix: {finding.fix}"


def _remedied(remedy: Remedy) -> str:
    return f" in the program; remediation {remedy.does}"


def _crashed(rule: Rule, resource: Resource, crash: guard.Crash) -> str:
    return (
        f'{rule.id}: the rule itself failed on {resource.kind} "{resource.name}" ({crash.problem}), so nobody knows '
        f"whether the resource is good.\n  Fix: report this as a bug of the policy pack; to go on meanwhile, disable "
        f"{rule.id} in the pack's config file"
    )
