"""IAM: whom resource policies, key policies and roles trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, locations
from ..iam.locations import Kind
from ..iam.patterns import has_wildcard, literal_prefix
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Principal
    from ..settings import Settings

# Services whose guides put aws:SourceAccount into trust policies; Lambda and others do not say for whom they act.
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
NAMES_SOURCE_TO_ROLES = {"scheduler.amazonaws.com", "pipes.amazonaws.com"}
GRANTED_TO_OTHERS = (Kind.TRUST, Kind.RESOURCE, Kind.KEY)
GRANTED_TO_OTHERS_TYPES = locations.types_with(*GRANTED_TO_OTHERS)

WILDCARD_PRINCIPAL = Rule(
    id="IAM-WILDCARD-PRINCIPAL",
    title="Nothing is open to everyone",
    severity=Severity.CRITICAL,
    why="A resource or role that trusts any principal is public, unless a condition really bounds who calls.",
    frameworks=("FSBP S3.2", "FSBP SQS.3", "FSBP SNS.4", "FSBP KMS.5", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
)

CONFUSED_DEPUTY = Rule(
    id="IAM-CONFUSED-DEPUTY",
    title="A service is trusted only in our own name",
    severity=Severity.HIGH,
    why="An AWS service acts for every customer: without SourceAccount or SourceArn, another account can make it "
    "reach this resource.",
    frameworks=("NIST 800-53 AC-4",),
)

OIDC_SUBJECT = Rule(
    id="IAM-OIDC-SUBJECT",
    title="A role for an OIDC provider names whom it is for",
    severity=Severity.CRITICAL,
    why="GitHub, GitLab and the like issue tokens to everyone: without a subject, any repository can assume the role.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 IA-8"),
)


@WILDCARD_PRINCIPAL.on(*GRANTED_TO_OTHERS_TYPES)
def named_principals(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow for everyone, unless a condition bounds who calls, and Allow with NotPrincipal."""
    for statement in locations.allowed_statements(resource, *GRANTED_TO_OTHERS):
        if statement.not_principals:
            yield Finding(
                f"{statement.label} is for everyone but a few (Allow with NotPrincipal)",
                'name who is allowed in "Principal"',
            )
        if conditions.bounds_caller(statement.conditions):
            continue
        for principal in statement.principals:
            if _is_anyone(principal):
                yield Finding(
                    f'{statement.label} allows {_shown(statement.actions)} to everyone (principal "{principal}", '
                    "and no condition that bounds who calls)",
                    'name the principal: "Principal": {"AWS": role.arn}, or add '
                    '"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-..."}}',
                )


@CONFUSED_DEPUTY.on(*locations.types_with(Kind.RESOURCE, Kind.KEY))
def services_in_our_name(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a service principal that may act for any account."""
    for statement in locations.allowed_statements(resource, Kind.RESOURCE, Kind.KEY):
        if conditions.bounds_source(statement.conditions):
            continue
        for principal in statement.principals:
            if principal.kind == "Service":
                yield Finding(
                    f"{statement.label} lets {principal.value} act for any AWS account",
                    'add "Condition": {"StringEquals": {"aws:SourceAccount": account_id}}, or ArnLike aws:SourceArn '
                    "with the ARN that the service calls for",
                )


@CONFUSED_DEPUTY.on(aws("iam", "Role"))
def role_for_service_in_our_name(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a role that a service which says in whose name it acts may assume for any account."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        if conditions.bounds_source(statement.conditions):
            continue
        for principal in statement.principals:
            if principal.kind == "Service" and principal.value in NAMES_SOURCE_TO_ROLES:
                yield Finding(
                    f"{statement.label} lets {principal.value} assume the role for any AWS account",
                    'add "Condition": {"StringEquals": {"aws:SourceAccount": account_id}}',
                )


@OIDC_SUBJECT.on(aws("iam", "Role"))
def oidc_names_subject(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a federated role that any holder of the provider's tokens can assume."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        for principal in statement.principals:
            is_provider = principal.kind == "Federated" and _is_oidc(principal.value)
            if is_provider and not conditions.bounds_subject(statement.conditions):
                yield Finding(
                    f"{statement.label} lets everyone with a token of {principal.value.rsplit('/', 1)[-1]} in",
                    'add "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": '
                    '"repo:owner/name:environment:prod"}}',
                )


def _is_anyone(principal: Principal) -> bool:
    if principal.is_everyone:
        return True
    if principal.kind != "AWS" or not has_wildcard(principal.value):
        return False
    # AWS refuses most of these, but `arn:aws:iam::*:root` and the like must not wait for it.
    return literal_prefix(principal.value).count(":") < 5


def _is_oidc(provider: str) -> bool:
    return "saml-provider/" not in provider


def _shown(actions: tuple[str, ...]) -> str:
    return ", ".join(actions[:3]) + (f" and {len(actions) - 3} more" if len(actions) > 3 else "")
