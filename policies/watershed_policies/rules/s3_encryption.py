"""S3: buckets encrypt with our key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..buckets import BUCKETS, POLICY, either
from ..iam import locations
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..log_delivery import is_for_log_delivery, is_named_for_logs, takes_only_s3_key, undecided_if_for_logs
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .s3_access import OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Document, Statement
    from ..settings import Settings
    from ..values import Properties

ENCRYPTION = tuple(aws("s3", f"BucketServerSideEncryptionConfiguration{suffix}") for suffix in ("", "V2"))
ALGORITHM_HEADER = "s3:x-amz-server-side-encryption"
KEY_HEADER = f"{ALGORITHM_HEADER}-aws-kms-key-id"
KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")
FIX_ENCRYPTION = (
    'aws.s3.BucketServerSideEncryptionConfiguration("...", bucket=bucket.id, rules=[{'
    '"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}, '
    '"bucket_key_enabled": True}])'
)

CUSTOMER_KEY = Rule(
    id="S3-CUSTOMER-KEY",
    title="Buckets encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="Only a key of ours has a policy and a log of its own, and can be taken away. Buckets for access logs of "
    "S3 and of load balancers are excepted: AWS does not write to them then.",
    frameworks=("FSBP S3.17", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=(
        "cdk-nag S3DefaultEncryptionKMS",
        "Checkov CKV_AWS_19",
        "Checkov CKV_AWS_145",
        "Trivy AWS-0088",
        "Trivy AWS-0132",
    ),
)

BUCKET_KEY = Rule(
    id="S3-BUCKET-KEY",
    title="Buckets with KMS encryption use a bucket key",
    severity=Severity.LOW,
    why="Without it each object costs a KMS request, and KMS throttles. No data is less safe, hence strict.",
    profile=Profile.STRICT,
)

KEY_ENFORCED = Rule(
    id="S3-KEY-ENFORCED",
    title="Buckets refuse objects encrypted with another key",
    severity=Severity.MEDIUM,
    why="A writer may name its own key, and then decides who can read the object.",
    profile=Profile.STRICT,
)


@CUSTOMER_KEY.on(*ENCRYPTION, *BUCKETS)
def kms_with_key(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse KMS without a key: that is the key that AWS manages."""
    for default in default_encryptions(resource):
        if default.get("sseAlgorithm") in KMS_ALGORITHMS and not default.has_customer_key("kmsMasterKeyId"):
            yield Finding("encrypts with AWS's own key (aws/s3)", FIX_ENCRYPTION)


@CUSTOMER_KEY.on(*OBJECTS)
def object_keeps_key(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an object that is encrypted with less than its bucket asks for."""
    if resource.properties.get("serverSideEncryption") == "AES256":
        yield Finding("encrypts with S3's key (SSE-S3)", "remove server_side_encryption: the bucket's key is used")


@CUSTOMER_KEY.across(*BUCKETS)
def bucket_has_customer_key(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a setting, and that it is KMS."""
    if takes_only_s3_key(bucket, stack):
        return
    defaults = [
        default
        for holder in (bucket, *stack.naming(bucket, "bucket", *ENCRYPTION))
        for default in default_encryptions(holder)
    ]
    if any(default.get("sseAlgorithm") in KMS_ALGORITHMS for default in defaults):
        return
    undecided_if_for_logs(bucket, stack)
    if not defaults:
        yield Finding("has no encryption with a customer-managed key", FIX_ENCRYPTION)
    else:
        yield Finding("encrypts with S3's key (SSE-S3) instead of a customer-managed one", FIX_ENCRYPTION)


@CUSTOMER_KEY.across(*ENCRYPTION)
def encryption_of_elsewhere_has_customer_key(encryption: Resource, stack: Stack) -> Iterator[Finding]:
    """Check the encryption of a bucket that is not the stack's, unless its name says that it is for logs."""
    if any(encryption in stack.naming(bucket, "bucket", encryption.type) for bucket in stack.of_type(*BUCKETS)):
        return
    algorithms = [default.get("sseAlgorithm") for default in default_encryptions(encryption)]
    with_kms = any(algorithm in KMS_ALGORITHMS for algorithm in algorithms)
    if algorithms and not with_kms and not is_named_for_logs(encryption):
        yield Finding("encrypts with S3's key (SSE-S3) instead of a customer-managed one", FIX_ENCRYPTION)


@BUCKET_KEY.on(*ENCRYPTION, *BUCKETS)
def bucket_key_enabled(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse KMS without a bucket key."""
    for rule in _encryption_rules(resource):
        algorithm = either(rule, "applyServerSideEncryptionByDefault").get("sseAlgorithm")
        # Bucket keys do not exist for dual-layer encryption.
        if algorithm == "aws:kms" and not rule.is_true("bucketKeyEnabled"):
            yield Finding("encrypts with KMS without a bucket key", 'add "bucket_key_enabled": True to the rule')


@KEY_ENFORCED.on(POLICY)
def policy_refuses_other_keys(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check that a bucket policy, when it is known, refuses other keys; log buckets have none."""
    for document in locations.documents(resource, Kind.RESOURCE):
        if document.complete and not is_for_log_delivery(document) and not _refuses_other_keys(document):
            yield Finding(
                "has a policy that does not refuse objects encrypted with another key",
                '{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{bucket_arn}/*", '
                '"Condition": {"StringNotEqualsIfExists": '
                '{"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}}}',
            )


def default_encryptions(holder: Resource) -> list[Properties]:
    """Return how objects are encrypted by default, as a bucket or the setting beside it says."""
    found = [either(rule, "applyServerSideEncryptionByDefault") for rule in _encryption_rules(holder)]
    return [default for default in found if default.is_set("sseAlgorithm")]


def _refuses_other_keys(document: Document) -> bool:
    """Say whether no writer can choose how its object is encrypted.

    A Deny that lets requests without the header pass (Null) lets those pass too that ask for S3's own key.
    """
    denies = [
        statement
        for statement in document.denies
        if any(principal.is_everyone for principal in statement.principals)
        and any(matches(action, "s3:PutObject") for action in statement.actions)
    ]
    demanding = [statement for statement in denies if _demands(statement, KEY_HEADER)]
    return bool(demanding) and (
        any(_demands(statement, ALGORITHM_HEADER) for statement in denies)
        or not all(any(each.operator.lower() == "null" for each in statement.conditions) for statement in demanding)
    )


def _demands(statement: Statement, header: str) -> bool:
    return any(
        condition.key.lower() == header and condition.operator.lower().startswith(("stringnot", "arnnot"))
        for condition in statement.conditions
    )


def _encryption_rules(holder: Resource) -> list[Properties]:
    if holder.type in BUCKETS:
        configuration = either(holder.properties, "serverSideEncryptionConfiguration")
        return configuration.each("rule") or configuration.each("rules")
    return holder.properties.each("rules")
