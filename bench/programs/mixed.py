"""A program of 1,000 resources as plain pulumi-aws programs have them: fifty applications of twenty resources."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

APPLICATIONS = 50
TAGS = {
    "project": "shop",
    "stack": "prod",
    "component": "orders",
    "owner": "sellers",
    "data-classification": "internal",
}
ACCOUNT = pulumi.Config("aws").require_object("allowedAccountIds")[0]


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def tls_only(service: str, *arns: pulumi.Input[str]) -> dict[str, Any]:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Sid": "DenyPlainHttp", "Effect": "Deny", "Principal": "*", "Action": f"{service}:*"}
    return {**deny, "Resource": list(arns), "Condition": condition}


def application(name: str) -> None:
    key = aws.kms.Key(
        name,
        description=f"The data of {name}",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=json.dumps(
            document(
                {
                    "Sid": "Account",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            )
        ),
        tags=TAGS,
    )
    aws.kms.Alias(name, name=f"alias/{name}", target_key_id=key.id)
    bucket = storage(name, key)
    queue = messages(name, key)
    table = aws.dynamodb.Table(
        name,
        hash_key="pk",
        range_key="sk",
        billing_mode="PAY_PER_REQUEST",
        attributes=[{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
        point_in_time_recovery={"enabled": True},
        deletion_protection_enabled=True,
        tags=TAGS,
    )
    worker(name, key, bucket, queue, table)


def storage(name: str, key: aws.kms.Key) -> aws.s3.Bucket:
    bucket = aws.s3.Bucket(name, tags=TAGS)
    aws.s3.BucketVersioning(name, bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
                "bucket_key_enabled": True,
            }
        ],
    )
    aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=bucket.id,
        rules=[
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": 400},
                "noncurrent_version_expiration": {"noncurrent_days": 30},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
    )
    aws.s3.BucketLogging(name, bucket=bucket.id, target_bucket="access-logs", target_prefix=f"{name}/")
    policy = pulumi.Output.json_dumps(document(tls_only("s3", bucket.arn, pulumi.Output.concat(bucket.arn, "/*"))))
    aws.s3.BucketPolicy(name, bucket=bucket.id, policy=policy)
    return bucket


def messages(name: str, key: aws.kms.Key) -> aws.sqs.Queue:
    def queue(queue_name: str, **arguments: Any) -> aws.sqs.Queue:
        arn = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:{queue_name}"
        return aws.sqs.Queue(
            queue_name,
            name=queue_name,
            kms_master_key_id=key.id,
            policy=json.dumps(document(tls_only("sqs", arn))),
            tags=TAGS,
            **arguments,
        )

    dead = queue(f"{name}-dead", message_retention_seconds=1_209_600)
    redrive = pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5})
    return queue(name, visibility_timeout_seconds=360, redrive_policy=redrive)


def worker(name: str, key: aws.kms.Key, bucket: aws.s3.Bucket, queue: aws.sqs.Queue, table: aws.dynamodb.Table) -> None:
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = aws.iam.Role(name, assume_role_policy=json.dumps(document(trust)), tags=TAGS)
    logs = aws.cloudwatch.LogGroup(
        name, name=f"/aws/lambda/{name}", retention_in_days=365, kms_key_id=key.arn, tags=TAGS
    )
    topic = aws.sns.Topic(name, kms_master_key_id=key.id, tags=TAGS)
    plain = {**tls_only("sns", topic.arn), "Action": "sns:Publish"}
    aws.sns.TopicPolicy(name, arn=topic.arn, policy=pulumi.Output.json_dumps(document(plain)))
    grants = [
        (["s3:GetObject", "s3:PutObject"], pulumi.Output.concat(bucket.arn, "/incoming/*")),
        (["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], table.arn),
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.arn),
        (["kms:Decrypt", "kms:GenerateDataKey"], key.arn),
        (["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.Output.concat(logs.arn, ":*")),
        (["sns:Publish"], topic.arn),
    ]
    allowed: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": actions, "Resource": resource} for actions, resource in grants
    ]
    aws.iam.RolePolicy(name, role=role.id, policy=pulumi.Output.json_dumps(document(*allowed)))
    function = aws.lambda_.Function(
        name,
        name=name,
        role=role.arn,
        runtime="python3.13",
        handler="app.handler",
        s3_bucket="artifacts",
        s3_key=f"{name}.zip",
        s3_object_version="1",
        memory_size=512,
        timeout=60,
        architectures=["arm64"],
        environment={"variables": {"TABLE": table.name, "TOPIC": topic.arn, "LOG_LEVEL": "INFO"}},
        kms_key_arn=key.arn,
        tracing_config={"mode": "Active"},
        reserved_concurrent_executions=5,
        dead_letter_config={"target_arn": topic.arn},
        tags=TAGS,
    )
    aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=queue.arn,
        function_name=function.arn,
        batch_size=10,
        function_response_types=["ReportBatchItemFailures"],
        tags=TAGS,
    )
    aws.cloudwatch.MetricAlarm(
        name,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        metric_name="Errors",
        namespace="AWS/Lambda",
        period=300,
        statistic="Sum",
        threshold=0,
        dimensions={"FunctionName": function.name},
        alarm_actions=[topic.arn],
        tags=TAGS,
    )


for number in range(APPLICATIONS):
    application(f"orders-{number}")
