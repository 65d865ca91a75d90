"""Athena: workgroups decide where results go, how they are encrypted, and what a query may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

WORKGROUP = aws("athena", "Workgroup")
DATABASE = aws("athena", "Database")
# Where results are kept -> where it says how they are encrypted, and the property of the key there.
ENCRYPTION = {
    WORKGROUP: (("configuration", "resultConfiguration", "encryptionConfiguration"), "kmsKeyArn"),
    DATABASE: (("encryptionConfiguration",), "kmsKey"),
}
KMS_OPTIONS = ("SSE_KMS", "CSE_KMS")

ENFORCED = Rule(
    id="ATHENA-ENFORCED",
    title="Workgroups overrule their clients",
    severity=Severity.MEDIUM,
    why="Otherwise a client may write its results anywhere, unencrypted.",
    frameworks=("NIST 800-53 CM-6",),
    peers=("Checkov CKV_AWS_82", "Trivy AWS-0007"),
)
ENCRYPTED = Rule(
    id="ATHENA-ENCRYPTED",
    title="Results are encrypted",
    severity=Severity.HIGH,
    why="Results hold what the tables hold.",
    frameworks=("FSBP Athena.1", "NIST 800-53 SC-28"),
    peers=("Checkov CKV_AWS_77", "Checkov CKV_AWS_159", "Trivy AWS-0006"),
)
CUSTOMER_KEY = Rule(
    id="ATHENA-CUSTOMER-KEY",
    title="Results are encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Only a key of ours has a policy and a log of its own. The bucket's own rule (S3-CUSTOMER-KEY) demands it of a "
    "bucket of the stack, hence strict.",
    frameworks=("NIST 800-53 SC-28",),
    profile=Profile.STRICT,
)
SCAN_LIMIT = Rule(
    id="ATHENA-SCAN-LIMIT",
    title="A query may scan so much and no more",
    severity=Severity.LOW,
    why="One query without a partition filter can cost as much as a month of work.",
)
METRICS = Rule(
    id="ATHENA-METRICS",
    title="Workgroups publish metrics",
    severity=Severity.LOW,
    why="Without them nobody sees queries fail, or cost.",
    frameworks=("FSBP Athena.4",),
)


@ENFORCED.on(WORKGROUP)
def is_enforced(workgroup: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse settings that clients may overrule; AWS's default is that they may not."""
    if workgroup.properties.is_false("configuration", "enforceWorkgroupConfiguration"):
        yield Finding(
            "lets clients overrule its settings", 'configuration={..., "enforce_workgroup_configuration": True}'
        )


@ENCRYPTED.on(*ENCRYPTION)
def results_are_encrypted(keeper: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no encryption, and KMS without a key; results that Athena manages are always encrypted."""
    if keeper.properties.is_true("configuration", "managedQueryResultsConfiguration", "enabled"):
        return
    path, key = ENCRYPTION[keeper.type]
    option = keeper.properties.get(*path, "encryptionOption")
    if not option or (option in KMS_OPTIONS and not keeper.properties.is_set(*path, key)):
        yield Finding("does not encrypt results", _fix(keeper))


@CUSTOMER_KEY.on(*ENCRYPTION)
def results_have_our_key(keeper: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the keys of S3, Athena and AWS."""
    managed = keeper.properties.section("configuration").section("managedQueryResultsConfiguration")
    if managed.is_true("enabled"):
        if not managed.has_customer_key("encryptionConfiguration", "kmsKey"):
            yield Finding(
                "keeps managed results without a customer-managed key",
                '"managed_query_results_configuration": {"enabled": True, '
                '"encryption_configuration": {"kms_key": key.arn}}',
            )
        return
    path, key = ENCRYPTION[keeper.type]
    option = keeper.properties.get(*path, "encryptionOption")
    if option not in KMS_OPTIONS or not keeper.properties.has_customer_key(*path, key):
        yield Finding("does not encrypt results with a customer-managed key", _fix(keeper))


@SCAN_LIMIT.on(WORKGROUP)
def has_scan_limit(workgroup: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a workgroup without a limit."""
    configuration = workgroup.properties.section("configuration")
    if configuration.is_set("executionRole"):
        # A workgroup for Spark: it is billed by time, and takes no limit.
        return
    unlimited = not configuration.is_set("bytesScannedCutoffPerQuery")
    if unlimited or configuration.number("bytesScannedCutoffPerQuery") == 0:
        yield Finding(
            "has no limit on what a query scans",
            'configuration={..., "bytes_scanned_cutoff_per_query": 100_000_000_000}',
        )


@METRICS.on(WORKGROUP)
def publishes_metrics(workgroup: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse metrics that are switched off; they are on by default."""
    if workgroup.properties.is_false("configuration", "publishCloudwatchMetricsEnabled"):
        yield Finding("publishes no metrics", 'configuration={..., "publish_cloudwatch_metrics_enabled": True}')


def _fix(keeper: Resource) -> str:
    if keeper.type == DATABASE:
        return 'encryption_configuration={"encryption_option": "SSE_KMS", "kms_key": key.arn}'
    return (
        'configuration={..., "result_configuration": {..., "encryption_configuration": '
        '{"encryption_option": "SSE_KMS", "kms_key_arn": key.arn}}}'
    )
