"""Kinesis and Firehose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

STREAM = "aws:kinesis/stream:Stream"
VIDEO_STREAM = "aws:kinesis/videoStream:VideoStream"
FIREHOSE = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
STREAM_ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/flights"
key = make("aws:kms/key:Key", "key")
OURS = {"enabled": True, "keyType": "CUSTOMER_MANAGED_CMK", "keyArn": KEY_ARN}
SECRET = {"enabled": True, "secretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redshift"}
LOGS = {"enabled": True, "logGroupName": "deliveries", "logStreamName": "errors"}


def encrypted(**how: Any) -> Recorded:
    return make(FIREHOSE, destination="extended_s3", serverSideEncryption=how)


def to(**destination: Any) -> Recorded:
    return make(FIREHOSE, destination="x", **destination)


CASES = [
    bad("KINESIS-CUSTOMER-KEY", "none", make(STREAM)),
    bad("KINESIS-CUSTOMER-KEY", "off", make(STREAM, encryptionType="NONE", kmsKeyId=KEY_ARN)),
    bad("KINESIS-CUSTOMER-KEY", "AWS's", make(STREAM, encryptionType="KMS", kmsKeyId="alias/aws/kinesis")),
    bad("KINESIS-CUSTOMER-KEY", "no key", make(STREAM, encryptionType="KMS")),
    bad("KINESIS-CUSTOMER-KEY", "a video's", make(VIDEO_STREAM)),
    good("KINESIS-CUSTOMER-KEY", "ours", key, make(STREAM, encryptionType="KMS", kmsKeyId=key)),
    good("KINESIS-CUSTOMER-KEY", "ours, in small letters", make(STREAM, encryptionType="kms", kmsKeyId=KEY_ARN)),
    good("KINESIS-CUSTOMER-KEY", "ours, by alias", make(STREAM, encryptionType="KMS", kmsKeyId="alias/platform")),
    good("KINESIS-CUSTOMER-KEY", "a video's, ours", make(VIDEO_STREAM, kmsKeyId=KEY_ARN)),
    bad("KINESIS-RETENTION", "Kinesis' default", make(STREAM)),
    bad("KINESIS-RETENTION", "a day", make(STREAM, retentionPeriod=24)),
    good("KINESIS-RETENTION", "two", make(STREAM, retentionPeriod=48)),
    good("KINESIS-RETENTION", "a week", make(STREAM, retentionPeriod=168)),
    bad("KINESIS-RETENTION-WEEK", "two days", make(STREAM, retentionPeriod=48)),
    good("KINESIS-RETENTION-WEEK", "a week", make(STREAM, retentionPeriod=168)),
    good("KINESIS-RETENTION-WEEK", "a year", make(STREAM, retentionPeriod=8760)),
    bad("FIREHOSE-CUSTOMER-KEY", "none", to()),
    bad("FIREHOSE-CUSTOMER-KEY", "off", encrypted(enabled=False)),
    bad("FIREHOSE-CUSTOMER-KEY", "AWS's", encrypted(enabled=True, keyType="AWS_OWNED_CMK")),
    bad("FIREHOSE-CUSTOMER-KEY", "no key", encrypted(enabled=True, keyType="CUSTOMER_MANAGED_CMK")),
    good("FIREHOSE-CUSTOMER-KEY", "ours", encrypted(**OURS)),
    good("FIREHOSE-CUSTOMER-KEY", "the stream's", to(kinesisSourceConfiguration={"kinesisStreamArn": STREAM_ARN})),
    good("FIREHOSE-CUSTOMER-KEY", "Kafka's", to(mskSourceConfiguration={"topicName": "flights"})),
    bad("FIREHOSE-SECRET", "a password", to(redshiftConfiguration={"username": "a", "password": "x1y2"})),
    bad("FIREHOSE-SECRET", "a token", to(splunkConfiguration={"hecToken": "x1y2"})),
    bad("FIREHOSE-SECRET", "an access key", to(httpEndpointConfiguration={"url": "https://a", "accessKey": "x"})),
    bad("FIREHOSE-SECRET", "a private key", to(snowflakeConfiguration={"privateKey": "x"})),
    good("FIREHOSE-SECRET", "kept elsewhere", to(redshiftConfiguration={"secretsManagerConfiguration": SECRET})),
    good("FIREHOSE-SECRET", "none", to(extendedS3Configuration={"bucketArn": "arn:aws:s3:::raw"})),
    bad("FIREHOSE-TLS", "none", to(httpEndpointConfiguration={"url": "http://example.com"})),
    good("FIREHOSE-TLS", "TLS", to(httpEndpointConfiguration={"url": "https://example.com"})),
    good("FIREHOSE-TLS", "S3", to(extendedS3Configuration={"bucketArn": "arn:aws:s3:::raw"})),
    bad("FIREHOSE-ERROR-LOGS", "none", to(extendedS3Configuration={"bucketArn": "arn:aws:s3:::raw"})),
    bad("FIREHOSE-ERROR-LOGS", "off", to(extendedS3Configuration={"cloudwatchLoggingOptions": {"enabled": False}})),
    good("FIREHOSE-ERROR-LOGS", "a group", to(extendedS3Configuration={"cloudwatchLoggingOptions": LOGS})),
    good("FIREHOSE-ERROR-LOGS", "something else", make(STREAM)),
    bad("FIREHOSE-DESTINATION-KEY", "none", to(extendedS3Configuration={"bucketArn": "arn:aws:s3:::raw"})),
    bad("FIREHOSE-DESTINATION-KEY", "of the copy", to(splunkConfiguration={"s3Configuration": {"prefix": "a"}})),
    good("FIREHOSE-DESTINATION-KEY", "ours", to(extendedS3Configuration={"kmsKeyArn": KEY_ARN})),
    good(
        "FIREHOSE-DESTINATION-KEY", "of the copy", to(splunkConfiguration={"s3Configuration": {"kmsKeyArn": KEY_ARN}})
    ),
]
