"""S3: who reaches a bucket, and how that is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import tls_statement
from ..buckets import BUCKETS, LOGGING, POLICY, is_inline
from ..iam import locations, tls
from ..iam.locations import Kind
from ..log_delivery import receives_access_logs, takes_distribution_logs, undecided_if_for_logs
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..settings import Settings
    from ..values import Properties

PUBLIC_ACCESS = aws("s3", "BucketPublicAccessBlock")
OWNERSHIP = aws("s3", "BucketOwnershipControls")
ACL = (aws("s3", "BucketAcl"), aws("s3", "BucketAclV2"))
OBJECTS = (aws("s3", "BucketObject"), aws("s3", "BucketObjectv2"), aws("s3", "ObjectCopy"))
BLOCKS = {
    "blockPublicAcls": "block_public_acls",
    "blockPublicPolicy": "block_public_policy",
    "ignorePublicAcls": "ignore_public_acls",
    "restrictPublicBuckets": "restrict_public_buckets",
}

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

TLS_ONLY = Rule(
    id="S3-TLS-ONLY",
    title="Buckets refuse requests without TLS",
    severity=Severity.HIGH,
    why="Without it, objects and signatures may cross the network in the clear.",
    frameworks=("FSBP S3.5", "CIS AWS 2.1.1", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("cdk-nag S10", "Checkov CKV_AWS_379"),
)

PUBLIC_ACCESS_BLOCK = Rule(
    id="S3-PUBLIC-ACCESS-BLOCK",
    title="Buckets block public access, all four ways",
    severity=Severity.CRITICAL,
    why="It makes a later mistake in a policy or an access control list harmless.",
    frameworks=("FSBP S3.1", "FSBP S3.8", "CIS AWS 2.1.4", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
    peers=(
        "cdk-nag S2",
        "Checkov CKV_AWS_53",
        "Checkov CKV_AWS_54",
        "Checkov CKV_AWS_55",
        "Checkov CKV_AWS_56",
        "Checkov CKV2_AWS_6",
        "Trivy AWS-0086",
        "Trivy AWS-0087",
        "Trivy AWS-0091",
        "Trivy AWS-0093",
        "Trivy AWS-0094",
    ),
)

OWNERSHIP_ENFORCED = Rule(
    id="S3-OWNERSHIP-ENFORCED",
    title="Access control lists are off",
    severity=Severity.MEDIUM,
    why="With lists on, whoever writes an object owns it, and grants stand where nobody looks. Enforced ownership is "
    "AWS's default, so only other values are refused; and not where CloudFront writes its older logs, by such lists.",
    frameworks=("FSBP S3.12", "NIST 800-53 AC-3"),
    peers=("Checkov CKV2_AWS_65",),
)

NO_ACL = Rule(
    id="S3-NO-ACL",
    title="No access control lists that open a bucket",
    severity=Severity.CRITICAL,
    why="A public list makes every object readable, or writable, by anyone.",
    frameworks=("FSBP S3.2", "FSBP S3.3", "FSBP S3.12"),
    peers=(
        "Checkov CKV_AWS_20",
        "Checkov CKV_AWS_57",
        "Checkov CKV_AWS_375",
        "Checkov CKV2_AWS_43",
        "Trivy AWS-0092",
    ),
)

ACCESS_LOGGING = Rule(
    id="S3-ACCESS-LOGGING",
    title="Buckets log who reads and writes",
    severity=Severity.MEDIUM,
    why="Without access logs nobody can say afterwards who read what. Access-log buckets themselves are excepted.",
    frameworks=("FSBP S3.9", "CIS AWS 3.6", "NIST 800-53 AU-2", "PCI DSS 10.2.1"),
    peers=("cdk-nag S1", "Checkov CKV_AWS_18", "Trivy AWS-0089"),
)


@TLS_ONLY.on(POLICY, *BUCKETS)
def policy_refuses_plain_http(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check the policy itself, when it is known."""
    for document in locations.documents(resource, Kind.RESOURCE):
        problem = tls.weakness(document, "s3")
        if problem and document.complete:
            yield Finding(f"has a policy that {problem}", FIX_TLS)


@TLS_ONLY.remedy("adds the statement that denies requests without TLS", POLICY, *BUCKETS)
def deny_plain_http(resource: Resource, _: Settings) -> Mapping[str, Any] | None:
    """Add the statement to the policy."""
    return tls_statement.deny_plain_http(resource)


@TLS_ONLY.across(*BUCKETS)
def bucket_has_policy(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket has a policy, and that it is about it; the other half says whether it is a good one."""
    holders = [bucket, *stack.naming(bucket, "bucket", POLICY)]
    if not any(holder.properties.is_set("policy") for holder in holders):
        yield Finding("has no bucket policy, so it takes requests without TLS", FIX_TLS)
    elif tls.is_for_another(bucket, "s3", holders):
        yield Finding("has a policy that denies requests without TLS to another bucket only", FIX_TLS)


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


@OWNERSHIP_ENFORCED.across(OWNERSHIP)
def owner_enforced(controls: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse ownership that leaves access control lists on."""
    ownership = controls.properties.get("rule", "objectOwnership")
    if ownership != "BucketOwnerEnforced" and not takes_distribution_logs(controls, stack):
        yield Finding(
            f"sets object ownership to {ownership}, which leaves access control lists on",
            'rule={"object_ownership": "BucketOwnerEnforced"}',
        )


@NO_ACL.on(*ACL, *OBJECTS, *BUCKETS)
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


@ACCESS_LOGGING.across(*BUCKETS)
def bucket_logs_access(bucket: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the bucket is logged, unless logs go to it."""
    logging = stack.naming(bucket, "bucket", *LOGGING)
    if any(holder in logging for holder in stack.naming(bucket, "targetBucket", *LOGGING)):
        yield Finding("logs access into itself, where each log is an access to be logged", "name another bucket")
    logged = is_inline(bucket, "logging") or logging
    if not logged and not receives_access_logs(bucket, stack):
        undecided_if_for_logs(bucket, stack)
        yield Finding(
            "does not log access",
            'aws.s3.BucketLogging("...", bucket=bucket.id, target_bucket=log_bucket.id, target_prefix="name/")',
        )


def _is_off(properties: Properties, name: str) -> bool:
    return not properties.is_unknown(name) and not properties.is_true(name)
