"""Secrets Manager and AppConfig."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import deny_plain_http, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

SECRET = "aws:secretsmanager/secret:Secret"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
PROFILE = "aws:appconfig/configurationProfile:ConfigurationProfile"
HOSTED_VERSION = "aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-abc"
SCHEMA = json.dumps({"type": "object", "required": ["limit"], "properties": {"limit": {"type": "integer"}}})
NOT_OURS = {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}
NO_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
secret = make(SECRET, "secret")


def rotation(**rules: Any) -> Recorded:
    return make(ROTATION, secretId=secret, rotationLambdaArn="arn:aws:lambda:::function:r", rotationRules=rules)


def schedule(expression: str) -> Recorded:
    return rotation(scheduleExpression=expression)


def policy(*statements: dict[str, Any]) -> Recorded:
    return make(POLICY, secretArn=secret, policy=document(*statements))


def deny_others(conditions: dict[str, Any], principal: Any = "*", action: str = "secretsmanager:*") -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", "Condition": conditions}


def hosted(content: str) -> Recorded:
    return make(HOSTED_VERSION, applicationId="a", configurationProfileId="p", content=content)


def profile(location: str = "hosted", **inputs: Any) -> Recorded:
    return make(PROFILE, applicationId="a", locationUri=location, **inputs)


def validated(content: str, type_: str = "JSON_SCHEMA") -> Recorded:
    return profile(validators=[{"type": type_, "content": content}])


CASES = [
    bad("SECRETS-CUSTOMER-KEY", "none", secret),
    bad("SECRETS-CUSTOMER-KEY", "AWS's", make(SECRET, kmsKeyId="alias/aws/secretsmanager")),
    bad(
        "SECRETS-CUSTOMER-KEY", "a replica without", make(SECRET, kmsKeyId=KEY_ARN, replicas=[{"region": "eu-west-2"}])
    ),
    good("SECRETS-CUSTOMER-KEY", "ours", make(SECRET, kmsKeyId=KEY_ARN)),
    good(
        "SECRETS-CUSTOMER-KEY",
        "in the replica too",
        make(SECRET, kmsKeyId=KEY_ARN, replicas=[{"region": "eu-west-2", "kmsKeyId": KEY_ARN}]),
    ),
    bad("SECRETS-ROTATION", "none", secret),
    bad("SECRETS-ROTATION", "another secret's", secret, make(ROTATION, secretId="s-elsewhere")),
    bad("SECRETS-ROTATION", "switched off", make(ROTATION, secretId="s", rotationEnabled=False)),
    good("SECRETS-ROTATION", "one", secret, rotation(automaticallyAfterDays=30)),
    good("SECRETS-ROTATION", "another system's", make(SECRET, tags={"renewed-by": "Docker Hub, each year"})),
    bad("SECRETS-ROTATION", "nobody renews it", make(SECRET, tags={"renewed-by": ""})),
    good("SECRETS-ROTATION", "of another stack's secret", make(ROTATION, secretId="s", rotationEnabled=True)),
    bad("SECRETS-ROTATION-DAYS", "half a year", rotation(automaticallyAfterDays=180)),
    bad("SECRETS-ROTATION-DAYS", "as a text", rotation(automaticallyAfterDays="91")),
    bad("SECRETS-ROTATION-DAYS", "a rate", schedule("rate(120 days)")),
    bad("SECRETS-ROTATION-DAYS", "once a year", schedule("cron(0 4 1 1 ? *)")),
    bad("SECRETS-ROTATION-DAYS", "twice a year", schedule("cron(0 4 1 JAN,JUL ? *)")),
    bad("SECRETS-ROTATION-DAYS", "not said", rotation()),
    good("SECRETS-ROTATION-DAYS", "a month", rotation(automaticallyAfterDays=30)),
    good("SECRETS-ROTATION-DAYS", "three months", rotation(automaticallyAfterDays=90)),
    good("SECRETS-ROTATION-DAYS", "a rate of hours", schedule("rate(12 hours)")),
    good("SECRETS-ROTATION-DAYS", "monthly", schedule("cron(0 8 1 * ? *)")),
    good("SECRETS-ROTATION-DAYS", "every second month", schedule("cron(0 8 1 1/2 ? *)")),
    good("SECRETS-ROTATION-DAYS", "weekly", schedule("cron(0 8 ? * SUN#1 *)")),
    bad("SECRETS-RECOVERY", "none", make(SECRET, recoveryWindowInDays=0)),
    good("SECRETS-RECOVERY", "a week", make(SECRET, recoveryWindowInDays=7)),
    good("SECRETS-RECOVERY", "AWS's default of a month", secret),
    bad("SECRETS-BLOCK-PUBLIC-POLICY", "not said", make(POLICY, secretArn=SECRET_ARN, policy="{}")),
    bad("SECRETS-BLOCK-PUBLIC-POLICY", "off", make(POLICY, secretArn=SECRET_ARN, blockPublicPolicy=False)),
    good("SECRETS-BLOCK-PUBLIC-POLICY", "on", make(POLICY, secretArn=SECRET_ARN, blockPublicPolicy=True)),
    good("SECRETS-BLOCK-PUBLIC-POLICY", "something else", secret),
    bad("SECRETS-TLS-ONLY", "no policy", secret),
    bad("SECRETS-TLS-ONLY", "another secret's", secret, make(POLICY, secretArn="arn:aws:secretsmanager:::secret:o")),
    bad("SECRETS-TLS-ONLY", "something else denied", policy(deny_others(NOT_OURS))),
    bad(
        "SECRETS-TLS-ONLY",
        "in the secret, for one only",
        make(
            SECRET, policy=document({**deny_plain_http("secretsmanager:*", "*"), "Principal": {"AWS": "123456789012"}})
        ),
    ),
    good("SECRETS-TLS-ONLY", "denied", secret, policy(deny_plain_http("secretsmanager:*", "*"))),
    good("SECRETS-TLS-ONLY", "in the secret", make(SECRET, policy=document(deny_plain_http("secretsmanager:*", "*")))),
    bad("SECRETS-OTHER-ACCOUNTS", "no policy", secret),
    bad("SECRETS-OTHER-ACCOUNTS", "something else denied", policy(deny_plain_http("secretsmanager:*", "*"))),
    bad("SECRETS-OTHER-ACCOUNTS", "one of them", policy(deny_others(NOT_OURS, {"AWS": "999999999999"}))),
    bad("SECRETS-OTHER-ACCOUNTS", "deleting only", policy(deny_others(NOT_OURS, action="secretsmanager:DeleteSecret"))),
    bad(
        "SECRETS-OTHER-ACCOUNTS",
        "our own",
        policy(deny_others({"StringEquals": {"aws:PrincipalAccount": "123456789012"}})),
    ),
    bad(
        "SECRETS-OTHER-ACCOUNTS",
        "AWS's services of other accounts",
        policy(deny_others({**NOT_OURS, "BoolIfExists": {"aws:PrincipalIsAWSService": "true"}})),
    ),
    good("SECRETS-OTHER-ACCOUNTS", "all of them", secret, policy(deny_others(NOT_OURS))),
    good("SECRETS-OTHER-ACCOUNTS", "but AWS's services", secret, policy(deny_others({**NOT_OURS, **NO_SERVICE}))),
    good(
        "SECRETS-OTHER-ACCOUNTS",
        "those outside the organization",
        secret,
        policy(deny_others({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
    ),
    bad("APPCONFIG-CUSTOMER-KEY", "none", profile()),
    bad("APPCONFIG-CUSTOMER-KEY", "AWS's", profile(kmsKeyIdentifier="alias/aws/appconfig")),
    good("APPCONFIG-CUSTOMER-KEY", "ours", profile(kmsKeyIdentifier=KEY_ARN)),
    good("APPCONFIG-CUSTOMER-KEY", "in a bucket, which encrypts", profile("s3://settings/flags.json")),
    bad("APPCONFIG-SECRET", "by its name", hosted('{"database": {"password": "Tr0ub4dor&3"}}')),
    bad("APPCONFIG-SECRET", "by its name, in YAML", hosted("api_key: 9f8e7d6c5b4a39281706\n")),
    bad("APPCONFIG-SECRET", "by its looks", hosted("key AKIAIOSFODNN7EXAMPLE")),
    good("APPCONFIG-SECRET", "where it is", hosted('{"password_arn": "arn:aws:secretsmanager:eu-west-1:1:secret:s"}')),
    good(
        "APPCONFIG-SECRET",
        "flags",
        hosted('{"flags": {"new": {"name": "token"}}, "values": {"new": {"enabled": true}}}'),
    ),
    good("APPCONFIG-SECRET", "a reference", hosted('{"password": "{{resolve:secretsmanager:prod/db}}"}')),
    good("APPCONFIG-SECRET", "a text", hosted("hello: [")),
    bad("APPCONFIG-VALIDATOR", "none", profile()),
    bad("APPCONFIG-VALIDATOR", "an empty list", profile(validators=[])),
    bad("APPCONFIG-VALIDATOR", "a schema for anything", validated("{}")),
    bad("APPCONFIG-VALIDATOR", "no schema", validated("")),
    bad("APPCONFIG-VALIDATOR", "in a parameter", profile("ssm-parameter://flags")),
    good("APPCONFIG-VALIDATOR", "a schema", validated(SCHEMA)),
    good("APPCONFIG-VALIDATOR", "a schema for objects", validated('{"type": "object"}')),
    good("APPCONFIG-VALIDATOR", "a function", validated("arn:aws:lambda:::function:check", "LAMBDA")),
    good("APPCONFIG-VALIDATOR", "flags, which have a schema", profile(type="AWS.AppConfig.FeatureFlags")),
]
