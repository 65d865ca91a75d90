"""Lambda: no event is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import arns
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .lambda_ import FUNCTION, runs_at_edge
from .lambda_access import PERMISSION, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

INVOKE_CONFIG = aws("lambda", "FunctionEventInvokeConfig")
EVENT_SOURCE = aws("lambda", "EventSourceMapping")
SCHEDULE = aws("scheduler", "Schedule")
QUEUE = aws("sqs", "Queue")
# What AWS takes where nothing is said, in seconds, and how many times longer a queue should hide messages.
QUEUE_DEFAULT = 30
FUNCTION_DEFAULT = 3
RETRIES = 6
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
QUEUE_TIMEOUT = Rule(
    id="LAMBDA-QUEUE-TIMEOUT",
    title="A queue hides messages at least as long as its function works on them",
    severity=Severity.HIGH,
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    why="AWS refuses the mapping otherwise, and a message that comes back while it is worked on is processed twice.",
)
QUEUE_RETRIES = Rule(
    id="LAMBDA-QUEUE-RETRIES",
    title="A queue hides messages six times as long as its function works on them",
    severity=Severity.LOW,
    why="Lambda then has time to try again when the function is throttled. It is AWS's advice, not a limit, hence "
    "strict.",
    peers=("cdk-nag LambdaEventSourceSQSVisibilityTimeout",),
    profile=Profile.STRICT,
)


@DEAD_LETTERS.across(FUNCTION)
def keeps_failed_events(function: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the function, or its settings for asynchronous calls, name a place for failed events."""
    if function.properties.is_set("deadLetterConfig", "targetArn") or runs_at_edge(function, stack):
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
    properties = source.properties
    arn = arns.split(str(properties.get("eventSourceArn")))
    if not arn or arn.service not in STREAMS:
        return
    if not properties.is_set("destinationConfig", "onFailure"):
        yield Finding(
            "drops the records that the function could not process",
            'destination_config={"on_failure": {"destination_arn": queue.arn}}, with maximum_retry_attempts',
        )
    elif not any(_is_bounded(properties, name) for name in ("maximumRetryAttempts", "maximumRecordAgeInSeconds")):
        yield Finding("tries a record that fails until it expires", "maximum_retry_attempts=3")


@QUEUE_TIMEOUT.across(EVENT_SOURCE)
def messages_stay_hidden(source: Resource, stack: Stack) -> Iterator[Finding]:
    """Compare the times of a queue and a function that are both in the stack."""
    hidden, worked = _queue_times(source, stack)
    if hidden < worked:
        yield Finding(
            f"reads a queue that hides messages for {hidden:g} seconds, while its function works for up to {worked:g}",
            f"visibility_timeout_seconds={6 * worked:g}, in the aws.sqs.Queue",
        )


@QUEUE_RETRIES.across(EVENT_SOURCE)
def messages_stay_hidden_for_retries(source: Resource, stack: Stack) -> Iterator[Finding]:
    """Compare with six times, as AWS advises, and the time in which a batch is gathered."""
    hidden, worked = _queue_times(source, stack)
    wanted = RETRIES * worked + (source.properties.number("maximumBatchingWindowInSeconds") or 0)
    if worked <= hidden < wanted:
        yield Finding(
            f"reads a queue that hides messages for {hidden:g} seconds only: its function works for up to {worked:g}",
            f"visibility_timeout_seconds={wanted:g}, in the aws.sqs.Queue",
        )


def _is_bounded(source: Properties, name: str) -> bool:
    """Say whether a limit is given: -1, the default, is none."""
    if source.is_unknown(name):
        return True
    limit = source.number(name)
    return limit is not None and limit >= 0


def _queue_times(source: Resource, stack: Stack) -> tuple[float, float]:
    """Return how long the queue hides a message, and how long the function may work on it; 0 for what is elsewhere."""
    queue, function = (
        next((one for one in stack.of_type(type_) if source in stack.naming(one, name, EVENT_SOURCE)), None)
        for type_, name in ((QUEUE, "eventSourceArn"), (FUNCTION, "functionName"))
    )
    if queue is None or function is None:
        return 0, 0
    hidden = queue.properties.number("visibilityTimeoutSeconds")
    worked = function.properties.number("timeout")
    return QUEUE_DEFAULT if hidden is None else hidden, FUNCTION_DEFAULT if worked is None else worked


def _is_always_waited_for(function: Resource, stack: Stack) -> bool:
    """Say whether the stack shows who calls the function, and that all of them wait for its answer."""
    permissions = stack.naming(function, "function", PERMISSION)
    if any(str(permission.properties.get("principal")) not in WAITING_SERVICES for permission in permissions):
        return False
    waiting = permissions or stack.naming(function, "functionName", EVENT_SOURCE, URL)
    return bool(waiting) and not stack.naming(function, "target", SCHEDULE)
