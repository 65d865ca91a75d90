"""IAM: what is left of a grant: Denies that narrow it, ARNs and conditions that nothing meets, empty boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.cases.iam import (
    ACCOUNT,
    ADMIN,
    GITHUB,
    LAMBDA,
    ONE_ROLE,
    POLICY,
    READ_EVERYTHING,
    ROLE,
    ROOT,
    TABLES,
    bucket,
    grants,
    key,
    trust,
)
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

OBJECTS = "arn:aws:s3:::b/*"
BUCKET = ["arn:aws:s3:::b", OBJECTS]
REPOSITORY = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/app"
GROUP = f"arn:aws:autoscaling:eu-west-1:{ACCOUNT}:autoScalingGroup:*:autoScalingGroupName"


def deny(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **elements}


NARROWED = [
    good(
        "IAM-WILDCARD-RESOURCE",
        "all but one bucket denied",
        grants(READ_EVERYTHING, deny(Action="s3:*", NotResource=BUCKET)),
    ),
    bad(
        "IAM-WILDCARD-RESOURCE",
        "all but every table denied",
        grants(allow("dynamodb:GetItem", "*"), deny(Action="*", NotResource=f"{TABLES}/*")),
    ),
    bad(
        "IAM-WILDCARD-RESOURCE",
        "all but one bucket denied, without TLS",
        grants(
            READ_EVERYTHING,
            deny(Action="s3:*", NotResource=BUCKET, Condition={"Bool": {"aws:SecureTransport": "false"}}),
        ),
    ),
    bad(
        "IAM-WILDCARD-RESOURCE",
        "all but one bucket denied, of another action",
        grants(READ_EVERYTHING, deny(Action="s3:PutObject", NotResource=BUCKET)),
    ),
    good(
        "IAM-WILDCARD-ACTION",
        "all but one action denied",
        grants(allow("s3:*", OBJECTS), deny(NotAction="s3:GetObject", Resource="*")),
    ),
    bad(
        "IAM-WILDCARD-ACTION",
        "all but writing denied",
        grants(allow("s3:*", OBJECTS), deny(NotAction="s3:Put*", Resource="*")),
    ),
    good(
        "IAM-PRIVILEGE-ESCALATION",
        "the dangerous one of two actions denied",
        grants(allow(["iam:GetRole", "iam:PutRolePolicy"], ONE_ROLE), deny(Action="iam:Put*", Resource="*")),
    ),
    good("IAM-ADMINISTRATOR", "all but one action denied", grants(ADMIN, deny(NotAction="s3:GetObject", Resource="*"))),
    bad("IAM-ADMINISTRATOR", "all but much denied", grants(ADMIN, deny(NotAction="*", Resource="arn:aws:s3:::b"))),
    good(
        "IAM-WILDCARD-RESOURCE",
        "log groups made in the account",
        grants(allow("logs:CreateLogGroup", f"arn:aws:logs:eu-west-1:{ACCOUNT}:*")),
    ),
    bad(
        "IAM-WILDCARD-RESOURCE", "log groups made anywhere", grants(allow("logs:CreateLogGroup", "arn:aws:logs:*:*:*"))
    ),
    good(
        "IAM-WILDCARD-RESOURCE",
        "what an agent says of its instance",
        grants(allow("ssm:UpdateInstanceInformation", "*")),
    ),
    good(
        "IAM-WILDCARD-RESOURCE",
        "a group behind its id",
        grants(allow("autoscaling:SetDesiredCapacity", f"{GROUP}/app")),
    ),
    bad(
        "IAM-WILDCARD-RESOURCE",
        "any group behind its id",
        grants(allow("autoscaling:SetDesiredCapacity", f"{GROUP}/*")),
    ),
]

MISMATCH = "IAM-RESOURCE-MISMATCH"
NOWHERE = [
    bad(MISMATCH, "a registry's token, of a repository", grants(allow("ecr:GetAuthorizationToken", REPOSITORY))),
    bad(
        MISMATCH,
        "a registry's token beside what a repository has",
        grants(allow(["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], REPOSITORY)),
    ),
    bad(
        MISMATCH,
        "instances described by ARN",
        grants(allow("ec2:DescribeInstances", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1")),
    ),
    bad(
        MISMATCH, "a bucket's objects in a Region", grants(allow("s3:GetObject", f"arn:aws:s3:eu-west-1:{ACCOUNT}:b/*"))
    ),
    bad(MISMATCH, "a role in a Region", grants(allow("iam:GetRole", f"arn:aws:iam:eu-west-1:{ACCOUNT}:role/app"))),
    bad(MISMATCH, "a queue in no account", grants(allow("sqs:SendMessage", "arn:aws:sqs:::q"))),
    good(MISMATCH, "a registry's token", grants(allow("ecr:GetAuthorizationToken", "*"))),
    good(
        MISMATCH,
        "listing beside what a key has",
        grants(allow(["kms:Decrypt", "kms:ListKeys"], f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1")),
    ),
    good(MISMATCH, "all buckets listed, by their ARN", grants(allow("s3:ListAllMyBuckets", "arn:aws:s3:::*"))),
    good(
        MISMATCH,
        "a parameter of AWS's own",
        grants(allow("ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/eks/*")),
    ),
    good(
        MISMATCH,
        "a model of AWS's own",
        grants(allow("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/a")),
    ),
    good(MISMATCH, "any Region of a bucket", grants(allow("s3:GetObject", "arn:aws:s3:*:*:b/*"))),
]


def met(action: Any, operator: str, name: str, value: Any = "a") -> Recorded:
    return grants(allow(action, "*", Condition={operator: {name: value}}))


CONDITION = "IAM-CONDITION"
NEVER_MET = [
    bad(CONDITION, "a prefix where an object is read", met("s3:GetObject", "StringLike", "s3:prefix")),
    bad(CONDITION, "a key of another service", met("sqs:SendMessage", "StringEquals", "kms:ViaService")),
    bad(
        CONDITION,
        "the service of a role that is not passed",
        met("lambda:CreateFunction", "StringEquals", "iam:PassedToService"),
    ),
    bad(
        CONDITION,
        "in a Deny",
        grants(
            deny(
                Action="s3:GetObject",
                Resource="*",
                Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
            )
        ),
    ),
    good(
        CONDITION,
        "a prefix where one of two actions has it",
        met(["s3:GetObject", "s3:ListBucket"], "StringLike", "s3:prefix"),
    ),
    good(CONDITION, "a prefix, if there is one", met("s3:GetObject", "StringLikeIfExists", "s3:prefix")),
    good(CONDITION, "a prefix that must not be there", met("s3:GetObject", "Null", "s3:prefix", "true")),
    good(CONDITION, "a family of actions, one of which has it", met("s3:List*", "StringLike", "s3:prefix")),
    good(
        CONDITION,
        "a function's session",
        met("s3:GetObject", "ArnEquals", "lambda:SourceFunctionArn", "arn:aws:lambda:eu-west-1:1:function:f"),
    ),
    good(CONDITION, "an object's tag", met("s3:GetObject", "StringEquals", "s3:ExistingObjectTag/team")),
    good(
        CONDITION,
        "a secret's tag",
        met("secretsmanager:GetSecretValue", "StringEquals", "secretsmanager:ResourceTag/team"),
    ),
    good(
        CONDITION,
        "a grant of a key",
        key(
            allow(
                ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
                "*",
                Principal={"AWS": ROOT},
                Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            )
        ),
    ),
    good(
        CONDITION,
        "all of S3, of which some have it",
        bucket(
            deny(
                Principal="*", Action="s3:*", Resource=OBJECTS, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}
            )
        ),
    ),
]

FEDERATED = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}
BY_SUBJECT = {"StringEquals": {f"{GITHUB}:sub": "repo:o/r:ref:refs/heads/main"}}
SAML = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}


def assumed(principal: Any, *actions: str) -> Recorded:
    return trust(allow(list(actions), Principal=principal))


WAY = "IAM-TRUST-ACTION"
WAYS = [
    bad(
        WAY,
        "a token with the action for roles",
        trust(allow("sts:AssumeRole", Principal=FEDERATED, Condition=BY_SUBJECT)),
    ),
    bad(WAY, "an assertion with the action for tokens", assumed(SAML, "sts:AssumeRoleWithWebIdentity")),
    bad(WAY, "a role with the action for tokens", assumed({"AWS": ONE_ROLE}, "sts:AssumeRoleWithWebIdentity")),
    bad(WAY, "one of two principals", assumed({**LAMBDA, **FEDERATED}, "sts:AssumeRole")),
    good(WAY, "a token", assumed(FEDERATED, "sts:AssumeRoleWithWebIdentity", "sts:TagSession")),
    good(WAY, "an assertion", assumed(SAML, "sts:AssumeRoleWithSAML")),
    good(
        WAY,
        "both principals with both actions",
        assumed({**LAMBDA, **FEDERATED}, "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"),
    ),
    good(WAY, "tags in a statement of their own", assumed(FEDERATED, "sts:TagSession")),
    good(WAY, "a service", assumed(LAMBDA, "sts:AssumeRole")),
]

AWS_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
OTHERS = [
    bad("IAM-ADMINISTRATOR", "a boundary that bounds nothing", make(ROLE, permissionsBoundary=AWS_ADMINISTRATOR)),
    bad(
        "IAM-ADMINISTRATOR",
        "a permission set's boundary that bounds nothing",
        make(
            "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
            permissionsBoundary={"managedPolicyArn": AWS_ADMINISTRATOR},
        ),
    ),
    good(
        "IAM-ADMINISTRATOR",
        "a boundary of ours",
        make(ROLE, permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/boundary"),
    ),
    good("IAM-ADMINISTRATOR", "a boundary beside", make(POLICY, "boundary", policy=document(ADMIN))),
    bad(
        "IAM-VALID-DOCUMENT",
        "a service of the shop",
        trust(allow("sts:AssumeRole", Principal={"Service": "lambda.amazon.com"})),
    ),
    good(
        "IAM-VALID-DOCUMENT", "Alexa", trust(allow("sts:AssumeRole", Principal={"Service": "alexa-appkit.amazon.com"}))
    ),
    bad(
        "LAMBDA-SOURCE",
        "any skill of Alexa",
        make("aws:lambda/permission:Permission", principal="alexa-appkit.amazon.com"),
    ),
    good(
        "LAMBDA-SOURCE",
        "a skill of Alexa",
        make(
            "aws:lambda/permission:Permission",
            principal="alexa-appkit.amazon.com",
            eventSourceToken="amzn1.ask.skill.1",
        ),
    ),
]

CASES = [*NARROWED, *NOWHERE, *NEVER_MET, *WAYS, *OTHERS]
