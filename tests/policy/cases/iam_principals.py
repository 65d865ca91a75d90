"""IAM: resource policies of every service, whom they let in, and the conditions of AWS's own examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.cases.iam import ACCOUNT, PUBLIC_READ, QUEUE, ROOT, TOPIC, bucket, key, queue, topic, with_condition
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

ANYONE = {"AWS": "*"}
API = "execute-api:/*"
FILES = f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:file-system/fs-1"
DOMAIN = f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/d/*"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/t"


def policies(action: str, resource: str | None, **more: Any) -> dict[str, Recorded]:
    """Return a policy for everyone in each place that one can stand in."""
    places = {
        "aws:s3/bucketV2:BucketV2": "policy",
        "aws:s3/accessPoint:AccessPoint": "policy",
        "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
        "aws:sqs/queue:Queue": "policy",
        "aws:sns/topic:Topic": "policy",
        "aws:kms/keyPolicy:KeyPolicy": "policy",
        "aws:kms/replicaKey:ReplicaKey": "policy",
        "aws:kms/externalKey:ExternalKey": "policy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
        "aws:ecr/registryPolicy:RegistryPolicy": "policy",
        "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
        "aws:secretsmanager/secret:Secret": "policy",
        "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
        "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
        "aws:glue/resourcePolicy:ResourcePolicy": "policy",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
        "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
        "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
        "aws:apigateway/restApi:RestApi": "policy",
        "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
        "aws:opensearch/domain:Domain": "accessPolicies",
        "aws:elasticsearch/domain:Domain": "accessPolicies",
        "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
        "aws:backup/vaultPolicy:VaultPolicy": "policy",
        "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
        "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
        "aws:msk/clusterPolicy:ClusterPolicy": "policy",
        "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
        "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
        "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
        "aws:schemas/registryPolicy:RegistryPolicy": "policy",
        "aws:ses/identityPolicy:IdentityPolicy": "policy",
        "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
        "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
        "aws:glacier/vault:Vault": "accessPolicy",
        "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    }
    text = document(allow(action, resource, **more))
    return {type_: make(type_, **{name: text}) for type_, name in places.items()}


def api(*statements: dict[str, Any]) -> Recorded:
    return make("aws:apigateway/restApiPolicy:RestApiPolicy", restApiId="a", policy=document(*statements))


def files(*statements: dict[str, Any]) -> Recorded:
    return make("aws:efs/fileSystemPolicy:FileSystemPolicy", fileSystemId="fs-1", policy=document(*statements))


def deny_but(operator: str, name: str, value: Any, action: str = "s3:*", **more: Any) -> dict[str, Any]:
    """Return the Deny of a data perimeter: for everyone but those who meet a condition."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        "Condition": {operator: {name: value}, **more},
    }


INVOKE = allow("execute-api:Invoke", API, Principal="*")
MOUNT = allow(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], FILES, Principal=ANYONE)

