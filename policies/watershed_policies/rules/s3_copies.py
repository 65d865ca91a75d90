"""S3, strict: objects that nobody can overwrite, copies elsewhere, and notifications of what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..buckets import BUCKETS, either, is_inline
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKS = (aws("s3", "BucketObjectLockConfiguration"), aws("s3", "BucketObjectLockConfigurationV2"))
REPLICATION = aws("s3", "BucketReplicationConfig")
NOTIFICATION = aws("s3", "BucketNotification")

OBJECT_LOCK = Rule(
    id="S3-OBJECT-LOCK",
    title="Objects cannot be overwritten or deleted for a time",
    severity=Severity.LOW,
    why="Ransomware that holds all permissions cannot delete a locked version either.",
    frameworks=("FSBP S3.15", "NIST 800-53 CP-9", "PCI DSS 10.3.2"),
    peers=("Checkov CKV_AWS_143",),
    profile=Profile.STRICT,
)
REPLICATED = Rule(
    id="S3-REPLICATION",
    title="Buckets are replicated to another region",
    severity=Severity.LOW,
    why="A region, or an account, can be lost as a whole. It doubles the cost, hence strict.",
    frameworks=("FSBP S3.7", "NIST 800-53 CP-6", "NIST 800-53 CP-9"),
    peers=("Checkov CKV_AWS_144",),
    profile=Profile.STRICT,
)
EVENTS = Rule(
    id="S3-EVENT-NOTIFICATION",
    title="Buckets tell what happens to their objects",
    severity=Severity.LOW,
    why="Somebody can then act on an object that appears or goes.",
    frameworks=("FSBP S3.11", "NIST 800-53 SI-4"),
    peers=("Checkov CKV2_AWS_62",),
    profile=Profile.STRICT,
)


@OBJECT_LOCK.across(*BUCKETS)
def objects_are_locked(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has object lock."""
    properties = bucket.properties
    own = properties.is_true("objectLockEnabled") or is_inline(bucket, "objectLockConfiguration")
    if not own and not stack.naming(bucket, "bucket", *LOCKS):
        yield Finding("has no object lock", "object_lock_enabled=True, and an aws.s3.BucketObjectLockConfiguration")


@REPLICATED.across(*BUCKETS)
def is_replicated(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a replication that is on."""
    inline = either(bucket.properties, "replicationConfiguration")
    replications = [inline, *(companion.properties for companion in stack.naming(bucket, "bucket", REPLICATION))]
    if not any(rule.get("status") == "Enabled" for each in replications for rule in each.each("rules")):
        yield Finding(
            "is not replicated", 'aws.s3.BucketReplicationConfig("...", bucket=bucket.id, role=..., rules=[...])'
        )


@EVENTS.across(*BUCKETS)
def tells_what_happens(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has notifications, of any kind."""
    if not any(
        notification.properties.is_true("eventbridge")
        or any(notification.properties.is_set(name) for name in ("lambdaFunctions", "queues", "topics"))
        for notification in stack.naming(bucket, "bucket", NOTIFICATION)
    ):
        yield Finding(
            "tells nobody what happens", 'aws.s3.BucketNotification("...", bucket=bucket.id, eventbridge=True)'
        )
