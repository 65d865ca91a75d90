"""The log and the metrics of every handler: JSON lines, which CloudWatch turns into searchable fields and metrics."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from aws_lambda_powertools.logging import Logger

NAMESPACE = "Watershed"

logger = Logger(service="watershed")


def count(name: str, dimensions: dict[str, str], value: float = 1, **properties: Any) -> None:
    """Count something in CloudWatch, by its embedded metric format (no call, no cost in time).

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    metric = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": "Count"}],
    }
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]},
        **dimensions,
        **properties,
        name: value,
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
