"""Each secure default of the components, switched off: the policy pack refuses the platform."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from components import Schedule
from tests.policy.harness import Recorded, changed, check, ids, record, without
from tests.unit.programs import platform, stack_config

RAW = "watershed-lake-raw"
FUNCTION = "watershed-ingestion-function"
QUEUE = f"{FUNCTION}-raw-queue"
ROLE = f"{FUNCTION}-role"
Change = Callable[[Sequence[Recorded]], list[Recorded]]


@cache
def whole_platform() -> tuple[Recorded, ...]:
    """What prod deploys, and a schedule beside it."""

    def program() -> None:
        made = platform()
        assert made.ingestion
        made.ingestion.function.on_schedule(Schedule(rate="1 hour"))

    return tuple(record(program, stack="prod", config=stack_config("prod")))


def custom(name: str) -> Recorded:
    (found,) = [resource for resource in whole_platform() if resource.name == name and resource.custom]
    return found


def setting(name: str, **inputs: Any) -> Change:
    """Give the resource other inputs; None removes one."""
    return lambda resources: changed(resources, name, **inputs)


def lacking(*names: str) -> Change:
    return lambda resources: without(resources, *names)


def within(name: str, property_: str, **values: Any) -> Change:
    """Change values inside an object property; None removes one."""

    def change(resources: Sequence[Recorded]) -> list[Recorded]:
        inner = {**custom(name).inputs[property_], **values}
        return changed(
            resources, name, **{property_: {key: value for key, value in inner.items() if value is not None}}
        )

    return change


def policy(name: str, rewrite: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], key: str = "policy") -> Change:
    """Rewrite the statements of a JSON policy."""

    def change(resources: Sequence[Recorded]) -> list[Recorded]:
        document = json.loads(custom(name).inputs[key])
        document["Statement"] = rewrite(document["Statement"])
        return changed(resources, name, **{key: json.dumps(document)})

    return change


def no_denials(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        statement for statement in statements if "aws:SecureTransport" not in json.dumps(statement.get("Condition", {}))
    ]


def no_conditions(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Allow without conditions; a Deny without its condition would refuse everything."""
    allowed = [
        {**statement, "Condition": {}} if statement["Effect"] == "Allow" else statement for statement in statements
    ]
    return [{key: value for key, value in statement.items() if value != {}} for statement in allowed]


