"""A Fargate task as a state, and a second one on demand where Spot gave out."""

from typing import Any

from ...compute import FargateJob
from ...core import Statement
from ..compilation import Compilation, Place, State, merged, noted, run_variables, where, without
from ..expressions import expression, literal, text
from ..retries import FAILED, TRANSIENT, retry
from ..stages import FargateStage

FIELDS = frozenset({"task_arn", "exit_code", "started_at", "stopped_at"})
MANAGED_RULE = "rule/StepFunctionsGetEventsForECSTaskRule"
_NOTE = "spot error"
_OUTPUT = (
    '{"task_arn": $states.result.TaskArn, "exit_code": $states.result.Containers[0].ExitCode, '
    '"started_at": $states.result.StartedAt, "stopped_at": $states.result.StoppedAt}'
)
# A task that ended by itself has another stop code, and capacity has its words in the API's failure.
# Source: Amazon ECS API Reference, "Task" (stopCode); AWS re:Post, "Capacity is unavailable".
_SPOT_GAVE_OUT = (
    '$contains($states.input.`spot error`.Cause, "SpotInterruption") or '
    '$contains($states.input.`spot error`.Cause, "apacity") or $contains($states.input.`spot error`.Cause, "RESOURCE")'
)


def fargate_states(stage: FargateStage, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the states that run the stage's task."""
    job = compilation.component(stage.job, FargateJob, where(stage))
    _allow(job, compilation)
    task = _task(stage, job, compilation, place)
    if not job.spot:
        return {stage.name: {**task, "Next": place.then}}
    on_demand, lost, failed = f"{stage.name} on demand", f"{stage.name} lost to Spot?", f"{stage.name} failed"
    spot = {
        **task,
        "Arguments": {**task["Arguments"], **_capacity("FARGATE_SPOT")},
        "Catch": [
            {
                "ErrorEquals": [FAILED, *TRANSIENT["ecs"]],
                "Next": lost,
                "Output": noted(_NOTE, "$states.errorOutput"),
            }
        ],
        "Next": place.then,
    }
    return {
        stage.name: spot,
        lost: {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression(_SPOT_GAVE_OUT), "Next": on_demand, "Output": expression(without(_NOTE))}
            ],
            "Default": failed,
        },
        failed: {
            "Type": "Fail",
            "Error": expression("$states.input.`spot error`.Error"),
            "Cause": expression("$states.input.`spot error`.Cause"),
        },
        on_demand: {**task, "Arguments": {**task["Arguments"], **_capacity("FARGATE")}, "Next": place.then},
    }


def _task(stage: FargateStage, job: FargateJob, compilation: Compilation, place: Place) -> State:
    mark, scope, named = compilation.values.mark, place.scope, where(stage)
    environment = {f"RUN_{name.upper()}": value for name, value in run_variables().items()}
    environment["RUN_STAGE"] = stage.name
    environment |= {name: text(value, scope, f"{named}, environment") for name, value in stage.environment.items()}
    if stage.heartbeat:
        environment["TASK_TOKEN"] = expression("$states.context.Task.Token")
    container: dict[str, Any] = {
        "Name": job.container,
        "Environment": [{"Name": name, "Value": value} for name, value in environment.items()],
    }
    if stage.command is not None:
        container["Command"] = [text(word, scope, f"{named}, command") for word in stage.command]
    waits = {"HeartbeatSeconds": stage.heartbeat} if stage.heartbeat else {}
    return {
        "Type": "Task",
        "Resource": compilation.integration("ecs:runTask.waitForTaskToken" if waits else "ecs:runTask.sync"),
        "Arguments": {
            "Cluster": mark(job.cluster_arn),
            "TaskDefinition": mark(job.task_definition_arn),
            **_capacity("FARGATE"),
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": [mark(subnet) for subnet in job.subnets],
                    "SecurityGroups": [mark(job.security_group_id)],
                    "AssignPublicIp": "DISABLED",
                }
            },
            "Overrides": {"ContainerOverrides": [container]},
            "PropagateTags": "TASK_DEFINITION",
        },
        "TimeoutSeconds": stage.timeout,
        **waits,
        "Retry": retry("ecs", times=stage.retries, failures=stage.retry_failures),
        "Output": merged(stage.name, "$states.result" if waits else _OUTPUT),
    }


def _capacity(provider: str) -> State:
    return {"CapacityProviderStrategy": [{"CapacityProvider": literal(provider), "Weight": 1}]}


def _allow(job: FargateJob, compilation: Compilation) -> None:
    """AWS Step Functions Developer Guide, "IAM policies for calling Amazon ECS", narrowed to the job."""
    arn = compilation.deployment.arn
    tasks = job.cluster_arn.apply(lambda cluster: cluster.replace(":cluster/", ":task/", 1) + "/*")
    compilation.allow(
        Statement(
            actions=["ecs:RunTask"],
            resources=[arn("ecs", f"task-definition/{job.family}:*")],
            conditions={"ArnEquals": {"ecs:cluster": job.cluster_arn}},
        ),
        Statement(
            actions=["iam:PassRole"],
            resources=[job.role.arn, job.execution_role.arn],
            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        Statement(actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[tasks]),
        Statement(
            actions=["ecs:TagResource"],
            resources=[tasks],
            conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        # By a rule that Step Functions manages, it learns of a task's end.
        Statement(
            actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            resources=[arn("events", MANAGED_RULE)],
        ),
    )
