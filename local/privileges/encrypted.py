"""What in the emulated account is encrypted with a key of the customer's."""

from collections.abc import Callable
from typing import Any

from ..aws import Clients


def read_keys(clients: Clients) -> tuple[dict[str, str], frozenset[str]]:
    """Return the KMS key by the ARN of what it encrypts, and the ARNs of the buckets with a bucket key."""
    keys: dict[str, str] = {}
    bucket_keys = _read_buckets(clients, keys)
    for read in (_read_tables, _read_queues, _read_topics, _read_streams, _read_secrets, _read_catalog, _read_machines):
        read(clients, keys)
    return keys, frozenset(bucket_keys)


def _read_buckets(clients: Clients, keys: dict[str, str]) -> list[str]:
    """Note each bucket's key; returns the ARNs of those with a bucket key."""
    s3 = clients("s3")
    with_bucket_key = []
    for bucket in s3.list_buckets()["Buckets"]:
        rules = _or_none(lambda: s3.get_bucket_encryption(Bucket=bucket["Name"]))  # noqa: B023 - called at once
        for rule in (rules or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
            key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
            if key:
                arn = f"arn:aws:s3:::{bucket['Name']}"
                keys[arn] = key
                with_bucket_key += [arn] if rule.get("BucketKeyEnabled") else []
    return with_bucket_key


def _read_tables(clients: Clients, keys: dict[str, str]) -> None:
    client = clients("dynamodb")
    for name in client.get_paginator("list_tables").paginate().search("TableNames[]"):
        table = client.describe_table(TableName=name)["Table"]
        if key := table.get("SSEDescription", {}).get("KMSMasterKeyArn"):
            keys[table["TableArn"]] = key


def _read_queues(clients: Clients, keys: dict[str, str]) -> None:
    client = clients("sqs")
    for url in client.list_queues().get("QueueUrls", []):
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        if key := attributes.get("KmsMasterKeyId"):
            keys[attributes["QueueArn"]] = key


def _read_topics(clients: Clients, keys: dict[str, str]) -> None:
    client = clients("sns")
    for topic in client.get_paginator("list_topics").paginate().search("Topics[].TopicArn"):
        if key := client.get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId"):
            keys[str(topic)] = key


def _read_streams(clients: Clients, keys: dict[str, str]) -> None:
    client = clients("kinesis")
    for name in client.list_streams().get("StreamNames", []):
        stream = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        if key := stream.get("KeyId"):
            keys[stream["StreamARN"]] = key


def _read_secrets(clients: Clients, keys: dict[str, str]) -> None:
    client = clients("secretsmanager")
    for arn in client.get_paginator("list_secrets").paginate().search("SecretList[].ARN"):
        if arn and (key := client.describe_secret(SecretId=arn).get("KmsKeyId")):
            keys[arn] = key


def _read_catalog(clients: Clients, keys: dict[str, str]) -> None:
    settings = clients("glue").get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]
    if key := settings.get("EncryptionAtRest", {}).get("SseAwsKmsKeyId"):
        account = clients("sts").get_caller_identity()["Account"]
        keys[f"arn:aws:glue:{clients.region}:{account}:catalog"] = key


def _read_machines(clients: Clients, keys: dict[str, str]) -> None:
    client = clients("stepfunctions")
    for arn in client.get_paginator("list_state_machines").paginate().search("stateMachines[].stateMachineArn"):
        if arn and (
            key := client.describe_state_machine(stateMachineArn=arn).get("encryptionConfiguration", {}).get("kmsKeyId")
        ):
            keys[arn] = key


def _or_none(read: Callable[[], Any]) -> Any:
    """Return what is read, or nothing where AWS answers that there is none."""
    from botocore.exceptions import ClientError

    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"].endswith(("NotFound", "NotFoundError")):
            return None
        raise
