"""IAM: documents that AWS refuses or that do not mean what they say, limits, and users."""

from __future__ import annotations

import json
from typing import Any, cast

from tests.policy.cases import bad, good
from tests.policy.cases.iam import (
    ACCOUNT,
    ATTACHMENT,
    HALF,
    LONG,
    ONE_ROLE,
    READ_EVERYTHING,
    ROLE,
    ROLE_POLICY,
    ROOT,
    bucket,
    grants,
    key,
    queue,
    role,
    trust,
)
from tests.policy.resources import allow, document, make

READ = allow("s3:GetObject", "arn:aws:s3:::a/*")


def under(operator: str, key_: str, value: Any) -> Any:
    return grants({**READ, "Condition": {operator: {key_: value}}})


def listing(operator: str, prefixes: list[str]) -> Any:
    return grants(allow("s3:ListBucket", "arn:aws:s3:::a", Condition={operator: {"s3:prefix": prefixes}}))


def trusts(principal: Any) -> Any:
    return trust(allow("sts:AssumeRole", Principal=principal))


MALFORMED = {
    "a principal in an identity policy": grants({**READ, "Principal": "*"}),
    "no resource in an identity policy": grants(allow("s3:GetObject")),
    "a resource that is no ARN": grants(allow("s3:GetObject", "my-bucket/*")),
    "an action without its service": grants(allow("GetObject", "arn:aws:s3:::a/*")),
    "the same Sid twice": grants({**READ, "Sid": "a"}, {**READ, "Sid": "a"}),
    "a Sid with spaces in an identity policy": grants({**READ, "Sid": "read objects"}),
    "a resource in a trust policy": trust(allow("sts:AssumeRole", "*", Principal={"AWS": ROOT})),
    "no principal in a trust policy": trust(allow("sts:AssumeRole")),
    "an action that assumes nothing": trust(allow("s3:GetObject", Principal={"AWS": ROOT})),
    "an unknown kind of principal": trusts({"User": "bob"}),
    "a principal that is no account, ARN or *": trusts({"AWS": "bob"}),
    "an account of eleven digits": trusts({"AWS": "12345678901"}),
    "a wildcard inside a principal": trusts({"AWS": f"arn:aws:iam::{ACCOUNT}:role/app-*"}),
    "a group, which cannot be a principal": trusts({"AWS": f"arn:aws:iam::{ACCOUNT}:group/devs"}),
    "a service without its domain": trusts({"Service": "lambda"}),
    "a service that is an ARN": trusts({"Service": "arn:aws:lambda:eu-west-1:1:function:f"}),
    "every service": trusts({"Service": "*"}),
    "a bucket policy without a principal": bucket(READ),
    "a queue policy without a principal": queue(allow("sqs:SendMessage", "*")),
    "a key policy without a principal": key(allow("kms:*", "*")),
    "a condition that is text": grants({**READ, "Condition": "none"}),
    "a list of statements": make(ROLE_POLICY, role="r", policy=json.dumps([READ])),
    "inline in a role": make(ROLE, inlinePolicies=[{"name": "a", "policy": "{"}]),
}
WELL_FORMED = {
    "an account's number": trusts({"AWS": ACCOUNT}),
    "a user": trusts({"AWS": f"arn:aws:iam::{ACCOUNT}:user/path/bob"}),
    "an assumed role's session": trusts({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"}),
    "a role's unique id": trusts({"AWS": "AROAEXAMPLEEXAMPLE123"}),
    "a service of a Region": trusts({"Service": "logs.eu-west-1.amazonaws.com"}),
    "a service in China": trusts({"Service": "ec2.amazonaws.com.cn"}),
    "a repository policy without a resource": make(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        policy=document(allow("ecr:BatchGetImage", Principal={"AWS": ROOT})),
    ),
    "a bucket policy whose Sid has spaces": bucket({**READ, "Sid": "read objects", "Principal": {"AWS": ROOT}}),
    "a web identity": trust(allow("sts:AssumeRoleWithWebIdentity", Principal={"Federated": "accounts.google.com"})),
    "a canonical user": bucket({**READ, "Principal": {"CanonicalUser": "a" * 64}}),
    "tags and a source identity": trust(
        allow(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], Principal={"AWS": ONE_ROLE})
    ),
    "an empty Sid twice": grants({**READ, "Sid": ""}, {**READ, "Sid": ""}),
    "a resource by variable": grants(allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/bucket}/*")),
    "a search domain's policy without a resource": make(
        "aws:opensearch/domainPolicy:DomainPolicy",
        accessPolicies=document(allow("es:ESHttpGet", "*", Principal={"AWS": ROOT})),
    ),
}
NO_SUCH_CONDITION = {
    "a misspelled operator": under("StringEqual", "aws:PrincipalOrgID", "o-1"),
    "an operator that does not exist": under("ArnMatches", "aws:PrincipalArn", ROOT),
    "a misspelled global key": under("StringEquals", "aws:PrincipleOrgID", "o-1"),
    "a misspelled key of a service": under("StringEquals", "s3:ExistingObjectTags/a", "b"),
    "a key of no service": under("StringEquals", "s4:prefix", "b"),
    "a key without its service": under("StringEquals", "SourceIp", "b"),
    "in a Deny, which then guards nothing": grants(
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransports": "false"}}}
    ),
    "a set operator that does not exist": under("ForEachValue:StringEquals", "aws:TagKeys", "a"),
    "a wildcard under an operator that has none": under(
        "StringEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"
    ),
    "an address that is none": under("IpAddress", "aws:SourceIp", "203.0.113.0/33"),
    "a boolean that is none": under("Bool", "aws:SecureTransport", "yes"),
    "a number that is none": under("NumericLessThan", "aws:MultiFactorAuthAge", "an hour"),
    "a date that is none": under("DateLessThan", "aws:CurrentTime", "tomorrow"),
    "Null with a value": under("Null", "aws:PrincipalOrgID", "o-1"),
    "in a trust policy": trust(
        allow("sts:AssumeRole", Principal={"AWS": ROOT}, Condition={"StringEquals": {"sts:ExternalID2": "x"}})
    ),
}
SUCH_CONDITION = {
    "an organization": under("StringEquals", "aws:PrincipalOrgID", "o-1"),
    "in other case": under("stringequals", "AWS:principalorgid", "o-1"),
    "with IfExists": under("StringLikeIfExists", "aws:PrincipalOrgID", "o-*"),
    "a set operator": under("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/*"),
    "tags of an object": under("StringEquals", "s3:ExistingObjectTag/class", "public"),
    "a request's tag": under("StringEquals", "aws:RequestTag/team", "data"),
    "a caller's tag by variable": under("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"),
    "an address": under("IpAddress", "aws:SourceIp", ["203.0.113.7", "2001:db8::/32"]),
    "a date": under("DateLessThan", "aws:CurrentTime", "2026-12-31T23:59:59Z"),
    "a date in seconds": under("DateGreaterThan", "aws:TokenIssueTime", "1767225600"),
    "a number": under("NumericLessThanEquals", "aws:MultiFactorAuthAge", 3600),
    "there or not": under("Null", "aws:TokenIssueTime", True),
    "an encryption context": key(
        allow(
            "kms:Decrypt", "*", Principal={"AWS": ROOT}, Condition={"StringEquals": {"kms:EncryptionContext:a:b": "c"}}
        )
    ),
    "a provider's claim": trust(
        allow(
            "sts:AssumeRoleWithWebIdentity",
            Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example.com"},
            Condition={"StringEquals": {"idp.example.com:sub": "a", "idp.example.com:aud": "b"}},
        )
    ),
    "SAML's audience": trust(
        allow(
            "sts:AssumeRoleWithSAML",
            Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/a"},
            Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        )
    ),
    "an external id": trust(
        allow("sts:AssumeRole", Principal={"AWS": ROOT}, Condition={"StringEquals": {"sts:ExternalId": "x"}})
    ),
    "a prefix that is empty": listing("StringEquals", ["", "home/"]),
    "a service's source": bucket(
        {
            **READ,
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/t"}},
        }
    ),
    "any ARN of a kind": under("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    "everything under StringLike": listing("StringLike", ["*"]),
    "a mount target": make(
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        policy=document(
            allow(
                "elasticfilesystem:ClientMount",
                "*",
                Principal={"AWS": ROOT},
                Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
            )
        ),
    ),
}
KNOWN_ACTIONS = [
    "s3:ListBucket", "s3:GetObjectVersion", "s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration",
    "s3:GetBucketLocation", "s3:AbortMultipartUpload", "s3express:CreateSession", "sts:TagSession", "iam:PassRole",
    "execute-api:Invoke", "execute-api:ManageConnections", "es:ESHttpPost", "aoss:APIAccessAll", "rds-db:connect",
    "kafka-cluster:Connect", "lambda:InvokeFunctionUrl", "xray:PutTraceSegments", "ssmmessages:OpenDataChannel",
    "ec2messages:GetMessages", "logs:CreateLogDelivery", "glue:GetTables", "lakeformation:GetDataAccess",
    "states:SendTaskSuccess", "scheduler:CreateSchedule", "pipes:CreatePipe", "appconfig:StartConfigurationSession",
    "cognito-idp:AdminInitiateAuth", "bedrock:InvokeModel", "elasticmapreduce:RunJobFlow", "apigateway:POST",
    "cloudformation:CreateStack", "servicequotas:GetServiceQuota", "tag:GetResources", "sqs:SendMessage",
    "sns:Publish", "dynamodb:PartiQLSelect", "kms:GenerateDataKeyWithoutPlaintext", "events:PutEvents",
]  # fmt: skip
UNKNOWN_ACTIONS = [
    "s3:ListObjects", "s3:HeadObject", "s3:GetObjects", "s3:DeleteObjects", "dynamodb:PutItems", "lambda:Invoke",
    "iam:AssumeRole", "sns:SendMessage", "stepfunctions:StartExecution", "eventbridge:PutEvents", "kms:DecryptKey",
    "cloudwatch:PutLogEvents", "sqs:Send", "glue:GetTabel", "secretmanager:GetSecretValue", "dynamo:GetItem",
]  # fmt: skip

user_policy = "aws:iam/userPolicy:UserPolicy"
group_policy = "aws:iam/groupPolicy:GroupPolicy"
group = make("aws:iam/group:Group", "group")

CASES = [
    *(bad("IAM-VALID-DOCUMENT", title, it) for title, it in MALFORMED.items()),
    *(good("IAM-VALID-DOCUMENT", title, it) for title, it in WELL_FORMED.items()),
    *(bad("IAM-CONDITION", title, it) for title, it in NO_SUCH_CONDITION.items()),
    *(good("IAM-CONDITION", title, it) for title, it in SUCH_CONDITION.items()),
    *(good("IAM-UNKNOWN-ACTION", action, grants(allow(action, "*"))) for action in KNOWN_ACTIONS),
    *(bad("IAM-UNKNOWN-ACTION", action, grants(allow(action, "*"))) for action in UNKNOWN_ACTIONS),
    bad(
        "IAM-VARIABLE-VERSION",
        "a variable in a document of 2008",
        make(
            ROLE_POLICY,
            role="r",
            policy=json.dumps(
                {"Version": "2008-10-17", "Statement": allow("s3:GetObject", "arn:aws:s3:::a/${aws:username}/*")}
            ),
        ),
    ),
    bad(
        "IAM-VARIABLE-VERSION",
        "a variable in a document of no version",
        make(
            ROLE_POLICY,
            role="r",
            policy=json.dumps({"Statement": {**READ, "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}}}),
        ),
    ),
    good("IAM-VARIABLE-VERSION", "a variable", grants(allow("s3:GetObject", "arn:aws:s3:::a/${aws:username}/*"))),
    good("IAM-VARIABLE-VERSION", "no variable", make(ROLE_POLICY, role="r", policy=json.dumps({"Statement": READ}))),
    bad(
        "IAM-POLICY-SIZE",
        "a trust policy",
        trust(
            *(
                allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/role-{index:04}"})
                for index in range(40)
            )
        ),
    ),
    bad("IAM-POLICY-SIZE", "a user's policy", make(user_policy, user="u", policy=document(*LONG[:30]))),
    bad("IAM-POLICY-SIZE", "a group's policy", make(group_policy, group="g", policy=HALF)),
    bad(
        "IAM-POLICY-SIZE",
        "a bucket policy",
        bucket(
            *(
                {**READ, "Principal": {"AWS": ONE_ROLE}, "Resource": f"arn:aws:s3:::b/{index:060}/*"}
                for index in range(120)
            )
        ),
    ),
    bad(
        "IAM-POLICY-SIZE",
        "inline and beside",
        make(ROLE, "r", inlinePolicies=[{"name": "a", "policy": HALF}, {"name": "b", "policy": HALF}]),
    ),
    bad(
        "IAM-POLICY-SIZE",
        "a group's policies together",
        group,
        *(make(group_policy, f"p{index}", group=group, policy=document(*LONG[:50])) for index in range(2)),
    ),
    good("IAM-POLICY-SIZE", "a group's policy", group, make(group_policy, group=group, policy=document(*LONG[:30]))),
    *(
        bad("IAM-MANAGED-POLICY", f"a permission set or group: {name}", make(type_, "it", **{key_: cast("Any", value)}))
        for name, type_, key_, value in (
            (
                "permission set",
                "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
                "managedPolicyArn",
                "arn:aws:iam::aws:policy/AdministratorAccess",
            ),
            (
                "group",
                "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
                "policyArn",
                "arn:aws:iam::aws:policy/IAMFullAccess",
            ),
            ("US Government", ATTACHMENT, "policyArn", "arn:aws-us-gov:iam::aws:policy/AmazonS3FullAccess"),
            (
                "several",
                "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                "policyArns",
                ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"],
            ),
        )
    ),
    good(
        "IAM-MANAGED-POLICY", "as a boundary", make(ROLE, permissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    ),
    bad(
        "IAM-USER-POLICY",
        "attached to users",
        make("aws:iam/policyAttachment:PolicyAttachment", users=["u"], policyArn="arn:aws:iam::123456789012:policy/p"),
    ),
    good(
        "IAM-USER-POLICY",
        "attached to roles",
        make("aws:iam/policyAttachment:PolicyAttachment", roles=["r"], policyArn="arn:aws:iam::123456789012:policy/p"),
    ),
    bad("IAM-USERS", "a user", make("aws:iam/user:User")),
    good("IAM-USERS", "a role", role),
    good("IAM-USERS", "a group", group),
    *(
        bad("IAM-CREDENTIALS", action, grants(allow(action, "*")))
        for action in (
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
            "iam:CreateAccessKey",
            "sts:GetFederationToken",
            "redshift:GetClusterCredentials",
        )
    ),
    good("IAM-CREDENTIALS", "a registry's token", grants(allow("ecr:GetAuthorizationToken", "*"))),
    good("IAM-CREDENTIALS", "who we are", grants(allow("sts:GetCallerIdentity", "*"))),
    good(
        "IAM-CREDENTIALS",
        "one's own keys",
        grants(allow("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")),
    ),
    *(
        bad("IAM-PERMISSIONS-MANAGEMENT", action, grants(allow(action, "*")))
        for action in (
            "lakeformation:GrantPermissions",
            "s3:PutAccountPublicAccessBlock",
            "ram:EnableSharingWithAwsOrganization",
        )
    ),
    good("IAM-PERMISSIONS-MANAGEMENT", "data access", grants(allow("lakeformation:GetDataAccess", "*"))),
    good("IAM-PERMISSIONS-MANAGEMENT", "reading", grants(READ_EVERYTHING)),
    good("IAM-PERMISSIONS-MANAGEMENT", "one bucket's policy", grants(allow("s3:PutBucketPolicy", "arn:aws:s3:::b"))),
]
