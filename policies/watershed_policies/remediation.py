"""Puts right what a rule finds, where its remedy is switched on: one CrossGuard policy for each such rule.

Off, these policies have the level `disabled` and cost nothing. On, the engine asks them before it judges the resource,
so what is judged, deployed and kept in the state is the resource put right. Three things pulumi_policy leaves to us: in
a remediation unknown values look like texts, a value that is handed back loses that it was secret, and a file loses the
hash that the engine knows it by. So unknown values are marked as everywhere in the pack, what was secret is made secret
again, and resources with files are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_policy import EnforcementLevel, ResourceValidationArgs, ResourceValidationPolicy
from pulumi_policy.deserialize import (
    SPECIAL_SECRET_SIG,
    SPECIAL_SIG_KEY,
    deserialize_properties,
    serialize_properties,
)
from pulumi_policy.proxy import unknown_checking_proxy

from . import guard
from .settings import Level
from .values import plain

if TYPE_CHECKING:
    from .evaluation import Evaluation
    from .resource import Resource
    from .rule import Remedy, Rule

    MakeResource = Callable[[Any, Mapping[str, Any]], Resource]


def policies(of: Evaluation, resource_of: MakeResource) -> list[ResourceValidationPolicy]:
    """Return a policy for each rule of the run that has a remedy; the config files say which are on."""
    return [
        ResourceValidationPolicy(
            rule.id,
            f"{rule.title}: {rule.remedies[0].does}.",
            enforcement_level=EnforcementLevel.REMEDIATE
            if rule.id in of.settings.remediate
            else EnforcementLevel.DISABLED,
            remediate=_remediate(of, rule, resource_of),
        )
        for rule in of.registry.rules.values()
        if rule.remedies and of.level(rule) is not Level.DISABLED
    ]


def _remediate(of: Evaluation, rule: Rule, resource_of: MakeResource) -> Any:
    remedies: dict[str, Remedy] = {type_: remedy for remedy in rule.remedies for type_ in remedy.types}

    def remediate(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
        remedy = remedies.get(args.resource_type)
        if remedy is None:
            return None
        try:
            return _remedied(of, rule, remedy, args, resource_of)
        except Exception as error:
            # Escaping, it would end the engine's run.
            of.remediation_failed(rule, args.urn, guard.describe(error))
            return None

    return remediate


def _remedied(
    of: Evaluation, rule: Rule, remedy: Remedy, args: ResourceValidationArgs, resource_of: MakeResource
) -> Mapping[str, Any] | None:
    """Return the inputs put right; None if nothing is wrong, or the remedy does not make it right."""
    if _holds_files(args.props):
        return None
    inputs = serialize_properties(args.props)
    values = plain(unknown_checking_proxy(deserialize_properties(dict(inputs))))
    resource = resource_of(args, values)
    found = of.open_findings(rule, resource)
    if not found:
        return None
    changes = remedy.change(resource, of.settings)
    if changes is None or of.open_findings(rule, replace(resource, values={**values, **changes})):
        return None
    of.remediated(rule, remedy, resource, found)
    return {**inputs, **{name: _handed_back(inputs.get(name), values.get(name), new) for name, new in changes.items()}}


def _handed_back(given: Any, read: Any, new: Any) -> Any:
    """Return a new value as the engine takes it: `given` is what it had sent for what was `read` as the old one."""
    if new is read:
        return given
    if _is_secret(given):
        return {**given, "value": _handed_back(given["value"], read, new)}
    if isinstance(given, dict) and isinstance(read, dict) and isinstance(new, dict):
        return {name: _handed_back(given.get(name), read.get(name), value) for name, value in new.items()}
    if isinstance(given, list) and isinstance(read, list) and isinstance(new, list):
        kept = min(len(given), len(new))
        return [*map(_handed_back, given[:kept], read[:kept], new[:kept]), *new[kept:]]
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": new} if _holds_secret(given) else new


def _is_secret(given: Any) -> bool:
    return isinstance(given, dict) and given.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG


def _holds_secret(given: Any) -> bool:
    if isinstance(given, dict):
        return _is_secret(given) or any(_holds_secret(item) for item in given.values())
    return isinstance(given, list) and any(_holds_secret(item) for item in given)


def _holds_files(value: Any) -> bool:
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return True
    if isinstance(value, Mapping):
        return any(_holds_files(value[name]) for name in value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return any(_holds_files(value[index]) for index in range(len(value)))
    return False
