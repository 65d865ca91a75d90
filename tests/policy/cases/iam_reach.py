"""IAM: actions beside resources that they are not about, and identities with more policies than AWS attaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.cases.iam import (
    ACCOUNT,
    ATTACHMENT,
    GITHUB,
    LAMBDA,
    LOGS,
    ROLE,
    TABLES,
    TOPIC,
    bucket,
    grants,
    oidc,
    trust,
)
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

MISMATCH = "IAM-RESOURCE-MISMATCH"
STATES = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:flow"
OWN_ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}
TASKS = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/reader"

MISMATCHES = [
    bad(MISMATCH, "objects read from a bucket's ARN", grants(allow("s3:GetObject", "arn:aws:s3:::b"))),
    bad(MISMATCH, "a bucket listed by its objects' ARN", grants(allow("s3:ListBucket", "arn:aws:s3:::b/*"))),
    bad(
        MISMATCH,
        "a bucket listed beside objects that are read",
        grants(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::b/raw/*")),
    ),
    bad(MISMATCH, "a table's action on a bucket", grants(allow("dynamodb:Query", "arn:aws:s3:::b/*"))),
    bad(MISMATCH, "a queue's action on a topic", grants(allow("sqs:SendMessage", TOPIC))),
    bad(MISMATCH, "only a stream's actions, on a table", grants(allow("dynamodb:GetRecords", f"{TABLES}/t"))),
    bad(
        MISMATCH,
        "a Deny that guards nothing",
        bucket({**allow("s3:PutObject", "arn:aws:s3:::b", Principal="*"), "Effect": "Deny"}),
    ),
    bad(MISMATCH, "a bucket policy", bucket(allow("s3:GetObject", "arn:aws:s3:::b", Principal=OWN_ROLE))),
    good(
        MISMATCH,
        "both kinds of S3 beside both ARNs",
        grants(allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])),
    ),
    good(MISMATCH, "a bucket by a pattern of its name", grants(allow(["s3:ListBucket"], "arn:aws:s3:::b-*"))),
    good(
        MISMATCH,
        "an access point and its objects",
        grants(allow(["s3:ListBucket"], POINT), allow("s3:GetObject", f"{POINT}/object/*")),
    ),
    good(
        MISMATCH,
        "a stream's action among a table's",
        grants(allow(["dynamodb:GetItem", "dynamodb:GetRecords"], [f"{TABLES}/t", f"{TABLES}/t/index/*"])),
    ),
    good(
        MISMATCH,
        "two services in one statement",
        grants(allow(["dynamodb:GetItem", "s3:GetObject"], [f"{TABLES}/t", "arn:aws:s3:::b/*"])),
    ),
    good(MISMATCH, "what AWS's reference gives no resource", grants(allow("states:SendTaskSuccess", STATES))),
    good(MISMATCH, "a family of actions, on one of its kinds", grants(allow("s3:Get*", "arn:aws:s3:::b"))),
    good(MISMATCH, "a log group's streams", grants(allow("logs:PutLogEvents", f"{LOGS}:/app:*"))),
    good(MISMATCH, "everything of S3 in a Deny", bucket({**allow("s3:*", "arn:aws:s3:::b/*"), "Effect": "Deny"})),
    good(MISMATCH, "a task by its family", grants(allow("ecs:RunTask", f"{TASKS}/job"))),
    good(MISMATCH, "a policy variable", grants(allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/bucket}"))),
]

IDENTITY = {"assumeRolePolicy": document(allow("sts:AssumeRole", Principal=LAMBDA))}


def policies(count: int) -> list[str]:
    return [f"arn:aws:iam::{ACCOUNT}:policy/p{number}" for number in range(count)]


def with_attachments(count: int) -> tuple[Recorded, ...]:
    role = make(ROLE, "role", **IDENTITY)
    return role, *(make(ATTACHMENT, f"a{at}", role=role, policyArn=arn) for at, arn in enumerate(policies(count)))


def exclusively(count: int) -> tuple[Recorded, ...]:
    role = make(ROLE, "role", **IDENTITY)
    type_ = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
    return role, make(type_, roleName=role, policyArns=policies(count))


def by_several(count: int, **holders: Any) -> tuple[Recorded, ...]:
    type_ = "aws:iam/policyAttachment:PolicyAttachment"
    group = make("aws:iam/group:Group", "group", name="team")
    return group, *(
        make(type_, f"a{at}", groups=["team"], policyArn=arn, **holders) for at, arn in enumerate(policies(count))
    )


COUNT = "IAM-POLICY-COUNT"
COUNTS = [
    bad(COUNT, "eleven attachments", *with_attachments(11)),
    bad(COUNT, "eleven in the role", make(ROLE, **IDENTITY, managedPolicyArns=policies(11))),
    bad(COUNT, "eleven in one list", *exclusively(11)),
    bad(COUNT, "eleven for a group, by name", *by_several(11)),
    good(COUNT, "ten attachments", *with_attachments(10)),
    good(COUNT, "ten in the role", make(ROLE, **IDENTITY, managedPolicyArns=policies(10))),
    good(COUNT, "the same ones twice", *exclusively(6), *with_attachments(6)[1:]),
    good(COUNT, "ten for a group", *by_several(10)),
]

SAML = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}
AUDIENCE = {"SAML:aud": "https://signin.aws.amazon.com/saml"}


def by_saml(**condition: Any) -> Recorded:
    statement = allow("sts:AssumeRoleWithSAML", Principal=SAML)
    return trust({**statement, "Condition": condition} if condition else statement)


# https://docs.github.com/en/actions/reference/security/oidc
IMMUTABLE = "repo:owner@123456/name@456789:ref:refs/heads/main"
COGNITO = "cognito-identity.amazonaws.com"


def by_pool(kind: str) -> Recorded:
    statement = allow("sts:AssumeRoleWithWebIdentity", Principal={"Federated": COGNITO})
    pool = {"StringEquals": {f"{COGNITO}:aud": "eu-west-1:1234"}, "ForAnyValue:StringLike": {f"{COGNITO}:amr": kind}}
    return trust({**statement, "Condition": pool})


SIGNED_IN = [
    bad("IAM-OIDC-SUBJECT", "guests of an identity pool", by_pool("unauthenticated")),
    good("IAM-OIDC-SUBJECT", "users of an identity pool", by_pool("authenticated")),
    good("IAM-OIDC-SUBJECT", "a repository by its immutable subject", oidc(StringEquals={f"{GITHUB}:sub": IMMUTABLE})),
    bad("IAM-OIDC-SUBJECT", "any owner with an id", oidc(StringLike={f"{GITHUB}:sub": "repo:*@123456/*:ref:*"})),
    bad("IAM-SAML-AUDIENCE", "any assertion", by_saml()),
    bad("IAM-SAML-AUDIENCE", "a condition that is met without the key", by_saml(StringEqualsIfExists=AUDIENCE)),
    bad("IAM-SAML-AUDIENCE", "any audience", by_saml(StringLike={"SAML:aud": "*"})),
    good("IAM-SAML-AUDIENCE", "AWS's sign-in page", by_saml(StringEquals=AUDIENCE)),
    good("IAM-SAML-AUDIENCE", "one person", by_saml(StringEquals={"SAML:sub": "anna"})),
    good("IAM-SAML-AUDIENCE", "a service", trust(allow("sts:AssumeRole", Principal=LAMBDA))),
]

INSTANCES = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
BY_ALIAS = allow("kms:Encrypt", "*", Condition={"StringEquals": {"kms:RequestAlias": "alias/app"}})
PERMISSION = "aws:lambda/permission:Permission"
REGISTRY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
PULLS = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
SHORT = {"AWS": "arn:aws:iam::123:role/app"}
OTHER_ROOT = {"AWS": "arn:aws:iam::999988887777:root"}


def permission(action: str) -> Recorded:
    rule = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/r"
    return make(PERMISSION, action=action, function="f", principal="events.amazonaws.com", sourceArn=rule)


def repository(actions: Any) -> Recorded:
    return make(REGISTRY, repository="r", policy=document(allow(actions, Principal=OTHER_ROOT)))


def secret(principal: Any) -> Recorded:
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:s-AbCdEf"
    statement = allow("secretsmanager:*", "*", Principal=principal)
    return make("aws:secretsmanager/secretPolicy:SecretPolicy", secretArn=arn, policy=document(statement))


def assumed_by(service: str) -> Recorded:
    return trust(allow("sts:AssumeRole", Principal={"Service": service}))


OTHERS = [
    good(
        "IAM-WILDCARD-RESOURCE",
        "a change of DNS records, which AWS names",
        grants(allow("route53:GetChange", "arn:aws:route53:::change/*")),
    ),
    good(
        "IAM-WILDCARD-RESOURCE",
        "an instance, and what is made with it",
        grants(allow("ec2:RunInstances", [f"{INSTANCES}:{kind}/*" for kind in ("instance", "volume")])),
    ),
    good("IAM-WILDCARD-RESOURCE", "a key by the alias of the request", grants(BY_ALIAS)),
    good(
        "IAM-WILDCARD-RESOURCE",
        "what AWS names when it is made",
        grants(allow(["ecs:RegisterTaskDefinition", "glue:GetSchemaVersion", "logs:GetQueryResults"], "*")),
    ),
    bad("IAM-WILDCARD-RESOURCE", "any subnet", grants(allow("ec2:RunInstances", f"{INSTANCES}:subnet/*"))),
    good("IAM-WILDCARD-RESOURCE", "where buckets are", grants(allow("s3:GetBucketLocation", "arn:aws:s3:::*"))),
    bad("IAM-WILDCARD-ACTION", "a service may do everything with a function", permission("lambda:*")),
    good("IAM-WILDCARD-ACTION", "a service may call a function", permission("lambda:InvokeFunction")),
    bad("IAM-WILDCARD-ACTION", "another account, with a repository", repository("ecr:*")),
    good("IAM-WILDCARD-ACTION", "another account pulls", repository(PULLS)),
    bad("IAM-WILDCARD-ACTION", "another account, with a secret", secret(OTHER_ROOT)),
    good("IAM-WILDCARD-ACTION", "our account, with a secret", secret({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    bad("IAM-VALID-DOCUMENT", "an account of three digits", trust(allow("sts:AssumeRole", Principal=SHORT))),
    bad("IAM-VALID-DOCUMENT", "a service without its b", assumed_by("lamda.amazonaws.com")),
    bad("IAM-VALID-DOCUMENT", "letters in the wrong order", assumed_by("lamdba.amazonaws.com")),
    bad("IAM-VALID-DOCUMENT", "a service without its s", assumed_by("state.amazonaws.com")),
    good("IAM-VALID-DOCUMENT", "a service of a region", assumed_by("logs.eu-west-1.amazonaws.com")),
    good("IAM-VALID-DOCUMENT", "a service that is seldom named", assumed_by("monitoring.rds.amazonaws.com")),
    good("IAM-VALID-DOCUMENT", "a service nobody here knows", assumed_by("somethingnew.amazonaws.com")),
    good(
        "IAM-UNKNOWN-ACTION",
        "what the policy of a new topic has",
        make(
            "aws:sns/topicPolicy:TopicPolicy",
            arn=TOPIC,
            policy=document(allow(["SNS:Publish", "SNS:Receive"], TOPIC, Principal=OWN_ROLE)),
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "RAM, which shares what a share names",
        make(
            "aws:glue/resourcePolicy:ResourcePolicy",
            policy=document(
                allow("glue:ShareResource", "*", Principal={"Service": "ram.amazonaws.com"}),
            ),
        ),
    ),
]

CASES = [*MISMATCHES, *COUNTS, *SIGNED_IN, *OTHERS]
