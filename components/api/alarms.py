"""What an API's owner is told of."""

import pulumi
import pulumi_aws as aws

from ..core.limits import METRIC_NAME
from ..core.names import fixed_name
from ..messaging import Topic
from ..observability import Alarm, metric_alarm

_NAMESPACE = "Watershed/Api"
_FAILING_SHARE = 0.01
_SLOW_MILLISECONDS = 5_000
_THROTTLED = 100

_COUNTED = {
    "throttled": '{ $.status = "429" }',
    "integration-errors": '{ ($.integrationError = "*") && ($.integrationError != "-") }',
}
"""What API Gateway has no metric for, by what its access log says (see `stage.py`); it writes `-` for nothing."""


def api_alarms(
    name: str,
    *,
    api_name: pulumi.Input[str],
    stage_name: str,
    access_log: pulumi.Input[str],
    notify: Topic | None,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    """Return alarms for a hundredth of failing requests, a p99 over 5 s, 100 throttled requests, and broken calls.

    Source: Amazon API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics": the average of 5XXError is
    the share of requests that failed.
    """
    dimensions = {"ApiName": api_name, "Stage": stage_name}
    wanted = {
        "5xx": Alarm(
            description=f"{name} fails for more than one request in a hundred",
            namespace="AWS/ApiGateway",
            metric="5XXError",
            dimensions=dimensions,
            threshold=_FAILING_SHARE,
            statistic="Average",
        ),
        "latency": Alarm(
            description=f"{name} is slow: one request in a hundred takes more than {_SLOW_MILLISECONDS / 1_000:.0f} s",
            namespace="AWS/ApiGateway",
            metric="Latency",
            dimensions=dimensions,
            threshold=_SLOW_MILLISECONDS,
            statistic="p99",
        ),
        "throttled": Alarm(
            description=f"{name} has refused more than {_THROTTLED} requests in five minutes: callers ask too often",
            namespace=_NAMESPACE,
            metric=_metric(name, "throttled"),
            dimensions={},
            threshold=_THROTTLED,
        ),
        "integration-errors": Alarm(
            description=f"{name} could not get an answer from its function",
            namespace=_NAMESPACE,
            metric=_metric(name, "integration-errors"),
            dimensions={},
            threshold=0,
        ),
    }
    for what, pattern in _COUNTED.items():
        aws.cloudwatch.LogMetricFilter(
            f"{name}-{what}-count",
            log_group_name=access_log,
            pattern=pattern,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=_NAMESPACE, name=_metric(name, what), value="1", default_value="0"
            ),
            opts=opts,
        )
    return {
        what: metric_alarm(f"{name}-{what}", alarm, notify=notify, tags=tags, opts=opts)
        for what, alarm in wanted.items()
    }


def _metric(name: str, what: str) -> str:
    """Return the metric's name: the stack's too, as a metric filter knows no dimension that is the same for all."""
    return fixed_name(f"{name}-{what}", limit=METRIC_NAME)
