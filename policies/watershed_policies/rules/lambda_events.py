"""Lambda: no event is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import arns
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .lambda_ import FUNCTION
from .lambda_access import PERMISSION, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

INVOKE_CONFIG = aws("lambda", "FunctionEventInvokeConfig")
EVENT_SOURCE = aws("lambda", "EventSourceMapping")
SCHEDULE = aws("scheduler", "Schedule")
# The services of streams: their records come in an order, so one that fails holds up those behind it.
STREAMS = ("kinesis", "dynamodb")

# Services that wait for the function's answer, and so hear of its failure.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
WAITING_SERVICES = {
    *("apigateway.amazonaws.com", "cloudfront.amazonaws.com", "cognito-idp.amazonaws.com", "firehose.amazonaws.com"),
    *("elasticloadbalancing.amazonaws.com", "lex.amazonaws.com", "lexv2.amazonaws.com"),
    *("secretsmanager.amazonaws.com", "vpc-lattice.amazonaws.com"),
    *("alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"),
}

DEAD_LETTERS = Rule(
    id="LAMBDA-DEAD-LETTERS",
    title="Functions keep the events that they could not process",
    severity=Severity.MEDIUM,
    why="Lambda drops an asynchronous event after two retries. What waits for the answer (an API, a queue's poller) "
    "hears of the failure itself.",
    peers=("Checkov CKV_AWS_116",),
)
STREAM_FAILURES = Rule(
    id="LAMBDA-STREAM-FAILURES",
    title="What a function could not read from a stream is kept",
    severity=Severity.MEDIUM,
    # https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    why="One record that fails holds up its shard until it has expired, and is lost then.",
    profile=Profile.STRICT,
)


@DEAD_LETTERS.across(FUNCTION)
def keeps_failed_events(function: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the function, or its settings for asynchronous calls, name a place for failed events."""
    if function.properties.is_set("deadLetterConfig", "targetArn"):
        return
    invoke_configs = stack.naming(function, "functionName", INVOKE_CONFIG)
    is_kept = any(config.properties.is_set("destinationConfig", "onFailure") for config in invoke_configs)
    if not is_kept and not _is_always_waited_for(function, stack):
        yield Finding(
            "drops the events that it could not process", 'dead_letter_config={"target_arn": dead_letters.arn}'
        )


@STREAM_FAILURES.on(EVENT_SOURCE)
def failed_records_are_kept(source: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stream without a place for what failed."""
    arn = arns.split(str(source.properties.get("eventSourceArn")))
    if arn and arn.service in STREAMS and not source.properties.is_set("destinationConfig", "onFailure"):
        yield Finding(
            "drops the records that the function could not process",
            'destination_config={"on_failure": {"destination_arn": queue.arn}}, with maximum_retry_attempts',
        )


def _is_always_waited_for(function: Resource, stack: Stack) -> bool:
    """Say whether the stack shows who calls the function, and that all of them wait for its answer."""
    permissions = stack.naming(function, "function", PERMISSION)
    if any(str(permission.properties.get("principal")) not in WAITING_SERVICES for permission in permissions):
        return False
    waiting = permissions or stack.naming(function, "functionName", EVENT_SOURCE, URL)
    return bool(waiting) and not stack.naming(function, "target", SCHEDULE)
