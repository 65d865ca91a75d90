"""IAM: roles for those whom another identity provider signs in, OIDC or SAML, and the ways to assume a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import claims, locations
from ..iam.condition_values import is_real
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Principal, Statement
    from ..settings import Settings

OIDC_SUBJECT = Rule(
    id="IAM-OIDC-SUBJECT",
    title="A role for an OIDC provider names whom it is for",
    severity=Severity.CRITICAL,
    why="GitHub, GitLab and the like issue tokens to everyone: without a subject, any repository can assume the role.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 IA-8"),
    peers=("Checkov CKV_AWS_358", "Checkov CKV_AWS_393"),
)

SAML_AUDIENCE = Rule(
    id="IAM-SAML-AUDIENCE",
    title="A role for a SAML provider says for whom the assertion must be",
    severity=Severity.HIGH,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html
    why="Without SAML:aud, an assertion that the provider made for another application opens the role. IAM's guide has "
    "the condition in every example.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 IA-8"),
)

TRUST_ACTION = Rule(
    id="IAM-TRUST-ACTION",
    title="A role is assumed in the way that suits whom it trusts",
    severity=Severity.MEDIUM,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated
    why="An OIDC provider's tokens come with sts:AssumeRoleWithWebIdentity, a SAML provider's assertions with "
    "sts:AssumeRoleWithSAML, all others with sts:AssumeRole. With another action nobody can assume the role.",
)

WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
SAML_ASSERTION = "sts:AssumeRoleWithSAML"
WAYS = ("sts:AssumeRole", WEB_IDENTITY, SAML_ASSERTION)


@OIDC_SUBJECT.on(aws("iam", "Role"))
def oidc_names_subject(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a federated role that any holder of the provider's tokens can assume."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        for principal in statement.principals:
            is_provider = principal.kind == "Federated" and not _is_saml(principal.value)
            if is_provider and not claims.bounds_subject(statement.conditions):
                yield Finding(
                    f"{statement.label} lets everyone with a token of {principal.value.rsplit('/', 1)[-1]} in",
                    'add "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": '
                    '"repo:owner/name:environment:prod"}}',
                )


@OIDC_SUBJECT.on(aws("iam", "Role"))
def no_role_for_guests(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a role for those who have not signed in."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        if claims.admits_guests(statement.conditions):
            yield Finding(
                f"{statement.label} lets in who has not signed in",
                'ask for "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}',
            )


@SAML_AUDIENCE.on(aws("iam", "Role"))
def saml_names_audience(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a role that any assertion of a SAML provider opens."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        bounded = any(
            condition.key.lower().startswith("saml:") and is_real(condition, statement.conditions)
            for condition in statement.conditions
        )
        for principal in statement.principals:
            if principal.kind == "Federated" and _is_saml(principal.value) and not bounded:
                yield Finding(
                    f"{statement.label} takes every assertion of {principal.value.rsplit('/', 1)[-1]}",
                    'add "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}',
                )


@TRUST_ACTION.on(aws("iam", "Role"))
def way_suits_principal(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a principal that cannot assume the role in any of the ways that its statement allows."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        allowed = [way for way in WAYS if _names(statement, way)]
        for principal in statement.principals:
            if allowed and not principal.is_everyone and _way_of(principal) not in allowed:
                yield Finding(
                    f"{statement.label} lets {principal} in by {' or '.join(allowed)}, which is not for it",
                    f'"Action": "{_way_of(principal)}"',
                )


def _names(statement: Statement, way: str) -> bool:
    return any(matches(action, way) for action in statement.actions)


def _way_of(principal: Principal) -> str:
    if principal.kind != "Federated":
        return "sts:AssumeRole"
    return SAML_ASSERTION if _is_saml(principal.value) else WEB_IDENTITY


def _is_saml(provider: str) -> bool:
    return "saml-provider/" in provider
