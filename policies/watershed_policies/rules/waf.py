"""WAF: web firewalls have rules, and log what they stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import mapping
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

FIREWALL = aws("wafv2", "WebAcl")
LOGGING = aws("wafv2", "WebAclLoggingConfiguration")
# Rules that are resources of their own, and groups of rules that are added beside the firewall.
SEPARATE_RULES = (aws("wafv2", "WebAclRule"), aws("wafv2", "WebAclRuleGroupAssociation"))

RULES = Rule(
    id="WAF-RULES",
    title="Web firewalls have rules",
    severity=Severity.MEDIUM,
    why="One without rules does the same to every request, and looks like protection all the same.",
    frameworks=("FSBP WAF.10", "NIST 800-53 SC-7"),
)
LOGS = Rule(
    id="WAF-LOGGING",
    title="Web firewalls log what they see",
    severity=Severity.LOW,
    why="Nobody can say afterwards what was let through. What it stops shows in its metrics and samples too, and the "
    "log of every request costs more than the firewall, hence strict.",
    frameworks=("FSBP WAF.11", "NIST 800-53 AU-12", "PCI DSS 10.2.1"),
    peers=("Checkov CKV2_AWS_31",),
    profile=Profile.STRICT,
)


@RULES.across(FIREWALL)
def has_rules(firewall: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the firewall has a rule, its own or beside it; one that blocks by default needs none."""
    action = firewall.properties.get("defaultAction")
    # `block` is an empty object, so it must be looked for by its name.
    if isinstance(action, dict) and "block" in action:
        return
    own = firewall.properties.is_set("rules") or firewall.properties.is_set("ruleJson")
    if not own and not stack.naming(firewall, "webAclArn", *SEPARATE_RULES):
        yield Finding(
            "has no rules, so it lets every request through",
            'rules=[{"name": "common", "priority": 1, "override_action": {"none": {}}, "statement": '
            '{"managed_rule_group_statement": {"vendor_name": "AWS", "name": "AWSManagedRulesCommonRuleSet"}}, '
            '"visibility_config": {...}}]',
        )


@RULES.on(FIREWALL)
def stops_something(firewall: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse rules that all count or allow, where what no rule stops is allowed: that is for trying rules out."""
    properties = firewall.properties
    own = [] if properties.is_unknown("rules") else properties.each("rules")
    if own and "allow" in mapping(properties.get("defaultAction")) and all(map(_lets_through, own)):
        yield Finding(
            "has only rules that count or allow, so it lets every request through", '"override_action": {"none": {}}'
        )


@LOGS.across(FIREWALL)
def logs_requests(firewall: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the firewall has a log."""
    if not stack.naming(firewall, "resourceArn", LOGGING):
        yield Finding(
            "does not log the requests that it sees",
            'aws.wafv2.WebAclLoggingConfiguration("...", resource_arn=firewall.arn, '
            "log_destination_configs=[log_group.arn]), of a log group whose name begins with aws-waf-logs-",
        )


def _lets_through(rule: Properties) -> bool:
    """Say whether a rule stops nothing: one of its own, and a group whose actions are overridden."""
    given = {*mapping(rule.get("action")), *mapping(rule.get("overrideAction"))}
    return bool(given) and given <= {"count", "allow"}
