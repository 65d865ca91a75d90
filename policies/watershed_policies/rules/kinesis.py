"""Kinesis streams and Firehose: encrypted with our key, kept over an outage, and nothing secret in the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import is_on, number
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

STREAM = aws("kinesis", "Stream")
VIDEO_STREAM = aws("kinesis", "VideoStream")
FIREHOSE = aws("kinesis", "FirehoseDeliveryStream")
DAY = 24
WEEK = 7 * DAY

DESTINATIONS = (
    *("extendedS3Configuration", "redshiftConfiguration", "elasticsearchConfiguration", "opensearchConfiguration"),
    *("opensearchserverlessConfiguration", "splunkConfiguration", "httpEndpointConfiguration"),
    *("snowflakeConfiguration", "icebergConfiguration"),
)
# Where a destination takes a secret as a plain value; each has `secretsManagerConfiguration` beside it.
SECRETS = {
    "redshiftConfiguration": ("password",),
    "splunkConfiguration": ("hecToken",),
    "httpEndpointConfiguration": ("accessKey",),
    "snowflakeConfiguration": ("privateKey", "keyPassphrase"),
}
ADDRESSES = {"httpEndpointConfiguration": "url", "splunkConfiguration": "hecEndpoint"}

CUSTOMER_KEY = Rule(
    id="KINESIS-CUSTOMER-KEY",
    title="Streams encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="Only a key of ours has a policy and a log of its own, and can be taken away.",
    frameworks=("FSBP Kinesis.1", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=(
        "cdk-nag KDS1",
        "Checkov CKV_AWS_43",
        "Checkov CKV_AWS_177",
        "Checkov CKV_AWS_185",
        "Trivy AWS-0064",
    ),
)
RETENTION = Rule(
    id="KINESIS-RETENTION",
    title="Streams keep records for more than a day",
    severity=Severity.MEDIUM,
    why="A consumer that fails in the evening is mended the next day; Kinesis' default of 24 hours is gone by then.",
    frameworks=("FSBP Kinesis.3", "NIST 800-53 CP-9"),
)
RETENTION_WEEK = Rule(
    id="KINESIS-RETENTION-WEEK",
    title="Streams keep records for a week",
    severity=Severity.LOW,
    why="An error that is noticed after a long weekend can still be mended by reading the stream again.",
    frameworks=("FSBP Kinesis.3",),
    profile=Profile.STRICT,
)
FIREHOSE_KEY = Rule(
    id="FIREHOSE-CUSTOMER-KEY",
    title="Delivery streams encrypt with a customer-managed key",
    severity=Severity.HIGH,
    why="What waits for its delivery is stored. Streams that read from Kinesis or Kafka are encrypted there.",
    frameworks=("FSBP DataFirehose.1", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("cdk-nag KDF1", "Checkov CKV_AWS_240", "Checkov CKV_AWS_241"),
)
FIREHOSE_SECRET = Rule(
    id="FIREHOSE-SECRET",
    title="Secrets of destinations are in Secrets Manager",
    severity=Severity.HIGH,
    why="A password or token in the program is in its repository and in the state of every tool that deploys it.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
FIREHOSE_TLS = Rule(
    id="FIREHOSE-TLS",
    title="Delivery streams deliver over TLS",
    severity=Severity.HIGH,
    why="By plain HTTP anyone on the way reads the records.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
FIREHOSE_ERRORS = Rule(
    id="FIREHOSE-ERROR-LOGS",
    title="Delivery streams log what they could not deliver",
    severity=Severity.LOW,
    why="Firehose says why a delivery failed in this log only.",
    frameworks=("NIST 800-53 AU-2",),
    profile=Profile.STRICT,
)
FIREHOSE_DESTINATION_KEY = Rule(
    id="FIREHOSE-DESTINATION-KEY",
    title="Delivery streams name the key of what they write",
    severity=Severity.LOW,
    why="Without one, objects get whatever encryption the bucket has by default.",
    frameworks=("NIST 800-53 SC-28",),
    profile=Profile.STRICT,
)


@CUSTOMER_KEY.on(STREAM)
def stream_is_encrypted(stream: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stream in the clear, and AWS's key."""
    properties = stream.properties
    if str(properties.get("encryptionType")).upper() != "KMS" or not properties.has_customer_key("kmsKeyId"):
        yield Finding("does not encrypt with a customer-managed key", 'encryption_type="KMS", kms_key_id=key.arn')


