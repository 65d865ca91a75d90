"""IAM: statements that reach something at all, and no more policies on an identity than AWS attaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import arns, holders, locations, mismatch
from ..iam.locations import Kind
from ..iam.patterns import VARIABLE, matches
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

RESOURCE_MISMATCH = Rule(
    id="IAM-RESOURCE-MISMATCH",
    title="Actions stand with resources that they are about",
    severity=Severity.MEDIUM,
    why="`s3:GetObject` on a bucket's ARN without `/*` allows nothing, and a Deny like it guards nothing. Programs "
    "fail when they run, and S3 refuses such a bucket policy.",
)

POLICY_COUNT = Rule(
    id="IAM-POLICY-COUNT",
    title="No identity has more managed policies than AWS attaches",
    severity=Severity.MEDIUM,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    why="AWS attaches 10 and refuses the next in the middle of a deploy, unless the account's quota was raised: a "
    "role's to 25, a user's to 20.",
)
ATTACHED_LIMIT = 10
# Services whose resources have policies about that service alone.
OF_ONE_SERVICE = {"kms", "sqs", "sns", "secretsmanager", "ecr"}


@RESOURCE_MISMATCH.on(*locations.types_with(Kind.IDENTITY, Kind.RESOURCE))
def actions_reach_something(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an action that none of its statement's resources can be about."""
    for document in locations.documents(resource, Kind.IDENTITY, Kind.RESOURCE):
        if not document.complete:
            continue
        for statement in document.statements:
            for resource_pattern in (*statement.resources, *statement.not_resources):
                arn = arns.split(resource_pattern)
                unheard = arns.problem(arn) if arn and not VARIABLE.search(resource_pattern) else None
                if unheard:
                    yield Finding(
                        f"{statement.label} names {resource_pattern}, and no ARN has {unheard}",
                        "give the ARN from the resource's output (`bucket.arn`)",
                    )
            for found in mismatch.dead(statement):
                yield Finding(
                    f"{statement.label} names {found.action} with {', '.join(statement.resources[:2])}, "
                    "which it is not about",
                    f'give "Resource" the form that the action is about: {found.expects}',
                )


@RESOURCE_MISMATCH.on(*locations.types_with(Kind.RESOURCE, Kind.KEY))
def actions_of_own_service(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an action of another service in the policy of a key, a queue, a topic, a secret or a repository."""
    service = resource.type.split(":")[1].split("/")[0]
    if service not in OF_ONE_SERVICE:
        return
    for document in locations.documents(resource, Kind.RESOURCE, Kind.KEY):
        for statement in document.statements:
            for action in statement.actions:
                if not matches(action.partition(":")[0], service):
                    yield Finding(
                        f"{statement.label} names {action}, in a policy that is about {service}: alone",
                        f'name actions of {service}: in "Action"',
                    )


@POLICY_COUNT.across(*(aws("iam", name) for name in ("Role", "User", "Group")))
def attached_policies_fit(identity: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse an identity with more managed policies than AWS attaches to it."""
    count = holders.managed_policies(identity, stack)
    if count > ATTACHED_LIMIT:
        yield Finding(
            f"has {count} managed policies; AWS attaches {ATTACHED_LIMIT}",
            "join them in fewer policies, or write them inline: aws.iam.RolePolicy(role=role.id, policy=...)",
        )
