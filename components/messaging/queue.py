"""An encrypted SQS queue whose undeliverable messages are kept."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.limits import QUEUE_NAME
from ..core.names import check_auto_name
from .dead_letters import DAY, KEY_REUSE, DeadLetterQueue, Sender, queue_policy, send_statements


class Queue(Component, domain="messaging"):
    """A standard queue with a dead-letter queue behind it; both encrypted with the key and refusing plain HTTP.

    Creates: the queue, its dead-letter queue, their policies, and who may redrive into which.

    - `key`: encrypts the messages.
    - `senders`: services that may send (and leave what they cannot deliver in the dead-letter queue), each for one
      resource of this account; roles are granted with `grant_send`.
    - `visibility_timeout`: seconds a received message stays hidden, 0 to 43,200; default 30.
    - `max_receives`: deliveries before a message goes to the dead-letter queue, default 5.
    - `retention_days`: 1 to 14, default 4; the dead-letter queue always keeps 14 days.

    Outputs: `arn`, `url`; attributes `dead_letters`, `visibility_timeout`. Source: Amazon SQS Developer Guide, "Using
    dead-letter queues", "Key management".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        senders: Sequence[Sender] = (),
        visibility_timeout: int = 30,
        max_receives: int = 5,
        retention_days: int = 4,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._key = key
        self.visibility_timeout = visibility_timeout
        self.dead_letters = DeadLetterQueue(
            self._child("dead-letters"), key=key, senders=senders, tags=self.tags, opts=self._options()
        )
        self.resource = aws.sqs.Queue(
            check_auto_name(name, QUEUE_NAME, "queue"),
            kms_master_key_id=key.arn,
            kms_data_key_reuse_period_seconds=KEY_REUSE,
            message_retention_seconds=retention_days * DAY,
            visibility_timeout_seconds=visibility_timeout,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead_letters.arn, "maxReceiveCount": max_receives}
            ),
            tags=self._tags(),
            opts=self._options(),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.url: pulumi.Output[str] = self.resource.url
        self.policy = aws.sqs.QueuePolicy(
            self._child("policy"), queue_url=self.url, policy=queue_policy(self.arn, senders), opts=self._options()
        )
        aws.sqs.RedriveAllowPolicy(
            self._child("redrive"),
            queue_url=self.dead_letters.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [self.arn]}
            ),
            opts=self._options(),
        )
        self.register_outputs({"arn": self.arn, "url": self.url})

    def grant_send(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee send messages, and use the key to encrypt them."""
        return grantee.role.allow(f"send-{self.name}", send_statements(self.arn, self._key))

    def grant_receive(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee receive and delete messages, as a Lambda event source mapping does in its function's name.

        A function may say, too, when a message that failed comes again.
        """
        return grantee.role.allow(
            f"receive-{self.name}",
            [
                Statement(
                    actions=[
                        "sqs:ReceiveMessage",
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes",
                        "sqs:ChangeMessageVisibility",
                    ],
                    resources=[self.arn],
                ),
                self._key.use("sqs"),
            ],
        )
