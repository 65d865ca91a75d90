"""ARN patterns, taken apart, and how much of a resource's name they fix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .patterns import has_wildcard, literal_prefix, overlap

FIELDS = 6
# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
PARTITION = re.compile(r"aws(-cn|-us-gov|-iso(-[a-z])?|-eusc)?")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
ACCOUNT_DIGITS = 12
# Auto Scaling puts an id of its own before the name: `autoScalingGroup:*:autoScalingGroupName/app`.
NAME_BEHIND_ID = re.compile(r":\*:[A-Za-z]+Name/(?=\*$)")
# A recovery point is of any service and kind: `recovery-point:*` is any of them.
ID_BEHIND_KIND = "*:*"
TEMPLATE_VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN pattern."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


@lru_cache(maxsize=16384)
def split(pattern: str) -> Arn | None:
    """Take an ARN pattern apart; a final `*` stands for all parts that follow it. None if it is no ARN at all."""
    parts = pattern.split(":", FIELDS - 1)
    if len(parts) < FIELDS:
        if not parts[-1].endswith("*"):
            return None
        parts += ["*"] * (FIELDS - len(parts))
    if parts[0] not in ("arn", "*") and not parts[0].endswith("*"):
        return None
    return Arn(*parts[1:])


def problem(pattern: Arn) -> str | None:
    """Return what no ARN has: a partition, Region or account that cannot be; None if all may be."""
    if not has_wildcard(pattern.partition) and not PARTITION.fullmatch(pattern.partition):
        return f'the partition "{pattern.partition}"'
    if pattern.service != pattern.service.lower():
        return f'the service "{pattern.service}", which ARNs have in lower case'
    if pattern.region and not has_wildcard(pattern.region) and not REGION.fullmatch(pattern.region):
        return f'the Region "{pattern.region}"'
    if pattern.account.isdigit() and len(pattern.account) != ACCOUNT_DIGITS:
        return f'the account "{pattern.account}", which has not {ACCOUNT_DIGITS} digits'
    return None


@lru_cache(maxsize=16384)
def template(text: str) -> Arn:
    """Take one of AWS's ARN formats apart, its variables as wildcards."""
    parts = TEMPLATE_VARIABLE.sub("*", text).split(":", FIELDS - 1)
    return Arn(*(parts + ["*"] * (FIELDS - len(parts)))[1:])


def concerns(pattern: Arn, format_: Arn) -> bool:
    """Say whether the pattern can match a resource of that format."""
    return overlap(pattern.service, format_.service) and overlap(pattern.resource, format_.resource)


def names_any(pattern: Arn, format_: Arn) -> bool:
    """Say whether the pattern leaves the very name of the resource open: no character of it is fixed.

    The format says where the name starts: after `table/` for a DynamoDB table, at once for an S3 bucket.
    """
    if not has_wildcard(pattern.resource):
        return False
    if not has_wildcard(format_.resource):
        # Nothing to name, such as `catalog`: a wildcard reaches past it, into other kinds of resource.
        return len(literal_prefix(pattern.resource)) < len(format_.resource)
    behind_id = NAME_BEHIND_ID.search(format_.resource)
    if behind_id:
        return literal_prefix(pattern.resource.partition(behind_id.group())[2]) == ""
    if format_.resource == ID_BEHIND_KIND:
        return literal_prefix(pattern.resource.rpartition(":")[2]) == ""
    fixed = len(literal_prefix(format_.resource))
    return len(literal_prefix(pattern.resource)) <= fixed
