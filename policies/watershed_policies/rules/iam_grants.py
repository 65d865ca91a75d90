"""IAM: what identity policies allow, and on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, holders, locations, reach
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..iam.places import GRANTING
from ..resource import aws
from ..rule import Finding, Profile, ResourceCheck, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..resource import Resource, Stack
    from ..settings import Settings


def judges_identity_policies(rule: Rule, *kinds: Kind) -> Callable[[ResourceCheck], ResourceCheck]:
    """Check what holds an identity policy; a permissions boundary, which grants nothing, only where it is attached."""

    types = locations.types_with(Kind.IDENTITY, *kinds)

    def add(check: ResourceCheck) -> ResourceCheck:
        def one(resource: Resource, settings: Settings) -> Iterable[Finding]:
            return () if holders.is_named_boundary(resource) else check(resource, settings)

        def attached(policy: Resource, stack: Stack) -> Iterable[Finding]:
            is_held = holders.is_named_boundary(policy) and holders.is_attached(policy, stack)
            return check(policy, stack.settings) if is_held else ()

        rule.on(*types)(one)
        rule.across(holders.POLICY)(attached)
        return check

    return add


ADMINISTRATOR = Rule(
    id="IAM-ADMINISTRATOR",
    title="No policy allows every action on every resource",
    severity=Severity.CRITICAL,
    why="Whoever holds such a policy, or breaks into what holds it, owns the account.",
    frameworks=("FSBP IAM.1", "CIS AWS 1.16", "NIST 800-53 AC-6", "PCI DSS 7.2.1"),
    peers=(
        "cdk-nag IAMPolicyNoStatementsWithAdminAccess",
        "Checkov CKV_AWS_1",
        "Checkov CKV_AWS_62",
        "Checkov CKV_AWS_63",
    ),
    by_grant=True,
)

WILDCARD_RESOURCE = Rule(
    id="IAM-WILDCARD-RESOURCE",
    title="Actions are allowed on named resources",
    severity=Severity.HIGH,
    why="A grant on every bucket, table or key reaches data that its holder has no business with.",
    frameworks=("FSBP KMS.1", "FSBP KMS.2", "NIST 800-53 AC-6"),
    peers=(
        "cdk-nag IAM5",
        "Checkov CKV_AWS_108",
        "Checkov CKV_AWS_111",
        "Checkov CKV_AWS_288",
        "Checkov CKV_AWS_290",
        "Checkov CKV_AWS_355",
        "Checkov CKV_AWS_356",
        "Trivy AWS-0346",
    ),
    by_grant=True,
)

NOT_ACTION = Rule(
    id="IAM-NOT-ACTION",
    title="No Allow with NotAction",
    severity=Severity.HIGH,
    why="Allow with NotAction allows all actions of all services but the few that are named.",
    frameworks=("NIST 800-53 AC-6",),
)

NOT_RESOURCE = Rule(
    id="IAM-NOT-RESOURCE",
    title="No Allow with NotResource",
    severity=Severity.HIGH,
    why="Allow with NotResource reaches every resource but the few that are named, those of other teams included.",
    frameworks=("NIST 800-53 AC-6",),
)

PASS_ROLE = Rule(
    id="IAM-PASS-ROLE",
    title="A role is passed by name and to a named service",
    severity=Severity.HIGH,
    why="Who may pass any role to any service gets the permissions of the strongest one.",
    frameworks=("NIST 800-53 AC-6(10)",),
    peers=("Trivy AWS-0342",),
    by_grant=True,
)

ASSUME_ANYWHERE = Rule(
    id="IAM-ASSUME-ANYWHERE",
    title="Roles are assumed in named accounts",
    severity=Severity.MEDIUM,
    why="Anybody can make a role of that name in an account of theirs, and read what is sent there. StackSets and "
    "other tools of AWS work in accounts that come and go, hence strict.",
    frameworks=("NIST 800-53 AC-4", "NIST 800-53 AC-6"),
    peers=("cdk-nag IAM5",),
    profile=Profile.STRICT,
    by_grant=True,
)


@judges_identity_policies(ADMINISTRATOR)
def no_administrator(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse `*` on `*`."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        if reach.is_administrator(statement):
            yield Finding(
                f'{statement.label} allows "* on *": everything in the account',
                'name what is used: "Action": ["s3:GetObject"], "Resource": [f"{bucket_arn}/prefix/*"]',
                grant="* on *",
            )


@ADMINISTRATOR.on(aws("iam", "Role"), aws("iam", "User"), aws("ssoadmin", "PermissionsBoundaryAttachment"))
def bounded_by_something(identity: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a permissions boundary that bounds nothing."""
    name = "permissionsBoundary"
    given = identity.properties.section(name).get("managedPolicyArn") or identity.properties.get(name)
    if isinstance(given, str) and matches("arn:*:iam::aws:policy/AdministratorAccess", given):
        yield Finding(
            "has the permissions boundary AdministratorAccess, which allows everything and bounds nothing",
            "permissions_boundary=boundary.arn, with an aws.iam.Policy of what may be allowed at most",
            grant="* on *",
        )


