"""Service principals, and names that look like one of them misspelled."""

from __future__ import annotations

import re
from functools import lru_cache

from .actions import services
from .sources import GUIDES

# Those whose roles and resource policies are written every day. Most others are the prefix of the service's actions.
WELL_KNOWN = frozenset(
    {
        *("lambda", "edgelambda", "states", "events", "scheduler", "firehose", "kinesis", "kinesisanalytics"),
        *("apigateway", "cloudfront", "cloudtrail", "cloudwatch", "cloudformation", "codebuild", "codepipeline"),
        *("codedeploy", "dynamodb", "ecs-tasks", "redshift", "sagemaker", "athena", "batch", "backup", "bedrock"),
        *("config", "delivery.logs", "elasticmapreduce", "lakeformation", "monitoring.rds", "secretsmanager"),
        *("vpc-flow-logs", "transfer", "airflow", "airflow-env", "cognito-idp", "application-autoscaling"),
        *("autoscaling", "elasticbeanstalk", "elasticloadbalancing", "datapipeline", "appsync", "guardduty"),
        *("inspector", "macie", "securityhub", "budgets", "quicksight", "redshift-serverless"),
    }
)
SHORTEST = 5
REGION = re.compile(r"\.[a-z]{2}(-[a-z]+)+-\d$")
END = re.compile(r"\.amazonaws\.com(\.cn)?$")
# Alexa's principals end so, and those of no service that has resources.
SHOP = ".amazon.com"


@lru_cache(maxsize=1024)
def meant(principal: str) -> str | None:
    """Return the well-known service principal that an unknown one is a letter away from, None if there is none."""
    lower = principal.lower()
    if lower.endswith(SHOP) and _is_known(name := REGION.sub("", lower.removesuffix(SHOP))):
        return f"{name}.amazonaws.com"
    if not END.search(lower):
        return None
    name = REGION.sub("", END.sub("", lower))
    if len(name) < SHORTEST or _is_known(name):
        return None
    found = next((known for known in sorted(WELL_KNOWN) if _is_a_letter_away(name, known)), None)
    return f"{found}.amazonaws.com" if found else None


def _is_known(name: str) -> bool:
    return name in WELL_KNOWN or name in GUIDES or name in services()


def _is_a_letter_away(one: str, other: str) -> bool:
    """Say whether a letter too many, too few, wrong, or two in the wrong order make one text the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    swapped = others[1::-1] + others[2:]
    return rest[1:] == others or rest == others[1:] or rest[1:] == others[1:] or rest == swapped
