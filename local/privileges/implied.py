"""The calls that AWS services make in a role's name and the emulator does not: a table, each line with its source.

A role without them works locally and fails on AWS. Here: what a service does for a function, a schedule, a rule, a
flow log or an API under its role. Beside it: for a state machine, for a query, and for what is encrypted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .account import Account, FlowLog, Function, RuleTarget, Schedule
from .api_stages import ApiStage
from .calls import Call
from .implied_keys import of_keys
from .implied_machines import for_machines
from .implied_queries import for_queries

_LAMBDA_ROLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
_LAMBDA_SQS = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
_LAMBDA_KINESIS = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"
_LAMBDA_STREAMS = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html"
_LAMBDA_XRAY = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
_LAMBDA_DLQ = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
_EVENTS_ROLE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html"
_FLOW_LOGS = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"
_API_LOGS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"
_SCHEDULER_ROLE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html"
_SCHEDULER_DLQ = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"
_SCHEDULER_KEY = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html"


@dataclass(frozen=True)
class ServiceCall:
    """What a service calls under the role of a function, schedule, rule, flow log or API; `on` what: nothing if not."""

    by: str
    actions: tuple[str, ...]
    on: Callable[..., tuple[str, ...]]
    source: str


FUNCTION_CALLS = (
    ServiceCall(
        "Lambda delivers logs",
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        lambda function, account: (_log_streams(function.log_group, account),),
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

_WRITE_STREAMS = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")

FLOW_LOG_CALLS = (
    ServiceCall(
        "VPC delivers the flow log",
        _WRITE_STREAMS,
        lambda flow_log, account: (_log_streams(flow_log.log_group, account),),
        _FLOW_LOGS,
    ),
)

API_CALLS = (
    ServiceCall(
        "API Gateway logs requests",
        _WRITE_STREAMS,
        lambda stage, account: (_log_streams(stage.access_log, account),) if stage.access_log else (),
        _API_LOGS,
    ),
    ServiceCall(
        "API Gateway logs executions",
        ("logs:CreateLogGroup", *_WRITE_STREAMS),
        lambda stage, account: (_log_streams(stage.execution_log, account),) if stage.execution_log else (),
        _API_LOGS,
    ),
)


def implied_calls(account: Account, recorded: tuple[Call, ...]) -> list[Call]:
    """Return what AWS would call in the roles' names, beside what was recorded."""
    services = [
        *_for_functions(account),
        *_for_schedules(account),
        *_for_rules(account),
        *_for_flow_logs(account),
        *_for_api_stages(account),
        *for_queries(account, recorded),
        *for_machines(account, recorded),
    ]
    return [*services, *(call for each in (*recorded, *services) if each.allowed for call in of_keys(account, each))]


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


def _for_flow_logs(account: Account) -> Iterator[Call]:
    for flow_log in account.flow_logs:
        yield from _under(flow_log.role, FLOW_LOG_CALLS, flow_log, account)


def _for_api_stages(account: Account) -> Iterator[Call]:
    for stage in account.api_stages:
        yield from _under(stage.role, API_CALLS, stage, account)


def _under(
    role: str,
    table: tuple[ServiceCall, ...],
    what: Function | RuleTarget | Schedule | FlowLog | ApiStage,
    account: Account,
) -> Iterator[Call]:
    for line in table:
        for resource in line.on(what, account):
            for action in line.actions:
                yield Call(role, action, resource, line.by, line.source)


def _log_streams(log_group: str, account: Account) -> str:
    return f"arn:aws:logs:{account.region}:{account.number}:log-group:{log_group}:log-stream:any"


def _of_service(service: str, arns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(arn for arn in arns if arn.split(":")[2] == service)


def _queue(arn: str | None) -> tuple[str, ...]:
    return (arn,) if arn and ":sqs:" in arn else ()
