"""CloudWatch: log groups expire and are encrypted with our key, alarms tell somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..settings import Settings

LOG_GROUP = aws("cloudwatch", "LogGroup")
ALARM = aws("cloudwatch", "MetricAlarm")
YEAR = 365

RETENTION = Rule(
    id="LOGS-RETENTION",
    title="Log groups expire",
    severity=Severity.MEDIUM,
    why="Without a retention, logs and what personal data they hold are kept, and paid for, for ever.",
    frameworks=("NIST 800-53 AU-11",),
    peers=("cdk-nag CloudWatchLogGroupRetentionPeriod", "Checkov CKV_AWS_66"),
)
RETENTION_YEAR = Rule(
    id="LOGS-RETENTION-YEAR",
    title="Log groups keep a year",
    severity=Severity.LOW,
    why="An intrusion is often found months later.",
    frameworks=("FSBP CloudWatch.16", "PCI DSS 10.5.1"),
    peers=("Checkov CKV_AWS_338",),
    profile=Profile.STRICT,
)
CUSTOMER_KEY = Rule(
    id="LOGS-CUSTOMER-KEY",
    title="Log groups encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Logs hold what programs handle. Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("cdk-nag CloudWatchLogGroupEncrypted", "Checkov CKV_AWS_158", "Trivy AWS-0017"),
)
ALARM_ACTION = Rule(
    id="LOGS-ALARM-ACTION",
    title="Alarms can act",
    severity=Severity.LOW,
    why="An alarm whose actions are switched off tells nobody.",
    frameworks=("FSBP CloudWatch.17",),
)


@RETENTION.on(LOG_GROUP)
def expires(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a group that keeps for ever; AWS keeps the class for deliveries for two days, whatever is asked."""
    if group.properties.get("logGroupClass") == "DELIVERY":
        return
    if not group.properties.is_set("retentionInDays") or group.properties.number("retentionInDays") == 0:
        yield Finding("keeps its logs for ever", "retention_in_days=365")


@RETENTION.remedy(f"sets retention_in_days to {YEAR}", LOG_GROUP)
def expire_after_a_year(_: Resource, __: Settings) -> Mapping[str, Any]:
    """Let the group expire."""
    return {"retentionInDays": YEAR}


@RETENTION_YEAR.on(LOG_GROUP)
def keeps_a_year(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a group that keeps less than a year."""
    days = group.properties.number("retentionInDays")
    if days is not None and 0 < days < YEAR:
        yield Finding(f"keeps its logs for {days:.0f} days", "retention_in_days=365")


@CUSTOMER_KEY.on(LOG_GROUP)
def encrypts_with_our_key(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a group without a key."""
    if not group.properties.has_customer_key("kmsKeyId"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_id=key.arn")


@ALARM_ACTION.on(ALARM, aws("cloudwatch", "CompositeAlarm"))
def alarm_acts(alarm: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an alarm whose actions are off."""
    if alarm.properties.is_false("actionsEnabled"):
        yield Finding("has its actions switched off", "remove actions_enabled=False")
