"""Secrets Manager: secrets are encrypted with our key, rotate, and are not lost or opened by one mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

SECRET = aws("secretsmanager", "Secret")
ROTATION = aws("secretsmanager", "SecretRotation")
POLICY = aws("secretsmanager", "SecretPolicy")
MAXIMUM_DAYS = 90
DAYS = {"day": 1.0, "hour": 1 / 24}
RATE = re.compile(r"rate\(\s*(\d+)\s+(hour|day)s?\s*\)", re.IGNORECASE)
CRON = re.compile(r"cron\(\s*(.+?)\s*\)", re.IGNORECASE)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
LONGEST_MONTH = 31
# Three months in a row have at least this many days, and 90 is the limit.
MONTHS_WITHIN_LIMIT = 2
# What a secret of another system, which no function of ours can renew, says instead of rotating.
RENEWED_BY = "renewed-by"
FIX_ROTATION = (
    'aws.secretsmanager.SecretRotation("...", secret_id=secret.id, rotation_lambda_arn=function.arn, '
    'rotation_rules={"automatically_after_days": 30}), or, for what another system alone can renew, '
    'tags={"renewed-by": "who does, and when"}'
)

CUSTOMER_KEY = Rule(
    id="SECRETS-CUSTOMER-KEY",
    title="Secrets encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="Only a key of ours has a policy and a log of its own, and lets another account read the secret, or not.",
    frameworks=("NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_149", "Trivy AWS-0098"),
)
ROTATES = Rule(
    id="SECRETS-ROTATION",
    title="Secrets rotate by themselves, or say who renews them",
    severity=Severity.MEDIUM,
    why="A secret that leaked unnoticed stops working at the next rotation, and never otherwise.",
    frameworks=("FSBP SecretsManager.1", "NIST 800-53 IA-5(1)", "PCI DSS 8.6.3"),
    peers=("cdk-nag SMG4", "Checkov CKV2_AWS_57"),
)
ROTATES_OFTEN = Rule(
    id="SECRETS-ROTATION-DAYS",
    title="Secrets rotate within 90 days",
    severity=Severity.MEDIUM,
    why="What rotates once a year is known to everyone who ever saw it that year.",
    frameworks=("FSBP SecretsManager.4", "NIST 800-53 IA-5(1)", "PCI DSS 8.6.3"),
    peers=("Checkov CKV_AWS_304",),
)
RECOVERY = Rule(
    id="SECRETS-RECOVERY",
    title="A deleted secret can be brought back",
    severity=Severity.MEDIUM,
    why="With a recovery window of zero, removing a line of code destroys the only copy of a password.",
    frameworks=("NIST 800-53 CP-9",),
)
BLOCK_PUBLIC = Rule(
    id="SECRETS-BLOCK-PUBLIC-POLICY",
    title="Secrets Manager refuses policies that open a secret",
    severity=Severity.LOW,
    why="AWS then proves of every later policy too that it is not for everyone. IAM-WILDCARD-PRINCIPAL reads the one "
    "of today, hence strict.",
    frameworks=("NIST 800-53 AC-3",),
    profile=Profile.STRICT,
)


@CUSTOMER_KEY.on(SECRET)
def encrypts_with_our_key(secret: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's key, in the secret and in its replicas."""
    if not secret.properties.has_customer_key("kmsKeyId"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_id=key.arn")
    if secret.properties.is_unknown("replicas"):
        return
    for replica in secret.properties.each("replicas"):
        if not replica.has_customer_key("kmsKeyId"):
            yield Finding("has a replica without a customer-managed key", 'add "kms_key_id" to each of replicas=[...]')


@ROTATES.across(SECRET)
def secret_rotates(secret: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the secret has a rotation, or a tag that says who renews it."""
    if not stack.naming(secret, "secretId", ROTATION) and not secret.properties.is_set("tags", RENEWED_BY):
        yield Finding("does not rotate", FIX_ROTATION)


@ROTATES.on(ROTATION)
def rotation_is_on(rotation: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a rotation that is switched off; it is on by default."""
    if rotation.properties.is_false("rotationEnabled"):
        yield Finding("is switched off", "remove rotation_enabled=False")


@ROTATES_OFTEN.on(ROTATION)
def rotates_often(rotation: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse more than 90 days, in whatever form they are said."""
    rules = rotation.properties.section("rotationRules")
    days = rules.number("automaticallyAfterDays")
    if days is None:
        days = _days(str(rules.get("scheduleExpression") or ""))
    if days is None:
        yield Finding("does not say when", 'rotation_rules={"automatically_after_days": 30}')
    elif days > MAXIMUM_DAYS:
        yield Finding(f"rotates every {days:.0f} days", 'rotation_rules={"automatically_after_days": 30}')


@RECOVERY.on(SECRET)
def can_be_recovered(secret: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to delete at once; without a window AWS waits 30 days."""
    if secret.properties.number("recoveryWindowInDays") == 0:
        yield Finding("is gone as soon as somebody deletes it", "remove recovery_window_in_days=0: AWS takes 30")


@BLOCK_PUBLIC.on(POLICY)
def public_policies_are_refused(policy: Resource, _: Settings) -> Iterator[Finding]:
    """Check that AWS refuses public policies."""
    if not policy.properties.is_unknown("blockPublicPolicy") and not policy.properties.is_true("blockPublicPolicy"):
        yield Finding("lets a later policy open the secret", "block_public_policy=True")


def _days(expression: str) -> float | None:
    """Return how many days pass at most between two runs of a schedule; None for one that is none."""
    rate = RATE.fullmatch(expression.strip())
    if rate:
        return int(rate[1]) * DAYS[rate[2].lower()]
    cron = CRON.fullmatch(expression.strip())
    fields = cron[1].split() if cron else []
    # Minutes, hours, day of the month, month, day of the week, year.
    if len(fields) != 6:
        return None
    gap = _longest_gap(_months(fields[3]))
    return gap * LONGEST_MONTH if gap > MONTHS_WITHIN_LIMIT else min(gap * LONGEST_MONTH, MAXIMUM_DAYS)


def _months(field: str) -> list[int]:
    """Return the months of a cron field, counted from 1; all of them for a form that is not known."""
    found: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in ("*", "?"):
            start, end = 1, 12
        else:
            start = _month(first)
            end = _month(last) if last else (12 if step else start)
        found.update(range(start, end + 1, int(step) if step.isdigit() and int(step) else 1))
    return sorted(found) or list(range(1, 13))


def _month(text: str) -> int:
    if text in MONTHS:
        return MONTHS.index(text) + 1
    return int(text) if text.isdigit() else 1


def _longest_gap(months: list[int]) -> int:
    following = [*months[1:], months[0] + 12]
    return max(later - earlier for earlier, later in zip(months, following, strict=True))
