"""IAM: resources that nobody can name: what an action makes, what it is given, what it tells of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.runtime import rpc

from tests.policy.cases import bad, good
from tests.policy.cases.iam import ACCOUNT, KEYS, ROLE_POLICY, ROOT, grants, key, trust
from tests.policy.cases.iam_effect import BUCKET, MISMATCH, OBJECTS, deny, met
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

SECRETS = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret"

NOTHING_HELD = [
    good("IAM-WILDCARD-RESOURCE", "what is in a text", grants(allow("comprehend:DetectEntities", "*"))),
    bad("IAM-WILDCARD-RESOURCE", "any model of one's own", grants(allow("comprehend:ClassifyDocument", "*"))),
    good(MISMATCH, "all buckets, denied by the bucket", grants(deny(Action="s3:ListAllMyBuckets", Resource=BUCKET))),
]

QUOTAS = allow(["servicequotas:GetServiceQuota", "organizations:DescribeAccount"], "*")
SWF = f"arn:aws:swf:eu-west-1:{ACCOUNT}:/domain/app"
EXPERIMENTS = f"arn:aws:fis:eu-west-1:{ACCOUNT}:experiment/*"
ABOUT_ACCOUNT = [
    good("IAM-WILDCARD-RESOURCE", "reading about the account", grants(QUOTAS)),
    bad("IAM-WILDCARD-RESOURCE", "closing accounts", grants(allow("organizations:CloseAccount", "*"))),
    good(
        "IAM-WILDCARD-RESOURCE", "an experiment, by the id it gets", grants(allow("fis:StartExperiment", EXPERIMENTS))
    ),
    good(MISMATCH, "a Region that AWS's guides have", grants(allow("swf:PollForActivityTask", SWF))),
    bad(MISMATCH, "an object in a key's policy", key(allow("s3:GetObject", "*", Principal={"AWS": ROOT}))),
    good(MISMATCH, "all actions in a key's policy", key(allow("*", "*", Principal={"AWS": ROOT}))),
    bad("IAM-PERMISSIONS-MANAGEMENT", "sharing resources", grants(allow("ram:CreateResourceShare", "*"))),
    bad("IAM-CONDITION", "Null, if it is there", met("s3:GetObject", "NullIfExists", "aws:PrincipalTag/a", "true")),
]

POOLS = f"arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/*"
STACKS = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack"
TASKS = f"arn:aws:fsx:eu-west-1:{ACCOUNT}:task/*"
MADE = [
    good("IAM-WILDCARD-RESOURCE", "a user pool, by the id it gets", grants(allow("cognito-idp:CreateUserPool", POOLS))),
    bad("IAM-WILDCARD-RESOURCE", "a client of any user pool", grants(allow("cognito-idp:CreateUserPoolClient", POOLS))),
    bad("IAM-WILDCARD-RESOURCE", "material for any key", grants(allow("kms:ImportKeyMaterial", f"{KEYS}/*"))),
    bad("IAM-WILDCARD-RESOURCE", "a stack of any name", grants(allow("cloudformation:CreateStack", f"{STACKS}/*/*"))),
    good("IAM-WILDCARD-RESOURCE", "a stack by name", grants(allow("cloudformation:CreateStack", f"{STACKS}/app/*"))),
    bad("IAM-WILDCARD-RESOURCE", "a secret of any name", grants(allow("secretsmanager:CreateSecret", f"{SECRETS}:*"))),
    good("IAM-WILDCARD-RESOURCE", "a task, by the id it gets", grants(allow("fsx:CreateDataRepositoryTask", TASKS))),
    good("IAM-CREDENTIALS", "what an identity pool decides", grants(allow("cognito-identity:GetOpenIdToken", "*"))),
]

POINTS = f"arn:aws:backup:eu-west-1:{ACCOUNT}:recovery-point"
UNNAMED = [
    bad("IAM-WILDCARD-RESOURCE", "any recovery point", grants(allow("backup:DeleteRecoveryPoint", f"{POINTS}:*"))),
    good("IAM-WILDCARD-RESOURCE", "one recovery point", grants(allow("backup:DeleteRecoveryPoint", f"{POINTS}:1a-*"))),
    good("IAM-WILDCARD-RESOURCE", "the account's costs", grants(allow("ce:GetDimensionValues", "*"))),
    good(
        "IAM-WILDCARD-RESOURCE",
        "a device of one's own, by any name",
        grants(allow("iam:CreateVirtualMFADevice", "arn:aws:iam::*:mfa/*")),
    ),
    bad(
        "IAM-WILDCARD-RESOURCE", "anyone's device", grants(allow("iam:DeleteVirtualMFADevice", "arn:aws:iam::*:mfa/*"))
    ),
    bad("IAM-VALID-DOCUMENT", "no action in the list", grants(allow([], OBJECTS))),
    bad("IAM-VALID-DOCUMENT", "no resource in the list", grants(allow("s3:GetObject", []))),
    bad("IAM-VALID-DOCUMENT", "no principal in the object", trust(allow("sts:AssumeRole", Principal={}))),
    good(
        "IAM-VALID-DOCUMENT",
        "a resource that is not known yet",
        make(ROLE_POLICY, role="r", policy={"Statement": allow("s3:GetObject", [rpc.UNKNOWN])}),
    ),
]

LOGS_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
EVENTS = {"Service": "events.amazonaws.com"}
ANYWHERE = {"Service": "rolesanywhere.amazonaws.com"}
NAME = {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "app"}}
COGNITO = "cognito-identity.amazonaws.com"
SIGNED_IN = {"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}


def stored(action: str) -> Recorded:
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/events/app:*"
    return make(LOGS_POLICY, policyName="p", policyDocument=document(allow(action, group, Principal=EVENTS)))


TRUSTED = [
    good("IAM-CONFUSED-DEPUTY", "a log stream that EventBridge makes without a source", stored("logs:CreateLogStream")),
    bad("IAM-CONFUSED-DEPUTY", "events that it writes with one", stored("logs:PutLogEvents")),
    bad("IAM-CONFUSED-DEPUTY", "any trust anchor", trust(allow("sts:AssumeRole", Principal=ANYWHERE))),
    good(
        "IAM-CONFUSED-DEPUTY",
        "one certificate's name",
        trust(allow(["sts:AssumeRole", "sts:TagSession"], Principal=ANYWHERE, Condition=NAME)),
    ),
    bad(
        "IAM-OIDC-SUBJECT",
        "who signed in at any identity pool",
        trust(allow("sts:AssumeRoleWithWebIdentity", Principal={"Federated": COGNITO}, Condition=SIGNED_IN)),
    ),
    bad(
        "IAM-VALID-DOCUMENT",
        "the same element twice",
        make(
            ROLE_POLICY,
            role="r",
            policy='{"Statement": {"Effect": "Allow", "Action": "*", "Action": "s3:GetObject", "Resource": "*"}}',
        ),
    ),
    good("IAM-WILDCARD-RESOURCE", "an answer", grants(allow("s3-object-lambda:WriteGetObjectResponse", "*"))),
    bad("IAM-USER-POLICY", "a key for code", make("aws:iam/sshKey:SshKey", username="u", encoding="SSH")),
]

CASES = [*NOTHING_HELD, *ABOUT_ACCOUNT, *MADE, *UNNAMED, *TRUSTED]