@CUSTOMER_KEY.on(VIDEO_STREAM)
def video_is_encrypted(stream: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's key."""
    if not stream.properties.has_customer_key("kmsKeyId"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_id=key.arn")


@RETENTION.on(STREAM)
def keeps_records(stream: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a day, which is the default."""
    yield from _unless_kept(stream, DAY + 1, "a day or less")


@RETENTION_WEEK.on(STREAM)
def keeps_records_a_week(stream: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse less than a week."""
    yield from _unless_kept(stream, WEEK, "less than a week")


@FIREHOSE_KEY.on(FIREHOSE)
def delivery_is_encrypted(delivery: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse records in the clear, and AWS's key; with a stream as its source, the stream's encryption counts."""
    properties = delivery.properties
    if properties.is_set("kinesisSourceConfiguration") or properties.is_set("mskSourceConfiguration"):
        return
    encryption = properties.section("serverSideEncryption")
    is_ours = encryption.get("keyType") == "CUSTOMER_MANAGED_CMK" and encryption.has_customer_key("keyArn")
    if not is_on(encryption.get("enabled")) or not is_ours:
        yield Finding(
            "does not encrypt with a customer-managed key",
            'server_side_encryption={"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": key.arn}',
        )


@FIREHOSE_SECRET.on(FIREHOSE)
def secrets_are_elsewhere(delivery: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse secrets in the program."""
    for destination, names in SECRETS.items():
        for name in names:
            if delivery.properties.section(destination).is_set(name):
                yield Finding(
                    f"has {name} of {destination} in the program",
                    '"secrets_manager_configuration": {"enabled": True, "secret_arn": secret.arn, ...}',
                )


@FIREHOSE_TLS.on(FIREHOSE)
def delivers_over_tls(delivery: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP."""
    for destination, name in ADDRESSES.items():
        address = delivery.properties.section(destination).get(name)
        if isinstance(address, str) and address.lower().startswith("http://"):
            yield Finding("delivers by plain HTTP", f"{name}: https://...")


@FIREHOSE_ERRORS.on(FIREHOSE)
def logs_errors(delivery: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a destination without a log."""
    for name, destination in _destinations(delivery):
        if not is_on(destination.get("cloudwatchLoggingOptions", "enabled")):
            yield Finding(
                f"does not log what it could not deliver ({name})",
                '"cloudwatch_logging_options": {"enabled": True, "log_group_name": ..., "log_stream_name": ...}',
            )


@FIREHOSE_DESTINATION_KEY.on(FIREHOSE)
def names_key(delivery: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a bucket's default encryption."""
    for name, destination in _destinations(delivery):
        bucket = destination if name.startswith("extendedS3") else destination.section("s3Configuration")
        if not bucket.has_customer_key("kmsKeyArn"):
            yield Finding(f"names no key for what it writes to S3 ({name})", '"kms_key_arn": key.arn')


def _destinations(delivery: Resource) -> Iterator[tuple[str, Properties]]:
    for name in DESTINATIONS:
        if delivery.properties.is_set(name) and not delivery.properties.is_unknown(name):
            yield name, delivery.properties.section(name)


def _unless_kept(stream: Resource, least: int, shown: str) -> Iterator[Finding]:
    hours = number(stream.properties.get("retentionPeriod"))
    if (DAY if hours is None else hours) < least:
        yield Finding(f"keeps records for {shown}", "retention_period=168")
