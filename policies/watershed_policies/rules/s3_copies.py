"""S3: objects that nobody can overwrite, copies elsewhere, and notifications of what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..buckets import BUCKETS, either, is_inline
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .s3_encryption import ENCRYPTION, KMS_ALGORITHMS, default_encryptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..values import Properties

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
REPLICATES_ENCRYPTED = Rule(
    id="S3-REPLICATION-ENCRYPTED",
    title="Replication takes the objects that KMS encrypts",
    severity=Severity.MEDIUM,
    why="S3 skips them, without an error, unless a rule selects them: the copy of a bucket with a KMS key stays empty.",
    frameworks=("NIST 800-53 CP-6", "NIST 800-53 CP-9"),
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
    if not _replicating(bucket, stack):
        yield Finding(
            "is not replicated", 'aws.s3.BucketReplicationConfig("...", bucket=bucket.id, role=..., rules=[...])'
        )


@REPLICATES_ENCRYPTED.across(*BUCKETS)
def replicates_what_kms_encrypts(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the rules that replicate a bucket with a KMS key select what the key encrypts.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    holders = (bucket, *stack.naming(bucket, "bucket", *ENCRYPTION))
    defaults = [default for holder in holders for default in default_encryptions(holder)]
    if not any(default.get("sseAlgorithm") in KMS_ALGORITHMS for default in defaults):
        return
    if not all(_selects_encrypted(rule) for rule in _replicating(bucket, stack)):
        yield Finding(
            "has a replication that skips the objects that KMS encrypts",
            'add "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}} to the rule, and '
            '"encryption_configuration": {"replica_kms_key_id": key_of_its_region.arn} to its destination',
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


def _replicating(bucket: Resource, stack: Stack) -> list[Properties]:
    """Return the rules that replicate a bucket: its own and those beside it, if they are on."""
    inline = either(bucket.properties, "replicationConfiguration")
    replications = [inline, *(companion.properties for companion in stack.naming(bucket, "bucket", REPLICATION))]
    return [rule for each in replications for rule in each.each("rules") if rule.get("status") == "Enabled"]


def _selects_encrypted(rule: Properties) -> bool:
    """Say whether a rule selects what KMS encrypts; within a bucket, a switch says so instead of a status."""
    selection = either(rule, "sourceSelectionCriteria").section("sseKmsEncryptedObjects")
    return selection.get("status") == "Enabled" or selection.is_true("enabled")
