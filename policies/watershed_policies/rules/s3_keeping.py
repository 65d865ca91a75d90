"""S3: what is kept, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..buckets import BUCKETS, either, is_inline
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from ..values import UNKNOWN, Properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

VERSIONING = (aws("s3", "BucketVersioning"), aws("s3", "BucketVersioningV2"))
LIFECYCLE = (aws("s3", "BucketLifecycleConfiguration"), aws("s3", "BucketLifecycleConfigurationV2"))
FIX_VERSIONING = 'aws.s3.BucketVersioning("...", bucket=bucket.id, versioning_configuration={"status": "Enabled"})'
FIX_LIFECYCLE = (
    'aws.s3.BucketLifecycleConfiguration("...", bucket=bucket.id, rules=[{"id": "clean-up", "status": "Enabled", '
    '"filter": {}, "abort_incomplete_multipart_upload": {"days_after_initiation": 7}, '
    '"noncurrent_version_expiration": {"noncurrent_days": 30}}])'
)

VERSIONED = Rule(
    id="S3-VERSIONING",
    title="Buckets keep versions",
    severity=Severity.MEDIUM,
    why="An overwritten or deleted object can be brought back.",
    frameworks=("FSBP S3.14", "NIST 800-53 CP-9", "PCI DSS 10.3.3"),
    peers=("Checkov CKV_AWS_21", "Trivy AWS-0090"),
)

LIFECYCLE_RULES = Rule(
    id="S3-LIFECYCLE",
    title="Buckets have lifecycle rules",
    severity=Severity.LOW,
    why="What nobody expires is kept, and paid for, for ever.",
    frameworks=("FSBP S3.10", "FSBP S3.13"),
    peers=("Checkov CKV2_AWS_61",),
)

ABORT_MULTIPART = Rule(
    id="S3-ABORT-MULTIPART",
    title="Buckets abandon unfinished uploads",
    severity=Severity.LOW,
    why="Parts of uploads that never finished are invisible, and paid for.",
    peers=("Checkov CKV_AWS_300",),
)

NONCURRENT_VERSIONS = Rule(
    id="S3-NONCURRENT-VERSIONS",
    title="Old versions expire",
    severity=Severity.LOW,
    why="Versions that nobody expires keep deleted personal data, and cost, for ever.",
    frameworks=("FSBP S3.10",),
    profile=Profile.STRICT,
)

FORCE_DESTROY = Rule(
    id="S3-FORCE-DESTROY",
    title="A bucket that holds objects is not deleted",
    severity=Severity.MEDIUM,
    why="With force_destroy, removing a line of code deletes every object.",
    frameworks=("NIST 800-53 CP-9",),
)


@VERSIONED.on(*VERSIONING, *BUCKETS)
def versioning_enabled(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse versioning that is set, but not on."""
    properties = resource.properties
    if resource.type in BUCKETS:
        kept = not is_inline(resource, "versioning") or either(properties, "versioning").is_true("enabled")
    else:
        kept = properties.get("versioningConfiguration", "status") == "Enabled"
    if not kept:
        yield Finding("does not keep versions", FIX_VERSIONING)


@VERSIONED.across(*BUCKETS)
def bucket_has_versioning(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has versioning; with object lock, S3 switches it on."""
    if bucket.properties.is_true("objectLockEnabled"):
        return
    if not is_inline(bucket, "versioning") and not stack.naming(bucket, "bucket", *VERSIONING):
        yield Finding("does not keep versions", FIX_VERSIONING)


@LIFECYCLE_RULES.across(*BUCKETS)
def bucket_has_lifecycle(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a lifecycle rule that is on."""
    if not _lifecycle_rules(bucket, stack):
        yield Finding("has no lifecycle rule", FIX_LIFECYCLE)


@ABORT_MULTIPART.across(*BUCKETS)
def bucket_abandons_uploads(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that unfinished uploads are abandoned in the whole bucket."""
    if not any(
        (rule.is_set("abortIncompleteMultipartUpload") or rule.is_set("abortIncompleteMultipartUploadDays"))
        and _is_for_whole_bucket(rule)
        for rule in _lifecycle_rules(bucket, stack)
    ):
        yield Finding("keeps the parts of unfinished uploads", FIX_LIFECYCLE)


@NONCURRENT_VERSIONS.across(*BUCKETS)
def bucket_expires_old_versions(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that old versions expire."""
    rules = _lifecycle_rules(bucket, stack)
    if not any(either(rule, "noncurrentVersionExpiration").is_set() for rule in rules):
        yield Finding("keeps old versions for ever", FIX_LIFECYCLE)


@FORCE_DESTROY.on(*BUCKETS)
def keeps_its_objects(bucket: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse force_destroy."""
    if bucket.properties.is_true("forceDestroy"):
        yield Finding(
            "is deleted with all its objects", "remove force_destroy=True; empty the bucket first if it must go"
        )


def _lifecycle_rules(bucket: Resource, stack: Stack) -> list[Properties]:
    rules = [rule for holder in stack.naming(bucket, "bucket", *LIFECYCLE) for rule in holder.properties.each("rules")]
    legacy = [rule for rule in bucket.properties.each("lifecycleRules") if rule.is_true("enabled")]
    return [rule for rule in rules if rule.get("status") == "Enabled"] + legacy


def _is_for_whole_bucket(rule: Properties) -> bool:
    scope = rule.get("filter")
    if rule.get("prefix"):
        return False
    return not isinstance(scope, dict) or not any(value not in (None, "", {}, UNKNOWN) for value in scope.values())
