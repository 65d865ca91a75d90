"""SQS: queues are encrypted with our key, refuse plain HTTP, and lose no message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..iam import locations, tls
from ..iam.locations import Kind
from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

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
    aws("sns", "TopicSubscription"): "redrivePolicy",
    aws("scheduler", "Schedule"): "target",
}
FIX_TLS = (
    'aws.sqs.QueuePolicy("...", queue_url=queue.url, policy=...) with {"Effect": "Deny", "Principal": "*", '
    '"Action": "sqs:*", "Resource": queue_arn, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
)

CUSTOMER_KEY = Rule(
    id="SQS-CUSTOMER-KEY",
    title="Queues encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="Only a key of ours has a policy and a log of its own; and AWS services cannot deliver to AWS's own SQS key.",
    frameworks=("FSBP SQS.1", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=(
        "cdk-nag SQS2",
        "Checkov CKV_AWS_27",
        "Checkov CKV2_AWS_73",
        "Trivy AWS-0096",
        "Trivy AWS-0135",
    ),
)
TLS_ONLY = Rule(
    id="SQS-TLS-ONLY",
    title="Queues refuse requests without TLS",
    severity=Severity.HIGH,
    why="Without it, messages and signatures may cross the network in the clear.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("cdk-nag SQS4",),
)
DEAD_LETTERS = Rule(
    id="SQS-DEAD-LETTERS",
    title="Queues send what cannot be processed to a dead-letter queue",
    severity=Severity.MEDIUM,
    why="A message that always fails is otherwise tried until it expires, and then lost.",
    peers=("cdk-nag SQS3",),
)


@CUSTOMER_KEY.on(QUEUE)
def encrypts_with_our_key(queue: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no key, and AWS's own."""
    if not queue.properties.has_customer_key("kmsMasterKeyId"):
        yield Finding("does not encrypt with a customer-managed key", "kms_master_key_id=key.arn")


@TLS_ONLY.on(QUEUE, POLICY)
def policy_refuses_plain_http(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Check the policy itself, when it is known."""
    for document in locations.documents(resource, Kind.RESOURCE):
        problem = tls.weakness(document, "sqs")
        if problem and document.complete:
            yield Finding(f"has a policy that {problem}", FIX_TLS)


@TLS_ONLY.across(QUEUE)
def queue_has_policy(queue: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the queue has a policy; the other half says whether it is a good one."""
    if not queue.properties.is_set("policy") and not stack.naming(queue, "queueUrl", POLICY):
        yield Finding("has no policy, so it takes requests without TLS", FIX_TLS)


@DEAD_LETTERS.across(QUEUE)
def queue_has_dead_letters(queue: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the queue has a dead-letter queue, unless it is one."""
    if queue.properties.is_set("redrivePolicy") or stack.naming(queue, "queueUrl", REDRIVE):
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


def _names(other: Resource, property_name: str, queue: Resource) -> bool:
    if queue.urn in other.dependencies.get(property_name, ()):
        return True
    text = json.dumps(other.values.get(property_name), default=str)
    return any(f'"{identity}"' in text.replace('\\"', '"') for identity in queue.identities())
