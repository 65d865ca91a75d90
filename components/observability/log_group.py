"""A log group that is encrypted and does not keep its logs for ever."""

from typing import Literal

import pulumi
import pulumi_aws as aws

from ..core import EncryptionKey

LogRetention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, "PutRetentionPolicy")."""


def log_group(
    name: str,
    *,
    key: EncryptionKey,
    retention_days: LogRetention,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
    path: pulumi.Input[str] | None = None,
) -> aws.cloudwatch.LogGroup:
    """Return a log group encrypted with the key; `path` is its name, where a service asks for one."""
    return aws.cloudwatch.LogGroup(
        name, name=path, kms_key_id=key.arn, retention_in_days=int(retention_days), tags=tags, opts=opts
    )
