"""IAM: what policies allow, on what, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import conditions, locations, reach
from ..iam.actions import expand
from ..iam.locations import Kind
from ..iam.patterns import has_wildcard, literal_prefix, matches
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Principal, Statement
    from ..settings import Settings

IDENTITY_TYPES = locations.types_with(Kind.IDENTITY)
GRANTED_TO_OTHERS = (Kind.TRUST, Kind.RESOURCE, Kind.KEY)
GRANTED_TO_OTHERS_TYPES = locations.types_with(*GRANTED_TO_OTHERS)

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
PASS_ROLE = Rule(
    id="IAM-PASS-ROLE",
    title="A role is passed by name and to a named service",
    severity=Severity.HIGH,
    why="Who may pass any role to any service gets the permissions of the strongest one.",
    frameworks=("NIST 800-53 AC-6(10)",),
    by_grant=True,
)
UNKNOWN_ACTION = Rule(
    id="IAM-UNKNOWN-ACTION",
    title="Every action exists",
    severity=Severity.MEDIUM,
    why="A misspelled action allows, or denies, nothing: the program fails when it runs, or the guard is not there.",
)
VALID_DOCUMENT = Rule(
    id="IAM-VALID-DOCUMENT",
    title="Every policy document is one that AWS accepts",
    severity=Severity.HIGH,
    why="AWS refuses a malformed document in the middle of a deploy.",
)
SIZE = Rule(
    id="IAM-POLICY-SIZE",
    title="Policies stay within AWS's size limits",
    severity=Severity.MEDIUM,
    why="AWS refuses a longer document in the middle of a deploy. A role's inline policies count together.",
)
MANAGED_POLICY = Rule(
    id="IAM-MANAGED-POLICY",
    title="No AWS-managed policies",
    severity=Severity.MEDIUM,
    why="AWS-managed policies are written for every customer: their resources are wildcards, and AWS changes them.",
    frameworks=("NIST 800-53 AC-6",),
)
USER_POLICY = Rule(
    id="IAM-USER-POLICY",
    title="No permissions and no keys for IAM users",
    severity=Severity.HIGH,
    why="Users have keys that do not expire. Roles have credentials that do.",
    frameworks=("FSBP IAM.2", "CIS AWS 1.15", "PCI DSS 8.6.3"),
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
    for statement in _allowed(resource, Kind.IDENTITY):
        if reach.is_administrator(statement):
            yield Finding(
                f'{statement.label} allows "* on *": everything in the account',
                'name what is used: "Action": ["s3:GetObject"], "Resource": [f"{bucket_arn}/prefix/*"]',
                grant="* on *",
            )


@WILDCARD_ACTION.on(*locations.TYPES)
def named_actions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse action wildcards that bring in an action which changes something."""
    for statement in _allowed(resource, Kind.IDENTITY, Kind.RESOURCE, Kind.KEY):
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
    for statement in _allowed(resource, Kind.IDENTITY):
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
    for statement in _allowed(resource, Kind.IDENTITY):
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
    for statement in _allowed(resource, *Kind):
        if statement.not_actions:
            yield Finding(
                f"{statement.label} allows all but {', '.join(statement.not_actions)} (Allow with NotAction)",
                'list what is allowed in "Action"; to forbid something, add a statement with "Effect": "Deny"',
            )


