"""What stands in the emulated account and acts under a role, or is encrypted with a key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..aws import Clients
from ..emulator.containers import RECORDED_ONLY
from .api_stages import ApiStage, read_api_stages
from .encrypted import read_keys


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
class FlowLog:
    """A flow log that is delivered to CloudWatch Logs under a role."""

    role: str
    log_group: str


@dataclass(frozen=True)
class Account:
    """The parts of an account that make AWS call things in a role's name."""

    number: str
    region: str
    functions: tuple[Function, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    rule_targets: tuple[RuleTarget, ...] = ()
    machines: tuple[StateMachine, ...] = ()
    flow_logs: tuple[FlowLog, ...] = ()
    api_stages: tuple[ApiStage, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The KMS key by the ARN of what it encrypts: buckets, tables, queues, topics, streams, secrets, the catalog, state
    machines."""
    results: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The place of Athena's results, as an ARN, by the ARN of the workgroup that sets it."""
    bucket_keys: frozenset[str] = frozenset()
    """The buckets with a bucket key: S3 then names the bucket to KMS, not the object."""
    partitioned: frozenset[str] = frozenset()
    """The tables of the catalog that have partitions, by their ARNs."""
    not_run: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Why a role's tasks were recorded only: what they run is not on this machine, so that they called nothing."""


def read_account(clients: Clients) -> Account:
    """Ask the emulator for all of it."""
    number = str(clients("sts").get_caller_identity()["Account"])
    keys, bucket_keys = read_keys(clients, number)
    machines = tuple(_machines(clients))
    return Account(
        number=number,
        region=clients.region,
        functions=tuple(_functions(clients)),
        schedules=tuple(_schedules(clients)),
        rule_targets=tuple(_rule_targets(clients)),
        machines=machines,
        flow_logs=tuple(_flow_logs(clients)),
        api_stages=tuple(read_api_stages(clients)),
        keys={**keys, **{machine.arn: machine.key for machine in machines if machine.key}},
        results=dict(_results(clients, number)),
        bucket_keys=bucket_keys,
        partitioned=frozenset(_partitioned(clients, number)),
        not_run=_not_run(clients),
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


def _results(clients: Clients, account: str) -> Iterator[tuple[str, str]]:
    client = clients("athena")
    for listed in client.list_work_groups()["WorkGroups"]:
        group = client.get_work_group(WorkGroup=listed["Name"])["WorkGroup"]
        place = group.get("Configuration", {}).get("ResultConfiguration", {}).get("OutputLocation")
        if place:
            arn = f"arn:aws:athena:{clients.region}:{account}:workgroup/{group['Name']}"
            yield arn, "arn:aws:s3:::" + str(place).removeprefix("s3://").rstrip("/")


def _flow_logs(clients: Clients) -> list[FlowLog]:
    found = clients("ec2").get_paginator("describe_flow_logs").paginate().search("FlowLogs[]")
    return [
        FlowLog(
            _name(each["DeliverLogsPermissionArn"]), each.get("LogGroupName") or each["LogDestination"].split(":")[6]
        )
        for each in found
        if each and each.get("LogDestinationType") == "cloud-watch-logs" and each.get("DeliverLogsPermissionArn")
    ]


def _partitioned(clients: Clients, account: str) -> list[str]:
    glue = clients("glue")
    prefix = f"arn:aws:glue:{clients.region}:{account}:table"
    return [
        f"{prefix}/{database}/{table['Name']}"
        for database in glue.get_paginator("get_databases").paginate().search("DatabaseList[].Name")
        if database
        for table in glue.get_paginator("get_tables").paginate(DatabaseName=database).search("TableList[]")
        if table and table.get("PartitionKeys")
    ]


def _not_run(clients: Clients) -> dict[str, str]:
    ecs = clients("ecs")
    found = {}
    for cluster in ecs.get_paginator("list_clusters").paginate().search("clusterArns[]"):
        pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, desiredStatus="STOPPED")
        for page in pages:
            tasks = ecs.describe_tasks(cluster=cluster, tasks=page["taskArns"])["tasks"] if page["taskArns"] else ()
            for task in tasks:
                reason = next((each.get("reason", "") for each in task["containers"]), "")
                if reason.startswith(RECORDED_ONLY):
                    found[_task_role(ecs, task)] = reason
    return found


def _task_role(ecs: Any, task: Mapping[str, Any]) -> str:
    described = ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])
    return _name(described["taskDefinition"].get("taskRoleArn", ""))


def _name(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]
