"""Adds to a bucket policy the statement that denies requests without TLS."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .values import holds_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .resource import Resource

SID = "DenyRequestsWithoutTls"
# Amazon S3 User Guide, "Bucket policies for Amazon S3": 20 KB.
MOST_CHARACTERS = 20 * 1024
# What regions of each partition begin with: botocore, partitions.json.
PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
}


def deny_plain_http(resource: Resource) -> Mapping[str, Any] | None:
    """Return the policy with one statement more, in the form it had; None if it cannot be told which."""
    bucket, policy = resource.values.get("bucket"), resource.values.get("policy")
    if not isinstance(bucket, str) or holds_unknown(policy):
        return None
    document = json.loads(policy) if isinstance(policy, str) else policy
    partition = _partition(resource, document)
    if partition is None or not isinstance(document, dict) or "Statement" not in document:
        return None
    given = document["Statement"]
    statements = given if isinstance(given, list) else [given]
    changed = {**document, "Statement": [*statements, _statement(f"arn:{partition}:s3:::{bucket}", statements)]}
    text = json.dumps(changed)
    if len(text) > MOST_CHARACTERS:
        return None
    return {"policy": text if isinstance(policy, str) else changed}


def _statement(arn: str, beside: list[Any]) -> dict[str, Any]:
    named = {} if any(each.get("Sid") == SID for each in beside) else {"Sid": SID}
    return {
        **named,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _partition(resource: Resource, document: Any) -> str | None:
    """Return the partition of AWS that the bucket is in: as the policy's own ARNs say, else as the region does."""
    named = set(re.findall(r'"arn:(aws[a-z-]*):', json.dumps(document)))
    if named:
        return named.pop() if len(named) == 1 else None
    region = resource.values.get("region") or resource.provider_values.get("region")
    if not isinstance(region, str):
        return None
    return next((partition for start, partition in PARTITIONS.items() if region.startswith(start)), "aws")
