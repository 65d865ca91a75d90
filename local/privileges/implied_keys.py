"""What AWS asks of KMS, with the caller's own permissions, for a call on something that is encrypted."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..emulator.iam_resources import IN_PARTS
from .account import Account
from .calls import Call

_S3_SSE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
_S3_PARTS = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html"
_DYNAMODB_SSE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
_SQS_SSE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
_SNS_SSE = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
_KINESIS_SSE = "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html"
_SECRETS_SSE = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"
_GLUE_SSE = "https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html"
_STATES_SSE = "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html"


@dataclass(frozen=True)
class EncryptedUse:
    """What a call on something encrypted makes its service ask of KMS, with the caller's own permissions."""

    by: str
    actions: frozenset[str]
    asks: tuple[str, ...]
    source: str
    in_parts: bool = False
    """Whether only an upload in parts does."""


_READS = ("kms:Decrypt",)
_WRITES = ("kms:GenerateDataKey",)
_WRITES_AND_CHECKS = ("kms:GenerateDataKey", "kms:Decrypt")

ENCRYPTED_USES = (
    EncryptedUse(
        "S3 decrypts", frozenset({"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes"}), _READS, _S3_SSE
    ),
    EncryptedUse("S3 encrypts", frozenset({"s3:PutObject"}), _WRITES, _S3_SSE),
    EncryptedUse("S3 puts parts together", frozenset({"s3:PutObject"}), _READS, _S3_PARTS, in_parts=True),
    EncryptedUse(
        "DynamoDB opens the table's key",
        frozenset(
            f"dynamodb:{name}"
            for name in (
                *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem"),
                *("Query", "Scan", "UpdateItem"),
            )
        ),
        _READS,
        _DYNAMODB_SSE,
    ),
    EncryptedUse("SQS encrypts", frozenset({"sqs:SendMessage"}), _WRITES_AND_CHECKS, _SQS_SSE),
    EncryptedUse("SQS decrypts", frozenset({"sqs:ReceiveMessage"}), _READS, _SQS_SSE),
    EncryptedUse("Kinesis decrypts", frozenset({"kinesis:GetRecords"}), _READS, _KINESIS_SSE),
    EncryptedUse("Kinesis encrypts", frozenset({"kinesis:PutRecord", "kinesis:PutRecords"}), _WRITES, _KINESIS_SSE),
    EncryptedUse("SNS encrypts", frozenset({"sns:Publish"}), _WRITES_AND_CHECKS, _SNS_SSE),
    EncryptedUse("Secrets Manager decrypts", frozenset({"secretsmanager:GetSecretValue"}), _READS, _SECRETS_SSE),
    EncryptedUse(
        "Glue decrypts the catalog",
        frozenset(f"glue:{name}" for name in ("GetDatabase", "GetTable", "GetTables", "GetPartition", "GetPartitions")),
        _READS,
        _GLUE_SSE,
    ),
    EncryptedUse(
        "Glue encrypts the catalog",
        frozenset(
            f"glue:{name}"
            for name in (
                *("BatchCreatePartition", "BatchUpdatePartition", "CreatePartition", "CreateTable"),
                *("UpdatePartition", "UpdateTable"),
            )
        ),
        ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
        _GLUE_SSE,
    ),
    EncryptedUse(
        "Step Functions decrypts",
        frozenset(
            f"states:{name}"
            for name in ("DescribeExecution", "DescribeStateMachineForExecution", "GetExecutionHistory")
        ),
        _READS,
        _STATES_SSE,
    ),
)


def of_keys(account: Account, call: Call) -> Iterator[Call]:
    """Return what the service of an encrypted thing asks of its key for a call on it."""
    thing = _encrypted_thing(call.resource)
    key = account.keys.get(thing)
    if key is None:
        return
    service = call.action.partition(":")[0]
    context = _encryption_context(service, thing, call.resource, account)
    for use in ENCRYPTED_USES:
        if call.action in use.actions and (IN_PARTS in call.context or not use.in_parts):
            for action in use.asks:
                yield Call(call.role, action, key, use.by, use.source, context)


def _encrypted_thing(resource: str) -> str:
    """Return the ARN of an object's bucket, an index's table, a table's catalog, an execution's machine, or itself."""
    if ":s3:::" in resource:
        return resource.partition("/")[0]
    if ":glue:" in resource:
        return ":".join([*resource.split(":")[:5], "catalog"])
    if ":states:" in resource and ":execution:" in resource:
        return ":".join(resource.replace(":execution:", ":stateMachine:").split(":")[:7])
    return resource.partition("/index/")[0]


def _encryption_context(service: str, thing: str, resource: str, account: Account) -> dict[str, str]:
    """Return the context as the service sends it, under the keys that policies name, and through whom the call comes.

    Step Functions calls KMS with the caller's own credentials: through no service.
    """
    if service == "states":
        return {"kms:EncryptionContext:aws:states:stateMachineArn": thing}
    return {
        "kms:ViaService": f"{service}.{account.region}.amazonaws.com",
        **_of_service(service, thing, resource, account),
    }


def _of_service(service: str, thing: str, resource: str, account: Account) -> dict[str, str]:
    if service == "s3":
        return {"kms:EncryptionContext:aws:s3:arn": thing if thing in account.bucket_keys else resource}
    if service == "dynamodb":
        return {
            "kms:EncryptionContext:aws:dynamodb:tableName": thing.rpartition("/")[2],
            "kms:EncryptionContext:aws:dynamodb:subscriberId": account.number,
        }
    if service == "secretsmanager":
        return {"kms:EncryptionContext:SecretARN": thing}
    if service == "glue":
        return {"kms:EncryptionContext:glue_catalog_id": account.number}
    return {f"kms:EncryptionContext:aws:{service}:{'topicArn' if service == 'sns' else 'arn'}": thing}
