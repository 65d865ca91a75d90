"""IAM: whom roles trust: services that say in whose name they act, other accounts, and OIDC providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.cases.iam import ACCOUNT, GITHUB, OUR_ACCOUNT, ROOT, oidc, trust
from tests.policy.resources import allow, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

NAMING = (
    *("states", "ecs-tasks", "firehose", "scheduler", "pipes", "events", "config", "bedrock", "codebuild"),
    *("vpc-flow-logs", "sagemaker", "dms", "backup", "iot", "logs", "athena", "airflow", "transfer", "codepipeline"),
)
# CloudTrail's and API Gateway's roles for their logs fail where a source is asked for.
SILENT = (
    *("lambda", "ec2", "edgelambda", "spotfleet", "eks", "application-autoscaling", "cloudtrail", "apigateway"),
    "glue",
)


def trusting(service: str, action: Any = "sts:AssumeRole", **condition: Any) -> Recorded:
    return trust(allow(action, Principal={"Service": f"{service}.amazonaws.com"}, **condition))


def account(principal: Any, **condition: Any) -> Recorded:
    return trust(allow("sts:AssumeRole", Principal={"AWS": principal}, Condition=condition))


def federated(provider: str, **condition: Any) -> Recorded:
    principal = provider if provider.startswith("cognito") else f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"
    return trust(allow("sts:AssumeRoleWithWebIdentity", Principal={"Federated": principal}, Condition=condition))


EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
COGNITO = "cognito-identity.amazonaws.com"
GITLAB = "gitlab.com"
OTHER = "arn:aws:iam::999988887777:root"

CASES = [
    *(bad("IAM-CONFUSED-DEPUTY", f"a role for {service}", trusting(service)) for service in NAMING),
    *(
        good("IAM-CONFUSED-DEPUTY", f"a role for {name} of ours", trusting(name, Condition=OUR_ACCOUNT))
        for name in NAMING
    ),
    *(good("IAM-CONFUSED-DEPUTY", f"a role for {service}", trusting(service)) for service in SILENT),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "one of two services",
        trust(allow("sts:AssumeRole", Principal={"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]})),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "an account, if there is one",
        trusting("states", Condition={"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "state machines of any account",
        trusting("states", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}}),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "an account of any digits",
        trusting("states", Condition={"StringLike": {"aws:SourceAccount": "*"}}),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "an external id, which services do not send",
        trusting("states", Condition={"StringLike": {"sts:ExternalId": "*"}}),
    ),
    bad(
        "IAM-CONFUSED-DEPUTY",
        "a Region's endpoint",
        trust(allow("sts:AssumeRole", Principal={"Service": "states.eu-west-1.amazonaws.com"})),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "one state machine",
        trusting(
            "states", Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:m"}}
        ),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "state machines of ours",
        trusting("states", Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:states:*:{ACCOUNT}:stateMachine:*"}}),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "our organization",
        trusting("ecs-tasks", Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}),
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "Firehose by external id, as it did before",
        trusting("firehose", Condition={"StringEquals": {"sts:ExternalId": ACCOUNT}}),
    ),
    bad("IAM-ACCOUNT-TRUST", "another account", account(OTHER)),
    bad("IAM-ACCOUNT-TRUST", "an account by number", account("999988887777")),
    bad("IAM-ACCOUNT-TRUST", "among others", account([f"arn:aws:iam::{ACCOUNT}:role/r", OTHER])),
    bad(
        "IAM-ACCOUNT-TRUST",
        "an external id, if there is one",
        account(OTHER, StringEqualsIfExists={"sts:ExternalId": "x"}),
    ),
    bad("IAM-ACCOUNT-TRUST", "any external id", account(OTHER, StringLike={"sts:ExternalId": "*"})),
    bad("IAM-ACCOUNT-TRUST", "TLS, which everyone has", account(OTHER, Bool={"aws:SecureTransport": "true"})),
    bad("IAM-ACCOUNT-TRUST", "MFA, if it is said", account(ROOT, BoolIfExists={"aws:MultiFactorAuthPresent": "true"})),
    good("IAM-ACCOUNT-TRUST", "an external id", account(OTHER, StringEquals={"sts:ExternalId": "12345"})),
    good("IAM-ACCOUNT-TRUST", "MFA", account(ROOT, Bool={"aws:MultiFactorAuthPresent": "true"})),
    good("IAM-ACCOUNT-TRUST", "MFA as a boolean", account(ROOT, Bool={"aws:MultiFactorAuthPresent": True})),
    good(
        "IAM-ACCOUNT-TRUST",
        "roles by name",
        account(OTHER, ArnLike={"aws:PrincipalArn": "arn:aws:iam::999988887777:role/deploy-*"}),
    ),
    good("IAM-ACCOUNT-TRUST", "people with a tag", account(ROOT, StringEquals={"aws:PrincipalTag/team": "data"})),
    good("IAM-ACCOUNT-TRUST", "one role", account(f"arn:aws:iam::{ACCOUNT}:role/reader")),
    good("IAM-ACCOUNT-TRUST", "a service", trusting("lambda")),
    good(
        "IAM-ACCOUNT-TRUST",
        "denied",
        trust({"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"AWS": OTHER}}),
    ),
    bad("IAM-WILDCARD-PRINCIPAL", "whoever knows an external id", account("*", StringEquals={"sts:ExternalId": "x"})),
    bad("IAM-WILDCARD-PRINCIPAL", "any account's root", account("arn:aws:iam::*:root")),
    good(
        "IAM-WILDCARD-PRINCIPAL",
        "our organization's roles",
        account("*", StringEquals={"aws:PrincipalOrgID": "o-12345"}),
    ),
    bad("IAM-WILDCARD-ACTION", "assuming in any way", trusting("lambda", "sts:*")),
    bad("IAM-WILDCARD-ACTION", "anything", trusting("lambda", "*")),
    good("IAM-WILDCARD-ACTION", "assuming with tags", trusting("lambda", ["sts:AssumeRole", "sts:TagSession"])),
    bad(
        "IAM-OIDC-SUBJECT",
        "every branch of every repository",
        oidc(StringLike={f"{GITHUB}:sub": "repo:*/*:ref:refs/heads/main"}),
    ),
    bad("IAM-OIDC-SUBJECT", "owners whose names begin so", oidc(StringLike={f"{GITHUB}:sub": "repo:octo*"})),
    bad("IAM-OIDC-SUBJECT", "an environment of anyone", oidc(StringLike={f"{GITHUB}:sub": "*:environment:prod"})),
    bad("IAM-OIDC-SUBJECT", "one repository or any", oidc(StringLike={f"{GITHUB}:sub": ["repo:a/b:*", "repo:*"]})),
    bad("IAM-OIDC-SUBJECT", "a subject that must only be there", oidc(Null={f"{GITHUB}:sub": "false"})),
    bad("IAM-OIDC-SUBJECT", "all but one repository", oidc(StringNotLike={f"{GITHUB}:sub": "repo:evil/*"})),
    bad("IAM-OIDC-SUBJECT", "all of no subjects", oidc(**{"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:a/b:*"}})),
    bad("IAM-OIDC-SUBJECT", "any workflow's claim first", oidc(StringLike={f"{GITHUB}:sub": "environment:prod*"})),
    good(
        "IAM-OIDC-SUBJECT",
        "a branch",
        oidc(
            StringEquals={
                f"{GITHUB}:aud": "sts.amazonaws.com",
                f"{GITHUB}:sub": "repo:octo-org/octo-repo:ref:refs/heads/main",
            }
        ),
    ),
    good("IAM-OIDC-SUBJECT", "an organization", oidc(StringLike={f"{GITHUB}:sub": "repo:octo-org/*"})),
    good(
        "IAM-OIDC-SUBJECT",
        "one of several subjects",
        oidc(**{"ForAnyValue:StringLike": {f"{GITHUB}:sub": ["repo:o/a:*", "repo:o/b:*"]}}),
    ),
    bad(
        "IAM-OIDC-SUBJECT",
        "every service account of a cluster",
        federated(EKS, StringEquals={f"{EKS}:aud": "sts.amazonaws.com"}),
    ),
    bad("IAM-OIDC-SUBJECT", "every namespace", federated(EKS, StringLike={f"{EKS}:sub": "system:serviceaccount:*"})),
    good(
        "IAM-OIDC-SUBJECT",
        "a service account",
        federated(EKS, StringEquals={f"{EKS}:sub": "system:serviceaccount:ns:name"}),
    ),
    bad("IAM-OIDC-SUBJECT", "any identity pool", federated(COGNITO)),
    good(
        "IAM-OIDC-SUBJECT",
        "one identity pool",
        federated(
            COGNITO,
            StringEquals={f"{COGNITO}:aud": "eu-west-1:1"},
            **{"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}},
        ),
    ),
    bad(
        "IAM-OIDC-SUBJECT",
        "every project of GitLab",
        federated(GITLAB, StringLike={"gitlab.com:sub": "project_path:*"}),
    ),
    good(
        "IAM-OIDC-SUBJECT",
        "a project of GitLab",
        federated(GITLAB, StringLike={"gitlab.com:sub": "project_path:group/project:*"}),
    ),
    bad(
        "IAM-OIDC-SUBJECT",
        "every organization of Terraform",
        federated(
            "app.terraform.io", StringLike={"app.terraform.io:sub": "organization:*:project:p:workspace:w:run_phase:*"}
        ),
    ),
    good(
        "IAM-OIDC-SUBJECT",
        "a workspace of Terraform",
        federated(
            "app.terraform.io", StringLike={"app.terraform.io:sub": "organization:o:project:p:workspace:w:run_phase:*"}
        ),
    ),
    good(
        "IAM-OIDC-SUBJECT",
        "a company's own directory",
        make(
            "aws:iam/role:Role",
            assumeRolePolicy={
                "Version": "2012-10-17",
                "Statement": allow(
                    "sts:AssumeRoleWithSAML",
                    Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"},
                    Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
                ),
            },
        ),
    ),
]
