"""The queue that keeps what could not be delivered or processed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.deployment import current
from ..core.iam import policy_document, tls_only
from ..core.limits import QUEUE_NAME
from ..core.names import check_auto_name

DAY = 86_400
KEY_REUSE = 300
"""Seconds SQS uses one data key for (Amazon SQS Developer Guide, "Understanding the data key reuse period")."""


@dataclass(frozen=True)
class Sender:
    """An AWS service that sends to a queue in its own name, and the resource it does so for."""

    service: str
    source_arn: pulumi.Input[str]


class DeadLetterQueue(Component, domain="messaging"):
    """A queue that keeps what others could not deliver for 14 days, encrypted with the key, over TLS only.

    Creates: the queue and its policy.

    - `key`: encrypts the messages.
    - `senders`: services that may send, each for one resource of this account; roles are granted with `grant_send`.

    Outputs: `arn`, `url`. Source: Amazon SQS Developer Guide, "Using dead-letter queues".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        senders: Sequence[Sender] = (),
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._key = key
        self.resource = aws.sqs.Queue(
            check_auto_name(name, QUEUE_NAME, "queue"),
            kms_master_key_id=key.arn,
            kms_data_key_reuse_period_seconds=KEY_REUSE,
            message_retention_seconds=14 * DAY,
            tags=self._tags(),
            opts=self._options(),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.url: pulumi.Output[str] = self.resource.url
        self.policy = aws.sqs.QueuePolicy(
            self._child("policy"), queue_url=self.url, policy=queue_policy(self.arn, senders), opts=self._options()
        )
        self.register_outputs({"arn": self.arn, "url": self.url})

    def grant_send(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee send messages, and use the key to encrypt them."""
        return grantee.role.allow(f"send-{self.name}", send_statements(self.arn, self._key))


def queue_policy(queue_arn: pulumi.Output[str], senders: Sequence[Sender]) -> pulumi.Output[str]:
    """Return the policy of a queue: nothing over plain HTTP, and each sender for its own resource."""
    return policy_document([tls_only([queue_arn], ["sqs:*"]), *(_may_send(sender, queue_arn) for sender in senders)])


def send_statements(queue_arn: pulumi.Output[str], key: EncryptionKey) -> list[Statement]:
    """Return what a role needs to send to an encrypted queue."""
    return [Statement(actions=["sqs:SendMessage"], resources=[queue_arn]), key.use("sqs", write=True)]


def _may_send(sender: Sender, queue_arn: pulumi.Input[str]) -> Statement:
    """Bind the service to its resource, whose ARN names the account.

    A bucket's names none, so for S3 the account is said too; the guides of EventBridge ("Using dead-letter queues") and
    SNS ask for `aws:SourceArn` alone.
    """
    conditions: dict[str, dict[str, pulumi.Input[str]]] = {"ArnEquals": {"aws:SourceArn": sender.source_arn}}
    if sender.service == "s3.amazonaws.com":
        conditions["StringEquals"] = {"aws:SourceAccount": current().account_id}
    return Statement(
        principals={"Service": [sender.service]},
        actions=["sqs:SendMessage"],
        resources=[queue_arn],
        conditions=conditions,
    )
