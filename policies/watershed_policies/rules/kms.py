"""KMS: keys rotate, and cannot be lost by one mistake. Who may use them is in `iam.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import accounts
from ..iam import locations
from ..iam.locations import Kind
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

KEY = aws("kms", "Key")
# Keys whose material comes from elsewhere, and copies in other regions: their owner, or the primary key, rotates them.
NOT_ROTATED = tuple(aws("kms", name) for name in ("ReplicaKey", "ExternalKey", "ReplicaExternalKey"))
WITH_POLICY = (KEY, aws("kms", "KeyPolicy"), *NOT_ROTATED)
# The shortest that AWS takes is a week.
MINIMUM_WINDOW = 8
YEAR = 365

ROTATION = Rule(
    id="KMS-ROTATION",
    title="Keys rotate every year",
    severity=Severity.MEDIUM,
    why="Rotation limits how much one key's material protects. AWS rotates symmetric keys only.",
    frameworks=("FSBP KMS.4", "CIS AWS 3.8", "NIST 800-53 SC-12", "PCI DSS 3.7.4"),
    peers=("cdk-nag KMS5", "Checkov CKV_AWS_7", "Trivy AWS-0065"),
)
DELETION_WINDOW = Rule(
    id="KMS-DELETION-WINDOW",
    title="A key's deletion can be stopped for more than a week",
    severity=Severity.MEDIUM,
    why="With the key, everything that it encrypts is gone. Somebody must have the time to notice.",
    frameworks=("FSBP KMS.3",),
)
LOCKOUT_CHECK = Rule(
    id="KMS-LOCKOUT-CHECK",
    title="AWS checks that a key policy locks nobody out",
    severity=Severity.MEDIUM,
    why="A key that nobody may change can only be deleted by AWS support.",
)
ENABLED = Rule(
    id="KMS-ENABLED",
    title="Keys are enabled",
    severity=Severity.LOW,
    why="What a disabled key encrypts can be neither read nor written.",
    peers=("Checkov CKV_AWS_227",),
)
EXPLICIT_POLICY = Rule(
    id="KMS-EXPLICIT-POLICY",
    title="Keys have a policy of their own",
    severity=Severity.LOW,
    why="The default policy is good, but nobody sees it in a review.",
    peers=("Checkov CKV2_AWS_64",),
    profile=Profile.STRICT,
)
FOREIGN_ADMINISTRATION = Rule(
    id="KMS-FOREIGN-ADMINISTRATION",
    title="No other account may do everything with a key",
    severity=Severity.HIGH,
    why="`kms:*` holds CreateGrant, with which the other account hands the key on to whom it likes. Using a key takes "
    "five actions, which KMS's page on keys for other accounts names.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6", "PCI DSS 3.6.1"),
)


@ROTATION.on(KEY)
def rotates(key: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a symmetric key that does not rotate."""
    properties = key.properties
    symmetric = properties.get("customerMasterKeySpec") in (None, "SYMMETRIC_DEFAULT")
    imported = properties.is_set("customKeyStoreId") or properties.is_set("xksKeyId")
    if not symmetric or imported:
        return
    if not properties.is_true("enableKeyRotation"):
        yield Finding("does not rotate", "enable_key_rotation=True")
    elif (properties.number("rotationPeriodInDays") or 0) > YEAR:
        yield Finding("rotates less than once a year", "rotation_period_in_days=365")


@DELETION_WINDOW.on(KEY, *NOT_ROTATED)
def deletion_takes_time(key: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a short window; without one, AWS takes 30 days."""
    days = key.properties.number("deletionWindowInDays")
    if days is not None and days < MINIMUM_WINDOW:
        yield Finding(f"is gone {days:.0f} days after somebody deletes it", "deletion_window_in_days=30")


@LOCKOUT_CHECK.on(*WITH_POLICY)
def lockout_is_checked(key: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to skip the check."""
    if key.properties.is_true("bypassPolicyLockoutSafetyCheck"):
        yield Finding("skips the check against locking everyone out", "remove bypass_policy_lockout_safety_check")


@FOREIGN_ADMINISTRATION.on(*WITH_POLICY)
def no_foreign_administrator(key: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse `kms:*` for another account; while ours is not known, for more than one."""
    for document in locations.documents(key, Kind.KEY):
        holders = {
            account: statement.label
            for statement in document.allows
            if any(action.lower() in ("*", "kms:*") for action in statement.actions)
            for principal in statement.principals
            if (account := accounts.account_of(principal.value))
        }
        ours = accounts.own(key, document, "keyId", "primaryKeyArn")
        others = sorted(set(holders) - ours - {accounts.EMULATED})
        if others and (ours or len(holders) > 1):
            yield Finding(
                f"has a policy that lets account {' and '.join(others)} do everything ({holders[others[-1]]})",
                '"Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]',
            )


@ENABLED.on(KEY, *NOT_ROTATED)
def is_enabled(key: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a key that is switched off."""
    name = "isEnabled" if key.type == KEY else "enabled"
    if key.properties.is_false(name):
        yield Finding("is disabled", "enable it; delete the key if it is not needed")


@EXPLICIT_POLICY.across(KEY)
def has_policy(key: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the key has a policy, its own or beside it."""
    if not key.properties.is_set("policy") and not stack.naming(key, "keyId", aws("kms", "KeyPolicy")):
        yield Finding("has the default policy", "policy=json.dumps({...}), with the services in use named")
