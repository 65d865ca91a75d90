"""Athena: workgroups decide where results go, how they are encrypted, and what a query may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

WORKGROUP = aws("athena", "Workgroup")
KMS_OPTIONS = ("SSE_KMS", "CSE_KMS")

ENFORCED = Rule(
    id="ATHENA-ENFORCED",
    title="Workgroups overrule their clients",
    severity=Severity.MEDIUM,
    why="Otherwise a client may write its results anywhere, unencrypted.",
    frameworks=("NIST 800-53 CM-6",),
    peers=("Checkov CKV_AWS_82", "Trivy AWS-0007"),
)
CUSTOMER_KEY = Rule(
    id="ATHENA-CUSTOMER-KEY",
    title="Results are encrypted with a customer-managed key",
    severity=Severity.HIGH,
    why="Results hold what the tables hold.",
    frameworks=("FSBP Athena.1", "NIST 800-53 SC-28"),
    peers=("Checkov CKV_AWS_77", "Checkov CKV_AWS_159", "Trivy AWS-0006"),
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


@CUSTOMER_KEY.on(WORKGROUP)
def results_are_encrypted(workgroup: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no encryption, and S3's key."""
    configuration = workgroup.properties.section("configuration")
    if configuration.is_true("managedQueryResultsConfiguration", "enabled"):
        if not configuration.has_customer_key("managedQueryResultsConfiguration", "encryptionConfiguration", "kmsKey"):
            yield Finding(
                "keeps managed results without a customer-managed key",
                '"managed_query_results_configuration": {"enabled": True, '
                '"encryption_configuration": {"kms_key": key.arn}}',
            )
        return
    encryption = configuration.section("resultConfiguration").section("encryptionConfiguration")
    if encryption.get("encryptionOption") not in KMS_OPTIONS or not encryption.has_customer_key("kmsKeyArn"):
        yield Finding(
            "does not encrypt results with a customer-managed key",
            'configuration={..., "result_configuration": {..., "encryption_configuration": '
            '{"encryption_option": "SSE_KMS", "kms_key_arn": key.arn}}}',
        )


@CUSTOMER_KEY.on(aws("athena", "Database"))
def database_is_encrypted(database: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a database whose query results are not encrypted."""
    encryption = database.properties.section("encryptionConfiguration")
    if encryption.get("encryptionOption") not in KMS_OPTIONS or not encryption.has_customer_key("kmsKey"):
        yield Finding(
            "does not encrypt results with a customer-managed key",
            'encryption_configuration={"encryption_option": "SSE_KMS", "kms_key": key.arn}',
        )


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
