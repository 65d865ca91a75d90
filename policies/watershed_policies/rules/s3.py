"""S3: buckets are private, encrypted with our key, versioned, logged and cleaned up.

Most settings of a bucket are resources of their own in pulumi-aws, so most rules have two halves: the setting is right
(checked on the setting, before it is created), and the bucket has one at all (checked across the stack, at preview).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import locations, tls
from ..iam.locations import Kind
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from ..values import UNKNOWN, Properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Document
    from ..settings import Settings

BUCKETS = (aws("s3", "Bucket"), aws("s3", "BucketV2"))
POLICY = aws("s3", "BucketPolicy")
PUBLIC_ACCESS = aws("s3", "BucketPublicAccessBlock")
OWNERSHIP = aws("s3", "BucketOwnershipControls")
VERSIONING = (aws("s3", "BucketVersioning"), aws("s3", "BucketVersioningV2"))
ENCRYPTION = tuple(aws("s3", f"BucketServerSideEncryptionConfiguration{suffix}") for suffix in ("", "V2"))
LIFECYCLE = (aws("s3", "BucketLifecycleConfiguration"), aws("s3", "BucketLifecycleConfigurationV2"))
LOGGING = (aws("s3", "BucketLogging"), aws("s3", "BucketLoggingV2"))
ACL = (aws("s3", "BucketAcl"), aws("s3", "BucketAclV2"))

BLOCKS = {
    "blockPublicAcls": "block_public_acls",
    "blockPublicPolicy": "block_public_policy",
    "ignorePublicAcls": "ignore_public_acls",
    "restrictPublicBuckets": "restrict_public_buckets",
}
KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")
# Our component for buckets that take access logs, of other stacks too.
LOG_COMPONENT = "watershed:storage:AccessLogs"
INLINE_LOGGING = ("logging", "loggings")
LOG_DELIVERY = "logging.s3.amazonaws.com"

FIX_TLS = (
    'aws.s3.BucketPolicy("...", bucket=bucket.id, policy=...) with {"Effect": "Deny", "Principal": "*", '
    '"Action": "s3:*", '
    '"Resource": [bucket_arn, f"{bucket_arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
)
FIX_BLOCK = (
    'aws.s3.BucketPublicAccessBlock("...", bucket=bucket.id, '
    + ", ".join(f"{python}=True" for python in BLOCKS.values())
    + ")"
)
FIX_ENCRYPTION = (
    'aws.s3.BucketServerSideEncryptionConfiguration("...", bucket=bucket.id, rules=[{'
    '"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}, '
    '"bucket_key_enabled": True}])'
)
FIX_VERSIONING = 'aws.s3.BucketVersioning("...", bucket=bucket.id, versioning_configuration={"status": "Enabled"})'
FIX_LIFECYCLE = (
    'aws.s3.BucketLifecycleConfiguration("...", bucket=bucket.id, rules=[{"id": "clean-up", "status": "Enabled", '
    '"filter": {}, "abort_incomplete_multipart_upload": {"days_after_initiation": 7}, '
    '"noncurrent_version_expiration": {"noncurrent_days": 30}}])'
)

TLS_ONLY = Rule(
    id="S3-TLS-ONLY",
    title="Buckets refuse requests without TLS",
    severity=Severity.HIGH,
    why="Without it, objects and signatures may cross the network in the clear.",
    frameworks=("FSBP S3.5", "CIS AWS 2.1.1", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
CUSTOMER_KEY = Rule(
    id="S3-CUSTOMER-KEY",
    title="Buckets encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="Only a key of ours has a policy and a log of its own, and can be taken away. Access-log buckets are excepted: "
    "S3 log delivery cannot write to them.",
    frameworks=("FSBP S3.17", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
)
BUCKET_KEY = Rule(
    id="S3-BUCKET-KEY",
    title="Buckets with KMS encryption use a bucket key",
    severity=Severity.LOW,
    why="Without it each object costs a KMS request, and KMS throttles.",
)
PUBLIC_ACCESS_BLOCK = Rule(
    id="S3-PUBLIC-ACCESS-BLOCK",
    title="Buckets block public access, all four ways",
    severity=Severity.CRITICAL,
    why="It makes a later mistake in a policy or an access control list harmless.",
    frameworks=("FSBP S3.8", "CIS AWS 2.1.4", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
)
OWNERSHIP_ENFORCED = Rule(
    id="S3-OWNERSHIP-ENFORCED",
    title="Access control lists are off",
    severity=Severity.MEDIUM,
    why="With lists on, whoever writes an object owns it, and grants stand where nobody looks. Enforced ownership is "
    "AWS's default, so only other values are refused.",
    frameworks=("FSBP S3.12", "NIST 800-53 AC-3"),
)
NO_ACL = Rule(
    id="S3-NO-ACL",
    title="No access control lists that open a bucket",
    severity=Severity.CRITICAL,
    why="A public list makes every object readable, or writable, by anyone.",
    frameworks=("FSBP S3.2", "FSBP S3.3", "FSBP S3.12"),
)
VERSIONED = Rule(
    id="S3-VERSIONING",
    title="Buckets keep versions",
    severity=Severity.MEDIUM,
    why="An overwritten or deleted object can be brought back.",
    frameworks=("FSBP S3.14", "NIST 800-53 CP-9", "PCI DSS 10.3.3"),
)
ACCESS_LOGGING = Rule(
    id="S3-ACCESS-LOGGING",
    title="Buckets log who reads and writes",
    severity=Severity.MEDIUM,
    why="Without access logs nobody can say afterwards who read what. Access-log buckets themselves are excepted.",
    frameworks=("FSBP S3.9", "CIS AWS 3.6", "NIST 800-53 AU-2", "PCI DSS 10.2.1"),
)
LIFECYCLE_RULES = Rule(
    id="S3-LIFECYCLE",
    title="Buckets have lifecycle rules",
    severity=Severity.LOW,
    why="What nobody expires is kept, and paid for, for ever.",
    frameworks=("FSBP S3.10", "FSBP S3.13"),
)
ABORT_MULTIPART = Rule(
    id="S3-ABORT-MULTIPART",
    title="Buckets abandon unfinished uploads",
    severity=Severity.LOW,
    why="Parts of uploads that never finished are invisible, and paid for.",
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
KEY_ENFORCED = Rule(
    id="S3-KEY-ENFORCED",
    title="Buckets refuse objects encrypted with another key",
    severity=Severity.MEDIUM,
    why="A writer may name its own key, and then decides who can read the object.",
    profile=Profile.STRICT,
)


@TLS_ONLY.on(POLICY, *BUCKETS)
def policy_refuses_plain_http(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check the policy itself, when it is known."""
    for document in locations.documents(resource, Kind.RESOURCE):
        problem = tls.weakness(document, "s3")
        if problem and document.complete:
            yield Finding(f"has a policy that {problem}", FIX_TLS)


