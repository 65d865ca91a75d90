"""IAM: metrics, which are no resources, are bound by their namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam import locations, reach
from ..iam.condition_values import is_real
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..rule import Finding, Profile, Rule, Severity
from .iam_grants import judges_identity_policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource
    from ..settings import Settings

PUT_METRIC_DATA = "cloudwatch:PutMetricData"
NAMESPACE = "cloudwatch:namespace"

METRIC_NAMESPACE = Rule(
    id="IAM-METRIC-NAMESPACE",
    title="Metrics are written into namespaces that are named",
    severity=Severity.LOW,
    why="Who may write every metric of the account can keep any alarm on one quiet. AWS's own guides mostly leave the "
    "condition out, hence strict.",
    frameworks=("NIST 800-53 AC-6", "NIST 800-53 AU-9"),
    profile=Profile.STRICT,
    by_grant=True,
)


@judges_identity_policies(METRIC_NAMESPACE)
def namespace_is_named(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse PutMetricData without a condition on the namespace.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    for statement in locations.allowed_statements(resource, Kind.IDENTITY):
        if reach.is_administrator(statement) or any(
            condition.key.lower() == NAMESPACE and is_real(condition, statement.conditions)
            for condition in statement.conditions
        ):
            continue
        for grant in reach.grants(statement):
            if matches(grant.action, PUT_METRIC_DATA):
                yield Finding(
                    f'{statement.label} allows "{grant}", and so every metric of the account',
                    f'"Condition": {{"StringEquals": {{"{NAMESPACE}": "shop"}}}}',
                    grant=str(grant),
                )
