"""What Step Functions does in a machine's name beside its states: logs, traces, its key, and jobs it would stop."""

from collections.abc import Iterator

from .account import Account
from .calls import Call

_LOGS = "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"
_XRAY = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html"
_KEY = "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html"
_SYNC = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html"

LOG_ACTIONS = tuple(
    f"logs:{name}"
    for name in (
        *("CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies"),
        *("GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"),
    )
)
TRACE_ACTIONS = tuple(
    f"xray:{name}" for name in ("GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments")
)
# A machine that asks how a job stands would stop it, were it stopped itself or out of time.
STOPS = {
    "ecs:DescribeTasks": "ecs:StopTask",
    "athena:GetQueryExecution": "athena:StopQueryExecution",
    "glue:GetJobRun": "glue:BatchStopJobRun",
    "states:DescribeExecution": "states:StopExecution",
}


def for_machines(account: Account, recorded: tuple[Call, ...]) -> Iterator[Call]:
    """Return what AWS would call under the machines' roles."""
    for machine in account.machines:
        if machine.logs:
            yield from (Call(machine.role, each, "*", "Step Functions delivers logs", _LOGS) for each in LOG_ACTIONS)
        if machine.traced:
            yield from (Call(machine.role, each, "*", "Step Functions sends traces", _XRAY) for each in TRACE_ACTIONS)
        if machine.key:
            context = {"kms:EncryptionContext:aws:states:stateMachineArn": machine.arn}
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                yield Call(machine.role, action, machine.key, "Step Functions encrypts", _KEY, context)
        if machine.key and machine.logs:
            context = {"kms:EncryptionContext:SourceArn": f"arn:aws:logs:{account.region}:{account.number}:*"}
            yield Call(machine.role, "kms:GenerateDataKey", machine.key, "Step Functions encrypts logs", _KEY, context)
    roles = {machine.role for machine in account.machines}
    for call in recorded:
        if call.role in roles and call.allowed and call.action in STOPS:
            yield Call(call.role, STOPS[call.action], call.resource, "Step Functions stops jobs", _SYNC, call.context)