@judges_identity_policies(WILDCARD_RESOURCE)
def named_resources(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse resource wildcards that leave the resource's name open, for actions that can be bound to one."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        if reach.is_administrator(statement) or conditions.bounds_resource(statement.conditions):
            continue
        for grant in reach.grants(statement):
            action = reach.unbounded(grant.action, grant.resource)
            if action:
                yield Finding(
                    f'{statement.label} allows "{grant}", but {action.name} can be bound to a resource',
                    f'give the ARN of the resource instead of "{grant.resource}", from its output (`bucket.arn`)',
                    grant=str(grant),
                )


@NOT_ACTION.on(*locations.TYPES)
def no_not_action(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow with NotAction."""
    for statement in locations.allowed_statements(resource, *GRANTING):
        if statement.not_actions:
            yield Finding(
                f"{statement.label} allows all but {', '.join(statement.not_actions)} (Allow with NotAction)",
                'list what is allowed in "Action"; to forbid something, add a statement with "Effect": "Deny"',
            )


@NOT_RESOURCE.on(*locations.TYPES)
def no_not_resource(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow with NotResource."""
    for statement in locations.allowed_statements(resource, *GRANTING):
        if statement.not_resources:
            yield Finding(
                f"{statement.label} reaches all but {', '.join(statement.not_resources)} (Allow with NotResource)",
                'list what is reached in "Resource"; to forbid something, add a statement with "Effect": "Deny"',
            )


@judges_identity_policies(PASS_ROLE)
def bounded_pass_role(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse iam:PassRole on any role, or to any service."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        if reach.is_administrator(statement):
            continue
        to_named_service = conditions.bounds_passed_service(statement.conditions)
        for grant in reach.passes_roles(statement):
            any_role = reach.unbounded("iam:PassRole", grant.resource) is not None
            if any_role or not to_named_service:
                yield Finding(
                    f'{statement.label} allows "{grant}"'
                    + (": any role" if any_role else "")
                    + ("" if to_named_service else " to any service"),
                    'give the role\'s ARN and "Condition": {"StringEquals": {"iam:PassedToService": '
                    '"lambda.amazonaws.com"}}',
                    grant=str(grant),
                )


@judges_identity_policies(ASSUME_ANYWHERE)
def assumed_in_named_accounts(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse roles of every account, unless a condition narrows which; any role at all is IAM-WILDCARD-RESOURCE."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        given = statement.conditions
        if reach.is_administrator(statement) or conditions.bounds_owner(given) or conditions.bounds_resource(given):
            continue
        for grant in filter(reach.assumes_anywhere, reach.grants(statement)):
            if not reach.unbounded(grant.action, grant.resource):
                yield Finding(
                    f'{statement.label} allows "{grant}", in every account',
                    'give the account, or "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}',
                    grant=str(grant),
                )
