"""IAM: policies in every form and place, and what the tools beside us miss or wrongly flag (POLICY_COVERAGE)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
KEY = "aws:kms/key:Key"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
LOGS = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group"
TABLES = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table"
KEYS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key"
GLUE = f"arn:aws:glue:eu-west-1:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"
LAMBDA = {"Service": "lambda.amazonaws.com"}
OUR_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
PUBLIC_READ = allow("s3:GetObject", "arn:aws:s3:::b/*", Principal="*")


def grants(*statements: dict[str, Any]) -> Recorded:
    return make(ROLE_POLICY, "policy", role="role", policy=document(*statements))


def trust(*statements: dict[str, Any]) -> Recorded:
    return make(ROLE, "role", assumeRolePolicy=document(*statements))


def key(*statements: dict[str, Any]) -> Recorded:
    return make(KEY, "key", policy=document(*statements))


def bucket(*statements: dict[str, Any]) -> Recorded:
    return make(BUCKET_POLICY, "policy", bucket="b", policy=document(*statements))


def queue(*statements: dict[str, Any]) -> Recorded:
    return make(QUEUE_POLICY, "policy", queueUrl="q", policy=document(*statements))


def topic(*statements: dict[str, Any]) -> Recorded:
    return make(TOPIC_POLICY, "policy", arn=TOPIC, policy=document(*statements))


def with_condition(operator: str, name: str, value: Any) -> dict[str, Any]:
    return {**PUBLIC_READ, "Condition": {operator: {name: value}}}


ADMIN = allow("*", "*")
TLS_DENY = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
ONE_DENY = {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::secret/*"}

ADMINISTRATOR = [
    bad("IAM-ADMINISTRATOR", "everything", grants(ADMIN)),
    bad("IAM-ADMINISTRATOR", "in lists, among others", grants(allow(["s3:GetObject", "*"], ["arn:aws:s3:::a/*", "*"]))),
    bad("IAM-ADMINISTRATOR", "*:* spelled out", grants(allow("*:*", "*"))),
    bad("IAM-ADMINISTRATOR", "on every ARN", grants(allow("*", "arn:*"))),
    bad("IAM-ADMINISTRATOR", "on every ARN of six parts", grants(allow("*", "arn:aws:*:*:*:*"))),
    bad("IAM-ADMINISTRATOR", "behind a Deny without TLS", grants(ADMIN, TLS_DENY)),
    bad("IAM-ADMINISTRATOR", "behind a Deny on one ARN", grants(ADMIN, ONE_DENY)),
    bad("IAM-ADMINISTRATOR", "a managed policy of ours", make(POLICY, policy=document(ADMIN))),
    bad(
        "IAM-ADMINISTRATOR", "inline in the role", make(ROLE, inlinePolicies=[{"name": "a", "policy": document(ADMIN)}])
    ),
    bad("IAM-ADMINISTRATOR", "a document as an object", make(ROLE_POLICY, role="r", policy={"Statement": [ADMIN]})),
    bad("IAM-ADMINISTRATOR", "one statement, not a list", make(ROLE_POLICY, role="r", policy={"Statement": ADMIN})),
    bad(
        "IAM-ADMINISTRATOR",
        "as JSON of one statement",
        make(ROLE_POLICY, role="r", policy=json.dumps({"Statement": ADMIN})),
    ),
    good("IAM-ADMINISTRATOR", "one service", grants(allow("s3:*", "*"))),
    good("IAM-ADMINISTRATOR", "one resource", grants(allow("*", "arn:aws:s3:::a"))),
    good("IAM-ADMINISTRATOR", "denied", grants({**ADMIN, "Effect": "Deny"})),
    good("IAM-ADMINISTRATOR", "taken back in full", grants(ADMIN, {**ADMIN, "Effect": "Deny"})),
]

WILDCARD_ACTION = [
    bad("IAM-WILDCARD-ACTION", "every way to assume a role", trust(allow("sts:*", Principal=LAMBDA))),
    bad("IAM-WILDCARD-ACTION", "everything in a trust policy", trust(allow("*", Principal=LAMBDA))),
    good("IAM-WILDCARD-ACTION", "one way to assume a role", trust(allow("sts:AssumeRole", Principal=LAMBDA))),
    bad("IAM-WILDCARD-ACTION", "a service", grants(allow("s3:*", "arn:aws:s3:::a/*"))),
    bad("IAM-WILDCARD-ACTION", "a service in other case", grants(allow("DynamoDB:*", f"{TABLES}/a"))),
    bad("IAM-WILDCARD-ACTION", "a verb that writes", grants(allow("s3:Put*", "arn:aws:s3:::a/*"))),
    bad("IAM-WILDCARD-ACTION", "a wildcard in the middle", grants(allow("iam:*Policy", "arn:aws:iam::1:role/a"))),
    bad("IAM-WILDCARD-ACTION", "question marks", grants(allow("s3:???Object", "arn:aws:s3:::a/*"))),
    bad("IAM-WILDCARD-ACTION", "several services", grants(allow("s*:*", "arn:aws:s3:::a"))),
    bad("IAM-WILDCARD-ACTION", "everything on one bucket", grants(allow("*", "arn:aws:s3:::a"))),
    bad("IAM-WILDCARD-ACTION", "behind a Deny on one ARN", grants(allow("s3:*", "arn:aws:s3:::a/*"), ONE_DENY)),
    bad(
        "IAM-WILDCARD-ACTION",
        "a bucket policy",
        bucket(allow("s3:*", "arn:aws:s3:::a", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"})),
    ),
    bad("IAM-WILDCARD-ACTION", "a key for a service", key(allow("kms:*", "*", Principal=LAMBDA))),
    good("IAM-WILDCARD-ACTION", "named", grants(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::a/*"))),
    good("IAM-WILDCARD-ACTION", "reading only", grants(allow("s3:GetObject*", "arn:aws:s3:::a/*"))),
    good("IAM-WILDCARD-ACTION", "a key's delegation to the account", key(allow("kms:*", "*", Principal={"AWS": ROOT}))),
    good(
        "IAM-WILDCARD-ACTION",
        "KMS's families of operations, as AWS writes them",
        key(
            allow(
                ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                "*",
                Principal=LAMBDA,
            )
        ),
    ),
    good("IAM-WILDCARD-ACTION", "denied", grants({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})),
]

TO_ANY = {
    "a service on everything": allow("s3:*", "*"),
    "s3:* on every bucket": allow("s3:*", "arn:aws:s3:::*"),
    "s3:* on every ARN": allow("s3:*", "arn:*"),
    "reading every object": allow("s3:GetObject", "arn:aws:s3:::*"),
    "reading every object, with a slash": allow("s3:GetObject", "arn:aws:s3:::*/*"),
    "buckets of any name before a suffix": allow("s3:GetObject", "arn:aws:s3:::*-logs/*"),
    "every table anywhere": allow("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/*"),
    "every table of the account": allow("dynamodb:PutItem", f"{TABLES}/*"),
    "every index of every table": allow("dynamodb:Query", f"{TABLES}/*/index/*"),
    "every key": allow("kms:Decrypt", f"{KEYS}/*"),
    "every log group": allow("logs:PutLogEvents", "arn:aws:logs:*:*:*"),
    "every queue": allow("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:*"),
    "every function": allow("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:*"),
    "every role, assumed": allow("sts:AssumeRole", "*"),
    "every role of the account, assumed": allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/*"),
    "every Glue table": allow("glue:GetTable", f"{GLUE}:table/*"),
    "every secret": allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:*"),
    "one that needs * and one that does not": allow(["xray:PutTraceSegments", "s3:GetObject"], "*"),
    "a good resource beside a bad one": allow("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::*"]),
    "a vacuous condition": allow("s3:GetObject", "*", Condition={"StringLike": {"aws:PrincipalArn": "*"}}),
    "a vacuous tag": allow("ec2:StopInstances", "*", Condition={"StringLike": {"aws:ResourceTag/team": "*"}}),
    "a tag that need not be there": allow(
        "ec2:StopInstances", "*", Condition={"StringEqualsIfExists": {"aws:ResourceTag/team": "data"}}
    ),
    "all but one tag": allow("ec2:StopInstances", "*", Condition={"StringNotEquals": {"aws:ResourceTag/team": "hr"}}),
    "TLS, which bounds nothing": allow("s3:GetObject", "*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    "the service that calls, for every key": allow(
        "kms:Decrypt", "*", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    ),
}
TO_NAMED = {
    "a prefix of a bucket": allow("s3:GetObject", "arn:aws:s3:::bucket/prefix/*"),
    "a bucket's objects": allow("s3:PutObject", "arn:aws:s3:::bucket/*"),
    "a bucket": allow("s3:ListBucket", "arn:aws:s3:::bucket", Condition={"StringLike": {"s3:prefix": ["a/*"]}}),
    "buckets of a prefix": allow("s3:GetObject", "arn:aws:s3:::watershed-prod-*/*"),
    "a bucket and its objects, for actions on either": allow(
        ["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
    ),
    "traces, which need *": allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules"], "*"),
    "a registry token, which needs *": allow("ecr:GetAuthorizationToken", "*"),
    "network interfaces, described": allow("ec2:DescribeNetworkInterfaces", "*"),
    "listing all buckets, which needs *": allow("s3:ListAllMyBuckets", "*"),
    "a log group's streams": allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}:/aws/lambda/f:*"),
    "a table and its indexes": allow("dynamodb:Query", [f"{TABLES}/a", f"{TABLES}/a/index/*"]),
    "a table's stream": allow("dynamodb:GetRecords", f"{TABLES}/a/stream/*"),
    "a key, through a service": allow(
        ["kms:Decrypt", "kms:GenerateDataKey"],
        f"{KEYS}/1",
        Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    ),
    "a catalog, a database and its tables": allow(
        "glue:GetTable", [f"{GLUE}:catalog", f"{GLUE}:database/d", f"{GLUE}:table/d/*"]
    ),
    "a workgroup": allow("athena:StartQueryExecution", f"arn:aws:athena:eu-west-1:{ACCOUNT}:workgroup/w"),
    "a queue": allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], QUEUE),
    "a secret, behind AWS's six characters": allow(
        "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:odk-*"
    ),
    "a real tag": allow("ec2:StopInstances", "*", Condition={"StringEquals": {"aws:ResourceTag/team": "data"}}),
    "a metric namespace": allow(
        "cloudwatch:PutMetricData", "*", Condition={"StringEquals": {"cloudwatch:namespace": "w"}}
    ),
    "keys by alias": allow("kms:Decrypt", f"{KEYS}/*", Condition={"StringEquals": {"kms:ResourceAliases": "alias/a"}}),
    "a home of one's own": allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*"),
    "denied": {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"},
}
READ_EVERYTHING = allow("s3:GetObject", "*")
WILDCARD_RESOURCE = [
    *(bad("IAM-WILDCARD-RESOURCE", title, grants(statement)) for title, statement in TO_ANY.items()),
    bad("IAM-WILDCARD-RESOURCE", "behind a Deny without TLS", grants(READ_EVERYTHING, TLS_DENY)),
    bad("IAM-WILDCARD-RESOURCE", "behind a Deny on one ARN", grants(READ_EVERYTHING, ONE_DENY)),
    *(good("IAM-WILDCARD-RESOURCE", title, grants(statement)) for title, statement in TO_NAMED.items()),
    good("IAM-WILDCARD-RESOURCE", "a key policy's own *", key(allow("kms:*", "*", Principal={"AWS": ROOT}))),
]

EVERYONE = {
    "no condition": PUBLIC_READ,
    "in a list": {**PUBLIC_READ, "Principal": {"AWS": ["*"]}},
    "every account": {**PUBLIC_READ, "Principal": {"AWS": "arn:aws:iam::*:root"}},
    "a vacuous condition": with_condition("StringLike", "aws:PrincipalArn", "*"),
    "a condition that names every ARN": with_condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"),
    "every address": with_condition("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/0"]),
    "every IPv6 address": with_condition("IpAddress", "aws:SourceIp", "::/0"),
    "TLS, which everyone has": with_condition("Bool", "aws:SecureTransport", "true"),
    "everyone but one": with_condition("StringNotEquals", "aws:PrincipalOrgID", "o-1"),
    "an organization, if there is one": with_condition("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"),
    "all of no values": with_condition("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-1/"),
    "a user agent, which anyone can send": with_condition("StringLike", "aws:UserAgent", "secret"),
    "a referer, which anyone can send": with_condition("StringLike", "aws:Referer", "https://example.com/*"),
    "NotPrincipal": {
        "Effect": "Allow",
        "NotPrincipal": {"AWS": ROOT},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    },
}
SOMEONE = {
    "an organization": with_condition("StringEquals", "aws:PrincipalOrgID", "o-12345"),
    "an account": with_condition("StringEquals", "aws:PrincipalAccount", ACCOUNT),
    "roles of an account": with_condition("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    "a VPC endpoint": with_condition("StringEquals", "aws:SourceVpce", "vpce-1"),
    "our addresses": with_condition("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    "a role": {**PUBLIC_READ, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/reader"}},
    "everyone, denied": {**PUBLIC_READ, "Effect": "Deny"},
}
WILDCARD_PRINCIPAL = [
    *(bad("IAM-WILDCARD-PRINCIPAL", f"a bucket: {title}", bucket(statement)) for title, statement in EVERYONE.items()),
    bad("IAM-WILDCARD-PRINCIPAL", "a queue", queue(allow("sqs:SendMessage", QUEUE, Principal="*"))),
    bad("IAM-WILDCARD-PRINCIPAL", "a topic", topic(allow("sns:Publish", TOPIC, Principal={"AWS": "*"}))),
    bad("IAM-WILDCARD-PRINCIPAL", "a key", key(allow("kms:Decrypt", "*", Principal="*"))),
    bad("IAM-WILDCARD-PRINCIPAL", "a role", trust(allow("sts:AssumeRole", Principal={"AWS": "*"}))),
    bad("IAM-WILDCARD-PRINCIPAL", "behind a Deny without TLS", bucket(PUBLIC_READ, {**TLS_DENY, "Principal": "*"})),
    *(good("IAM-WILDCARD-PRINCIPAL", title, bucket(statement)) for title, statement in SOMEONE.items()),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "a key for our account's services",
        key(
            allow(
                "kms:Decrypt",
                "*",
                Principal={"AWS": "*"},
                Condition={
                    "StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.eu-west-1.amazonaws.com"}
                },
            )
        ),
    ),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "a queue for one bucket",
        queue(
            allow(
                "sqs:SendMessage", QUEUE, Principal="*", Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::raw"}}
            )
        ),
    ),
    good("IAM-WILDCARD-PRINCIPAL", "a role for a service", trust(allow("sts:AssumeRole", Principal=LAMBDA))),
]

EVENTS = {"Service": "events.amazonaws.com"}
SCHEDULER = {"Service": "scheduler.amazonaws.com"}
FOR_LOGS = {"Service": "logs.eu-west-1.amazonaws.com"}
CONFUSED_DEPUTY = [
    bad("IAM-CONFUSED-DEPUTY", "a queue", queue(allow("sqs:SendMessage", QUEUE, Principal=EVENTS))),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a topic",
        topic(allow("sns:Publish", TOPIC, Principal={"Service": ["cloudwatch.amazonaws.com"]})),
    ),
    bad("IAM-CONFUSED-DEPUTY", "a key", key(allow("kms:Decrypt", "*", Principal=EVENTS))),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a bucket",
        bucket(allow("s3:PutObject", "arn:aws:s3:::b/*", Principal={"Service": "logging.s3.amazonaws.com"})),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "any account's rules",
        queue(
            allow(
                "sqs:SendMessage",
                QUEUE,
                Principal=EVENTS,
                Condition={"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}},
            )
        ),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "any account's log groups",
        key(
            allow(
                "kms:Decrypt",
                "*",
                Principal=FOR_LOGS,
                Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:*"}},
            )
        ),
    ),
    bad("IAM-CONFUSED-DEPUTY", "a role", trust(allow("sts:AssumeRole", Principal=SCHEDULER))),
    good("IAM-CONFUSED-DEPUTY", "a role", trust(allow("sts:AssumeRole", Principal=SCHEDULER, Condition=OUR_ACCOUNT))),
    good("IAM-CONFUSED-DEPUTY", "a role for Lambda", trust(allow("sts:AssumeRole", Principal=LAMBDA))),
    good(
        "IAM-CONFUSED-DEPUTY",
        "our account",
        queue(allow("sqs:SendMessage", QUEUE, Principal=EVENTS, Condition=OUR_ACCOUNT)),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "one rule",
        queue(
            allow(
                "sqs:SendMessage",
                QUEUE,
                Principal=EVENTS,
                Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/r"}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "our log groups",
        key(
            allow(
                "kms:Decrypt",
                "*",
                Principal=FOR_LOGS,
                Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{LOGS}:*"}},
            )
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "our organization",
        bucket(
            allow(
                "s3:PutObject",
                "arn:aws:s3:::b/*",
                Principal=EVENTS,
                Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}},
            )
        ),
    ),
    good("IAM-CONFUSED-DEPUTY", "a role, not a service", bucket({**PUBLIC_READ, "Principal": {"AWS": ROOT}})),
]

TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
ONE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
PASS_ROLE = [
    bad("IAM-PASS-ROLE", "any role", grants(allow("iam:PassRole", "*", Condition=TO_LAMBDA))),
    bad(
        "IAM-PASS-ROLE",
        "any role of the account",
        grants(allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*", Condition=TO_LAMBDA)),
    ),
    bad("IAM-PASS-ROLE", "to any service", grants(allow("iam:PassRole", ONE_ROLE))),
    bad(
        "IAM-PASS-ROLE",
        "to any service, in other words",
        grants(allow("iam:PassRole", ONE_ROLE, Condition={"StringLike": {"iam:PassedToService": "*"}})),
    ),
    bad("IAM-PASS-ROLE", "inside a wildcard", grants(allow("iam:Pass*", ONE_ROLE))),
    good("IAM-PASS-ROLE", "one role to one service", grants(allow("iam:PassRole", ONE_ROLE, Condition=TO_LAMBDA))),
    good(
        "IAM-PASS-ROLE",
        "roles of a path",
        grants(allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/jobs/*", Condition=TO_LAMBDA)),
    ),
    good("IAM-PASS-ROLE", "something else", grants(allow("iam:GetRole", ONE_ROLE))),
]

GITHUB = "token.actions.githubusercontent.com"


def oidc(**condition: dict[str, Any]) -> Recorded:
    principal = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}
    return trust(allow("sts:AssumeRoleWithWebIdentity", Principal=principal, Condition=condition))


OIDC_SUBJECT = [
    bad("IAM-OIDC-SUBJECT", "nobody named", oidc()),
    bad("IAM-OIDC-SUBJECT", "the audience only", oidc(StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com"})),
    bad("IAM-OIDC-SUBJECT", "every repository", oidc(StringLike={f"{GITHUB}:sub": "repo:*"})),
    bad("IAM-OIDC-SUBJECT", "everything", oidc(StringLike={f"{GITHUB}:sub": "*"})),
    bad(
        "IAM-OIDC-SUBJECT", "a subject, if there is one", oidc(StringEqualsIfExists={f"{GITHUB}:sub": "repo:a/b:ref:x"})
    ),
    good("IAM-OIDC-SUBJECT", "an environment", oidc(StringEquals={f"{GITHUB}:sub": "repo:a/b:environment:prod"})),
    good("IAM-OIDC-SUBJECT", "branches of a repository", oidc(StringLike={f"{GITHUB}:sub": "repo:a/b:*"})),
    good("IAM-OIDC-SUBJECT", "a service, not a provider", trust(allow("sts:AssumeRole", Principal=LAMBDA))),
]

LONG = [allow("s3:GetObject", f"arn:aws:s3:::bucket-{index}/*") for index in range(90)]
HALF = document(*LONG)


def inline(name: str) -> Recorded:
    return make(ROLE_POLICY, name, role=role, policy=HALF)


role = make(ROLE, "role", assumeRolePolicy=document(allow("sts:AssumeRole", Principal=LAMBDA)))
OTHERS = [
    bad("IAM-NOT-ACTION", "allowed", grants({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::a"})),
    bad("IAM-NOT-ACTION", "a trust policy", trust({"Effect": "Allow", "NotAction": "iam:*", "Principal": LAMBDA})),
    good("IAM-NOT-ACTION", "denied", grants({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"})),
    good("IAM-NOT-ACTION", "not there", grants(allow("s3:GetObject", "arn:aws:s3:::a/*"))),
    bad(
        "IAM-NOT-RESOURCE",
        "allowed",
        grants({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a/*"}),
    ),
    good(
        "IAM-NOT-RESOURCE",
        "denied",
        grants({"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a/*"}),
    ),
    good("IAM-NOT-RESOURCE", "not there", grants(allow("s3:GetObject", "arn:aws:s3:::a/*"))),
    bad("IAM-UNKNOWN-ACTION", "misspelled", grants(allow("s3:GetObjects", "arn:aws:s3:::a/*"))),
    bad("IAM-UNKNOWN-ACTION", "an unknown service", grants(allow("s4:GetObject", "*"))),
    bad(
        "IAM-UNKNOWN-ACTION",
        "in a Deny, which then guards nothing",
        grants({"Effect": "Deny", "Action": "s3:DeletBucket", "Resource": "*"}),
    ),
    bad("IAM-UNKNOWN-ACTION", "a wildcard for nothing", grants(allow("s3:Fetch*", "arn:aws:s3:::a/*"))),
    good("IAM-UNKNOWN-ACTION", "known", grants(allow("s3:GetObject", "arn:aws:s3:::a/*"))),
    good("IAM-UNKNOWN-ACTION", "known in other case", grants(allow("S3:getobject", "arn:aws:s3:::a/*"))),
    good("IAM-UNKNOWN-ACTION", "a wildcard for some", grants(allow("s3:Get*", "arn:aws:s3:::a/*"))),
    bad("IAM-VALID-DOCUMENT", "not JSON", make(ROLE_POLICY, role="r", policy="{'Statement': []}")),
    bad("IAM-VALID-DOCUMENT", "no statement", make(ROLE_POLICY, role="r", policy="{}")),
    bad("IAM-VALID-DOCUMENT", "no effect", grants({"Action": "s3:GetObject", "Resource": "*"})),
    bad(
        "IAM-VALID-DOCUMENT",
        "an effect in lower case",
        grants({"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"}),
    ),
    bad("IAM-VALID-DOCUMENT", "an unknown element", grants({**ADMIN, "Resources": "*"})),
    bad(
        "IAM-VALID-DOCUMENT",
        "a version of no year",
        make(ROLE_POLICY, role="r", policy=json.dumps({"Version": "2026-01-01", "Statement": [ADMIN]})),
    ),
    bad("IAM-VALID-DOCUMENT", "Action and NotAction", grants({**ADMIN, "NotAction": "s3:*"})),
    good("IAM-VALID-DOCUMENT", "JSON", grants(allow("s3:GetObject", "arn:aws:s3:::a/*"))),
    good(
        "IAM-VALID-DOCUMENT",
        "an object",
        make(ROLE_POLICY, role="r", policy={"Version": "2012-10-17", "Statement": [ADMIN]}),
    ),
    bad("IAM-POLICY-SIZE", "a managed policy", make(POLICY, policy=document(*LONG))),
    bad("IAM-POLICY-SIZE", "a role's inline policies together", role, inline("one"), inline("two")),
    good("IAM-POLICY-SIZE", "one inline policy", role, inline("one")),
    good(
        "IAM-POLICY-SIZE",
        "whitespace, which does not count",
        make(POLICY, policy=json.dumps({"Statement": [READ_EVERYTHING]}, indent=3000)),
    ),
    bad(
        "IAM-MANAGED-POLICY",
        "attached",
        make(ATTACHMENT, role="r", policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
    ),
    bad(
        "IAM-MANAGED-POLICY",
        "of a service role",
        make(ATTACHMENT, role="r", policyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
    ),
    bad("IAM-MANAGED-POLICY", "in the role", make(ROLE, managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])),
    good("IAM-MANAGED-POLICY", "ours", make(ATTACHMENT, role="r", policyArn=f"arn:aws:iam::{ACCOUNT}:policy/ours")),
    good("IAM-MANAGED-POLICY", "none", role),
    bad(
        "IAM-USER-POLICY", "a policy", make("aws:iam/userPolicy:UserPolicy", user="u", policy=document(READ_EVERYTHING))
    ),
    bad("IAM-USER-POLICY", "a key", make("aws:iam/accessKey:AccessKey", user="u")),
    good("IAM-USER-POLICY", "a role's policy", grants(READ_EVERYTHING)),
    good("IAM-USER-POLICY", "a user with neither", make("aws:iam/user:User")),
    bad("IAM-READ-WILDCARD", "reading", grants(allow("s3:Get*", "arn:aws:s3:::a/*"))),
    good("IAM-READ-WILDCARD", "named", grants(allow("s3:GetObject", "arn:aws:s3:::a/*"))),
    good("IAM-READ-WILDCARD", "writing, which another rule refuses", grants(allow("s3:Put*", "arn:aws:s3:::a/*"))),
]

CASES = [
    *OIDC_SUBJECT,
    *ADMINISTRATOR,
    *WILDCARD_ACTION,
    *WILDCARD_RESOURCE,
    *WILDCARD_PRINCIPAL,
    *CONFUSED_DEPUTY,
    *PASS_ROLE,
    *OTHERS,
]
