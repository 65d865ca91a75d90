"""The rules that SNS and SQS have in common: a key of ours, and a policy that refuses plain HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .iam import locations, tls
from .iam.locations import Kind
from .rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .resource import Resource, Stack
    from .settings import Settings


def customer_key(service: str, holder: str, title: str, peers: tuple[str, ...]) -> Rule:
    """Return the rule that a topic or queue encrypts with a key of ours."""
    rule = Rule(
        id=f"{service}-CUSTOMER-KEY",
        title=title,
        severity=Severity.HIGH,
        why="Only a key of ours has a policy and a log of its own; "
        f"and other AWS services cannot send with AWS's own {service} key.",
        frameworks=(f"FSBP {service}.1", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
        peers=peers,
    )

    @rule.on(holder)
    def encrypts_with_our_key(resource: Resource, _: Settings) -> Iterator[Finding]:
        """Refuse no key, and AWS's own."""
        if not resource.properties.has_customer_key("kmsMasterKeyId"):
            yield Finding("does not encrypt with a customer-managed key", "kms_master_key_id=key.arn")

    return rule


def tls_only(
    service: str, holder: str, policy: str, *, named_by: str, title: str, policy_fix: str, peers: tuple[str, ...]
) -> Rule:
    """Return the rule that the policy of a topic or queue, whose property `named_by` names it, refuses plain HTTP."""
    rule = Rule(
        id=f"{service}-TLS-ONLY",
        title=title,
        severity=Severity.HIGH,
        why="Without it, messages and signatures may cross the network in the clear.",
        frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
        peers=peers,
    )
    denied = tls.DENIED[service.lower()]
    fix = (
        f'{policy_fix} with {{"Effect": "Deny", "Principal": "*", "Action": "{denied}", "Resource": its_arn, '
        '"Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
    )

    @rule.on(holder, policy)
    def policy_refuses_plain_http(resource: Resource, _: Settings) -> Iterator[Finding]:
        """Check the policy itself, when it is known."""
        for document in locations.documents(resource, Kind.RESOURCE):
            problem = tls.weakness(document, service.lower())
            if problem and document.complete:
                yield Finding(f"has a policy that {problem}", fix)

    @rule.across(holder)
    def has_policy(resource: Resource, stack: Stack) -> Iterator[Finding]:
        """Check that there is a policy, and that it is about this one; the other half says whether it is a good one."""
        holders = [resource, *stack.naming(resource, named_by, policy)]
        if not any(holder.properties.is_set("policy") for holder in holders):
            yield Finding("has no policy, so it takes messages without TLS", fix)
        elif tls.is_for_another(resource, service.lower(), holders):
            yield Finding("has a policy that denies requests without TLS to another one only", fix)

    return rule
