"""The calls that AWS services make in a role's name and the emulator does not: a table, each line with its source.

A role without them works locally and fails on AWS. Two kinds: what follows from a call on something encrypted, and what
a service does for a function, a schedule or a rule under its role.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .account import Account, Function, RuleTarget, Schedule
from .calls import Call
from .implied_machines import for_machines

_S3_SSE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
_DYNAMODB_SSE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
_SQS_SSE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
_SNS_SSE = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
_LAMBDA_ROLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
_LAMBDA_SQS = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
_LAMBDA_KINESIS = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"
_LAMBDA_STREAMS = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html"
_ATHENA_RESULTS = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonAthenaFullAccess.html"
_KINESIS_SSE = "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html"
_SECRETS_SSE = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"
_GLUE_SSE = "https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html"
_LAMBDA_XRAY = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
_LAMBDA_DLQ = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
_EVENTS_ROLE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html"
_SCHEDULER_ROLE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html"
_SCHEDULER_DLQ = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"
_SCHEDULER_KEY = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html"


@dataclass(frozen=True)
class EncryptedUse:
    """What a call on something encrypted makes its service ask of KMS, with the caller's own permissions."""

    by: str
    actions: frozenset[str]
    asks: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class ServiceCall:
    """What a service calls under a function's, schedule's or rule's role, and `on` what: nothing where it does not."""

    by: str
    actions: tuple[str, ...]
    on: Callable[..., tuple[str, ...]]
    source: str


_READS = ("kms:Decrypt",)
_WRITES = ("kms:GenerateDataKey",)
_WRITES_AND_CHECKS = ("kms:GenerateDataKey", "kms:Decrypt")

ENCRYPTED_USES = (
    EncryptedUse(
        "S3 decrypts", frozenset({"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes"}), _READS, _S3_SSE
    ),
    # An upload in parts also decrypts, on which `kept.toml` has a word: the calls do not tell it from a whole one.
    EncryptedUse("S3 encrypts", frozenset({"s3:PutObject"}), _WRITES, _S3_SSE),
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
)

FUNCTION_CALLS = (
    ServiceCall(
        "Lambda delivers logs",
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        lambda function, account: (_log_streams(function, account),),
        _LAMBDA_ROLE,
    ),
    ServiceCall(
        "Lambda sends traces",
        ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        lambda function, account: ("*",) if function.traced else (),
        _LAMBDA_XRAY,
    ),
    ServiceCall(
        "Lambda keeps failed events",
        ("sqs:SendMessage",),
        lambda function, account: _queue(function.dead_letters),
        _LAMBDA_DLQ,
    ),
    ServiceCall(
        "Lambda polls the queue",
        ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        lambda function, account: _of_service("sqs", function.sources),
        _LAMBDA_SQS,
    ),
    ServiceCall(
        "Lambda polls the stream",
        tuple(
            f"kinesis:{name}"
            for name in ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
        ),
        lambda function, account: _of_service("kinesis", function.sources),
        _LAMBDA_KINESIS,
    ),
    ServiceCall(
        "Lambda polls the table's stream",
        ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        lambda function, account: _of_service("dynamodb", function.sources),
        _LAMBDA_STREAMS,
    ),
)

SCHEDULE_CALLS = (
    ServiceCall(
        "Scheduler starts its target",
        ("lambda:InvokeFunction",),
        lambda schedule, account: (schedule.target,) if ":lambda:" in schedule.target else (),
        _SCHEDULER_ROLE,
    ),
    ServiceCall(
        "Scheduler starts its target",
        ("states:StartExecution",),
        lambda schedule, account: (schedule.target,) if ":states:" in schedule.target else (),
        _SCHEDULER_ROLE,
    ),
    ServiceCall(
        "Scheduler keeps failed events",
        ("sqs:SendMessage",),
        lambda schedule, account: _queue(schedule.dead_letters),
        _SCHEDULER_DLQ,
    ),
)

