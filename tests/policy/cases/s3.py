"""S3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, arn, deny_plain_http, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

BUCKET = "aws:s3/bucket:Bucket"
OLD_BUCKET = "aws:s3/bucketV2:BucketV2"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
ACL = "aws:s3/bucketAcl:BucketAcl"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
ALL_BLOCKED: dict[str, Any] = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}

raw = make(BUCKET, "raw")
other = make(BUCKET, "other")
logs = make(BUCKET, "logs")
TLS = deny_plain_http("s3:*", arn(raw), f"{arn(raw)}/*")
OTHER_KEYS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": f"{arn(raw)}/*",
    "Condition": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN}},
}
# Matches only a request that names a key: one that asks for S3's own key names none.
GIVEN_OTHER_KEY = {
    "StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN},
    "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"},
}
GIVEN_OTHER_ALGORITHM = {
    "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
    "Null": {"s3:x-amz-server-side-encryption": "false"},
}
CLEAN_UP = {
    "id": "clean-up",
    "status": "Enabled",
    "filter": {"prefix": ""},
    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    "noncurrentVersionExpiration": {"noncurrentDays": 30},
}
LOG_DELIVERY = allow(
    "s3:PutObject",
    f"{arn(logs)}/*",
    Principal={"Service": "logging.s3.amazonaws.com"},
    Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
)


def policy(*statements: dict[str, Any], bucket: Recorded = raw) -> Recorded:
    return make(POLICY, "policy", bucket=bucket, policy=document(*statements))


def encryption(algorithm: str, *, key: str | None = KEY_ARN, bucket_key: bool = True, bucket: Any = raw) -> Recorded:
    default = {"sseAlgorithm": algorithm, **({"kmsMasterKeyId": key} if key else {})}
    rule = {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bucket_key}
    return make(ENCRYPTION, "encryption", bucket=bucket, rules=[rule])


def lifecycle(**changes: Any) -> Recorded:
    rule = {key: value for key, value in {**CLEAN_UP, **changes}.items() if value is not None}
    return make(LIFECYCLE, "lifecycle", bucket=raw, rules=[rule])


def legacy(**inputs: Any) -> Recorded:
    return make(OLD_BUCKET, "legacy", **inputs)


def distribution(bucket: Recorded) -> Recorded:
    """Return a distribution that logs into a bucket, as programs name it: by its domain."""
    domain = f"{bucket.outputs['bucket']}.s3.amazonaws.com"
    made = make(DISTRIBUTION, loggingConfig={"bucket": domain})
    return replace(made, dependencies={"loggingConfig": [bucket.urn]})


LISTED_LOGS = make(OWNERSHIP, bucket=logs, rule={"objectOwnership": "BucketOwnerPreferred"})

CASES = [
    bad("S3-TLS-ONLY", "no policy", raw),
    bad("S3-TLS-ONLY", "the policy of another bucket", raw, other, policy(TLS, bucket=other)),
    bad(
        "S3-TLS-ONLY",
        "a policy about another bucket",
        make(BUCKET, "named", bucket="named"),
        make(POLICY, bucket="named", policy=document(deny_plain_http("s3:*", arn(other), f"{arn(other)}/*"))),
    ),
    good(
        "S3-TLS-ONLY",
        "a directory bucket, which S3 serves over TLS only",
        make(POLICY, bucket="b--euw1-az1--x-s3", policy=document(allow("s3express:CreateSession", "arn:aws:s3:::x"))),
    ),
    bad("S3-TLS-ONLY", "a policy that does not speak of TLS", policy(allow("s3:GetObject", arn(raw)))),
    bad("S3-TLS-ONLY", "objects only", policy(deny_plain_http("s3:*", f"{arn(raw)}/*"))),
    bad("S3-TLS-ONLY", "reads only", policy(deny_plain_http("s3:GetObject", arn(raw), f"{arn(raw)}/*"))),
    bad("S3-TLS-ONLY", "one principal only", policy({**TLS, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}})),
    bad(
        "S3-TLS-ONLY",
        "narrowed by a second condition",
        policy({**TLS, "Condition": {**TLS["Condition"], "StringEquals": {"aws:username": "bob"}}}),
    ),
    bad("S3-TLS-ONLY", "the wrong way round", policy({**TLS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}})),
    bad("S3-TLS-ONLY", "allowed instead of denied", policy({**TLS, "Effect": "Allow"})),
    bad("S3-TLS-ONLY", "an old bucket's own policy", legacy(policy=document(allow("s3:GetObject", arn(raw))))),
    bad(
        "S3-TLS-ONLY",
        "the bucket and some of its objects",
        policy(deny_plain_http("s3:*", arn(raw), f"{arn(raw)}/logs*")),
    ),
    good("S3-TLS-ONLY", "one pattern for both", raw, policy(deny_plain_http("s3:*", f"{arn(raw)}*"))),
    good(
        "S3-TLS-ONLY",
        "two statements",
        raw,
        policy(deny_plain_http("s3:*", arn(raw)), deny_plain_http("s3:*", f"{arn(raw)}/*")),
    ),
    good("S3-TLS-ONLY", "a policy that refuses plain HTTP", raw, policy(TLS)),
    good("S3-TLS-ONLY", "beside other statements", raw, policy(allow("s3:GetObject", f"{arn(raw)}/*"), TLS)),
    good(
        "S3-TLS-ONLY",
        "tied by name only",
        make(BUCKET, "named", bucket="b"),
        make(POLICY, bucket="b", policy=document(deny_plain_http("s3:*", "arn:aws:s3:::b", "arn:aws:s3:::b/*"))),
    ),
    good("S3-TLS-ONLY", "a policy as an object", raw, make(POLICY, bucket=raw, policy={"Statement": [TLS]})),
    bad("S3-CUSTOMER-KEY", "no setting", raw),
    bad("S3-CUSTOMER-KEY", "S3's key", raw, encryption("AES256", key=None)),
    bad("S3-CUSTOMER-KEY", "AWS's key", raw, encryption("aws:kms", key=None)),
    bad("S3-CUSTOMER-KEY", "AWS's key, by alias", raw, encryption("aws:kms", key="alias/aws/s3")),
    good("S3-CUSTOMER-KEY", "our key", raw, encryption("aws:kms")),
    good("S3-CUSTOMER-KEY", "our key, two layers", raw, encryption("aws:kms:dsse")),
    good(
        "S3-CUSTOMER-KEY",
        "a bucket's own setting",
        make(
            BUCKET,
            serverSideEncryptionConfiguration={
                "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN}}
            },
        ),
    ),
    good(
        "S3-CUSTOMER-KEY",
        "an old bucket's own setting",
        legacy(
            serverSideEncryptionConfigurations=[
                {
                    "rules": [
                        {
                            "applyServerSideEncryptionByDefaults": [
                                {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN}
                            ]
                        }
                    ]
                }
            ]
        ),
    ),
    good(
        "S3-CUSTOMER-KEY",
        "a bucket that takes access logs",
        logs,
        encryption("AES256", key=None, bucket=logs),
        make(LOGGING, bucket="elsewhere", targetBucket=logs, targetPrefix="x/"),
    ),
    good(
        "S3-CUSTOMER-KEY",
        "a bucket whose policy is for log delivery",
        logs,
        encryption("AES256", key=None, bucket=logs),
        policy(LOG_DELIVERY, bucket=logs),
    ),
    bad(
        "S3-CUSTOMER-KEY",
        "a log bucket by its name alone",
        logs,
        encryption("AES256", key=None, bucket=logs),
        policy(TLS, bucket=logs),
    ),
    bad("S3-CUSTOMER-KEY", "S3's key, for a bucket of another stack", encryption("AES256", key=None, bucket="theirs")),
    good("S3-CUSTOMER-KEY", "a log bucket of another stack", encryption("AES256", key=None, bucket="access-logs")),
    good(
        "S3-CUSTOMER-KEY",
        "our component for access logs",
        make(BUCKET, "logs", within="watershed:storage:AccessLogs"),
    ),
    bad(
        "S3-CUSTOMER-KEY",
        "the logs of a network load balancer",
        logs,
        make(BALANCER, loadBalancerType="network", accessLogs={"bucket": logs, "enabled": True}),
    ),
    good(
        "S3-CUSTOMER-KEY",
        "the logs of an application load balancer",
        logs,
        make(BALANCER, accessLogs={"bucket": logs, "enabled": True}),
    ),
    good(
        "S3-CUSTOMER-KEY",
        "the logs of load balancers of other stacks",
        logs,
        policy(
            allow(
                "s3:PutObject",
                f"{arn(logs)}/*",
                Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}},
            ),
            bucket=logs,
        ),
    ),
    good(
        "S3-CUSTOMER-KEY",
        "the logs of load balancers, which the account of their region writes",
        logs,
        encryption("AES256", key=None, bucket=logs),
        policy(
            allow("s3:PutObject", f"{arn(logs)}/*", Principal={"AWS": "arn:aws:iam::156460612806:root"}), bucket=logs
        ),
    ),
    bad("S3-CUSTOMER-KEY", "an object without the bucket's", make(OBJECT, bucket=raw, serverSideEncryption="AES256")),
    good("S3-CUSTOMER-KEY", "an object with the bucket's", make(OBJECT, bucket="b", key="k")),
    good("S3-CUSTOMER-KEY", "an object with ours", make(OBJECT, serverSideEncryption="aws:kms", kmsKeyId=KEY_ARN)),
    bad("S3-BUCKET-KEY", "off", encryption("aws:kms", bucket_key=False)),
    good("S3-BUCKET-KEY", "on", encryption("aws:kms")),
    good("S3-BUCKET-KEY", "not KMS", encryption("AES256", key=None, bucket_key=False)),
    bad("S3-PUBLIC-ACCESS-BLOCK", "none", raw),
    *(
        bad("S3-PUBLIC-ACCESS-BLOCK", f"without {gap}", make(BLOCK, bucket=raw, **{**ALL_BLOCKED, gap: False}))
        for gap in ALL_BLOCKED
    ),
    bad("S3-PUBLIC-ACCESS-BLOCK", "one left out", make(BLOCK, bucket=raw, blockPublicAcls=True)),
    good("S3-PUBLIC-ACCESS-BLOCK", "all four", raw, make(BLOCK, bucket=raw, **ALL_BLOCKED)),
    good(
        "S3-PUBLIC-ACCESS-BLOCK",
        "an account's",
        make("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", **ALL_BLOCKED),
    ),
    bad("S3-OWNERSHIP-ENFORCED", "the writer", make(OWNERSHIP, bucket=raw, rule={"objectOwnership": "ObjectWriter"})),
    bad(
        "S3-OWNERSHIP-ENFORCED",
        "preferred",
        make(OWNERSHIP, bucket=raw, rule={"objectOwnership": "BucketOwnerPreferred"}),
    ),
    good(
        "S3-OWNERSHIP-ENFORCED",
        "enforced",
        make(OWNERSHIP, bucket=raw, rule={"objectOwnership": "BucketOwnerEnforced"}),
    ),
    good("S3-OWNERSHIP-ENFORCED", "AWS's default", raw),
    good("S3-OWNERSHIP-ENFORCED", "the older logs of a distribution", logs, LISTED_LOGS, distribution(logs)),
    bad("S3-OWNERSHIP-ENFORCED", "beside a distribution that logs elsewhere", logs, LISTED_LOGS, distribution(raw)),
    bad("S3-NO-ACL", "public", make(ACL, bucket=raw, acl="public-read")),
    bad("S3-NO-ACL", "an old bucket, public", legacy(acl="public-read-write")),
    bad(
        "S3-NO-ACL",
        "granted to all users",
        make(
            ACL,
            bucket=raw,
            accessControlPolicy={
                "owner": {"id": "x"},
                "grants": [
                    {
                        "grantee": {"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"},
                        "permission": "READ",
                    }
                ],
            },
        ),
    ),
    good("S3-NO-ACL", "private", make(ACL, bucket=raw, acl="private")),
    good("S3-NO-ACL", "none", raw),
    bad("S3-VERSIONING", "none", raw),
    bad("S3-VERSIONING", "suspended", make(VERSIONING, bucket=raw, versioningConfiguration={"status": "Suspended"})),
    bad("S3-VERSIONING", "an old bucket, off", legacy(versionings=[{"enabled": False}])),
    good("S3-VERSIONING", "on", raw, make(VERSIONING, bucket=raw, versioningConfiguration={"status": "Enabled"})),
    good("S3-VERSIONING", "an old bucket, on", legacy(versionings=[{"enabled": True}])),
    bad("S3-VERSIONING", "a bucket, off", make(BUCKET, versioning={"enabled": False})),
    good("S3-VERSIONING", "switched on by object lock", make(BUCKET, objectLockEnabled=True)),
    bad("S3-VERSIONING", "not said", make(VERSIONING, bucket=raw, versioningConfiguration={})),
    bad("S3-ACCESS-LOGGING", "none", raw),
    bad("S3-ACCESS-LOGGING", "another bucket's", raw, make(LOGGING, bucket=other, targetBucket=logs, targetPrefix="")),
    bad("S3-ACCESS-LOGGING", "into itself", raw, make(LOGGING, bucket=raw, targetBucket=raw, targetPrefix="logs/")),
    good("S3-ACCESS-LOGGING", "on", raw, make(LOGGING, bucket=raw, targetBucket="logs-elsewhere", targetPrefix="raw/")),
    good(
        "S3-ACCESS-LOGGING",
        "the log bucket itself",
        logs,
        make(LOGGING, bucket="x", targetBucket=logs, targetPrefix=""),
    ),
    good(
        "S3-ACCESS-LOGGING",
        "the log bucket itself, named inline",
        make(BUCKET, "central", bucket="central"),
        make(BUCKET, "inline", logging={"targetBucket": "central"}),
        make(OLD_BUCKET, "old", loggings=[{"targetBucket": "central"}]),
    ),
    bad("S3-LIFECYCLE", "none", raw),
    bad("S3-LIFECYCLE", "disabled", raw, lifecycle(status="Disabled")),
    good("S3-LIFECYCLE", "a rule", raw, lifecycle()),
    good("S3-LIFECYCLE", "an old bucket's", legacy(lifecycleRules=[{"enabled": True, "expiration": {"days": 1}}])),
    bad("S3-ABORT-MULTIPART", "not said", raw, lifecycle(abortIncompleteMultipartUpload=None)),
    bad("S3-ABORT-MULTIPART", "for a prefix only", raw, lifecycle(filter={"prefix": "a/"})),
    good("S3-ABORT-MULTIPART", "for the bucket", raw, lifecycle()),
    good("S3-ABORT-MULTIPART", "without a filter", raw, lifecycle(filter=None)),
    bad("S3-NONCURRENT-VERSIONS", "not said", raw, lifecycle(noncurrentVersionExpiration=None)),
    good("S3-NONCURRENT-VERSIONS", "said", raw, lifecycle()),
    good("S3-NONCURRENT-VERSIONS", "for a prefix", raw, lifecycle(filter={"prefix": "a/"})),
    bad("S3-FORCE-DESTROY", "set", make(BUCKET, forceDestroy=True)),
    good("S3-FORCE-DESTROY", "not set", raw),
    good("S3-FORCE-DESTROY", "set to no", make(BUCKET, forceDestroy=False)),
    bad("S3-KEY-ENFORCED", "not said", policy(TLS)),
    *(
        bad("S3-KEY-ENFORCED", title, policy({**TLS, "Action": "s3:PutObject", "Condition": {operator: {key: value}}}))
        for title, operator, key, value in (
            ("our key refused", "StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", KEY_ARN),
            ("another algorithm refused", "StringNotEquals", "s3:x-amz-server-side-encryption", "aws:kms"),
        )
    ),
    *(
        bad("S3-KEY-ENFORCED", title, policy(TLS, {**OTHER_KEYS, **weaker}))
        for title, weaker in (
            ("for one principal", {"Principal": {"AWS": "123456789012"}}),
            ("for reads only", {"Action": "s3:GetObject"}),
            ("but S3's own key let pass", {"Condition": GIVEN_OTHER_KEY}),
        )
    ),
    good(
        "S3-KEY-ENFORCED",
        "other keys refused",
        policy(
            TLS,
            OTHER_KEYS,
        ),
    ),
    good(
        "S3-KEY-ENFORCED",
        "other keys and algorithms refused to those who name one",
        policy(TLS, {**OTHER_KEYS, "Condition": GIVEN_OTHER_KEY}, {**OTHER_KEYS, "Condition": GIVEN_OTHER_ALGORITHM}),
    ),
    good("S3-KEY-ENFORCED", "a log bucket", policy(LOG_DELIVERY, bucket=logs)),
]
