"""What starts a function: objects in a bucket, a queue."""

from typing import Protocol

import pulumi
import pulumi_aws as aws

from ..core import EncryptionKey, Role, Tags
from ..core.limits import VISIBILITY_TIMEOUT_FACTOR
from ..events import event_rule, queue_target
from ..messaging import Queue, Sender
from ..storage import Bucket

_BATCH_WITHOUT_WINDOW = 10


class Polling(Protocol):
    """What an event source must know of the function that it starts."""

    name: str
    arn: pulumi.Output[str]
    key: EncryptionKey
    timeout: int
    role: Role
    tags: Tags


def from_queue(
    function: Polling,
    name: str,
    queue: Queue,
    *,
    batch_size: int,
    batching_seconds: int,
    max_concurrency: int,
    opts: pulumi.ResourceOptions,
) -> aws.lambda_.EventSourceMapping:
    """Poll the queue, from when the function has all that it was granted; a batch's failed messages alone come again.

    Raises ValueError for what Lambda refuses (Lambda Developer Guide, "Creating and configuring an Amazon SQS event
    source mapping").
    """
    if queue.visibility_timeout < function.timeout:
        raise ValueError(
            f"function {function.name} may run {function.timeout} s, longer than queue {queue.name} hides a message "
            f"({queue.visibility_timeout} s), which Lambda refuses: give the queue "
            f"visibility_timeout={function.timeout * VISIBILITY_TIMEOUT_FACTOR + batching_seconds}"
        )
    if batch_size > _BATCH_WITHOUT_WINDOW and not batching_seconds:
        raise ValueError(
            f"function {function.name}: a batch of {batch_size} messages of queue {queue.name} needs "
            f"batching_seconds=1 or more; without, a batch has at most {_BATCH_WITHOUT_WINDOW}"
        )
    queue.grant_receive(function)
    return aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=queue.arn,
        function_name=function.arn,
        batch_size=batch_size,
        maximum_batching_window_in_seconds=batching_seconds,
        function_response_types=["ReportBatchItemFailures"],
        # The mapping's own limit, rather than reserved concurrency: throttled messages would count as received.
        scaling_config=aws.lambda_.EventSourceMappingScalingConfigArgs(maximum_concurrency=max_concurrency),
        tags=function.tags.of(function.name),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=function.role.granted)),
    )


def objects_queue(
    function: Polling, name: str, bucket: Bucket, prefix: str, *, max_receives: int, opts: pulumi.ResourceOptions
) -> Queue:
    """Return a queue that gets an event for each object created or deleted in the bucket under the prefix."""
    if bucket.notification is None:
        raise ValueError(
            f"function {function.name}: bucket {bucket.name} tells nobody of its objects: give it events=True"
        )
    detail = {"bucket": {"name": [bucket.bucket_name]}, "object": {"key": [{"prefix": prefix}]} if prefix else None}
    rule = event_rule(
        f"{name}-rule",
        description=f"Objects of {bucket.name} under {prefix or '/'} for {function.name}",
        pattern={
            "source": ["aws.s3"],
            "detail-type": ["Object Created", "Object Deleted"],
            "detail": {key: value for key, value in detail.items() if value},
        },
        tags=function.tags.of(function.name),
        opts=opts,
    )
    queue = Queue(
        f"{name}-queue",
        key=function.key,
        senders=[Sender("events.amazonaws.com", rule.arn)],
        visibility_timeout=function.timeout * VISIBILITY_TIMEOUT_FACTOR,
        max_receives=max_receives,
        tags=function.tags,
        opts=opts,
    )
    queue_target(f"{name}-target", rule, queue, opts=opts)
    return queue
