"""An encrypted SNS topic that people are told things through."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.deployment import current
from ..core.iam import policy_document, tls_only

_ACCOUNT_ACTIONS = [
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:Subscribe",
]


class Topic(Component, domain="messaging"):
    """A topic for notifications: encrypted with the key, published to over TLS only, by this account only.

    Creates: the topic, its policy, and an e-mail subscription for each address (each must confirm the mail AWS sends).

    - `key`: encrypts the messages. `emails`: who is told; default nobody.
    - `publishers`: AWS services that publish in their own name, default CloudWatch alarms.

    Outputs: `arn`. Source: Amazon SNS Developer Guide, "Example cases for Amazon SNS access control".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        emails: Sequence[str] = (),
        publishers: Sequence[str] = ("cloudwatch.amazonaws.com",),
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._key = key
        self.resource = aws.sns.Topic(name, kms_master_key_id=key.arn, tags=self._tags(), opts=self._options())
        self.arn: pulumi.Output[str] = self.resource.arn
        account_id = current().account_id
        self.policy = aws.sns.TopicPolicy(
            self._child("policy"),
            arn=self.arn,
            policy=policy_document(
                [
                    tls_only([self.arn], ["sns:Publish"]),
                    Statement(
                        sid="Account",
                        principals={"AWS": [f"arn:{current().partition}:iam::{account_id}:root"]},
                        actions=_ACCOUNT_ACTIONS,
                        resources=[self.arn],
                    ),
                    *(
                        Statement(
                            principals={"Service": [publisher]},
                            actions=["sns:Publish"],
                            resources=[self.arn],
                            conditions={"StringEquals": {"aws:SourceAccount": account_id}},
                        )
                        for publisher in publishers
                    ),
                ]
            ),
            opts=self._options(),
        )
        for position, email in enumerate(emails):
            aws.sns.TopicSubscription(
                self._child(f"email-{position}"), topic=self.arn, protocol="email", endpoint=email, opts=self._options()
            )
        self.register_outputs({"arn": self.arn})

    def grant_publish(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee publish, and use the key to encrypt what it publishes."""
        return grantee.role.allow(
            f"publish-{self.name}",
            [Statement(actions=["sns:Publish"], resources=[self.arn]), self._key.use("sns", write=True)],
        )
