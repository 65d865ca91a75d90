"""What in the emulated account is encrypted with a key of the customer's."""

from collections.abc import Callable, Iterator
from typing import Any

from ..aws import Clients

Encrypted = Iterator[tuple[str, str]]
"""ARNs of what is encrypted, each with that of its key."""


def read_keys(clients: Clients, account: str) -> tuple[dict[str, str], frozenset[str]]:
    """Return the KMS key by the ARN of what it encrypts but machines, and the ARNs of the buckets with a bucket key."""
    rules = dict(_bucket_rules(clients))
    keys = {arn: rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] for arn, rule in rules.items()}
    for encrypted in (_tables, _queues, _topics, _streams, _secrets):
        keys |= dict(encrypted(clients))
    keys |= dict(_catalog(clients, account))
    return keys, frozenset(arn for arn, rule in rules.items() if rule.get("BucketKeyEnabled"))


def _bucket_rules(clients: Clients) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the ARNs of buckets with a key, each with its rule."""
    s3 = clients("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        found = _or_none(lambda: s3.get_bucket_encryption(Bucket=bucket["Name"]))  # noqa: B023 - called at once
        for rule in (found or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
            if rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID"):
                yield f"arn:aws:s3:::{bucket['Name']}", rule


def _tables(clients: Clients) -> Encrypted:
    client = clients("dynamodb")
    for name in client.get_paginator("list_tables").paginate().search("TableNames[]"):
        table = client.describe_table(TableName=name)["Table"]
        if key := table.get("SSEDescription", {}).get("KMSMasterKeyArn"):
            yield table["TableArn"], key


def _queues(clients: Clients) -> Encrypted:
    client = clients("sqs")
    for url in client.list_queues().get("QueueUrls", []):
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        if key := attributes.get("KmsMasterKeyId"):
            yield attributes["QueueArn"], key


def _topics(clients: Clients) -> Encrypted:
    client = clients("sns")
    for topic in client.get_paginator("list_topics").paginate().search("Topics[].TopicArn"):
        if key := client.get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId"):
            yield topic, key


def _streams(clients: Clients) -> Encrypted:
    client = clients("kinesis")
    for name in client.list_streams().get("StreamNames", []):
        stream = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        if key := stream.get("KeyId"):
            yield stream["StreamARN"], key


def _secrets(clients: Clients) -> Encrypted:
    client = clients("secretsmanager")
    for arn in client.get_paginator("list_secrets").paginate().search("SecretList[].ARN"):
        if arn and (key := client.describe_secret(SecretId=arn).get("KmsKeyId")):
            yield arn, key


def _catalog(clients: Clients, account: str) -> Encrypted:
    settings = clients("glue").get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]
    if key := settings.get("EncryptionAtRest", {}).get("SseAwsKmsKeyId"):
        yield f"arn:aws:glue:{clients.region}:{account}:catalog", key


def _or_none(read: Callable[[], Any]) -> Any:
    """Return what is read, or nothing where AWS answers that there is none."""
    from botocore.exceptions import ClientError

    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"].endswith(("NotFound", "NotFoundError")):
            return None
        raise