def for_everyone(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*statements, {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]


def every(key: str, value: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda statements: [{**statement, key: value} for statement in statements]


def only_rule(name: str, **values: Any) -> Change:
    """Change values of the one rule that a bucket's settings have; None removes one."""

    def change(resources: Sequence[Recorded]) -> list[Recorded]:
        (now,) = custom(name).inputs["rules"]
        return changed(resources, name, rules=[{k: v for k, v in {**now, **values}.items() if v is not None}])

    return change


SWITCHED_OFF: Mapping[str, tuple[Change, str]] = {
    # buckets
    "encryption with another key": (
        only_rule(f"{RAW}-encryption", applyServerSideEncryptionByDefault={"sseAlgorithm": "AES256"}),
        "S3-CUSTOMER-KEY",
    ),
    "no encryption settings": (lacking(f"{RAW}-encryption"), "S3-CUSTOMER-KEY"),
    "no bucket policy": (lacking(f"{RAW}-policy"), "S3-TLS-ONLY"),
    "plain HTTP to a bucket": (policy(f"{RAW}-policy", no_denials), "S3-TLS-ONLY"),
    "a bucket open to everyone": (policy(f"{RAW}-policy", for_everyone), "IAM-WILDCARD-PRINCIPAL"),
    "no public access block": (lacking(f"{RAW}-public-access"), "S3-PUBLIC-ACCESS-BLOCK"),
    **{
        f"{switch} off": (setting(f"{RAW}-public-access", **{switch: False}), "S3-PUBLIC-ACCESS-BLOCK")
        for switch in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    },
    "ACLs on": (setting(f"{RAW}-ownership", rule={"objectOwnership": "ObjectWriter"}), "S3-OWNERSHIP-ENFORCED"),
    "no versioning": (lacking(f"{RAW}-versioning"), "S3-VERSIONING"),
    "versioning suspended": (
        setting(f"{RAW}-versioning", versioningConfiguration={"status": "Suspended"}),
        "S3-VERSIONING",
    ),
    "no access logs": (lacking(f"{RAW}-logging"), "S3-ACCESS-LOGGING"),
    "no lifecycle": (lacking(f"{RAW}-lifecycle"), "S3-LIFECYCLE"),
    "unfinished uploads kept": (
        only_rule(f"{RAW}-lifecycle", abortIncompleteMultipartUpload=None),
        "S3-ABORT-MULTIPART",
    ),
    "objects destroyed with the bucket": (setting(RAW, forceDestroy=True), "S3-FORCE-DESTROY"),
    # key
    "no rotation": (setting("watershed-key", enableKeyRotation=False), "KMS-ROTATION"),
    "a key that is gone in a week": (setting("watershed-key", deletionWindowInDays=7), "KMS-DELETION-WINDOW"),
    "a key for everyone": (policy("watershed-key", for_everyone), "IAM-WILDCARD-PRINCIPAL"),
    "a key any account's logs may use": (policy("watershed-key", no_conditions), "IAM-CONFUSED-DEPUTY"),
    # metadata table
    "a table without the key": (setting("watershed-metadata", serverSideEncryption=None), "DYNAMODB-CUSTOMER-KEY"),
    "no point-in-time recovery": (
        setting("watershed-metadata", pointInTimeRecovery=None),
        "DYNAMODB-POINT-IN-TIME-RECOVERY",
    ),
    "no deletion protection": (
        setting("watershed-metadata", deletionProtectionEnabled=False),
        "DYNAMODB-DELETION-PROTECTION",
    ),
    # function
    "no traces": (setting(FUNCTION, tracingConfig=None), "LAMBDA-TRACING"),
    "no dead letters": (setting(FUNCTION, deadLetterConfig=None), "LAMBDA-DEAD-LETTERS"),
    "environment without the key": (setting(FUNCTION, kmsKeyArn=None), "LAMBDA-ENVIRONMENT-KEY"),
    "a runtime past its end": (setting(FUNCTION, runtime="python3.8"), "LAMBDA-RUNTIME"),
    "a secret in the environment": (
        setting(FUNCTION, environment={"variables": {"DB_PASSWORD": "hunter2-hunter2"}}),
        "LAMBDA-SECRET-IN-ENVIRONMENT",
    ),
    "logs kept for ever": (setting(f"{FUNCTION}-logs", retentionInDays=None), "LOGS-RETENTION"),
    "logs without the key": (setting(f"{FUNCTION}-logs", kmsKeyId=None), "LOGS-CUSTOMER-KEY"),
    # permissions
    "every action": (policy(f"{ROLE}-observe", every("Action", "s3:*")), "IAM-WILDCARD-ACTION"),
    "every resource": (
        policy(f"{ROLE}-delete-watershed-lake-curated", every("Resource", "*")),
        "IAM-WILDCARD-RESOURCE",
    ),
    "an administrator": (
        policy(f"{ROLE}-observe", lambda _: [{"Effect": "Allow", "Action": "*", "Resource": "*"}]),
        "IAM-ADMINISTRATOR",
    ),
    "a role for everyone": (policy(ROLE, every("Principal", "*"), "assumeRolePolicy"), "IAM-WILDCARD-PRINCIPAL"),
    "a scheduler of any account": (
        policy(f"{FUNCTION}-schedule-role", no_conditions, "assumeRolePolicy"),
        "IAM-CONFUSED-DEPUTY",
    ),
    # queues, topics, events
    "a queue without the key": (setting(QUEUE, kmsMasterKeyId=None), "SQS-CUSTOMER-KEY"),
    "plain HTTP to a queue": (policy(f"{QUEUE}-policy", no_denials), "SQS-TLS-ONLY"),
    "a queue that loses messages": (setting(QUEUE, redrivePolicy=None), "SQS-DEAD-LETTERS"),
    "a queue any account's rules may fill": (policy(f"{QUEUE}-policy", no_conditions), "IAM-CONFUSED-DEPUTY"),
    "a topic without the key": (setting("watershed-alarms", kmsMasterKeyId=None), "SNS-CUSTOMER-KEY"),
    "plain HTTP to a topic": (policy("watershed-alarms-policy", no_denials), "SNS-TLS-ONLY"),
    "a rule that loses events": (
        setting(f"{FUNCTION}-raw-target", deadLetterConfig=None),
        "EVENTS-TARGET-DEAD-LETTERS",
    ),
    "a schedule that loses runs": (
        within(f"{FUNCTION}-schedule", "target", deadLetterConfig=None),
        "EVENTS-SCHEDULE-DEAD-LETTERS",
    ),
    "a schedule without the key": (setting(f"{FUNCTION}-schedule", kmsKeyArn=None), "EVENTS-SCHEDULE-CUSTOMER-KEY"),
    # catalog
    "a workgroup its clients overrule": (
        within("watershed-catalog-queries", "configuration", enforceWorkgroupConfiguration=False),
        "ATHENA-ENFORCED",
    ),
    "results without encryption": (
        within("watershed-catalog-queries", "configuration", resultConfiguration={"outputLocation": "s3://a/"}),
        "ATHENA-ENCRYPTED",
    ),
    "no limit of bytes scanned": (
        within("watershed-catalog-queries", "configuration", bytesScannedCutoffPerQuery=None),
        "ATHENA-SCAN-LIMIT",
    ),
    "a catalog without the key": (
        within(
            "watershed-account-catalog-encryption",
            "dataCatalogEncryptionSettings",
            encryptionAtRest={"catalogEncryptionMode": "DISABLED"},
        ),
        "GLUE-CATALOG-ENCRYPTION",
    ),
    # tags
    "no owner": (within(RAW, "tags", owner=None), "TAGS-REQUIRED"),
}


def test_as_it_is_the_platform_is_accepted() -> None:
    assert check(whole_platform()) == []


@pytest.mark.parametrize("what", SWITCHED_OFF)
def test_a_secure_default_that_is_switched_off_is_refused(what: str) -> None:
    change, rule = SWITCHED_OFF[what]
    assert rule in ids(check(change(whole_platform())))


def test_the_strict_profile_refuses_a_log_group_that_lambda_makes() -> None:
    changed = setting(FUNCTION, loggingConfig=None)(whole_platform())

    assert "LAMBDA-LOG-GROUP" in ids(check(changed, profile="strict"))
    assert "LAMBDA-LOG-GROUP" not in ids(check(whole_platform(), profile="strict"))


def test_the_strict_profile_refuses_a_bucket_without_a_bucket_key() -> None:
    changed = only_rule(f"{RAW}-encryption", bucketKeyEnabled=False)(whole_platform())

    assert "S3-BUCKET-KEY" in ids(check(changed, profile="strict"))
    assert "S3-BUCKET-KEY" not in ids(check(whole_platform(), profile="strict"))
