"""What a pipeline's owner is told of by alarms."""

import pulumi
import pulumi_aws as aws

from ..messaging import Topic
from ..observability import Alarm, metric_alarm

NAMESPACE = "Watershed"
"""Of the metrics that handlers count."""


def pipeline_alarms(
    name: str,
    called: str,
    arn: pulumi.Input[str],
    *,
    notify: Topic,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    """Return alarms for runs that failed, timed out, were aborted, or were late.

    Source: AWS Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch".
    """
    machine = {"StateMachineArn": arn}
    wanted: dict[str, tuple[str, str, dict[str, pulumi.Input[str]], str]] = {
        "failed": ("AWS/States", "ExecutionsFailed", machine, "has failed"),
        "timed-out": ("AWS/States", "ExecutionsTimedOut", machine, "ran longer than its timeout"),
        "aborted": ("AWS/States", "ExecutionsAborted", machine, "was stopped"),
        "late": (NAMESPACE, "RunsLate", {"pipeline": called}, "had not succeeded by its deadline"),
    }
    return {
        kind: metric_alarm(
            f"{name}-{kind}",
            Alarm(
                description=f"A run of pipeline {called} {what}",
                namespace=namespace,
                metric=metric,
                dimensions=dimensions,
                threshold=0,
            ),
            notify=notify,
            tags=tags,
            opts=opts,
        )
        for kind, (namespace, metric, dimensions, what) in wanted.items()
    }
