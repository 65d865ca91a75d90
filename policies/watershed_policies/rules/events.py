"""EventBridge and its Scheduler: what cannot be delivered is kept, and buses are not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TARGET = aws("cloudwatch", "EventTarget")
SCHEDULE = aws("scheduler", "Schedule")

TARGET_DEAD_LETTERS = Rule(
    id="EVENTS-TARGET-DEAD-LETTERS",
    title="Rule targets have a dead-letter queue",
    severity=Severity.MEDIUM,
    why="EventBridge drops an event that it could not deliver in 24 hours, or at once if it may not.",
)
BUS_CLOSED = Rule(
    id="EVENTS-BUS-CLOSED",
    title="Event buses are not open to every account",
    severity=Severity.CRITICAL,
    why="Who can put events on a bus starts what its rules start.",
    frameworks=("FSBP EventBridge.3", "NIST 800-53 AC-3"),
)
SCHEDULE_DEAD_LETTERS = Rule(
    id="EVENTS-SCHEDULE-DEAD-LETTERS",
    title="Schedules have a dead-letter queue",
    severity=Severity.MEDIUM,
    why="A run that could not be started is otherwise lost without a trace.",
)
SCHEDULE_RETRY = Rule(
    id="EVENTS-SCHEDULE-RETRY",
    title="Schedules say how long they try",
    severity=Severity.LOW,
    why="The default is 185 tries in 24 hours: yesterday's run may start in the middle of today's.",
)
SCHEDULE_CUSTOMER_KEY = Rule(
    id="EVENTS-SCHEDULE-CUSTOMER-KEY",
    title="Schedules encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    why="A schedule's input may hold data. Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
)


@TARGET_DEAD_LETTERS.on(TARGET)
def target_has_dead_letters(target: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a target that drops what it cannot deliver."""
    if not target.properties.is_set("deadLetterConfig", "arn"):
        yield Finding("has no dead-letter queue", 'dead_letter_config={"arn": dead_letters.arn}')


@BUS_CLOSED.on(aws("cloudwatch", "EventPermission"))
def bus_is_closed(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a permission for everyone; bus policies are judged by the IAM rules."""
    properties = permission.properties
    if properties.get("principal") == "*" and properties.get("condition", "key") != "aws:PrincipalOrgID":
        yield Finding("lets every account put events", 'principal="123456789012", or a condition on aws:PrincipalOrgID')


@SCHEDULE_DEAD_LETTERS.on(SCHEDULE)
def schedule_has_dead_letters(schedule: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a schedule that loses runs."""
    if not schedule.properties.is_set("target", "deadLetterConfig", "arn"):
        yield Finding("has no dead-letter queue", 'target={..., "dead_letter_config": {"arn": dead_letters.arn}}')


@SCHEDULE_RETRY.on(SCHEDULE)
def schedule_retries(schedule: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the default, and no try at all."""
    policy = ("target", "retryPolicy")
    if not schedule.properties.is_set(*policy) or schedule.properties.get(*policy, "maximumRetryAttempts") == 0:
        yield Finding(
            "does not say how long it tries",
            'target={..., "retry_policy": {"maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 3600}}',
        )


@SCHEDULE_CUSTOMER_KEY.on(SCHEDULE)
def schedule_encrypts(schedule: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a schedule without a key."""
    if not schedule.properties.has_customer_key("kmsKeyArn"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_arn=key.arn")
