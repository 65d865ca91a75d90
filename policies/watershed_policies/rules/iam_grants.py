"""IAM: what identity policies allow, and on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, locations, reach
from ..iam.locations import Kind
from ..iam.patterns import has_wildcard, matches
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Statement
    from ..resource import Resource
    from ..settings import Settings

IDENTITY_TYPES = locations.types_with(Kind.IDENTITY)

ADMINISTRATOR = Rule(
    id="IAM-ADMINISTRATOR",
    title="No policy allows every action on every resource",
    severity=Severity.CRITICAL,
    why="Whoever holds such a policy, or breaks into what holds it, owns the account.",
    frameworks=("FSBP IAM.1", "CIS AWS 1.16", "NIST 800-53 AC-6", "PCI DSS 7.2.1"),
    by_grant=True,
)

WILDCARD_ACTION = Rule(
    id="IAM-WILDCARD-ACTION",
    title="Actions that change something are named one by one",
    severity=Severity.HIGH,
    why="A wildcard brings actions that nobody chose, such as deleting the bucket or rewriting its policy, and those "
    "that AWS adds later.",
    frameworks=("FSBP IAM.21", "NIST 800-53 AC-6"),
    by_grant=True,
)

WILDCARD_RESOURCE = Rule(
    id="IAM-WILDCARD-RESOURCE",
    title="Actions are allowed on named resources",
    severity=Severity.HIGH,
    why="A grant on every bucket, table or key reaches data that its holder has no business with.",
    frameworks=("FSBP KMS.1", "FSBP KMS.2", "NIST 800-53 AC-6"),
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
    by_grant=True,
)

READ_WILDCARD = Rule(
    id="IAM-READ-WILDCARD",
    title="Reading actions are named one by one too",
    severity=Severity.LOW,
    why="A reading wildcard is small, but still not what the program uses.",
    profile=Profile.STRICT,
    by_grant=True,
)


@ADMINISTRATOR.on(*IDENTITY_TYPES)
def no_administrator(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse `*` on `*`."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        if reach.is_administrator(statement):
            yield Finding(
                f'{statement.label} allows "* on *": everything in the account',
                'name what is used: "Action": ["s3:GetObject"], "Resource": [f"{bucket_arn}/prefix/*"]',
                grant="* on *",
            )


@WILDCARD_ACTION.on(*locations.TYPES)
def named_actions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse action wildcards that bring in an action which changes something."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY, Kind.RESOURCE, Kind.KEY):
        if _delegates_to_account(statement) or (reach.is_administrator(statement) and not statement.principals):
            continue
        for grant in reach.grants(statement):
            action = reach.wide_action(grant.action)
            if action:
                yield Finding(
                    f'{statement.label} allows "{grant}", which includes {action.name}',
                    f'name the actions that are used instead of "{grant.action}"',
                    grant=str(grant),
                )


@READ_WILDCARD.on(*IDENTITY_TYPES)
def named_reading_actions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the wildcards that only read."""
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        for grant in reach.grants(statement):
            if has_wildcard(grant.action) and not reach.wide_action(grant.action):
                yield Finding(
                    f'{statement.label} allows "{grant}"',
                    f'name the actions that are used instead of "{grant.action}"',
                    grant=str(grant),
                )


@WILDCARD_RESOURCE.on(*IDENTITY_TYPES)
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
    for statement in locations.allowed_statements(resource, *Kind):
        if statement.not_actions:
            yield Finding(
                f"{statement.label} allows all but {', '.join(statement.not_actions)} (Allow with NotAction)",
                'list what is allowed in "Action"; to forbid something, add a statement with "Effect": "Deny"',
            )


@NOT_RESOURCE.on(*locations.TYPES)
def no_not_resource(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow with NotResource."""
    for statement in locations.allowed_statements(resource, *Kind):
        if statement.not_resources:
            yield Finding(
                f"{statement.label} reaches all but {', '.join(statement.not_resources)} (Allow with NotResource)",
                'list what is reached in "Resource"; to forbid something, add a statement with "Effect": "Deny"',
            )


@PASS_ROLE.on(*IDENTITY_TYPES)
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


def _delegates_to_account(statement: Statement) -> bool:
    """Say whether a statement gives a resource into the hands of an account's own IAM policies."""
    return bool(statement.principals) and all(
        principal.kind == "AWS" and (matches("arn:*:iam::*:root", principal.value) or principal.value.isdigit())
        for principal in statement.principals
    )
