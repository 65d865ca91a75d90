"""The bucket policies of the lake."""

from collections.abc import Sequence

import pulumi

from ..core import Statement
from ..core.deployment import current
from ..core.iam import policy_document, tls_only

_EVERYONE = {"*": ["*"]}


def data_bucket_policy(
    bucket_arn: pulumi.Output[str], key_arn: pulumi.Output[str], readers: Sequence[Statement] = ()
) -> pulumi.Output[str]:
    """Refuse requests without TLS 1.2 or later, and objects encrypted with anything but the platform's key."""
    objects = pulumi.Output.concat(bucket_arn, "/*")
    return policy_document([*_transport(bucket_arn, objects), *_only_key(objects, key_arn), *readers])


def access_log_bucket_policy(bucket_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    """Let AWS deliver this account's access logs, and nobody write anything over plain HTTP.

    S3 delivers those of buckets; CloudWatch Logs those of distributions, which it calls a delivery's source (Amazon
    CloudWatch Logs User Guide, "Logs sent to Amazon S3").
    """
    objects = pulumi.Output.concat(bucket_arn, "/*")
    deployment = current()
    delivery = Statement(
        sid="S3LogDelivery",
        principals={"Service": ["logging.s3.amazonaws.com"]},
        actions=["s3:PutObject"],
        resources=[objects],
        conditions={
            "StringEquals": {"aws:SourceAccount": deployment.account_id},
            "ArnLike": {"aws:SourceArn": f"arn:{deployment.partition}:s3:::*"},
        },
    )
    vended = Statement(
        sid="LogDelivery",
        principals={"Service": ["delivery.logs.amazonaws.com"]},
        actions=["s3:PutObject"],
        resources=[pulumi.Output.concat(bucket_arn, f"/AWSLogs/{deployment.account_id}/*")],
        conditions={
            "StringEquals": {
                "aws:SourceAccount": deployment.account_id,
                "s3:x-amz-acl": "bucket-owner-full-control",
            },
            "ArnLike": {
                "aws:SourceArn": f"arn:{deployment.partition}:logs:*:{deployment.account_id}:delivery-source:*"
            },
        },
    )
    return policy_document([*_transport(bucket_arn, objects), delivery, vended])


def _transport(bucket_arn: pulumi.Output[str], objects: pulumi.Output[str]) -> list[Statement]:
    old_tls = Statement(
        sid="DenyOldTls",
        effect="Deny",
        principals=_EVERYONE,
        actions=["s3:*"],
        resources=[bucket_arn, objects],
        conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    )
    return [tls_only([bucket_arn, objects], ["s3:*"]), old_tls]


def _only_key(objects: pulumi.Output[str], key_arn: pulumi.Output[str]) -> list[Statement]:
    """Refuse a request that asks for another encryption or key; one that asks for none gets the bucket's default.

    The Null condition is what lets the latter pass: a negated operator alone also matches where the key is absent
    (IAM User Guide, "Condition operators").
    """
    algorithm, key_id = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    wanted: list[tuple[str, str, pulumi.Input[str]]] = [
        ("DenyOtherEncryption", algorithm, "aws:kms"),
        ("DenyOtherKey", key_id, key_arn),
    ]
    return [
        Statement(
            sid=sid,
            effect="Deny",
            principals=_EVERYONE,
            actions=["s3:PutObject"],
            resources=[objects],
            conditions={"Null": {header: "false"}, "StringNotEquals": {header: value}},
        )
        for sid, header, value in wanted
    ]
