"""S3: access points, web sites, bucket policies across accounts, and the strict rules for copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, arn, deny_plain_http, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

BUCKET = "aws:s3/bucket:Bucket"
OLD_BUCKET = "aws:s3/bucketV2:BucketV2"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
POINT = "aws:s3/accessPoint:AccessPoint"
MULTI_REGION = "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint"
MULTI_REGION_POLICY = "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy"
WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
OLD_WEBSITE = "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
ACL = "aws:s3/bucketAcl:BucketAcl"
ROLE = "aws:iam/role:Role"
JOB = "aws:glue/job:Job"
OURS = {"AWS": "arn:aws:iam::123456789012:role/admin"}
SHARING = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
READS = {"allowedMethods": ["GET"]}
FROM_ACCESS_POINTS = {"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
INDEX = {"suffix": "index.html"}
EVERYONE_GROUP = "http://acs.amazonaws.com/groups/global/AllUsers"

raw = make(BUCKET, "raw")
role = make(ROLE, "role")
EVERYTHING = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn(raw), f"{arn(raw)}/*"]}


def policy(*statements: dict[str, Any]) -> Recorded:
    return make(POLICY, "policy", bucket=raw, policy=document(*statements))


def administration(account: str, action: str | list[str] = "s3:PutBucketPolicy") -> Recorded:
    return policy(allow(action, arn(raw), Principal={"AWS": f"arn:aws:iam::{account}:root"}))


def acl_grant(uri: str) -> Recorded:
    grant = {"grantee": {"type": "Group", "uri": uri}, "permission": "READ"}
    return make(ACL, bucket=raw, accessControlPolicy={"grants": [grant], "owner": {"id": "o"}})


def replication(status: str) -> Recorded:
    return make(REPLICATION, bucket=raw, rules=[{"status": status, "destination": {"bucket": "arn:aws:s3:::copy"}}])


def replicated(type_: str, name: str, status: str) -> Recorded:
    rule = {"status": status, "destination": {"bucket": "arn:aws:s3:::copy"}}
    inline: dict[str, Any] = {name: {"role": "r", "rules": [rule]}}
    return make(type_, **inline)


def selecting(**selected: Any) -> dict[str, Any]:
    """Return a rule that replicates; `selected` is what it says of the objects that KMS encrypts."""
    rule: dict[str, Any] = {"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}}
    return {**rule, "sourceSelectionCriteria": {"sseKmsEncryptedObjects": selected}} if selected else rule


def encrypted(algorithm: str, bucket: Recorded = raw) -> Recorded:
    default = {"sseAlgorithm": algorithm}
    return make(ENCRYPTION, "encryption", bucket=bucket, rules=[{"applyServerSideEncryptionByDefault": default}])


def many_regions(principal: Any) -> Recorded:
    point = "arn:aws:s3::123456789012:accesspoint/m.mrap/object/*"
    details = {"name": "m", "policy": document(allow("s3:GetObject", point, Principal=principal))}
    return make(MULTI_REGION_POLICY, details=details)


CASES = [
    bad("S3-ACCESS-POINT-BLOCK", "one open", make(POINT, publicAccessBlockConfiguration={"blockPublicPolicy": False})),
    bad(
        "S3-ACCESS-POINT-BLOCK",
        "many regions",
        make(MULTI_REGION, details={"name": "m", "publicAccessBlock": {"restrictPublicBuckets": False}}),
    ),
    good("S3-ACCESS-POINT-BLOCK", "AWS's default, which is on", make(POINT, bucket=raw)),
    good(
        "S3-ACCESS-POINT-BLOCK",
        "said",
        make(POINT, publicAccessBlockConfiguration={"blockPublicAcls": True, "blockPublicPolicy": True}),
    ),
    good("S3-ACCESS-POINT-BLOCK", "many regions", make(MULTI_REGION, details={"name": "m"})),
    bad("S3-NO-WEBSITE", "beside", make(WEBSITE, bucket=raw, indexDocument=INDEX)),
    bad("S3-NO-WEBSITE", "beside, the older type", make(OLD_WEBSITE, bucket=raw, indexDocument=INDEX)),
    bad("S3-NO-WEBSITE", "inline", make(BUCKET, website={"indexDocument": "index.html"})),
    bad("S3-NO-WEBSITE", "inline, an old bucket", make(OLD_BUCKET, websites=[{"indexDocument": "index.html"}])),
    good("S3-NO-WEBSITE", "none", raw),
    good(
        "S3-NO-WEBSITE",
        "a redirect",
        make(WEBSITE, bucket=raw, redirectAllRequestsTo={"hostName": "example.com", "protocol": "https"}),
    ),
    bad("S3-CORS", "every site", make(SHARING, bucket=raw, corsRules=[{**READS, "allowedOrigins": ["*"]}])),
    bad("S3-CORS", "every site, inline", make(BUCKET, corsRules=[{**READS, "allowedOrigins": ["*"]}])),
    good("S3-CORS", "one site", make(SHARING, bucket=raw, corsRules=[{**READS, "allowedOrigins": ["https://a.com"]}])),
    good("S3-CORS", "none", raw),
    good(
        "IAM-WILDCARD-ACTION",
        "a bucket that leaves the decision to its account's access points",
        policy(allow("*", arn(raw), Principal={"AWS": "*"}, Condition=FROM_ACCESS_POINTS)),
    ),
    bad("IAM-WILDCARD-PRINCIPAL", "an access point for many regions", many_regions("*")),
    good("IAM-WILDCARD-PRINCIPAL", "an access point for many regions", many_regions({"AWS": arn(role)})),
    bad("S3-POLICY-LOCKOUT", "everything denied", policy(EVERYTHING)),
    bad("S3-POLICY-LOCKOUT", "the policy denied", policy({**EVERYTHING, "Action": ["s3:*BucketPolicy"]})),
    bad("S3-POLICY-LOCKOUT", "everything, everywhere", policy({**EVERYTHING, "Action": "*", "Resource": "*"})),
    good("S3-POLICY-LOCKOUT", "without TLS", policy(deny_plain_http("s3:*", arn(raw), f"{arn(raw)}/*"))),
    good("S3-POLICY-LOCKOUT", "objects only", policy({**EVERYTHING, "Resource": f"{arn(raw)}/frozen/*"})),
    good("S3-POLICY-LOCKOUT", "deletion only", policy({**EVERYTHING, "Action": "s3:DeleteBucket"})),
    good(
        "S3-POLICY-LOCKOUT",
        "other networks",
        policy({**EVERYTHING, "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}),
    ),
    *(
        bad("S3-FOREIGN-ADMINISTRATION", action, role, administration("210987654321", action))
        for action in ("s3:PutBucketPolicy", "s3:PutObjectAcl", "s3:Put*", "s3:*")
    ),
    good("S3-FOREIGN-ADMINISTRATION", "our account", role, administration("123456789012")),
    good(
        "S3-FOREIGN-ADMINISTRATION",
        "our account, as the role of a job tells",
        make(JOB, roleArn="arn:aws:iam::123456789012:role/job"),
        make(
            POLICY, "policy", bucket="b", policy=document(allow("s3:PutBucketPolicy", "arn:aws:s3:::b", Principal=OURS))
        ),
        told_by_documents=True,
    ),
    bad(
        "S3-FOREIGN-ADMINISTRATION",
        "another account than that of a job's role",
        make(JOB, roleArn="arn:aws:iam::123456789012:role/job"),
        administration("210987654321"),
    ),
    good("S3-FOREIGN-ADMINISTRATION", "reading", role, administration("210987654321", ["s3:GetObject", "s3:List*"])),
    bad("S3-NO-ACL", "an object", make(OBJECT, bucket=raw, key="a", acl="public-read")),
    bad("S3-NO-ACL", "everyone, by group", acl_grant(EVERYONE_GROUP)),
    good("S3-NO-ACL", "an object without", make(OBJECT, bucket=raw, key="a")),
    good("S3-NO-ACL", "log delivery, by group", acl_grant("http://acs.amazonaws.com/groups/s3/LogDelivery")),
    bad("S3-OBJECT-LOCK", "none", raw),
    good("S3-OBJECT-LOCK", "on", make(BUCKET, objectLockEnabled=True)),
    good("S3-OBJECT-LOCK", "beside", raw, make(LOCK, bucket=raw, rule={"defaultRetention": {"days": 1}})),
    bad("S3-REPLICATION", "none", raw),
    bad("S3-REPLICATION", "off", raw, replication("Disabled")),
    good("S3-REPLICATION", "on", raw, replication("Enabled")),
    good("S3-REPLICATION", "inline", replicated(BUCKET, "replicationConfiguration", "Enabled")),
    good("S3-REPLICATION", "inline, an old bucket", replicated(OLD_BUCKET, "replicationConfigurations", "Enabled")),
    bad("S3-REPLICATION", "inline, off", replicated(BUCKET, "replicationConfiguration", "Disabled")),
    bad("S3-EVENT-NOTIFICATION", "none", raw),
    bad("S3-EVENT-NOTIFICATION", "an empty one", raw, make(NOTIFICATION, bucket=raw)),
    good("S3-EVENT-NOTIFICATION", "to EventBridge", raw, make(NOTIFICATION, bucket=raw, eventbridge=True)),
    good("S3-EVENT-NOTIFICATION", "to a queue", raw, make(NOTIFICATION, bucket=raw, queues=[{"queueArn": "a"}])),
    bad("S3-REPLICATION-ENCRYPTED", "selects nothing", raw, encrypted("aws:kms"), replication("Enabled")),
    bad(
        "S3-REPLICATION-ENCRYPTED",
        "selects them not",
        raw,
        encrypted("aws:kms:dsse"),
        make(REPLICATION, bucket=raw, rules=[selecting(status="Disabled")]),
    ),
    bad(
        "S3-REPLICATION-ENCRYPTED",
        "one of two rules",
        raw,
        encrypted("aws:kms"),
        make(REPLICATION, bucket=raw, rules=[selecting(status="Enabled"), selecting()]),
    ),
    bad(
        "S3-REPLICATION-ENCRYPTED",
        "inline",
        (inline := make(BUCKET, "inline", replicationConfiguration={"role": "r", "rules": [selecting(enabled=False)]})),
        encrypted("aws:kms", inline),
    ),
    good(
        "S3-REPLICATION-ENCRYPTED",
        "selects them",
        raw,
        encrypted("aws:kms"),
        make(REPLICATION, bucket=raw, rules=[selecting(status="Enabled")]),
    ),
    good("S3-REPLICATION-ENCRYPTED", "a rule that is off", raw, encrypted("aws:kms"), replication("Disabled")),
    good("S3-REPLICATION-ENCRYPTED", "S3's key", raw, encrypted("AES256"), replication("Enabled")),
    good(
        "S3-REPLICATION-ENCRYPTED",
        "an old bucket, inline",
        make(
            OLD_BUCKET,
            serverSideEncryptionConfigurations=[
                {"rules": [{"applyServerSideEncryptionByDefaults": [{"sseAlgorithm": "aws:kms"}]}]}
            ],
            replicationConfigurations=[
                {
                    "role": "r",
                    "rules": [
                        {
                            "status": "Enabled",
                            "destinations": [{"bucket": "arn:aws:s3:::copy"}],
                            "sourceSelectionCriterias": [{"sseKmsEncryptedObjects": [{"enabled": True}]}],
                        }
                    ],
                }
            ],
        ),
    ),
]