EVERYONE = {
    "every organization": with_condition("StringLike", "aws:PrincipalOrgID", "o-*"),
    "every endpoint": with_condition("StringLike", "aws:SourceVpce", "vpce-*"),
    "every network": with_condition("StringLike", "aws:SourceVpc", "vpc-*"),
    "one organization or any": with_condition("StringLike", "aws:PrincipalOrgID", ["o-12345", "*"]),
    "half of all addresses, twice": with_condition("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]),
    "all addresses but one": with_condition("NotIpAddress", "aws:SourceIp", "192.0.2.1/32"),
    "an organization that must only be there": with_condition("Null", "aws:PrincipalOrgID", "false"),
    "any of any ARNs": with_condition("ForAnyValue:StringLike", "aws:PrincipalArn", ["arn:aws:*"]),
    "every role": with_condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/aws-reserved/*"),
    "a tag that anyone can give": with_condition("StringEquals", "aws:PrincipalTag/team", "data"),
    "any service": with_condition("Bool", "aws:PrincipalIsAWSService", "true"),
    "through a service": with_condition("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    "today": with_condition("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"),
    "encrypted": with_condition("StringEquals", "s3:x-amz-server-side-encryption", "aws:kms"),
    "a session's end, which anyone names": with_condition("StringLike", "aws:userid", "*:reader"),
    "a source of any account": with_condition("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"),
    "an organization that begins so": with_condition("StringLike", "aws:PrincipalOrgID", "o-12*"),
    "an organization's path without its id": with_condition(
        "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1*/*"
    ),
    "an owner of some digits": with_condition("StringLike", "aws:SourceOwner", "1234*"),
    "an account of any digits": with_condition("StringLike", "aws:PrincipalAccount", "*"),
    "a canonical form in a list with others": {**PUBLIC_READ, "Principal": {"AWS": [ROOT, "*"]}},
    "a service and everyone": {**PUBLIC_READ, "Principal": {"Service": "ec2.amazonaws.com", "AWS": "*"}},
}
SOMEONE = {
    "an organization's unit": with_condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/r-1/ou-1/*"),
    "units, whose absence denies": {
        **PUBLIC_READ,
        "Condition": {
            "ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": ["o-1/r-1/ou-1/"]},
            "Null": {"aws:PrincipalOrgPaths": "false"},
        },
    },
    "a network": with_condition("StringEquals", "aws:SourceVpc", "vpc-0123456789abcdef0"),
    "endpoints of our account": with_condition("StringEquals", "aws:VpceAccount", ACCOUNT),
    "one role exactly": with_condition("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/reader"),
    "one role as text": with_condition("StringEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/reader"),
    "sessions of one role": with_condition("StringLike", "aws:userid", "AROAEXAMPLEID:*"),
    "an account, by number": with_condition("StringEquals", "aws:PrincipalAccount", 123456789012),
    "an access point's account": with_condition("StringEquals", "s3:DataAccessPointAccount", ACCOUNT),
    "two of our address ranges": with_condition("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
    "an organization, in other case": with_condition("stringequals", "AWS:principalorgid", "o-12345"),
}
PERIMETERS = {
    "an endpoint": deny_but("StringNotEquals", "aws:SourceVpce", "vpce-1"),
    "addresses": deny_but("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]),
    "an organization": deny_but("StringNotEquals", "aws:PrincipalOrgID", "o-12345"),
    "an organization, but for AWS's services": deny_but(
        "StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-12345", BoolIfExists={"aws:PrincipalIsAWSService": "false"}
    ),
    "roles": deny_but("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
}
NO_PERIMETERS = {
    "for another action": deny_but("StringNotEquals", "aws:SourceVpce", "vpce-1", action="s3:PutObject"),
    "that no request meets": deny_but("StringNotLike", "aws:SourceVpce", "*"),
    "for those who meet it": deny_but("StringEquals", "aws:SourceVpce", "vpce-1"),
    "for one more condition": deny_but(
        "StringNotEquals", "aws:SourceVpce", "vpce-1", Bool={"aws:SecureTransport": "false"}
    ),
}
OWNER = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}

SEARCH = "aws:opensearch/domain:Domain"
ALL_REQUESTS = document(allow("es:ESHttp*", DOMAIN, Principal=ANYONE))
EVERYTHING = document(allow("es:*", DOMAIN, Principal=ANYONE))
CASES = [
    *(bad("IAM-WILDCARD-PRINCIPAL", type_, it) for type_, it in policies("*", "*", Principal="*").items()),
    *(bad("IAM-WILDCARD-PRINCIPAL", f"a bucket: {title}", bucket(it)) for title, it in EVERYONE.items()),
    *(good("IAM-WILDCARD-PRINCIPAL", title, bucket(it)) for title, it in SOMEONE.items()),
    *(
        good("IAM-WILDCARD-PRINCIPAL", f"behind a Deny but for {title}", bucket(PUBLIC_READ, it))
        for title, it in PERIMETERS.items()
    ),
    *(
        bad("IAM-WILDCARD-PRINCIPAL", f"behind a Deny {title}", bucket(PUBLIC_READ, it))
        for title, it in NO_PERIMETERS.items()
    ),
    bad("IAM-WILDCARD-PRINCIPAL", "an API", api(INVOKE)),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "an API for addresses, as its guide writes it",
        api(INVOKE, {**INVOKE, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}),
    ),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "a private API for one endpoint",
        api({**INVOKE, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}),
    ),
    bad("IAM-WILDCARD-PRINCIPAL", "files", files(MOUNT)),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "files, through a mount target",
        files({**MOUNT, "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}}),
    ),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "a topic as SNS makes it",
        topic(allow(["SNS:Publish", "SNS:Subscribe"], TOPIC, Principal=ANYONE, Condition=OWNER)),
    ),
    bad(
        "IAM-WILDCARD-PRINCIPAL",
        "a search domain",
        make("aws:opensearch/domain:Domain", accessPolicies=document(allow("es:ESHttpGet", DOMAIN, Principal=ANYONE))),
    ),
    bad("IAM-WILDCARD-ACTION", "a search domain", make(SEARCH, accessPolicies=ALL_REQUESTS)),
    bad(
        "IAM-WILDCARD-ACTION",
        "more than to ask a search domain that knows its users itself",
        make(SEARCH, accessPolicies=EVERYTHING, advancedSecurityOptions={"enabled": True}),
    ),
    good(
        "IAM-WILDCARD-ACTION",
        "a search domain that knows its users itself",
        make(SEARCH, accessPolicies=ALL_REQUESTS, advancedSecurityOptions={"enabled": True}),
    ),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "a search domain that knows its users itself",
        make(
            "aws:opensearch/domain:Domain",
            accessPolicies=document(allow("es:ESHttpGet", DOMAIN, Principal=ANYONE)),
            advancedSecurityOptions={"enabled": True},
        ),
    ),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "a VPC endpoint's own policy, which only limits",
        make("aws:ec2/vpcEndpoint:VpcEndpoint", policy=document(allow("s3:*", "*", Principal="*"))),
    ),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "backups that nobody may delete",
        make(
            "aws:backup/vaultPolicy:VaultPolicy",
            policy=document(
                {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
            ),
        ),
    ),
    bad(
        "IAM-WILDCARD-ACTION",
        "a key in the hands of two accounts",
        key(allow("kms:*", "*", Principal={"AWS": [ROOT, "arn:aws:iam::999988887777:root"]})),
    ),
    bad(
        "IAM-WILDCARD-ACTION",
        "a queue in the hands of another account",
        queue(allow("sqs:*", QUEUE, Principal={"AWS": "999988887777"})),
    ),
    good("IAM-WILDCARD-ACTION", "a queue as SQS makes it", queue(allow("SQS:*", QUEUE, Principal={"AWS": ROOT}))),
    good(
        "IAM-WILDCARD-ACTION",
        "a key's administrators, as the console writes them",
        key(
            allow("kms:*", "*", Principal={"AWS": ROOT}),
            allow(
                [
                    *(
                        f"kms:{verb}*"
                        for verb in (
                            "Create",
                            "Describe",
                            "Enable",
                            "List",
                            "Put",
                            "Update",
                            "Revoke",
                            "Disable",
                            "Get",
                            "Delete",
                        )
                    ),
                    "kms:TagResource",
                    "kms:UntagResource",
                    "kms:ScheduleKeyDeletion",
                    "kms:CancelKeyDeletion",
                ],
                "*",
                Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"},
            ),
        ),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a trail's bucket",
        bucket(
            allow(
                "s3:PutObject",
                "arn:aws:s3:::b/*",
                Principal={"Service": "cloudtrail.amazonaws.com"},
                Condition={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "a trail's bucket, for one trail",
        bucket(
            allow(
                "s3:PutObject",
                "arn:aws:s3:::b/*",
                Principal={"Service": "cloudtrail.amazonaws.com"},
                Condition={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": TRAIL}},
            )
        ),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "access logs",
        bucket(allow("s3:PutObject", "arn:aws:s3:::b/*", Principal={"Service": "logging.s3.amazonaws.com"})),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "what a key is, as EventBridge's guide writes it",
        key(allow("kms:DescribeKey", "*", Principal={"Service": "events.amazonaws.com"})),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "what a key is, and what it decrypts",
        key(allow(["kms:DescribeKey", "kms:Decrypt"], "*", Principal={"Service": "events.amazonaws.com"})),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "access logs of one bucket",
        bucket(
            allow(
                "s3:PutObject",
                "arn:aws:s3:::b/*",
                Principal={"Service": "logging.s3.amazonaws.com"},
                Condition={
                    "ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                },
            )
        ),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a topic for any bucket",
        topic(
            allow(
                "SNS:Publish",
                TOPIC,
                Principal={"Service": "s3.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "a topic for a bucket, as S3's guide writes it",
        topic(
            allow(
                "SNS:Publish",
                TOPIC,
                Principal={"Service": "s3.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:source"}},
            )
        ),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a topic for alarms",
        topic(allow("sns:Publish", TOPIC, Principal={"Service": "cloudwatch.amazonaws.com"})),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a source if there is one",
        queue(
            allow(
                "sqs:SendMessage",
                QUEUE,
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"ArnEqualsIfExists": {"aws:SourceArn": TOPIC}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "a queue for a topic",
        queue(
            allow(
                "sqs:SendMessage",
                QUEUE,
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"ArnEquals": {"aws:SourceArn": TOPIC}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "a load balancer's logs, which say no source",
        bucket(
            allow(
                "s3:PutObject",
                f"arn:aws:s3:::b/AWSLogs/{ACCOUNT}/*",
                Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "a distribution",
        bucket(
            allow(
                "s3:GetObject",
                "arn:aws:s3:::b/*",
                Principal={"Service": "cloudfront.amazonaws.com"},
                Condition={"StringEquals": {"AWS:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "a service, denied",
        bucket({**PUBLIC_READ, "Effect": "Deny", "Principal": {"Service": "cloudfront.amazonaws.com"}}),
    ),
]
