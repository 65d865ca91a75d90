"""IAM: whom resource policies, key policies and roles trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, denials, locations, sources
from ..iam.condition_values import is_real
from ..iam.locations import Kind
from ..iam.patterns import has_wildcard, literal_prefix, matches
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Document, Principal, Statement
    from ..settings import Settings

GRANTED_TO_OTHERS = (Kind.TRUST, Kind.RESOURCE, Kind.KEY)
GRANTED_TO_OTHERS_TYPES = locations.types_with(*GRANTED_TO_OTHERS)

WILDCARD_PRINCIPAL = Rule(
    id="IAM-WILDCARD-PRINCIPAL",
    title="Nothing is open to everyone",
    severity=Severity.CRITICAL,
    why="A resource or role that trusts any principal is public, unless a condition really bounds who calls.",
    peers=(
        "cdk-nag LambdaFunctionPublicAccessProhibited",
        "Checkov CKV_AWS_33",
        "Checkov CKV_AWS_60",
        "Checkov CKV_AWS_70",
        "Checkov CKV_AWS_168",
        "Checkov CKV_AWS_387",
        "Checkov CKV_AWS_169",
        "Checkov CKV_AWS_283",
        "Checkov CKV_AWS_32",
        "cdk-nag ECR1",
        "Trivy AWS-0032",
    ),
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

ACCOUNT_TRUST = Rule(
    id="IAM-ACCOUNT-TRUST",
    title="A role trusts identities of an account, not the whole of it",
    severity=Severity.MEDIUM,
    why="Whoever may assume roles in the trusted account can then assume this one; if it is a vendor's account, any of "
    "the vendor's customers can have it do so, unless an external id is asked for.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6"),
    peers=("Checkov CKV_AWS_61",),
)


@WILDCARD_PRINCIPAL.on(*GRANTED_TO_OTHERS_TYPES)
def named_principals(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow for everyone, unless a condition bounds who calls, and Allow with NotPrincipal."""
    if knows_its_users(resource):
        return
    for document in locations.documents(resource, *GRANTED_TO_OTHERS):
        for statement in denials.allowed(document):
            if statement.not_principals:
                yield Finding(
                    f"{statement.label} is for everyone but a few (Allow with NotPrincipal)",
                    'name who is allowed in "Principal"',
                )
            if conditions.bounds_caller(statement.conditions) or _is_behind_perimeter(statement, document):
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
            if principal.kind == "Service" and not sources.may_lack_source(principal.value, statement.actions):
                yield Finding(
                    f"{statement.label} lets {principal.value} act for any AWS account",
                    'add "Condition": {"StringEquals": {"aws:SourceAccount": account_id}}, or ArnLike aws:SourceArn '
                    "with the ARN that the service calls for",
                )


@CONFUSED_DEPUTY.on(aws("iam", "Role"))
def role_for_service_in_our_name(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a role that a service which says in whose name it acts may assume for any account."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        if conditions.bounds_source(statement.conditions) or _is_bound_otherwise(statement):
            continue
        for principal in statement.principals:
            if principal.kind == "Service" and sources.names_source(principal.value):
                yield Finding(
                    f"{statement.label} lets {principal.value} assume the role for any AWS account",
                    'add "Condition": {"StringEquals": {"aws:SourceAccount": account_id}}',
                )


@ACCOUNT_TRUST.on(aws("iam", "Role"))
def no_whole_account(role: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a role that every identity of an account may assume."""
    for statement in locations.allowed_statements(role, Kind.TRUST):
        if conditions.bounds_account(statement.conditions):
            continue
        for principal in statement.principals:
            if principal.kind == "AWS" and (principal.value.isdigit() or matches("arn:*:iam::*:root", principal.value)):
                yield Finding(
                    f"{statement.label} lets every identity of an account assume the role ({principal.value})",
                    'name the role that may: "Principal": {"AWS": other_role.arn}; for a vendor, add "Condition": '
                    '{"StringEquals": {"sts:ExternalId": "..."}}',
                )


def knows_its_users(resource: Resource) -> bool:
    """Say whether a search domain tells its users apart by itself, for which AWS has its policy open.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
    """
    return bool(resource.properties.get("advancedSecurityOptions", "enabled"))


def _is_anyone(principal: Principal) -> bool:
    if principal.is_everyone:
        return True
    if principal.kind != "AWS" or not has_wildcard(principal.value):
        return False
    # AWS refuses most of these, but `arn:aws:iam::*:root` and the like must not wait for it.
    return literal_prefix(principal.value).count(":") < 5


def _is_behind_perimeter(statement: Statement, document: Document) -> bool:
    """Say whether a Deny of the same document leaves of everyone only those who meet a condition."""
    return any(
        denials.covers_statement(deny, statement) and conditions.shuts_out_others(deny) for deny in document.denies
    )


def _is_bound_otherwise(statement: Statement) -> bool:
    """Say whether the role is for Firehose as its guide had it before aws:SourceAccount, with the account as external
    id, or for holders of certain certificates, which IAM Roles Anywhere makes tags of."""
    return any(
        condition.key.lower().startswith(("sts:externalid", "aws:principaltag/x509"))
        and is_real(condition, statement.conditions)
        for condition in statement.conditions
    )


def _shown(actions: tuple[str, ...]) -> str:
    return ", ".join(actions[:3]) + (f" and {len(actions) - 3} more" if len(actions) > 3 else "")
