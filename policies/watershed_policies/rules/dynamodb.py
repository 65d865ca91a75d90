"""DynamoDB: tables are encrypted with our key, can be restored, and are not deleted by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TABLE = aws("dynamodb", "Table")
SCALING_TARGET = aws("appautoscaling", "Target")

CUSTOMER_KEY = Rule(
    id="DYNAMODB-CUSTOMER-KEY",
    title="Tables encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="Only a key of ours has a policy and a log of its own, and can be taken away.",
    frameworks=("NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_119", "Trivy AWS-0025"),
)
POINT_IN_TIME_RECOVERY = Rule(
    id="DYNAMODB-POINT-IN-TIME-RECOVERY",
    title="Tables can be restored to any second",
    severity=Severity.MEDIUM,
    why="A wrong write or delete is undone by restoring the second before it.",
    frameworks=("FSBP DynamoDB.2", "NIST 800-53 CP-9"),
    peers=("cdk-nag DDB3", "Checkov CKV_AWS_28", "Checkov CKV_AWS_165", "Trivy AWS-0024", "FSBP DynamoDB.2"),
)
DELETION_PROTECTION = Rule(
    id="DYNAMODB-DELETION-PROTECTION",
    title="Tables are protected from deletion",
    severity=Severity.MEDIUM,
    why="Deleting a table takes its data with it.",
    frameworks=("FSBP DynamoDB.6", "NIST 800-53 CP-9"),
    peers=("FSBP DynamoDB.6",),
)
CAPACITY = Rule(
    id="DYNAMODB-CAPACITY",
    title="Tables follow their load",
    severity=Severity.LOW,
    why="A table of fixed capacity throttles above it and is paid for below it.",
    frameworks=("FSBP DynamoDB.1",),
    peers=("Checkov CKV2_AWS_16", "FSBP DynamoDB.1"),
)


@CUSTOMER_KEY.on(TABLE)
def encrypts_with_our_key(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's keys, in the table and in its replicas."""
    encryption = table.properties.section("serverSideEncryption")
    if encryption.get("enabled") is not True or not encryption.has_customer_key("kmsKeyArn"):
        yield Finding(
            "does not encrypt with a customer-managed key",
            'server_side_encryption={"enabled": True, "kms_key_arn": key.arn}',
        )
    for replica in table.properties.each("replicas"):
        if not replica.has_customer_key("kmsKeyArn"):
            yield Finding("has a replica without a customer-managed key", 'add "kms_key_arn" to each of replicas=[...]')


@POINT_IN_TIME_RECOVERY.on(TABLE)
def can_be_restored(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a table, or a replica, without point-in-time recovery."""
    if table.properties.get("pointInTimeRecovery", "enabled") is not True:
        yield Finding("cannot be restored to a point in time", 'point_in_time_recovery={"enabled": True}')
    for replica in table.properties.each("replicas"):
        if replica.get("pointInTimeRecovery") is not True:
            yield Finding(
                "has a replica that cannot be restored to a point in time",
                'add "point_in_time_recovery": True to each of replicas=[...]',
            )


@DELETION_PROTECTION.on(TABLE)
def is_protected(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a table that can be deleted."""
    if table.properties.get("deletionProtectionEnabled") is not True:
        yield Finding("can be deleted", "deletion_protection_enabled=True")


@CAPACITY.across(TABLE)
def follows_load(table: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that capacity is on demand or scaled."""
    if table.properties.get("billingMode") == "PAY_PER_REQUEST":
        return
    if not stack.naming(table, "resourceId", SCALING_TARGET) and not any(
        f"table/{name}" == target.values.get("resourceId")
        for target in stack.of_type(SCALING_TARGET)
        for name in table.identities()
    ):
        yield Finding("has a fixed capacity", 'billing_mode="PAY_PER_REQUEST"')
