"""DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
SCALING_POLICY = "aws:appautoscaling/policy:Policy"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
CACHE = "aws:dax/cluster:Cluster"
TABLE_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
OUR_KEY = {"enabled": True, "kmsKeyArn": KEY_ARN}
table = make(TABLE, "table")


def shared(principal: str, **more: Any) -> Recorded:
    statement = allow("dynamodb:GetItem", TABLE_ARN, Principal={"AWS": principal}, **more)
    return make(RESOURCE_POLICY, resourceArn=TABLE_ARN, policy=document(statement))


def scaled(what: str, resource: Any = table, *, of: str = "table") -> tuple[Recorded, Recorded]:
    """Return a target, and the policy that moves it."""
    dimension = f"dynamodb:{of}:{what}CapacityUnits"
    target = make(TARGET, what, resourceId=resource, scalableDimension=dimension)
    policy = make(SCALING_POLICY, what, resourceId=resource, scalableDimension=dimension)
    return target, policy


CASES = [
    bad("DYNAMODB-CUSTOMER-KEY", "AWS's key", table),
    bad("DYNAMODB-CUSTOMER-KEY", "AWS's KMS key", make(TABLE, serverSideEncryption={"enabled": True})),
    bad("DYNAMODB-CUSTOMER-KEY", "switched off", make(TABLE, serverSideEncryption={**OUR_KEY, "enabled": False})),
    bad(
        "DYNAMODB-CUSTOMER-KEY",
        "a replica without",
        make(TABLE, serverSideEncryption=OUR_KEY, replicas=[{"regionName": "eu-central-1"}]),
    ),
    good("DYNAMODB-CUSTOMER-KEY", "our key", make(TABLE, serverSideEncryption=OUR_KEY)),
    good(
        "DYNAMODB-CUSTOMER-KEY",
        "in the replica too",
        make(TABLE, serverSideEncryption=OUR_KEY, replicas=[{"regionName": "eu-central-1", "kmsKeyArn": KEY_ARN}]),
    ),
    bad("DYNAMODB-POINT-IN-TIME-RECOVERY", "not said", table),
    bad("DYNAMODB-POINT-IN-TIME-RECOVERY", "off", make(TABLE, pointInTimeRecovery={"enabled": False})),
    bad(
        "DYNAMODB-POINT-IN-TIME-RECOVERY",
        "a replica without",
        make(TABLE, pointInTimeRecovery={"enabled": True}, replicas=[{"regionName": "eu-central-1"}]),
    ),
    good("DYNAMODB-POINT-IN-TIME-RECOVERY", "on", make(TABLE, pointInTimeRecovery={"enabled": True})),
    good(
        "DYNAMODB-POINT-IN-TIME-RECOVERY",
        "in the replica too",
        make(
            TABLE,
            pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 7},
            replicas=[{"regionName": "eu-central-1", "pointInTimeRecovery": True}],
        ),
    ),
    bad("DYNAMODB-DELETION-PROTECTION", "not said", table),
    bad("DYNAMODB-DELETION-PROTECTION", "off", make(TABLE, deletionProtectionEnabled=False)),
    good("DYNAMODB-DELETION-PROTECTION", "on", make(TABLE, deletionProtectionEnabled=True)),
    good("DYNAMODB-DELETION-PROTECTION", "something else", make("aws:dynamodb/tag:Tag", key="a", value="b")),
    bad("DYNAMODB-CAPACITY", "fixed", make(TABLE, billingMode="PROVISIONED", readCapacity=5, writeCapacity=5)),
    bad("DYNAMODB-CAPACITY", "AWS's default, which is fixed", make(TABLE, readCapacity=5, writeCapacity=5)),
    bad("DYNAMODB-CAPACITY", "scaled for reading only", table, *scaled("Read")),
    good("DYNAMODB-CAPACITY", "scaled both ways", table, *scaled("Read"), *scaled("Write")),
    good("DYNAMODB-CAPACITY", "on demand", make(TABLE, billingMode="PAY_PER_REQUEST")),
    good(
        "DYNAMODB-CAPACITY",
        "scaled, by name",
        make(TABLE, "t", name="t"),
        *scaled("Read", "table/t"),
        *scaled("Write", "table/t"),
    ),
    bad("DYNAMODB-CAPACITY", "an index scaled only", table, *scaled("Read", of="index"), *scaled("Write", of="index")),
    bad("DYNAMODB-CAPACITY", "limits without a policy", table, scaled("Read")[0], scaled("Write")[0]),
    bad("DYNAMODB-CUSTOMER-KEY", "a replica beside", make(REPLICA, globalTableArn=table)),
    bad("DYNAMODB-POINT-IN-TIME-RECOVERY", "a replica beside", make(REPLICA, globalTableArn=table)),
    bad("DYNAMODB-DELETION-PROTECTION", "a replica beside", make(REPLICA, globalTableArn=table)),
    good("DYNAMODB-CUSTOMER-KEY", "a replica beside", make(REPLICA, globalTableArn=table, kmsKeyArn=KEY_ARN)),
    good(
        "DYNAMODB-POINT-IN-TIME-RECOVERY",
        "a replica beside",
        make(REPLICA, globalTableArn=table, pointInTimeRecovery=True),
    ),
    bad("DYNAMODB-CROSS-ACCOUNT", "another account", shared("arn:aws:iam::210987654321:root")),
    bad("DYNAMODB-CROSS-ACCOUNT", "another account's role", shared("arn:aws:iam::210987654321:role/reader")),
    bad("DYNAMODB-CROSS-ACCOUNT", "an account by number", shared("210987654321")),
    good("DYNAMODB-CROSS-ACCOUNT", "our role", shared("arn:aws:iam::123456789012:role/reader")),
    good("DYNAMODB-CROSS-ACCOUNT", "our account", shared("123456789012")),
    good(
        "DYNAMODB-CROSS-ACCOUNT",
        "the organization",
        shared("arn:aws:iam::210987654321:root", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
    ),
    bad("DYNAMODB-CACHE-ENCRYPTED", "nothing said", make(CACHE, replicationFactor=3)),
    bad("DYNAMODB-CACHE-ENCRYPTED", "switched off", make(CACHE, serverSideEncryption={"enabled": False})),
    good("DYNAMODB-CACHE-ENCRYPTED", "encrypted", make(CACHE, serverSideEncryption={"enabled": True})),
    good("DYNAMODB-CACHE-ENCRYPTED", "a table", table),
    bad("DYNAMODB-CACHE-TLS", "nothing said", make(CACHE, replicationFactor=3)),
    bad("DYNAMODB-CACHE-TLS", "without", make(CACHE, clusterEndpointEncryptionType="NONE")),
    good("DYNAMODB-CACHE-TLS", "with", make(CACHE, clusterEndpointEncryptionType="TLS")),
    good("DYNAMODB-CACHE-TLS", "a table", table),
]
