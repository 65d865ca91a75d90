"""Alarms on one metric each, in the words of the service whose metric it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..messaging import DeadLetterQueue, Topic


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """When to tell people: `metric` of `namespace` above `threshold` in one period.

    `statistic` as CloudWatch writes it ("Sum", "Maximum", ...) or a percentile ("p99"); `period` in seconds, a multiple
    of 60; no data is no alarm.
    """

    description: str
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    threshold: float
    statistic: str = "Sum"
    period: int = 300


def metric_alarm(
    name: str, alarm: Alarm, *, notify: Topic | None, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    """Return the alarm's resource; without a topic it only shows in the console."""
    percentile = alarm.statistic.startswith("p")
    return aws.cloudwatch.MetricAlarm(
        name,
        alarm_description=alarm.description,
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=dict(alarm.dimensions),
        statistic=None if percentile else alarm.statistic,
        extended_statistic=alarm.statistic if percentile else None,
        period=alarm.period,
        evaluation_periods=1,
        threshold=alarm.threshold,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching",
        alarm_actions=[notify.arn] if notify else None,
        ok_actions=[notify.arn] if notify else None,
        tags=tags,
        opts=opts,
    )


def dead_letter_alarm(
    name: str, queue: DeadLetterQueue, *, notify: Topic | None, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    """Return the alarm that tells of anything that waits among the dead letters."""
    alarm = Alarm(
        description=f"Something waits in {queue.name}: it could not be processed",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": queue.resource.name},
        threshold=0,
        statistic="Maximum",
    )
    return metric_alarm(name, alarm, notify=notify, tags=tags, opts=opts)