RULE_CALLS = (
    ServiceCall(
        "EventBridge starts its target",
        ("states:StartExecution",),
        lambda rule, account: (rule.target,) if ":states:" in rule.target else (),
        _EVENTS_ROLE,
    ),
)


def implied_calls(account: Account, recorded: tuple[Call, ...]) -> list[Call]:
    """Return what AWS would call in the roles' names, beside what was recorded."""
    services = [
        *_for_functions(account),
        *_for_schedules(account),
        *_for_rules(account),
        *_for_queries(account, recorded),
        *for_machines(account, recorded),
    ]
    return [*services, *(call for each in (*recorded, *services) if each.allowed for call in _of_keys(account, each))]


def _for_functions(account: Account) -> Iterator[Call]:
    for function in account.functions:
        yield from _under(function.role, FUNCTION_CALLS, function, account)


def _for_schedules(account: Account) -> Iterator[Call]:
    for schedule in account.schedules:
        yield from _under(schedule.role, SCHEDULE_CALLS, schedule, account)
        if schedule.key:
            context = {"kms:EncryptionContext:aws:scheduler:schedule:arn": schedule.arn}
            yield Call(schedule.role, "kms:Decrypt", schedule.key, "Scheduler decrypts", _SCHEDULER_KEY, context)


def _for_rules(account: Account) -> Iterator[Call]:
    for target in account.rule_targets:
        yield from _under(target.role, RULE_CALLS, target, account)


def _for_queries(account: Account, recorded: tuple[Call, ...]) -> Iterator[Call]:
    """Return how Athena writes a query's results; what it reads depends on the query, and is not told from the call."""
    for call in recorded:
        place = account.results.get(call.resource)
        if call.action == "athena:StartQueryExecution" and call.allowed and place:
            bucket = place.partition("/")[0]
            for action, resource in (
                ("s3:GetBucketLocation", bucket),
                ("s3:PutObject", f"{place}/any.csv"),
                ("s3:AbortMultipartUpload", f"{place}/any.csv"),
            ):
                yield Call(call.role, action, resource, "Athena writes results", _ATHENA_RESULTS)


def _under(
    role: str, table: tuple[ServiceCall, ...], what: Function | RuleTarget | Schedule, account: Account
) -> Iterator[Call]:
    for line in table:
        for resource in line.on(what, account):
            for action in line.actions:
                yield Call(role, action, resource, line.by, line.source)


def _of_keys(account: Account, call: Call) -> Iterator[Call]:
    """Return what the service of an encrypted thing asks of its key for a call on it."""
    thing = _encrypted_thing(call.resource)
    key = account.keys.get(thing)
    if key is None:
        return
    service = call.action.partition(":")[0]
    context = {
        "kms:ViaService": f"{service}.{account.region}.amazonaws.com",
        **_encryption_context(service, thing, call.resource, account),
    }
    for use in ENCRYPTED_USES:
        if call.action in use.actions:
            for action in use.asks:
                yield Call(call.role, action, key, use.by, use.source, context)


def _encrypted_thing(resource: str) -> str:
    """Return the ARN of an object's bucket, of an index's table, of the catalog of a table, or the resource itself."""
    if ":s3:::" in resource:
        return resource.partition("/")[0]
    if ":glue:" in resource:
        return ":".join([*resource.split(":")[:5], "catalog"])
    return resource.partition("/index/")[0]


def _encryption_context(service: str, thing: str, resource: str, account: Account) -> dict[str, str]:
    """Return the context as the service sends it, under the keys that policies name."""
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


def _log_streams(function: Function, account: Account) -> str:
    return f"arn:aws:logs:{account.region}:{account.number}:log-group:{function.log_group}:log-stream:any"


def _of_service(service: str, arns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(arn for arn in arns if arn.split(":")[2] == service)


def _queue(arn: str | None) -> tuple[str, ...]:
    return (arn,) if arn and ":sqs:" in arn else ()
