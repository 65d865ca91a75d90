"""Actions that none of their statement's resources can be about: they allow, or deny, nothing.

`s3:GetObject` is about objects, so a bucket's own ARN does not do; `s3:ListBucket` is about buckets. Statements that
list the actions of several kinds of resource beside all the ARNs are usual and work, so an action is only dead if no
resource of its statement suits it, and reported where it is sure that somebody expects it to work.

An action that AWS defines without resources, such as `ecr:GetAuthorizationToken`, is dead on an ARN too: its resource
"must be `*`" (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from . import arns
from .actions import expand
from .patterns import VARIABLE, has_wildcard, literal_prefix, overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .actions import Action
    from .document import Statement

TASK_DEFINITION = "task-definition/*:*"
# What AWS says to need `*`. That its reference names no resource does not tell alone: AWS-managed policies have ARNs
# for many such actions, as those of CloudFormation, CloudWatch Logs and SageMaker, and the CDK for states:SendTask*.
NEEDS_EVERYTHING = re.compile(
    r"ec2:describe.*|ecr:getauthorizationtoken|kms:(listkeys|listaliases|createkey)|lambda:listfunctions|"
    r"s3:listallmybuckets|secretsmanager:(getrandompassword|listsecrets)|sns:listtopics|sqs:listqueues|"
    r"sts:getcalleridentity|dynamodb:listtables|cloudwatch:(listmetrics|getmetricstatistics|getmetricwidgetimage)|"
    r"xray:(put|getsampling|gettrace|getservicegraph).*|(comprehend:detect|textract:detect|rekognition:detect).*"
)
# Listings that stand for good measure among what reads the same resource, as in the policy templates of AWS SAM.
LISTING = (":list", ":describe")
# Services whose ARNs have no Region, or no account, for sure: of others, such as SWF, AWS's guides have ARNs with one.
IN_NO_REGION = {"s3", "iam", "sts", "route53", "cloudfront", "organizations"}
IN_NO_ACCOUNT = {"s3", "route53", "apigateway"}
# Kinds of S3 whose names hold a slash though they are no objects.
BESIDE_BUCKETS = ("accesspoint/", "outpost/", "job/", "storage-lens/", "access-grants/", "async-request/")


@dataclass(frozen=True)
class Dead:
    """An action that reaches nothing, and what AWS defines it for."""

    action: str
    expects: str


def dead(statement: Statement) -> Iterator[Dead]:
    """Yield the actions of a statement that none of its resources can be about."""
    if not statement.resources or any(VARIABLE.search(resource) for resource in statement.resources):
        return
    unsuited = [
        action
        for action in statement.actions
        if not _suits_any(action, statement.resources) and not _is_denied_listing(action, statement)
    ]
    nothing_works = len(unsuited) == len(statement.actions)
    for action in unsuited:
        if nothing_works or _is_surely_meant(action, statement.resources):
            yield Dead(action, _expected(action))


def _is_denied_listing(action: str, statement: Statement) -> bool:
    """Say whether a Deny names all buckets beside its own bucket, as Airflow's guide has it for the environment's role.

    https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
    """
    return not statement.allows and all(one.needs_any_resource for one in expand(action))


def _suits_any(action: str, resources: tuple[str, ...]) -> bool:
    return any(_suits(action, resource) for resource in resources)


@lru_cache(maxsize=65536)
def _suits(action_pattern: str, resource_pattern: str) -> bool:
    """Say whether an action that a pattern stands for can be about a resource that a pattern stands for."""
    pattern = arns.split(resource_pattern)
    found = expand(action_pattern)
    if pattern is None or not found:
        return True
    for action in found:
        if action.needs_any_resource and not (literal_prefix(pattern.resource) and _needs_everything(action)):
            return True
        if any(_can_be(pattern, format_) for format_ in action.formats):
            return True
    return False


def _needs_everything(action: Action) -> bool:
    return NEEDS_EVERYTHING.fullmatch(action.name.lower()) is not None


def _can_be(pattern: arns.Arn, format_: arns.Arn) -> bool:
    if not _can_be_where(pattern, format_):
        return False
    if not arns.concerns(pattern, format_):
        # A task may be run by the family's name, without a revision.
        return format_.resource == TASK_DEFINITION and overlap(pattern.resource, TASK_DEFINITION.removesuffix(":*"))
    if not _begins_alike(literal_prefix(pattern.resource), literal_prefix(format_.resource)):
        return False
    if format_.service == "s3" and format_.resource == "*":
        # A bucket: its name has no slash, unlike an object's ARN.
        prefix = literal_prefix(pattern.resource)
        return "/" not in prefix or prefix.startswith(BESIDE_BUCKETS)
    return True


def _begins_alike(one: str, other: str) -> bool:
    """Say whether two texts have the same letters as far as both go: ARNs are compared with case."""
    return all(a == b for a, b in zip(one, other, strict=False))


def _can_be_where(pattern: arns.Arn, format_: arns.Arn) -> bool:
    """Say whether the pattern has a Region and an account where AWS's format has them, and none where it has none.

    AWS's own resources, such as `arn:aws:ssm:eu-west-1::parameter/aws/service/eks/*`, are in a Region and no account.
    """
    if (literal_prefix(pattern.region) and not format_.region and format_.service in IN_NO_REGION) or (
        literal_prefix(pattern.account) and not format_.account and format_.service in IN_NO_ACCOUNT
    ):
        return False
    in_region = bool(pattern.region) or not format_.region
    in_account = bool(pattern.account) or not format_.account
    return in_region and (in_account or bool(pattern.region))


def _is_surely_meant(action: str, resources: tuple[str, ...]) -> bool:
    """Say whether an action is dead for all that its neighbours work.

    Of S3, where a bucket's ARN and its objects' are mistaken for each other; where AWS defines the action without
    resources; and where no resource is even of a service that the action is about.
    """
    if all(one.needs_any_resource for one in expand(action)):
        return not any(listing in action.lower() for listing in LISTING)
    if action.lower().startswith("s3:"):
        return not has_wildcard(action)
    asked = {format_.service for one in expand(action) for format_ in one.formats}
    given = {pattern.service for resource in resources if (pattern := arns.split(resource))}
    return not any(overlap(one, other) for one in asked for other in given)


def _expected(action: str) -> str:
    formats = [format_ for one in expand(action) for format_ in one.formats]
    if not formats:
        return "*, in a statement of its own"
    # The last of an action's is the plainest one: S3's formats begin with those of access points.
    format_ = expand(action)[0].formats[-1] if expand(action)[0].formats else formats[0]
    return f"arn:aws:{format_.service}:{format_.region}:{format_.account}:{format_.resource}"
