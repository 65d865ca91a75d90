"""IAM: documents that AWS accepts, and permissions that are ours and not a user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import locations, reach
from ..iam.actions import expand
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

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
