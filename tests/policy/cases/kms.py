"""KMS. Who may use a key is among the cases of IAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.policy.cases import bad, good
from tests.policy.resources import allow, arn, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

KEY = "aws:kms/key:Key"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
REPLICA_EXTERNAL = "aws:kms/replicaExternalKey:ReplicaExternalKey"
DELEGATION = document(allow("kms:*", "*", Principal={"AWS": "arn:aws:iam::123456789012:root"}))
key = make(KEY, "key", enableKeyRotation=True, deletionWindowInDays=30)


def both(action: str) -> str:
    others = allow(action, "*", Principal={"AWS": "arn:aws:iam::210987654321:root"})
    return document(allow("kms:*", "*", Principal={"AWS": "arn:aws:iam::123456789012:root"}), others)


def granted(to: Recorded | str) -> Recorded:
    return make("aws:kms/grant:Grant", keyId=key, operations=["Decrypt"], granteePrincipal=to)


CASES = [
    bad("KMS-GRANT-PRINCIPAL", "everyone", granted("*")),
    bad("KMS-GRANT-PRINCIPAL", "an account", granted("arn:aws:iam::210987654321:root")),
    bad("KMS-GRANT-PRINCIPAL", "an account by its number", granted("210987654321")),
    good("KMS-GRANT-PRINCIPAL", "a role", granted("arn:aws:iam::210987654321:role/reader")),
    good("KMS-GRANT-PRINCIPAL", "a role of the stack", granted(make("aws:iam/role:Role", "reader"))),
    bad("KMS-ROTATION", "not said", make(KEY)),
    bad("KMS-ROTATION", "off", make(KEY, enableKeyRotation=False, customerMasterKeySpec="SYMMETRIC_DEFAULT")),
    good("KMS-ROTATION", "on", key),
    good("KMS-ROTATION", "an asymmetric key, which AWS cannot rotate", make(KEY, customerMasterKeySpec="RSA_4096")),
    good("KMS-ROTATION", "a key in a custom store", make(KEY, customKeyStoreId="cks-1")),
    bad("KMS-DELETION-WINDOW", "a week", make(KEY, deletionWindowInDays=7)),
    good("KMS-DELETION-WINDOW", "ten days", make(KEY, deletionWindowInDays=10)),
    good("KMS-DELETION-WINDOW", "a month", key),
    good("KMS-DELETION-WINDOW", "AWS's default of a month", make(KEY)),
    bad("KMS-LOCKOUT-CHECK", "skipped", make(KEY, bypassPolicyLockoutSafetyCheck=True)),
    bad(
        "KMS-LOCKOUT-CHECK",
        "skipped beside",
        make(KEY_POLICY, keyId=key, policy=DELEGATION, bypassPolicyLockoutSafetyCheck=True),
    ),
    good("KMS-LOCKOUT-CHECK", "done", key),
    good("KMS-LOCKOUT-CHECK", "said to be done", make(KEY, bypassPolicyLockoutSafetyCheck=False)),
    bad("KMS-FOREIGN-ADMINISTRATION", "two accounts, of which one is ours", make(KEY, policy=both("kms:*"))),
    bad(
        "KMS-FOREIGN-ADMINISTRATION",
        "another account, beside the key",
        make(KEY_POLICY, keyId=arn(key), policy=document(allow("kms:*", "*", Principal={"AWS": "210987654321"}))),
    ),
    good("KMS-FOREIGN-ADMINISTRATION", "our account", make(KEY, policy=DELEGATION)),
    good("KMS-FOREIGN-ADMINISTRATION", "another account uses the key", make(KEY, policy=both("kms:Decrypt"))),
    bad("KMS-ENABLED", "off", make(KEY, isEnabled=False)),
    good("KMS-ENABLED", "on", make(KEY, isEnabled=True)),
    good("KMS-ENABLED", "not said", key),
    bad("KMS-EXPLICIT-POLICY", "none", key),
    good("KMS-EXPLICIT-POLICY", "its own", make(KEY, policy=DELEGATION)),
    good("KMS-EXPLICIT-POLICY", "beside it", key, make(KEY_POLICY, keyId=key, policy=DELEGATION)),
    bad("KMS-ROTATION", "every other year", make(KEY, enableKeyRotation=True, rotationPeriodInDays=730)),
    good("KMS-ROTATION", "twice a year", make(KEY, enableKeyRotation=True, rotationPeriodInDays=180)),
    good("KMS-ROTATION", "said as a text", make(KEY, enableKeyRotation="true")),
    bad("KMS-DELETION-WINDOW", "a week, as a text", make(KEY, deletionWindowInDays="7")),
    bad("KMS-ENABLED", "a replica", make("aws:kms/replicaKey:ReplicaKey", primaryKeyArn=key, enabled=False)),
    bad("KMS-ENABLED", "a replica of imported material", make(REPLICA_EXTERNAL, primaryKeyArn=key, enabled=False)),
    bad("KMS-DELETION-WINDOW", "a replica of imported material", make(REPLICA_EXTERNAL, deletionWindowInDays=7)),
    bad("KMS-ENABLED", "imported material", make("aws:kms/externalKey:ExternalKey", enabled=False)),
]
