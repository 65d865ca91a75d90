"""DynamoDB: tables are encrypted with our key, can be restored, and are not deleted by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import accounts
from ..iam import locations
from ..iam.locations import Kind
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity
from ..values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TABLE = aws("dynamodb", "Table")
REPLICA = aws("dynamodb", "TableReplica")
RESOURCE_POLICY = aws("dynamodb", "ResourcePolicy")
SCALING_TARGET = aws("appautoscaling", "Target")
SCALING_POLICY = aws("appautoscaling", "Policy")
DIMENSIONS = {"dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"}
FIX_SCALING = (
    'aws.appautoscaling.Policy("...", policy_type="TargetTrackingScaling", resource_id=target.resource_id, '
    "scalable_dimension=target.scalable_dimension, service_namespace=target.service_namespace, ...)"
)

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
    peers=("cdk-nag DDB3", "Checkov CKV_AWS_28", "Checkov CKV_AWS_165", "Trivy AWS-0024"),
)
DELETION_PROTECTION = Rule(
    id="DYNAMODB-DELETION-PROTECTION",
    title="Tables are protected from deletion",
    severity=Severity.MEDIUM,
    why="Deleting a table takes its data with it.",
    frameworks=("FSBP DynamoDB.6", "NIST 800-53 CP-9"),
)
CAPACITY = Rule(
    id="DYNAMODB-CAPACITY",
    title="Tables follow their load",
    severity=Severity.LOW,
    why="A table of fixed capacity throttles above it and is paid for below it.",
    frameworks=("FSBP DynamoDB.1",),
    peers=("Checkov CKV2_AWS_16",),
)
CROSS_ACCOUNT = Rule(
    id="DYNAMODB-CROSS-ACCOUNT",
    title="Tables are not shared with other accounts",
    severity=Severity.HIGH,
    why="A resource policy reaches across accounts: nobody here sees who in the other account reads the table.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6"),
)


@CUSTOMER_KEY.on(TABLE)
def encrypts_with_our_key(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's keys, in the table and in its replicas."""
    encryption = table.properties.section("serverSideEncryption")
    if not encryption.is_true("enabled") or not encryption.has_customer_key("kmsKeyArn"):
        yield Finding(
            "does not encrypt with a customer-managed key",
            'server_side_encryption={"enabled": True, "kms_key_arn": key.arn}',
        )
    for replica in table.properties.each("replicas"):
        if not replica.has_customer_key("kmsKeyArn"):
            yield Finding("has a replica without a customer-managed key", 'add "kms_key_arn" to each of replicas=[...]')


@CUSTOMER_KEY.on(REPLICA)
def replica_encrypts_with_our_key(replica: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's keys in a replica beside its table."""
    if not replica.properties.has_customer_key("kmsKeyArn"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_arn=key_of_its_region.arn")


@POINT_IN_TIME_RECOVERY.on(REPLICA)
def replica_can_be_restored(replica: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a replica beside its table without point-in-time recovery."""
    if not replica.properties.is_true("pointInTimeRecovery"):
        yield Finding("cannot be restored to a point in time", "point_in_time_recovery=True")


@POINT_IN_TIME_RECOVERY.on(TABLE)
def can_be_restored(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a table, or a replica, without point-in-time recovery."""
    if not table.properties.is_true("pointInTimeRecovery", "enabled"):
        yield Finding("cannot be restored to a point in time", 'point_in_time_recovery={"enabled": True}')
    for replica in table.properties.each("replicas"):
        if not replica.is_true("pointInTimeRecovery"):
            yield Finding(
                "has a replica that cannot be restored to a point in time",
                'add "point_in_time_recovery": True to each of replicas=[...]',
            )


@DELETION_PROTECTION.on(TABLE, REPLICA)
def is_protected(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a table that can be deleted."""
    if not table.properties.is_true("deletionProtectionEnabled"):
        yield Finding("can be deleted", "deletion_protection_enabled=True")


@CAPACITY.across(TABLE)
def follows_load(table: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that capacity is on demand or scaled."""
    if table.properties.get("billingMode") == "PAY_PER_REQUEST":
        return
    targets = _targets(table, stack)
    if not targets:
        yield Finding("has a fixed capacity", 'billing_mode="PAY_PER_REQUEST"')
    elif len(targets) == 1:
        yield Finding("scales its capacity to read or to write, and not the other", 'billing_mode="PAY_PER_REQUEST"')
    policies = stack.of_type(SCALING_POLICY)
    if not all(any(_scales(policy, target) for policy in policies) for target in targets.values()):
        yield Finding("has a capacity that no scaling policy changes", FIX_SCALING)


@CROSS_ACCOUNT.on(RESOURCE_POLICY)
def is_not_shared(policy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse principals of another account, unless a condition keeps them in the organization."""
    for document in locations.documents(policy, Kind.RESOURCE):
        ours = accounts.own(policy, document, "resourceArn")
        for statement in document.allows:
            for other in accounts.shared_with(statement, ours):
                yield Finding(
                    f"shares the table with another account: {statement.label} names {other}",
                    "name principals of this account, or share a copy through the lake",
                )


def _targets(table: Resource, stack: Stack) -> dict[str, Resource]:
    """Return what scales the table itself, and not an index of it, by what it scales."""
    names = {f"table/{name}" for name in table.identities()}
    found = [
        *stack.naming(table, "resourceId", SCALING_TARGET),
        *(target for target in stack.of_type(SCALING_TARGET) if str(target.values.get("resourceId")) in names),
    ]
    by_dimension = {str(target.properties.get("scalableDimension")): target for target in found}
    return {dimension: target for dimension, target in by_dimension.items() if dimension in DIMENSIONS}


def _scales(policy: Resource, target: Resource) -> bool:
    """Say whether a scaling policy is for the target; what is not known yet may be."""
    given = [(policy.values.get(name), target.values.get(name)) for name in ("scalableDimension", "resourceId")]
    if target.urn in policy.dependencies.get("resourceId", ()):
        given = given[:1]
    return all(mine in (its, UNKNOWN) for mine, its in given)
