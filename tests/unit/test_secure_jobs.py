"""Each secure default of what pipelines run, switched off: the policy pack refuses it."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from tests.policy.harness import Recorded, changed, check, ids, record, without
from tests.unit import jobs
from tests.unit.programs import CONFIG

Change = Callable[[Sequence[Recorded]], list[Recorded]]


@cache
def recorded(program: str) -> tuple[Recorded, ...]:
    return tuple(record(jobs.PROGRAMS[program], config=CONFIG))


def setting(name: str, **inputs: Any) -> Change:
    """Give the resource other inputs; None removes one."""
    return lambda resources: changed(resources, name, **inputs)


def lacking(*names: str) -> Change:
    return lambda resources: without(resources, *names)


def in_container(**values: Any) -> Change:
    """Give the task's container other values; None removes one."""

    def change(resources: Sequence[Recorded]) -> list[Recorded]:
        (task,) = [one for one in resources if one.name == "export-task"]
        (container,) = json.loads(task.inputs["containerDefinitions"])
        given = {name: value for name, value in {**container, **values}.items() if value is not None}
        return changed(resources, "export-task", containerDefinitions=json.dumps([given]))

    return change


def without_role(resources: Sequence[Recorded]) -> list[Recorded]:
    """Let the program have the role that ECS starts it with."""
    (task,) = [one for one in resources if one.name == "export-task"]
    return changed(resources, "export-task", taskRoleArn=task.inputs["executionRoleArn"])


def plain(name: str, property_: str = "policy") -> Change:
    """Take the conditions away from a policy's statements."""

    def change(resources: Sequence[Recorded]) -> list[Recorded]:
        (found,) = [one for one in resources if one.name == name and one.custom]
        document = json.loads(found.inputs[property_])
        for statement in document["Statement"]:
            statement.pop("Condition", None)
        return changed(resources, name, **{property_: json.dumps(document)})

    return change


SWITCHED_OFF: Mapping[str, tuple[str, Change, str]] = {
    "no metrics of tasks": ("FargateJob", setting("export-cluster", settings=None), "ECS-CONTAINER-INSIGHTS"),
    "a root file system to write to": (
        "FargateJob",
        in_container(readonlyRootFilesystem=False),
        "ECS-READ-ONLY-ROOT",
    ),
    "root": ("FargateJob", in_container(user="0"), "ECS-ROOT-USER"),
    "rights over the host": ("FargateJob", in_container(privileged=True), "ECS-PRIVILEGED"),
    "no log": ("FargateJob", in_container(logConfiguration=None), "ECS-LOGGING"),
    "a secret in clear": (
        "FargateJob",
        in_container(environment=[{"name": "DB_PASSWORD", "value": "hunter2-hunter2"}]),
        "ECS-SECRET-IN-ENVIRONMENT",
    ),
    "one role for both": ("FargateJob", without_role, "ECS-SEPARATE-ROLES"),
    "a role for any account's tasks": ("FargateJob", plain("export-role", "assumeRolePolicy"), "IAM-CONFUSED-DEPUTY"),
    "everything out": (
        "FargateJob",
        setting("export-group-egress-0", ipProtocol="-1", fromPort=None, toPort=None),
        "VPC-EGRESS-OPEN",
    ),
    "a rule nobody explains": (
        "FargateJob",
        setting("export-group-egress-0", description=None),
        "VPC-RULE-DESCRIPTION",
    ),
    "logs without the key": ("FargateJob", setting("export-logs", kmsKeyId=None), "LOGS-CUSTOMER-KEY"),
    "tags that move": ("ImageRepository", setting("jobs", imageTagMutability="MUTABLE"), "ECR-IMMUTABLE-TAGS"),
    "images that nobody scans": (
        "ImageRepository",
        setting("jobs", imageScanningConfiguration=None),
        "ECR-SCAN-ON-PUSH",
    ),
    "images without the key": ("ImageRepository", setting("jobs", encryptionConfigurations=None), "ECR-CUSTOMER-KEY"),
    "images kept for ever": ("ImageRepository", lacking("jobs-lifecycle"), "ECR-LIFECYCLE"),
    "any account's functions": ("ImageRepository", plain("jobs-policy"), "IAM-CONFUSED-DEPUTY"),
    "a cache whose images have AWS's key": (
        "ImageCache",
        setting("cache-template", encryptionConfigurations=None),
        "ECR-CUSTOMER-KEY",
    ),
    "a secret without the key": ("Secret", setting("database", kmsKeyId=None), "SECRETS-CUSTOMER-KEY"),
    "a secret that never changes": ("Secret", lacking("database-rotation"), "SECRETS-ROTATION"),
    "a secret renewed once a year": (
        "Secret",
        setting("database-rotation", rotationRules={"automaticallyAfterDays": 365}),
        "SECRETS-ROTATION-DAYS",
    ),
    "a secret gone at once": ("Secret", setting("database", recoveryWindowInDays=0), "SECRETS-RECOVERY"),
    "a job without encryption": (
        "GlueJob",
        setting("spark", securityConfiguration=None),
        "GLUE-SECURITY-CONFIGURATION",
    ),
    "bookmarks without the key": (
        "GlueJob",
        setting("spark-security", encryptionConfiguration={}),
        "GLUE-SECURITY-CONFIGURATION-KEY",
    ),
    "an old Spark": ("GlueJob", setting("spark", glueVersion="2.0"), "GLUE-VERSION"),
    "a database in clear": (
        "JdbcConnection",
        setting("sales", connectionProperties={"JDBC_CONNECTION_URL": "jdbc:postgresql://sales/sales"}),
        "GLUE-CONNECTION-TLS",
    ),
    "a crawler without encryption": (
        "Crawler",
        setting("crawler", securityConfiguration=None),
        "GLUE-SECURITY-CONFIGURATION",
    ),
}


@pytest.mark.parametrize("what", SWITCHED_OFF)
def test_a_secure_default_of_a_job_that_is_switched_off_is_refused(what: str) -> None:
    program, change, rule = SWITCHED_OFF[what]
    assert rule not in ids(check(recorded(program)))
    assert rule in ids(check(change(recorded(program))))