@NOT_RESOURCE.on(*locations.TYPES)
def no_not_resource(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow with NotResource."""
    for statement in _allowed(resource, *Kind):
        if statement.not_resources:
            yield Finding(
                f"{statement.label} reaches all but {', '.join(statement.not_resources)} (Allow with NotResource)",
                'list what is reached in "Resource"; to forbid something, add a statement with "Effect": "Deny"',
            )


@WILDCARD_PRINCIPAL.on(*GRANTED_TO_OTHERS_TYPES)
def named_principals(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse Allow for everyone, unless a condition bounds who calls, and Allow with NotPrincipal."""
    for statement in _allowed(resource, *GRANTED_TO_OTHERS):
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
    for statement in _allowed(resource, Kind.RESOURCE, Kind.KEY):
        if conditions.bounds_source(statement.conditions):
            continue
        for principal in statement.principals:
            if principal.kind == "Service":
                yield Finding(
                    f"{statement.label} lets {principal.value} act for any AWS account",
                    'add "Condition": {"StringEquals": {"aws:SourceAccount": account_id}}, or ArnLike aws:SourceArn '
                    "with the ARN that the service calls for",
                )


@PASS_ROLE.on(*IDENTITY_TYPES)
def bounded_pass_role(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse iam:PassRole on any role, or to any service."""
    for statement in _allowed(resource, Kind.IDENTITY):
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


@UNKNOWN_ACTION.on(*locations.TYPES)
def existing_actions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse actions that AWS does not have."""
    for document in locations.documents(resource, *Kind):
        for statement in document.statements:
            for action in (*statement.actions, *statement.not_actions):
                if not reach.is_every_action(action) and not expand(action):
                    yield Finding(
                        f'{statement.label} names the action "{action}", which AWS does not have',
                        "correct its spelling: https://docs.aws.amazon.com/service-authorization/latest/reference/",
                    )


@VALID_DOCUMENT.on(*locations.TYPES)
def accepted_documents(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse documents that AWS would refuse."""
    for found in locations.attached(resource, *Kind):
        if found.problem:
            yield Finding(f"has a `{found.property_name}` that {found.problem}", "correct the policy document")


@SIZE.on(*locations.TYPES)
def size_of_one(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a document above AWS's limit."""
    for found in locations.attached(resource, *Kind):
        if found.document and found.document.size > found.location.limit:
            yield Finding(
                f"has a `{found.property_name}` of {found.document.size:,} characters; "
                f"AWS takes {found.location.limit:,}",
                "name prefixes instead of single resources, or split the job between two roles",
            )


@SIZE.across(aws("iam", "Role"))
def size_of_all(role: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse a role whose inline policies are together above AWS's limit."""
    holders = [role, *stack.naming(role, "role", aws("iam", "RolePolicy"))]
    total = sum(document.size for holder in holders for document in locations.documents(holder, Kind.IDENTITY))
    if total > locations.ROLE_INLINE_LIMIT:
        yield Finding(
            f"has inline policies of {total:,} characters together; AWS takes {locations.ROLE_INLINE_LIMIT:,} a role",
            "name prefixes instead of single resources, or split the job between two roles",
        )


@MANAGED_POLICY.on(
    aws("iam", "RolePolicyAttachment"),
    aws("iam", "UserPolicyAttachment"),
    aws("iam", "GroupPolicyAttachment"),
    aws("iam", "PolicyAttachment"),
    aws("iam", "RolePolicyAttachmentsExclusive"),
    aws("iam", "Role"),
)
def no_managed_policies(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse attached policies that AWS owns."""
    for name in ("policyArn", "managedPolicyArns", "policyArns"):
        given = resource.properties.get(name) or []
        for arn in given if isinstance(given, list) else [given]:
            if isinstance(arn, str) and matches("arn:*:iam::aws:policy/*", arn):
                yield Finding(
                    f"uses the AWS-managed policy {arn.rsplit('/', 1)[-1]}",
                    "write what is used as aws.iam.RolePolicy(role=role.id, policy=...), or use a component's grants",
                )


@USER_POLICY.on(
    aws("iam", "UserPolicy"),
    aws("iam", "UserPolicyAttachment"),
    aws("iam", "AccessKey"),
    aws("iam", "UserLoginProfile"),
)
def no_user_permissions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse policies, keys and passwords of IAM users."""
    yield Finding(
        "gives permissions or lasting credentials to an IAM user",
        "give the permissions to an aws.iam.Role that people assume through IAM Identity Center, and machines by OIDC",
    )


def _allowed(resource: Resource, *kinds: Kind) -> Iterator[Statement]:
    for document in locations.documents(resource, *kinds):
        yield from reach.allowed(document)


def _is_anyone(principal: Principal) -> bool:
    if principal.is_everyone:
        return True
    if principal.kind != "AWS" or not has_wildcard(principal.value):
        return False
    # AWS refuses most of these, but `arn:aws:iam::*:root` and the like must not wait for it.
    return literal_prefix(principal.value).count(":") < 5


def _delegates_to_account(statement: Statement) -> bool:
    """Say whether a statement gives a resource into the hands of an account's own IAM policies."""
    return bool(statement.principals) and all(
        principal.kind == "AWS" and (matches("arn:*:iam::*:root", principal.value) or principal.value.isdigit())
        for principal in statement.principals
    )


def _shown(actions: tuple[str, ...]) -> str:
    return ", ".join(actions[:3]) + (f" and {len(actions) - 3} more" if len(actions) > 3 else "")
