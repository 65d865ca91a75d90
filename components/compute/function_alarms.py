"""What a function's owner is told of."""

import pulumi
import pulumi_aws as aws

from ..messaging import Topic
from ..observability import Alarm, metric_alarm

_NEAR_TIMEOUT = 0.9


def function_alarms(
    name: str,
    function: pulumi.Input[str],
    *,
    timeout: int,
    notify: Topic | None,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    """Return alarms for errors, throttles, and runs that come near the timeout (in milliseconds, as Lambda counts)."""
    wanted = {
        "errors": ("Errors", 0.0, "Sum", "has failed"),
        "throttles": ("Throttles", 0.0, "Sum", "was throttled"),
        "duration": (
            "Duration",
            timeout * 1_000 * _NEAR_TIMEOUT,
            "Maximum",
            f"ran close to its timeout of {timeout} s",
        ),
    }
    return {
        kind: metric_alarm(
            f"{name}-{kind}",
            Alarm(
                description=f"Function {name} {what}",
                namespace="AWS/Lambda",
                metric=metric,
                dimensions={"FunctionName": function},
                threshold=threshold,
                statistic=statistic,
            ),
            notify=notify,
            tags=tags,
            opts=opts,
        )
        for kind, (metric, threshold, statistic, what) in wanted.items()
    }
