"""What the Allow statements of a document reach: which actions, on which resources, and where that is unbounded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from . import arns
from .actions import ROLE_ASSUMING, ROLE_PASSING, Action, expand
from .patterns import has_wildcard, literal_prefix, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .document import Statement

# What the agent on an instance says of its own instance; it is any that has the role.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
OF_ITS_INSTANCE = {
    *("ssm:updateinstanceinformation", "ssm:updateinstanceassociationstatus"),
    *("ssm:putinventory", "ssm:putcomplianceitems", "ssm:getdeployablepatchsnapshotforinstance"),
}
# Listing calls that name no resource, though AWS's reference gives them a resource type.
LISTS_EVERYTHING = {"logs:describeloggroups", "logs:describequeries", "logs:getqueryresults", "tag:getresources"}
# In which region a bucket is, which the console and SDKs ask before anything else.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_rw-bucket-console.html
WHEREABOUTS = {"s3:getbucketlocation"}
# What Lambda does to attach a function to a VPC; AWS gives the interfaces their ids, and asks for `*`.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
INTERFACES_OF_FUNCTIONS = {
    "ec2:createnetworkinterface",
    "ec2:deletenetworkinterface",
    "ec2:detachnetworkinterface",
    "ec2:assignprivateipaddresses",
    "ec2:unassignprivateipaddresses",
}
# A metric is no resource; the one that AWS's reference names is optional.
ON_NO_RESOURCE = {"cloudwatch:putmetricdata", "cloudwatch:getmetricdata"}
# An answer to whoever asked: the token of the request says to whom.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-policies.html
ANSWERS = {"s3-object-lambda:writegetobjectresponse"}
# A user names the device, and AWS's policy for one's own credentials has any.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
OWN_DEVICES = {"iam:createvirtualmfadevice"}
# What AWS names when it is made: a change of DNS records, a schema's version, a task definition's revision.
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html has the second on `*`, and
# https://github.com/aws-actions/amazon-ecs-deploy-task-definition#permissions the third.
NAMED_WHEN_MADE = {"route53:getchange", "glue:getschemaversion", "ecs:registertaskdefinition"}
WITHOUT_NAMES = (
    LISTS_EVERYTHING
    | OF_ITS_INSTANCE
    | INTERFACES_OF_FUNCTIONS
    | ON_NO_RESOURCE
    | ANSWERS
    | OWN_DEVICES
    | NAMED_WHEN_MADE
    | WHEREABOUTS
)

# What makes a log group may do so anywhere in its account: the console's role for a function has it like this, and
# Lambda calls that least privilege. https://docs.aws.amazon.com/lambda/latest/operatorguide/least-privilege.html
MADE_IN_ACCOUNT = {"logs:createloggroup"}

# AWS's own key policy examples write the cryptographic operations in families: each is one power in variants.
ACTION_FAMILIES = {"kms:encrypt*", "kms:decrypt*", "kms:reencrypt*", "kms:generatedatakey*"}


@dataclass(frozen=True)
class Grant:
    """An action pattern on a resource pattern, as a statement spells it."""

    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


def grants(statement: Statement) -> Iterator[Grant]:
    """Yield each action pattern with each resource pattern of a statement."""
    for action in statement.actions:
        for resource in statement.resources:
            yield Grant(action, resource)


def is_administrator(statement: Statement) -> bool:
    """Say whether the statement allows everything on everything."""
    return any(is_every_action(action) for action in statement.actions) and any(
        resource_is_everything(resource) for resource in statement.resources
    )


def is_every_action(pattern: str) -> bool:
    """Say whether an action pattern stands for all actions of all services."""
    return bool(pattern) and set(pattern) <= {"*", ":", "?"} and "*" in pattern


def resource_is_everything(pattern: str) -> bool:
    """Say whether a resource pattern stands for all resources of all services."""
    arn = arns.split(pattern)
    return arn is not None and set(arn.service) == {"*"} and set(arn.resource) == {"*"}


@lru_cache(maxsize=65536)
def concerns(action_name: str, resource_pattern: str) -> bool:
    """Say whether a resource pattern can stand for a resource that the action is about."""
    pattern = arns.split(resource_pattern)
    found = expand(action_name)
    if pattern is None or not found or found[0].needs_any_resource:
        return True
    return any(arns.concerns(pattern, format_) for format_ in found[0].formats)


def names_nothing(action_pattern: str) -> bool:
    """Say whether the actions of a pattern are about no resource in particular, such as listing one's buckets."""
    found = expand(action_pattern)
    return bool(found) and all(
        action.needs_any_resource or action.may_lack_resource or action.name.lower() in WITHOUT_NAMES
        for action in found
    )


@lru_cache(maxsize=65536)
def unbounded(action_pattern: str, resource_pattern: str) -> Action | None:
    """Return an action of the pattern for which the resource pattern leaves the resource's name open, if there is one.

    An action that AWS defines without resources is not: it needs `*`.
    """
    pattern = arns.split(resource_pattern)
    if pattern is None or not has_wildcard(resource_pattern):
        return None
    actions = expand(action_pattern)
    if _mostly_lists(action_pattern, actions):
        return None
    for action in actions:
        if action.name.lower() in WITHOUT_NAMES or action.may_lack_resource:
            continue
        if action.name.lower() in MADE_IN_ACCOUNT and not has_wildcard(pattern.region + pattern.account):
            continue
        for format_ in action.formats:
            if format_ in action.named_by_aws and literal_prefix(pattern.resource) == _head(format_):
                continue
            if arns.concerns(pattern, format_) and arns.names_any(pattern, format_):
                return action
    return None


def assumes_anywhere(grant: Grant) -> bool:
    """Say whether a grant lets roles of whatever account be assumed: its owner decides who has one of the name."""
    arn = arns.split(grant.resource)
    return matches(grant.action, ROLE_ASSUMING) and arn is not None and set(arn.account) <= {"*", "?"}


def _mostly_lists(pattern: str, actions: tuple[Action, ...]) -> bool:
    """Say whether a wildcard such as `ec2:Describe*` reads, and `*` is what most of its actions need."""
    if not has_wildcard(pattern) or any(action.access.changes_something for action in actions):
        return False
    return 2 * sum(action.needs_any_resource for action in actions) > len(actions)


@lru_cache(maxsize=8192)
def wide_action(pattern: str) -> Action | None:
    """Return an action that changes something and that a wildcard brings in, if the pattern has a wildcard and one."""
    if not has_wildcard(pattern) or pattern.lower() in ACTION_FAMILIES:
        return None
    return next((action for action in expand(pattern) if action.access.changes_something), None)


def passes_roles(statement: Statement) -> Iterator[Grant]:
    """Yield the grants of a statement that let roles be passed to a service."""
    for grant in grants(statement):
        if matches(grant.action, ROLE_PASSING) and concerns(ROLE_PASSING, grant.resource):
            yield grant


def _head(format_: arns.Arn) -> str:
    return literal_prefix(format_.resource)
