"""The platform's customer-managed key."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import pulumi
import pulumi_aws as aws

from .component import Component, destroyable
from .deployment import Deployment, current
from .iam import Conditions, Statement, policy_document
from .names import stack_name
from .tags import Tags

KeyService = Literal["logs", "log-delivery", "events", "cloudwatch", "cloudfront", "sns", "image-caches"]
"""AWS services that use the key in their own name, so that the key's policy must name them."""

Context = Mapping[str, pulumi.Input[str] | Sequence[pulumi.Input[str]]]
"""Encryption contexts by their key, each an ARN or several, with wildcards."""


class EncryptionKey(Component, domain="core"):
    """One customer-managed KMS key that encrypts everything a platform stores.

    Creates: a symmetric key with yearly rotation, its alias and its policy; or nothing, when `arn` brings a key.

    - `services`: AWS services that use the key in their own name; default all of them: CloudWatch Logs (log groups of
      this account, and the delivery of state machines' encrypted logs to them), EventBridge (to encrypted queues and
      topics, and for buses and archives of this account), CloudWatch alarms (to encrypted topics), CloudFront (objects
      of buckets that let a distribution of this account read them), SNS (to encrypted queues) and ECR's pull-through
      caches (the secrets with their credentials).
    - `deletion_window_days`: 7 to 30, default 30. `rotation_days`: 90 to 2560, default 365.
    - `removable`: may be destroyed, when the stack's `allowDestroy` agrees; default no.
    - `arn`: an existing key's ARN, instead of all of the above. Its own policy must then allow those services.

    Outputs: `arn`; attribute `goes_with_the_stack`. Source: AWS KMS Developer Guide, "Key policies"; CloudWatch Logs
    User Guide, "Encrypt log data"; AWS Step Functions Developer Guide, "Data at rest encryption"; Amazon SQS Developer
    Guide and Amazon SNS Developer Guide, "Key management"; Amazon EventBridge User Guide, "Encrypting EventBridge event
    buses", "Encrypting EventBridge archives".
    """

    def __init__(
        self,
        name: str,
        *,
        services: Sequence[KeyService] = get_args(KeyService),
        deletion_window_days: int = 30,
        rotation_days: int = 365,
        removable: bool = False,
        arn: pulumi.Input[str] | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._deployment = current()
        self.key: aws.kms.Key | None = None
        self.goes_with_the_stack = arn is None and destroyable(removable)
        if arn is not None:
            self.arn: pulumi.Output[str] = pulumi.Output.from_input(arn)
        else:
            self.key = aws.kms.Key(
                name,
                description=f"Encrypts what {pulumi.get_project()} stores in stack {pulumi.get_stack()}",
                enable_key_rotation=True,
                rotation_period_in_days=rotation_days,
                deletion_window_in_days=deletion_window_days,
                policy=policy_document(_key_policy(self._deployment, services)),
                tags=self._tags(),
                opts=self._options(protect=not self.goes_with_the_stack),
            )
            aws.kms.Alias(
                self._child("alias"),
                name=_alias(pulumi.get_project(), stack_name(), name),
                target_key_id=self.key.key_id,
                opts=self._options(),
            )
            self.arn = self.key.arn
        self.register_outputs({"arn": self.arn})

    def use(
        self,
        service: str,
        *,
        read: bool = True,
        write: bool = False,
        context: Context | None = None,
    ) -> Statement:
        """Return the statement that lets a role use the key through one AWS service and in no other way.

        `service` as in `kms:ViaService` ("s3", "sqs", "dynamodb"); `read` is decrypting, `write` the data keys that
        writing takes; `context` narrows to encryption contexts, for example `{"aws:s3:arn": bucket_arn}`.
        """
        through = {"StringEquals": {"kms:ViaService": self._deployment.endpoint(service)}}
        return Statement(
            actions=[*(["kms:Decrypt"] if read else []), *(["kms:GenerateDataKey"] if write else [])],
            resources=[self.arn],
            conditions={**through, **(_context(context) if context else {})},
        )

    def decrypt(self, context: Context) -> Statement:
        """Return the statement that lets a role decrypt, in the encryption context of one thing alone.

        For services that call KMS with the role's own credentials: such a call comes through no service.
        """
        return Statement(actions=["kms:Decrypt"], resources=[self.arn], conditions=_context(context))

    def data_keys(self, context: Context, *, read: bool = True) -> Statement:
        """Return the statement that lets a role make data keys, and read with them, in one encryption context alone.

        For services that call KMS with the role's own credentials, as Step Functions does.
        """
        actions = [*(["kms:Decrypt"] if read else []), "kms:GenerateDataKey"]
        return Statement(actions=actions, resources=[self.arn], conditions=_context(context))


def _alias(*parts: str) -> str:
    """Return an alias in the characters KMS accepts; a project's or stack's name may hold periods."""
    return "alias/" + re.sub(r"[^a-zA-Z0-9/_-]", "-", "-".join(parts))


def _context(context: Context) -> Conditions:
    return {"ArnLike": {f"kms:EncryptionContext:{key}": value for key, value in context.items()}}


def _key_policy(deployment: Deployment, services: Sequence[KeyService]) -> list[Statement]:
    """Delegate to the account's IAM policies, and allow each service within this account.

    Never role ARNs: KMS refuses principals that do not exist yet, and they would make cycles with the roles' grants.
    EventBridge is bound by the encryption context that SQS and SNS send: aws:SourceAccount and aws:SourceArn are "not
    supported for EventBridge-to-encrypted topics" (Amazon SNS Developer Guide, "Key management"), whose events vanish.
    Buses and archives share one context, the bus; a call for an archive names no bus as its source, and one that looks
    at the key has no context, so that statement is as the guide has it. CloudFront says for which distribution it asks:
    here any of this account, as one ARN would make a cycle of key, bucket and distribution; which of them reads a
    bucket, the bucket's policy says (Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin").
    """
    root = f"arn:{deployment.partition}:iam::{deployment.account_id}:root"
    account = {"StringEquals": {"aws:SourceAccount": deployment.account_id}}
    data_keys = ["kms:Decrypt", "kms:GenerateDataKey*"]

    def service(sid: str, principal: str, conditions: Conditions, actions: Sequence[str] = data_keys) -> Statement:
        return Statement(
            sid=sid, principals={"Service": [principal]}, actions=actions, resources=["*"], conditions=conditions
        )

    by_service: dict[KeyService, list[Statement]] = {
        "logs": [
            service(
                "CloudWatchLogs",
                deployment.endpoint("logs"),
                _context({"aws:logs:arn": deployment.arn("logs", "log-group:*")}),
                ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            )
        ],
        "log-delivery": [
            service(
                "LogDelivery",
                "delivery.logs.amazonaws.com",
                _context({"SourceArn": deployment.arn("logs", "*")}),
                ["kms:Decrypt*"],
            )
        ],
        "events": [
            service("EventsToQueues", "events.amazonaws.com", _context({"aws:sqs:arn": deployment.arn("sqs", "*")})),
            service(
                "EventsToTopics", "events.amazonaws.com", _context({"aws:sns:topicArn": deployment.arn("sns", "*")})
            ),
            service(
                "EventBuses",
                "events.amazonaws.com",
                _context({"aws:events:event-bus:arn": deployment.arn("events", "event-bus/*")}),
                ["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt*"],
            ),
            service("EventBusKeys", "events.amazonaws.com", {}, ["kms:DescribeKey"]),
        ],
        "cloudwatch": [service("CloudWatchAlarms", "cloudwatch.amazonaws.com", account)],
        "cloudfront": [
            service(
                "CloudFrontOrigins",
                "cloudfront.amazonaws.com",
                {"ArnLike": {"aws:SourceArn": _distributions(deployment)}},
                ["kms:Decrypt"],
            )
        ],
        "sns": [service("SnsDeliveries", "sns.amazonaws.com", account)],
        "image-caches": [_image_caches(deployment)],
    }
    delegation = Statement(sid="AccountIam", principals={"AWS": [root]}, actions=["kms:*"], resources=["*"])
    return [delegation, *(statement for name in dict.fromkeys(services) for statement in by_service[name])]


def _distributions(deployment: Deployment) -> str:
    return f"arn:{deployment.partition}:cloudfront::{deployment.account_id}:distribution/*"


def _image_caches(deployment: Deployment) -> Statement:
    """Let ECR read the credentials of pull-through caches, and no other secret.

    Its service-linked role has no permission on keys (AWS managed policy AWSECRPullThroughCache_ServiceRolePolicy). A
    condition names it: a role that does not exist yet, as this one before the first cache, cannot be a principal.
    """
    role = "role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache"
    return Statement(
        sid="ImageCaches",
        principals={"AWS": ["*"]},
        actions=["kms:Decrypt"],
        resources=["*"],
        conditions={
            "StringEquals": {
                "aws:PrincipalArn": f"arn:{deployment.partition}:iam::{deployment.account_id}:{role}",
                "kms:ViaService": deployment.endpoint("secretsmanager"),
            },
            **_context({"SecretARN": deployment.arn("secretsmanager", "secret:ecr-pullthroughcache/*")}),
        },
    )
