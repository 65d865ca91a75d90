"""The pack on programs written without our components: no rule fails, and what it finds is what is wrong with them."""

from __future__ import annotations

import pytest

from tests.policy.foreign_programs import PROGRAMS, SECRETS
from tests.policy.harness import check, record

# The mistakes that each program is known for, by the resource that makes them. There are more, all in the open: these
# must never be missed.
MISTAKES = {
    "a static website on S3 and CloudFront": {
        ("read", "IAM-WILDCARD-PRINCIPAL"),
        ("read", "S3-TLS-ONLY"),
        ("open", "S3-PUBLIC-ACCESS-BLOCK"),
        ("site", "S3-CUSTOMER-KEY"),
    },
    "a Fargate service behind a load balancer": {
        ("app", "ECS-PUBLIC-IP"),
        ("app", "ECS-LOGGING"),
        ("execute", "IAM-MANAGED-POLICY"),
    },
    "an API Gateway and Lambda API": {
        ("any", "APIGATEWAY-AUTHORIZATION"),
        ("http", "APIGATEWAY-AUTHORIZATION"),
        ("rest", "LAMBDA-SOURCE"),
        ("handler", "LAMBDA-SECRET-IN-ENVIRONMENT"),
    },
    "a VPC with EC2 and EKS": {("ssh", "VPC-INGRESS-ADMINISTRATION"), ("eks", "IAM-MANAGED-POLICY")},
    "RDS, DynamoDB, SQS and SNS": {
        ("orders", "DYNAMODB-CUSTOMER-KEY"),
        ("work", "SQS-CUSTOMER-KEY"),
        ("hook", "SNS-HTTPS-SUBSCRIPTION"),
    },
    "an S3 and Glue pipeline": {
        ("all", "IAM-WILDCARD-ACTION"),
        ("all", "IAM-WILDCARD-RESOURCE"),
        ("uploads", "S3-FORCE-DESTROY"),
        ("key", "KMS-ROTATION"),
        ("job", "LOGS-RETENTION"),
    },
}
# What is right in them, and must not be found fault with.
RIGHT = {
    ("index", "TAGS-REQUIRED"),
    ("http", "LAMBDA-SOURCE"),
    ("function", "IAM-CONFUSED-DEPUTY"),
    ("postgres", "VPC-INGRESS-OPEN"),
    ("web", "VPC-INGRESS-OPEN"),
    ("uploads", "S3-NO-ACL"),
    ("uploads", "S3-OWNERSHIP-ENFORCED"),
    ("job", "LOGS-CUSTOMER-KEY"),
}
# Told by text that a first preview does not know.
TOLD_AT_UP = {("read", "IAM-WILDCARD-PRINCIPAL"), ("read", "S3-TLS-ONLY")}


def test_every_program_has_its_mistakes_listed() -> None:
    assert set(MISTAKES) == set(PROGRAMS)


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_others_is_judged_rightly_and_no_secret_of_it_is_shown(name: str, preview: bool) -> None:
    found = check(record(PROGRAMS[name], preview=preview), profile="strict")

    told = {(violation.urn.rpartition("::")[2], violation.rule_id) for violation in found}
    assert MISTAKES[name] - (TOLD_AT_UP if preview else set()) <= told
    assert told & RIGHT == set()
    assert [violation.message for violation in found if "the rule itself failed" in violation.message] == []
    assert not any(secret in violation.message for violation in found for secret in SECRETS)
