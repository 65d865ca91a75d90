"""What Glue's jobs and crawlers have in common: their encryption, their role, and what every one of them needs."""

from dataclasses import replace

import pulumi
import pulumi_aws as aws

from ..core import EncryptionKey, Role, Statement, Tags
from ..core.deployment import current


def glue_role(name: str, *, description: str, tags: Tags, opts: pulumi.ResourceOptions) -> Role:
    """Return a role that Glue assumes, without any permission."""
    return Role(name, service="glue.amazonaws.com", description=description, tags=tags, opts=opts)


def security_configuration(
    name: str, *, key: EncryptionKey, opts: pulumi.ResourceOptions
) -> aws.glue.SecurityConfiguration:
    """Return the settings that encrypt files, logs and bookmarks with the key."""
    return aws.glue.SecurityConfiguration(
        name,
        encryption_configuration=aws.glue.SecurityConfigurationEncryptionConfigurationArgs(
            s3_encryption=aws.glue.SecurityConfigurationEncryptionConfigurationS3EncryptionArgs(
                s3_encryption_mode="SSE-KMS", kms_key_arn=key.arn
            ),
            cloudwatch_encryption=aws.glue.SecurityConfigurationEncryptionConfigurationCloudwatchEncryptionArgs(
                cloudwatch_encryption_mode="SSE-KMS", kms_key_arn=key.arn
            ),
            job_bookmarks_encryption=aws.glue.SecurityConfigurationEncryptionConfigurationJobBookmarksEncryptionArgs(
                job_bookmarks_encryption_mode="CSE-KMS", kms_key_arn=key.arn
            ),
        ),
        opts=opts,
    )


def run_statements(log_groups: str) -> list[Statement]:
    """Return what a run takes: its settings, its metrics, and logs in the groups whose names begin so.

    GetSecurityConfiguration and PutMetricData are defined without a resource that could be named. Source: AWS Glue
    Developer Guide, "Setting up encryption in AWS Glue"; AWS managed policy AWSGlueServiceRole.
    """
    group = current().arn("logs", f"log-group:{log_groups}")
    return [
        Statement(actions=["glue:GetSecurityConfiguration"], resources=["*"]),
        Statement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": "Glue"}},
        ),
        Statement(
            actions=["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[f"{group}*", f"{group}*:log-stream:*"],
        ),
    ]


def catalog_key(key: EncryptionKey) -> Statement:
    """Return what changing an encrypted catalog takes: Encrypt too, which no other service of ours needs.

    Source: AWS Glue Developer Guide, "Setting up encryption in AWS Glue".
    """
    return replace(key.use("glue", write=True), actions=["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"])
