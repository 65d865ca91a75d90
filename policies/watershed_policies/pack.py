"""The CrossGuard policies: few of them, because Pulumi deserialises every property again for each one.

A policy has one enforcement level, so there is a mandatory and an advisory one, for single resources and for the stack.
The mandatory one evaluates and leaves the result to the advisory one, which runs right after it on the same thread.
Beside them stands a policy for each rule that can be remediated, which is disabled, and free, unless it is asked for.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyProviderResource,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

from . import exemptions, registry, remediation, settings
from .evaluation import ROOT_TYPE, Evaluation, Violation
from .resource import Resource
from .settings import Level
from .values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NAME = "watershed"
DESCRIPTION = "Secure, least-privilege AWS resources."


def build(environment: Mapping[str, str] = os.environ, today: dt.date | None = None) -> list[Policy]:
    """Return the policies for the stack whose name and config the engine put into the environment."""
    try:
        return policies(evaluation(environment, today or dt.datetime.now(dt.UTC).date()))
    except settings.SettingsError as error:
        # Raised, it would reach the user as a traceback.
        return [refusal(f"the policy pack's config file cannot be used: {error}")]


def refusal(problem: str) -> Policy:
    """Return a policy that stops every deploy, saying why."""

    def refuse(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        if args.resource_type == ROOT_TYPE:
            report_violation(problem, args.urn)

    return ResourceValidationPolicy("settings", DESCRIPTION, refuse, EnforcementLevel.MANDATORY)


def evaluation(environment: Mapping[str, str], today: dt.date) -> Evaluation:
    """Read rules, settings and exemptions for the stack in the environment."""
    rules = registry.load()
    stack = environment.get("PULUMI_STACK", "").rsplit("/", 1)[-1]
    config: Mapping[str, str] = json.loads(environment.get("PULUMI_CONFIG") or "{}")
    judged = settings.load(settings.locate(stack, environment), rules.rules, rules.services)
    judged = replace(judged, tags={**_tags(environment.get("PULUMI_PROJECT", ""), stack, config), **judged.tags})
    return Evaluation(rules, judged, exemptions.from_stack_config(config, rules.rules, today))


def policies(of: Evaluation) -> list[Policy]:
    """Return the policies that report what `of` finds."""

    def resource_violations(args: Any) -> list[Violation]:
        return of.resource(_resource(args, plain(args.props)))

    def stack_violations(args: Any) -> list[Violation]:
        return of.stack([_stack_resource(resource) for resource in args.resources])

    made: list[Policy] = []
    for name, policy, violations in (
        ("resources", ResourceValidationPolicy, _once(resource_violations)),
        ("stack", StackValidationPolicy, _once(stack_violations)),
    ):
        made.append(policy(name, DESCRIPTION, _report(violations, Level.MANDATORY), EnforcementLevel.MANDATORY))
        if of.exemptions.active or not of.settings.only_mandatory or of.settings.remediate:
            made.append(
                policy(f"{name}-advisory", DESCRIPTION, _report(violations, Level.ADVISORY), EnforcementLevel.ADVISORY)
            )
    return [*made, *remediation.policies(of, _resource)]


def _report(
    violations: Callable[[Any, Level], list[Violation]], level: Level
) -> Callable[[Any, ReportViolation], None]:
    def validate(args: Any, report_violation: ReportViolation) -> None:
        for violation in violations(args, level):
            if violation.level is level:
                report_violation(violation.message, violation.urn)

    return validate


def _once(evaluate: Callable[[Any], list[Violation]]) -> Callable[[Any, Level], list[Violation]]:
    """Evaluate for the mandatory policy and hand the same result to the advisory one that follows it."""
    left = threading.local()

    def violations(args: Any, level: Level) -> list[Violation]:
        if level is Level.MANDATORY:
            left.violations = evaluate(args)
        found: list[Violation] = left.violations
        return found

    return violations


def _provider(provider: PolicyProviderResource | None) -> dict[str, Any]:
    """Return the provider's inputs; the engine hands objects of a default provider on as JSON text."""
    values: dict[str, Any] = plain(provider.props) if provider else {}
    tags = values.get("defaultTags")
    return {**values, "defaultTags": json.loads(tags)} if isinstance(tags, str) else values


def _tags(project: str, stack: str, config: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that every stack has, and those that our own stacks' config says."""
    given = {
        "project": project,
        "stack": stack,
        "owner": config.get(f"{project}:owner", ""),
        "data-classification": config.get(f"{project}:classification", ""),
    }
    return {key: value for key, value in given.items() if value}


def _resource(args: Any, values: Mapping[str, Any]) -> Resource:
    return Resource(args.resource_type, args.name, args.urn, values, provider_values=_provider(args.provider))


def _stack_resource(resource: PolicyResource) -> Resource:
    dependencies: dict[str, Sequence[str]] = {
        name: [found.urn for found in on] for name, on in resource.property_dependencies.items()
    }
    outputs = plain(resource.props)
    return Resource(resource.resource_type, resource.name, resource.urn, outputs, outputs, dependencies)
