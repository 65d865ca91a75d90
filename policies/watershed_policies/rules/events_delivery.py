"""EventBridge's pipes and its Scheduler: what cannot be delivered is kept; and no input holds a secret."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..embedded import UnreadableError, from_json
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import looks_secret
from ..state_machines import texts
from .events import PIPE, TARGET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

SCHEDULE = aws("scheduler", "Schedule")
# What starts something -> where it says with which input.
INPUTS = {
    TARGET: (
        *(("input",), ("inputTransformer", "inputTemplate")),
        *(("httpTarget", "headerParameters"), ("httpTarget", "queryStringParameters")),
    ),
    SCHEDULE: (("target", "input"),),
    PIPE: (
        *(("targetParameters", "inputTemplate"), ("enrichmentParameters", "inputTemplate")),
        *(("targetParameters", "httpParameters"), ("enrichmentParameters", "httpParameters")),
    ),
}
# The sources of a pipe that are streams, and where they say what becomes of a record that fails.
STREAMS = ("kinesisStreamParameters", "dynamodbStreamParameters")

PIPE_LOGS = Rule(
    id="EVENTS-PIPE-LOGS",
    title="Pipes log their errors",
    severity=Severity.LOW,
    why="A pipe says why it failed in this log only.",
    frameworks=("NIST 800-53 AU-2",),
    profile=Profile.STRICT,
)
PIPE_DEAD_LETTERS = Rule(
    id="EVENTS-PIPE-DEAD-LETTERS",
    title="Pipes keep the records of a stream that they could not deliver",
    severity=Severity.MEDIUM,
    why="One record that fails holds up its shard until it has expired, and is lost then. Queues have dead letters of "
    "their own.",
    profile=Profile.STRICT,
)
SECRET_IN_INPUT = Rule(
    id="EVENTS-SECRET-IN-INPUT",
    title="Secrets are not in what targets are given",
    severity=Severity.CRITICAL,
    why="Whoever may describe the rule, schedule or pipe reads them.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
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
    why="The default is 185 tries in 24 hours: yesterday's run may start in the middle of today's. That does no harm "
    "to a run that may be late, hence strict.",
    profile=Profile.STRICT,
)
SCHEDULE_CUSTOMER_KEY = Rule(
    id="EVENTS-SCHEDULE-CUSTOMER-KEY",
    title="Schedules encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    why="A schedule's input may hold data. Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("Checkov CKV_AWS_297",),
)


@PIPE_LOGS.on(PIPE)
def pipe_logs_errors(pipe: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a pipe without a log."""
    if pipe.properties.get("logConfiguration", "level") in (None, "OFF"):
        yield Finding(
            "does not log its errors",
            'log_configuration={"level": "ERROR", "cloudwatch_logs_log_destination": {"log_group_arn": group.arn}}',
        )


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


@PIPE_DEAD_LETTERS.on(PIPE)
def pipe_keeps_failed_records(pipe: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a pipe that drops records of a stream."""
    source = pipe.properties.section("sourceParameters")
    for name in STREAMS:
        if source.is_set(name) and not source.is_set(name, "deadLetterConfig", "arn"):
            yield Finding(
                "drops records that it could not deliver",
                'source_parameters={"kinesis_stream_parameters": {..., "dead_letter_config": {"arn": queue.arn}}}',
            )


@SECRET_IN_INPUT.on(*INPUTS)
def input_holds_no_secret(starter: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    for path in INPUTS[starter.type]:
        if starter.properties.is_unknown(*path):
            continue
        given = starter.properties.get(*path)
        # A template with placeholders need not be JSON.
        with suppress(UnreadableError):
            given = from_json(given)
        if any(looks_secret(name, text) for name, text in texts(given)):
            yield Finding(
                "has what looks like a secret in its input",
                "keep it in an aws.secretsmanager.Secret that the target reads, or in an EventBridge connection",
            )
