"""SQS: queues are encrypted with our key, refuse plain HTTP, and lose no message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .. import messaging
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

QUEUE = aws("sqs", "Queue")
POLICY = aws("sqs", "QueuePolicy")
REDRIVE = aws("sqs", "RedrivePolicy")
REDRIVE_ALLOW = aws("sqs", "RedriveAllowPolicy")
# Our component for queues that take what others could not process.
DEAD_LETTER_COMPONENT = "watershed:messaging:DeadLetterQueue"
# Where other resources name a queue as the place for what they could not deliver.
DEAD_LETTER_PROPERTIES = {
    QUEUE: "redrivePolicy",
    REDRIVE: "redrivePolicy",
    REDRIVE_ALLOW: "queueUrl",
    aws("lambda", "Function"): "deadLetterConfig",
    aws("lambda", "FunctionEventInvokeConfig"): "destinationConfig",
    aws("lambda", "EventSourceMapping"): "destinationConfig",
    aws("cloudwatch", "EventTarget"): "deadLetterConfig",
    aws("cloudwatch", "EventBus"): "deadLetterConfig",
    aws("pipes", "Pipe"): "sourceParameters",
    aws("sns", "TopicSubscription"): "redrivePolicy",
    aws("scheduler", "Schedule"): "target",
}

CUSTOMER_KEY = messaging.customer_key(
    "SQS",
    QUEUE,
    title="Queues encrypt with a customer-managed key",
    peers=("cdk-nag SQS2", "Checkov CKV_AWS_27", "Checkov CKV2_AWS_73", "Trivy AWS-0096", "Trivy AWS-0135"),
)
TLS_ONLY = messaging.tls_only(
    "SQS",
    QUEUE,
    POLICY,
    named_by="queueUrl",
    title="Queues refuse requests without TLS",
    policy_fix='aws.sqs.QueuePolicy("...", queue_url=queue.url, policy=...)',
    peers=("cdk-nag SQS4",),
)
DEAD_LETTERS = Rule(
    id="SQS-DEAD-LETTERS",
    title="Queues send what cannot be processed to a dead-letter queue",
    severity=Severity.MEDIUM,
    why="A message that always fails is otherwise tried until it expires, and then lost.",
    peers=("cdk-nag SQS3",),
)


@DEAD_LETTERS.across(QUEUE)
def queue_has_dead_letters(queue: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the queue has a dead-letter queue, unless it is one."""
    if any(_redrives(holder) for holder in (queue, *stack.naming(queue, "queueUrl", REDRIVE))):
        return
    if not is_dead_letter_queue(queue, stack):
        yield Finding(
            "has no dead-letter queue",
            'redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": 5})',
        )


def is_dead_letter_queue(queue: Resource, stack: Stack) -> bool:
    """Say whether the queue takes what another queue, function, rule or schedule could not process."""
    if queue.is_in(DEAD_LETTER_COMPONENT) or queue.properties.is_set("redriveAllowPolicy"):
        return True
    return any(
        _names(other, name, queue) for type_, name in DEAD_LETTER_PROPERTIES.items() for other in stack.of_type(type_)
    )


def _redrives(holder: Resource) -> bool:
    text = holder.values.get("redrivePolicy")
    is_empty = isinstance(text, str) and "deadLetterTargetArn" not in text
    return holder.properties.is_set("redrivePolicy") and not is_empty


def _names(other: Resource, property_name: str, queue: Resource) -> bool:
    if queue.urn in other.dependencies.get(property_name, ()):
        return True
    value = other.values.get(property_name)
    if value is None:
        return False
    text = json.dumps(value, default=str).replace('\\"', '"')
    return any(f'"{identity}"' in text for identity in queue.identities())