@TLS_ONLY.across(*BUCKETS)
def bucket_has_policy(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a policy; the other half says whether it is a good one."""
    if not bucket.properties.is_set("policy") and not stack.naming(bucket, "bucket", POLICY):
        yield Finding("has no bucket policy, so it takes requests without TLS", FIX_TLS)


@CUSTOMER_KEY.on(*ENCRYPTION, *BUCKETS)
def kms_with_key(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse KMS without a key: that is the key that AWS manages."""
    for default in _defaults(resource):
        if default.get("sseAlgorithm") in KMS_ALGORITHMS and not default.is_set("kmsMasterKeyId"):
            yield Finding("encrypts with AWS's own key (aws/s3)", FIX_ENCRYPTION)


@CUSTOMER_KEY.across(*BUCKETS)
def bucket_has_customer_key(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a setting, and that it is KMS."""
    if receives_access_logs(bucket, stack):
        return
    defaults = [
        default for holder in (bucket, *stack.naming(bucket, "bucket", *ENCRYPTION)) for default in _defaults(holder)
    ]
    if not defaults:
        yield Finding("has no encryption with a customer-managed key", FIX_ENCRYPTION)
    elif not any(default.get("sseAlgorithm") in KMS_ALGORITHMS for default in defaults):
        yield Finding("encrypts with S3's key (SSE-S3) instead of a customer-managed one", FIX_ENCRYPTION)


@BUCKET_KEY.on(*ENCRYPTION, *BUCKETS)
def bucket_key_enabled(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse KMS without a bucket key."""
    for rule in _encryption_rules(resource):
        algorithm = _either(rule, "applyServerSideEncryptionByDefault").get("sseAlgorithm")
        # Bucket keys do not exist for dual-layer encryption.
        if algorithm == "aws:kms" and rule.get("bucketKeyEnabled") is not True:
            yield Finding("encrypts with KMS without a bucket key", 'add "bucket_key_enabled": True to the rule')


@PUBLIC_ACCESS_BLOCK.on(PUBLIC_ACCESS, aws("s3", "AccountPublicAccessBlock"))
def all_four_blocks(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a block with a gap."""
    open_ways = [python for name, python in BLOCKS.items() if _is_off(resource.properties, name)]
    if open_ways:
        yield Finding(f"leaves public access open: {', '.join(open_ways)} not set", FIX_BLOCK)


@PUBLIC_ACCESS_BLOCK.across(*BUCKETS)
def bucket_has_block(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a block."""
    if not stack.naming(bucket, "bucket", PUBLIC_ACCESS):
        yield Finding("does not block public access", FIX_BLOCK)


@OWNERSHIP_ENFORCED.on(OWNERSHIP)
def owner_enforced(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse ownership that leaves access control lists on."""
    ownership = resource.properties.get("rule", "objectOwnership")
    if ownership != "BucketOwnerEnforced":
        yield Finding(
            f"sets object ownership to {ownership}, which leaves access control lists on",
            'rule={"object_ownership": "BucketOwnerEnforced"}',
        )


@NO_ACL.on(*ACL, *BUCKETS)
def no_open_acl(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse access control lists that open a bucket."""
    acl = resource.properties.get("acl")
    if isinstance(acl, str) and acl.startswith(("public-", "authenticated-")):
        yield Finding(f'has the access control list "{acl}"', "remove `acl`: buckets are private without one")
    for path in (("grants",), ("accessControlPolicy", "grants")):
        for grant in resource.properties.each(*path):
            uri = grant.get("uri") or grant.section("grantee").get("uri")
            if isinstance(uri, str) and uri.endswith(("/AllUsers", "/AuthenticatedUsers")):
                yield Finding(f"grants access to {uri.rsplit('/', 1)[-1]}", "remove the grant")


@VERSIONED.on(*VERSIONING, *BUCKETS)
def versioning_enabled(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse versioning that is set, but not on."""
    properties = resource.properties
    if resource.type in BUCKETS:
        kept = not _is_inline(resource, "versioning") or _either(properties, "versioning").get("enabled") is True
    else:
        kept = properties.get("versioningConfiguration", "status") == "Enabled"
    if not kept:
        yield Finding("does not keep versions", FIX_VERSIONING)


@VERSIONED.across(*BUCKETS)
def bucket_has_versioning(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has versioning."""
    if not _is_inline(bucket, "versioning") and not stack.naming(bucket, "bucket", *VERSIONING):
        yield Finding("does not keep versions", FIX_VERSIONING)


@ACCESS_LOGGING.across(*BUCKETS)
def bucket_logs_access(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket is logged, unless logs go to it."""
    logged = _is_inline(bucket, "logging") or stack.naming(bucket, "bucket", *LOGGING)
    if not logged and not receives_access_logs(bucket, stack):
        yield Finding(
            "does not log access",
            'aws.s3.BucketLogging("...", bucket=bucket.id, target_bucket=log_bucket.id, target_prefix="name/")',
        )


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
    if not any(_either(rule, "noncurrentVersionExpiration").is_set() for rule in rules):
        yield Finding("keeps old versions for ever", FIX_LIFECYCLE)


@FORCE_DESTROY.on(*BUCKETS)
def keeps_its_objects(bucket: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse force_destroy."""
    if bucket.properties.get("forceDestroy") is True:
        yield Finding(
            "is deleted with all its objects", "remove force_destroy=True; empty the bucket first if it must go"
        )


@KEY_ENFORCED.on(POLICY)
def policy_refuses_other_keys(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check that a bucket policy, when it is known, refuses other keys; log buckets have none."""
    for document in locations.documents(resource, Kind.RESOURCE):
        if document.complete and not _is_for_log_delivery(document) and not _refuses_other_keys(document):
            yield Finding(
                "has a policy that does not refuse objects encrypted with another key",
                '{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{bucket_arn}/*", '
                '"Condition": {"StringNotEqualsIfExists": '
                '{"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}}}',
            )


def receives_access_logs(bucket: Resource, stack: Stack) -> bool:
    """Say whether S3 writes access logs to the bucket: then KMS is not possible, and logging it would go in circles."""
    if bucket.is_in(LOG_COMPONENT):
        return True
    if stack.naming(bucket, "targetBucket", *LOGGING):
        return True
    if any(
        bucket.urn in other.dependencies.get(name, ()) for other in stack.of_type(*BUCKETS) for name in INLINE_LOGGING
    ):
        return True
    policies = [bucket, *stack.naming(bucket, "bucket", POLICY)]
    return any(
        _is_for_log_delivery(document) for holder in policies for document in locations.documents(holder, Kind.RESOURCE)
    )


def _is_for_log_delivery(document: Document) -> bool:
    return any(principal.value == LOG_DELIVERY for statement in document.allows for principal in statement.principals)


def _refuses_other_keys(document: Document) -> bool:
    return any(
        condition.key.lower() == "s3:x-amz-server-side-encryption-aws-kms-key-id"
        and condition.operator.lower().startswith(("stringnot", "arnnot"))
        for statement in document.denies
        for condition in statement.conditions
    )


def _encryption_rules(holder: Resource) -> list[Properties]:
    if holder.type in BUCKETS:
        configuration = _either(holder.properties, "serverSideEncryptionConfiguration")
        return configuration.each("rule") or configuration.each("rules")
    return holder.properties.each("rules")


def _defaults(holder: Resource) -> list[Properties]:
    found = [_either(rule, "applyServerSideEncryptionByDefault") for rule in _encryption_rules(holder)]
    return [default for default in found if default.is_set("sseAlgorithm")]


def _either(properties: Properties, name: str) -> Properties:
    """Return an inline setting of a bucket: BucketV2 has lists of one, with their names in the plural."""
    return properties.section(name if properties.is_set(name) else f"{name}s")


def _is_inline(bucket: Resource, name: str) -> bool:
    return bucket.properties.is_set(name) or bucket.properties.is_set(f"{name}s")


def _is_off(properties: Properties, name: str) -> bool:
    return not properties.is_unknown(name) and properties.get(name) is not True


def _lifecycle_rules(bucket: Resource, stack: Stack) -> list[Properties]:
    rules = [rule for holder in stack.naming(bucket, "bucket", *LIFECYCLE) for rule in holder.properties.each("rules")]
    legacy = [rule for rule in bucket.properties.each("lifecycleRules") if rule.get("enabled") is True]
    return [rule for rule in rules if rule.get("status") == "Enabled"] + legacy


def _is_for_whole_bucket(rule: Properties) -> bool:
    scope = rule.get("filter")
    if rule.get("prefix"):
        return False
    return not isinstance(scope, dict) or not any(value not in (None, "", {}, UNKNOWN) for value in scope.values())
