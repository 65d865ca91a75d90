"""IAM: conditions on MFA and of the wrong type, subjects of tokens that nobody has, ARNs of no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.cases.iam import ACCOUNT, ADMIN, GITHUB, ROOT, TABLES, grants, oidc, trust
from tests.policy.resources import allow

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

MFA = "aws:MultiFactorAuthPresent"
OBJECTS = "arn:aws:s3:::b/*"


def with_mfa(effect: str, operator: str, value: Any) -> Recorded:
    return grants({**allow("s3:GetObject", OBJECTS), "Effect": effect, "Condition": {operator: {MFA: value}}})


DEMANDED = [
    bad("IAM-MFA-CONDITION", "allowed where there is none", with_mfa("Allow", "Bool", "false")),
    bad("IAM-MFA-CONDITION", "allowed where nothing is said", with_mfa("Allow", "BoolIfExists", "true")),
    bad("IAM-MFA-CONDITION", "not denied where nothing is said", with_mfa("Deny", "Bool", "false")),
    bad(
        "IAM-MFA-CONDITION",
        "a role assumed where nothing is said",
        trust(
            allow("sts:AssumeRole", Principal={"AWS": ROOT}, Condition={"BoolIfExists": {MFA: True}}),
        ),
    ),
    good("IAM-MFA-CONDITION", "allowed with it", with_mfa("Allow", "Bool", "true")),
    good("IAM-MFA-CONDITION", "denied without it, said or not", with_mfa("Deny", "BoolIfExists", False)),
    good(
        "IAM-MFA-CONDITION",
        "denied where it is long ago",
        grants({**ADMIN, "Effect": "Deny", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}}),
    ),
]


def met(action: str, operator: str, name: str, value: Any) -> Recorded:
    return grants(allow(action, "*", Condition={operator: {name: value}}))


CONDITION = "IAM-CONDITION"
TYPED = [
    bad(CONDITION, "a number that is compared as text", met("s3:GetObject", "StringEquals", "s3:signatureAge", "600")),
    bad(CONDITION, "a text that is compared as number", met("s3:ListBucket", "NumericEquals", "s3:prefix", "1")),
    bad(CONDITION, "an address that is compared as text", met("s3:GetObject", "StringLike", "aws:SourceIp", "10.0.*")),
    bad(CONDITION, "an organization that is compared as bool", met("s3:GetObject", "Bool", "aws:PrincipalOrgID", True)),
    bad(CONDITION, "true or false", met("s3:GetObject", "Bool", "aws:SecureTransport", ["true", "false"])),
    bad(CONDITION, "a tag of another service", met("ec2:StopInstances", "StringEquals", "iam:ResourceTag/a", "b")),
    good(
        CONDITION, "an ARN that is compared as text", met("s3:GetObject", "StringLike", "aws:PrincipalArn", f"{ROOT}*")
    ),
    good(
        CONDITION, "a bool that is compared as text", met("s3:GetObject", "StringEquals", "aws:ViaAWSService", "true")
    ),
    good(CONDITION, "several texts of one key", met("s3:PutObject", "ForAllValues:StringEquals", "aws:TagKeys", ["a"])),
    good(
        CONDITION, "a role's tag where it is assumed", met("sts:AssumeRole", "StringEquals", "iam:ResourceTag/a", "b")
    ),
    good(CONDITION, "an instance's tag", met("ec2:StopInstances", "StringEquals", "ec2:ResourceTag/a", "b")),
]

LOOSE = [
    bad(CONDITION, "all of one value", met("s3:GetObject", "ForAllValues:StringEquals", "aws:PrincipalTag/team", "a")),
    bad(CONDITION, "all of a service's one value", met("s3:ListBucket", "ForAllValues:StringLike", "s3:prefix", "a/*")),
    good(CONDITION, "any of one value", met("s3:GetObject", "ForAnyValue:StringEquals", "aws:PrincipalTag/team", "a")),
    good(
        CONDITION,
        "all of several values",
        met("dynamodb:GetItem", "ForAllValues:StringEquals", "dynamodb:LeadingKeys", "${aws:username}"),
    ),
    good(
        CONDITION,
        "all of one value that must be there",
        grants(
            allow(
                "s3:GetObject",
                "*",
                Condition={
                    "ForAllValues:StringEquals": {"aws:PrincipalTag/team": "a"},
                    "Null": {"aws:PrincipalTag/team": "false"},
                },
            )
        ),
    ),
    good(
        CONDITION,
        "all of one value, denied",
        grants(
            {**ADMIN, "Effect": "Deny", "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalTag/team": ["a"]}}}
        ),
    ),
]

SUBJECT = f"{GITHUB}:sub"
SUBJECTS = [
    bad("IAM-OIDC-SUBJECT", "a subject of no claim", oidc(StringEquals={SUBJECT: "main"})),
    bad("IAM-OIDC-SUBJECT", "an owner without the claim", oidc(StringLike={SUBJECT: "octo-org/octo-repo:*"})),
    good("IAM-OIDC-SUBJECT", "an owner by a claim", oidc(StringLike={SUBJECT: "repository_owner:octo-org:*"})),
    good("IAM-OIDC-SUBJECT", "an enterprise", oidc(StringLike={SUBJECT: "enterprise:octo:repo:octo-org/octo-repo:*"})),
]

PLACES = [
    bad("IAM-RESOURCE-MISMATCH", title, grants(allow(action, resource)))
    for title, action, resource in (
        ("an account of ten digits", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:1234567890:q"),
        ("a zone for a Region", "sqs:SendMessage", f"arn:aws:sqs:eu-west-1a:{ACCOUNT}:q"),
        ("no such partition", "s3:GetObject", "arn:amazon:s3:::b/*"),
        ("a service in capitals", "s3:GetObject", "arn:aws:S3:::b/*"),
        ("a kind of resource in capitals", "dynamodb:GetItem", f"{TABLES.replace('table', 'Table')}/t"),
    )
] + [
    good("IAM-RESOURCE-MISMATCH", title, grants(allow(action, resource)))
    for title, action, resource in (
        ("any Region and account", "sqs:SendMessage", "arn:aws:sqs:*:*:q"),
        ("a Region of the government", "sqs:SendMessage", f"arn:aws-us-gov:sqs:us-gov-west-1:{ACCOUNT}:q"),
        ("a Region of the European partition", "sqs:SendMessage", f"arn:aws-eusc:sqs:eusc-de-east-1:{ACCOUNT}:q"),
        ("a policy of AWS's own", "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("a name in capitals", "dynamodb:GetItem", f"{TABLES}/ORDERS"),
    )
]  # fmt: skip

CASES = [*DEMANDED, *TYPED, *LOOSE, *SUBJECTS, *PLACES]
