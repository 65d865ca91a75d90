"""IAM: actions are named one by one, in policies of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import accounts
from ..iam import conditions, denials, locations, reach
from ..iam.locations import Kind
from ..iam.patterns import has_wildcard, matches
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from .iam_grants import judges_identity_policies
from .iam_trust import knows_its_users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Document, Statement
    from ..settings import Settings

# Properties with the ARN of what a policy is about, or of what is like it: they say which account is ours.
ABOUT = ("arn", "resourceArn", "secretArn", "keyId", "primaryKeyArn", "accessPointArn", "tableBucketArn", "clusterArn")

# "Key administrators" of the default key policy that the console makes.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
KEY_ADMINISTRATION = {
    f"kms:{verb}*"
    for verb in (
        *("create", "describe", "enable", "list", "put", "update", "revoke", "disable", "get", "delete"),
        *("tag", "untag", "import", "replicate", "rotate"),
    )
}

# All that a search domain is asked, which it allows each of its users, or not.
SEARCH_REQUESTS = "es:eshttp*"

WILDCARD_ACTION = Rule(
    id="IAM-WILDCARD-ACTION",
    title="Actions that change something are named one by one",
    severity=Severity.HIGH,
    why="A wildcard brings actions that nobody chose, such as deleting the bucket or rewriting its policy, and those "
    "that AWS adds later.",
    frameworks=("FSBP IAM.21", "NIST 800-53 AC-6"),
    peers=(
        "cdk-nag IAM5",
        "cdk-nag IAMPolicyNoStatementsWithFullAccess",
        "Checkov CKV_AWS_49",
        "Checkov CKV_AWS_72",
        "Trivy AWS-0097",
        "Checkov CKV2_AWS_40",
        "Trivy AWS-0345",
    ),
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


@judges_identity_policies(WILDCARD_ACTION, Kind.RESOURCE, Kind.KEY)
def named_actions(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse action wildcards that bring in an action which changes something."""
    for document in locations.documents(resource, Kind.IDENTITY, Kind.RESOURCE, Kind.KEY):
        for statement in denials.allowed(document):
            if (
                _delegates_to_account(statement, document, resource)
                or _delegates_to_access_points(statement)
                or (reach.is_administrator(statement) and not statement.principals)
            ):
                continue
            for grant in _granted(statement):
                action = reach.wide_action(grant.action)
                if grant.action.lower() == SEARCH_REQUESTS and knows_its_users(resource):
                    continue
                if action and not _administers_key(statement, grant.action):
                    yield Finding(
                        f'{statement.label} allows "{grant}", which includes {action.name}',
                        f'name the actions that are used instead of "{grant.action}"',
                        grant=str(grant),
                    )


@WILDCARD_ACTION.on(*locations.types_with(Kind.TRUST))
def named_ways_to_assume(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a trust policy that does not say how the role is assumed."""
    for statement in locations.allowed_statements(resource, Kind.TRUST):
        for action in filter(reach.wide_action, statement.actions):
            yield Finding(
                f'{statement.label} lets "{action}" assume the role, in every way there is',
                '"Action": "sts:AssumeRole"',
                grant=f"{action} on {resource.name}",
            )


@WILDCARD_ACTION.on(aws("lambda", "Permission"))
def named_actions_on_function(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a permission on a function for more than calling it."""
    action = permission.properties.get("action")
    found = reach.wide_action(action) if isinstance(action, str) else None
    if found:
        yield Finding(
            f'allows "{action}" on the function, which includes {found.name}',
            'action="lambda:InvokeFunction"',
            grant=f"{action} on {permission.name}",
        )


@judges_identity_policies(READ_WILDCARD)
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


def _granted(statement: Statement) -> Iterator[reach.Grant]:
    """Yield the grants; a repository's policy names no resource, and means the repository."""
    if statement.resources:
        yield from reach.grants(statement)
    else:
        for action in statement.actions:
            yield reach.Grant(action, "itself")


def _administers_key(statement: Statement, action: str) -> bool:
    """Say whether identities by name get the families of actions that AWS's own key policies give administrators."""
    return action.lower() in KEY_ADMINISTRATION and all(
        principal.kind == "AWS" and not has_wildcard(principal.value) for principal in statement.principals
    )


def _delegates_to_account(statement: Statement, document: Document, resource: Resource) -> bool:
    """Say whether a statement gives a resource into the hands of its own account's IAM policies."""
    named = {_account(principal.value) for principal in statement.principals if principal.kind == "AWS"}
    if None in named or len(named) != 1 or len(statement.principals) != 1:
        return False
    own = accounts.own(resource, document, *ABOUT)
    if not own:
        # A key's policy speaks of "*", the key itself; a repository's of nothing, and is never in need of its account.
        return bool(statement.resources)
    return named <= own


def _delegates_to_access_points(statement: Statement) -> bool:
    """Say whether a bucket leaves the decision to its access points' policies, as S3's documentation recommends:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html"""
    return any(
        condition.key.lower().startswith("s3:dataaccesspoint")
        for condition in conditions.about_caller(statement.conditions)
    )


def _account(principal: str) -> str | None:
    if principal.isdigit():
        return principal
    return principal.split(":")[4] if matches("arn:*:iam::*:root", principal) else None
