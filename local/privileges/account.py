"""What stands in the emulated account and acts under a role, or is encrypted with a key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..aws import Clients


@dataclass(frozen=True)
class Function:
    """A Lambda function: its role, where it logs, and what else Lambda does for it."""

    arn: str
    role: str
    log_group: str
    traced: bool
    dead_letters: str | None
    sources: tuple[str, ...]
    """The queues and streams that event source mappings poll for it."""


@dataclass(frozen=True)
class Schedule:
    """A schedule of EventBridge Scheduler: what it starts, under which role."""

    arn: str
    role: str
    target: str
    dead_letters: str | None
    key: str | None


@dataclass(frozen=True)
class RuleTarget:
    """What a rule of EventBridge starts under a role: functions and queues let it in by their own policies."""

    role: str
    target: str


@dataclass(frozen=True)
class StateMachine:
    """A state machine: its role, its key, and what Step Functions does beside its states."""

    arn: str
    role: str
    logs: bool
    traced: bool
    key: str | None


@dataclass(frozen=True)
class Account:
    """The parts of an account that make AWS call things in a role's name."""

    number: str
    region: str
    functions: tuple[Function, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    rule_targets: tuple[RuleTarget, ...] = ()
    machines: tuple[StateMachine, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The KMS key by the ARN of the bucket, table, queue, topic, secret or catalog that it encrypts."""
    results: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The place of Athena's results, as an ARN, by the ARN of the workgroup that sets it."""
    bucket_keys: frozenset[str] = frozenset()
    """The buckets with a bucket key: S3 then names the bucket to KMS, not the object."""


def read_account(clients: Clients) -> Account:
    """Ask the emulator for all of it."""
    keys: dict[str, str] = {}
    bucket_keys = _read_buckets(clients, keys)
    for read in (_read_tables, _read_queues, _read_topics, _read_streams, _read_secrets, _read_catalog):
        read(clients, keys)
    return Account(
        number=str(clients("sts").get_caller_identity()["Account"]),
        region=clients.region,
        functions=tuple(_functions(clients)),
        schedules=tuple(_schedules(clients)),
        rule_targets=tuple(_rule_targets(clients)),
        machines=tuple(_machines(clients)),
        keys=keys,
        results=_results(clients),
        bucket_keys=frozenset(bucket_keys),
    )


def _functions(clients: Clients) -> list[Function]:
    client = clients("lambda")
    mappings = list(client.get_paginator("list_event_source_mappings").paginate().search("EventSourceMappings[]"))
    return [
        Function(
            arn=each["FunctionArn"],
            role=_name(each["Role"]),
            log_group=each.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{each['FunctionName']}",
            traced=each.get("TracingConfig", {}).get("Mode") == "Active",
            dead_letters=each.get("DeadLetterConfig", {}).get("TargetArn"),
            sources=tuple(
                mapping["EventSourceArn"] for mapping in mappings if mapping["FunctionArn"] == each["FunctionArn"]
            ),
        )
        for each in client.get_paginator("list_functions").paginate().search("Functions[]")
    ]


def _schedules(clients: Clients) -> list[Schedule]:
    client = clients("scheduler")
    listed = client.get_paginator("list_schedules").paginate().search("Schedules[]")
    found = [client.get_schedule(Name=each["Name"], GroupName=each["GroupName"]) for each in listed if each]
    return [
        Schedule(
            arn=each["Arn"],
            role=_name(each["Target"]["RoleArn"]),
            target=each["Target"]["Arn"],
            dead_letters=each["Target"].get("DeadLetterConfig", {}).get("Arn"),
            key=each.get("KmsKeyArn"),
        )
        for each in found
    ]


def _rule_targets(clients: Clients) -> list[RuleTarget]:
    client = clients("events")
    return [
        RuleTarget(role=_name(target["RoleArn"]), target=target["Arn"])
        for bus in client.list_event_buses()["EventBuses"]
        for rule in client.get_paginator("list_rules").paginate(EventBusName=bus["Name"]).search("Rules[].Name")
        if rule
        for target in client.list_targets_by_rule(EventBusName=bus["Name"], Rule=rule)["Targets"]
        if target.get("RoleArn")
    ]


def _machines(clients: Clients) -> list[StateMachine]:
    client = clients("stepfunctions")
    listed = client.get_paginator("list_state_machines").paginate().search("stateMachines[].stateMachineArn")
    found = [client.describe_state_machine(stateMachineArn=arn) for arn in listed if arn]
    return [
        StateMachine(
            arn=each["stateMachineArn"],
            role=_name(each["roleArn"]),
            logs=each.get("loggingConfiguration", {}).get("level", "OFF") != "OFF",
            traced=bool(each.get("tracingConfiguration", {}).get("enabled")),
            key=each.get("encryptionConfiguration", {}).get("kmsKeyId"),
        )
        for each in found
    ]


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


def _results(clients: Clients) -> dict[str, str]:
    client = clients("athena")
    found = {}
    for listed in client.list_work_groups()["WorkGroups"]:
        group = client.get_work_group(WorkGroup=listed["Name"])["WorkGroup"]
        place = group.get("Configuration", {}).get("ResultConfiguration", {}).get("OutputLocation")
        if place:
            account = clients("sts").get_caller_identity()["Account"]
            arn = f"arn:aws:athena:{clients.region}:{account}:workgroup/{group['Name']}"
            found[arn] = "arn:aws:s3:::" + str(place).removeprefix("s3://").rstrip("/")
    return found


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


def _or_none(read: Callable[[], Any]) -> Any:
    """Return what is read, or nothing where AWS answers that there is none."""
    from botocore.exceptions import ClientError

    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"].endswith(("NotFound", "NotFoundError")):
            return None
        raise


def _name(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]
