"""Stores of data beside the platform's own tell who did what: their audit logs go to CloudWatch Logs or a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import UnreadableError, from_json, mapping
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from ..values import Properties
from .stores import KAFKA, WAREHOUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

WAREHOUSE_LOGGING = aws("redshift", "Logging")
NAMESPACE = aws("redshiftserverless", "Namespace")
WAREHOUSE_LOGS = ("connectionlog", "userlog")
BROKER_LOGS = ("cloudwatchLogs", "firehose", "s3")
# A cluster of documents or of a graph -> the property that lists its logs.
WITH_EXPORTS = {
    aws("docdb", "Cluster"): "enabledCloudwatchLogsExports",
    aws("neptune", "Cluster"): "enableCloudwatchLogsExports",
}
# A replication -> the property that holds its settings.
WITH_SETTINGS = {
    aws("dms", "ReplicationTask"): "replicationTaskSettings",
    aws("dms", "ReplicationConfig"): "replicationSettings",
}

LOGS = Rule(
    id="STORES-LOGS",
    title="Data stores log who did what",
    severity=Severity.MEDIUM,
    why="Who read or deleted what cannot be told afterwards otherwise. Busy stores log a lot, and logs cost, hence "
    "strict.",
    frameworks=(
        "FSBP Redshift.4",
        "FSBP RedshiftServerless.6",
        "FSBP DocumentDB.4",
        "FSBP Neptune.2",
        "FSBP DMS.7",
        "FSBP DMS.8",
        "NIST 800-53 AU-12",
        "PCI DSS 10.2.1",
    ),
    peers=("cdk-nag MSK6", "Checkov CKV_AWS_71", "Checkov CKV_AWS_80", "Checkov CKV_AWS_85", "Checkov CKV_AWS_101"),
    profile=Profile.STRICT,
)


@LOGS.across(WAREHOUSE)
def warehouse_logs(cluster: Resource, stack: Stack) -> Iterator[Finding]:
    """Ask for the log of connections and users, a resource of its own."""
    name = cluster.properties.get("clusterIdentifier")
    by_name = any(log.values.get("clusterIdentifier") == name for log in stack.of_type(WAREHOUSE_LOGGING))
    if not by_name and not stack.naming(cluster, "clusterIdentifier", WAREHOUSE_LOGGING):
        yield Finding(
            "does not log connections",
            'aws.redshift.Logging("...", cluster_identifier=cluster.id, log_destination_type="cloudwatch", '
            'log_exports=["connectionlog", "userlog"])',
        )


@LOGS.on(NAMESPACE)
def serverless_warehouse_logs(namespace: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for the log of connections and users, which are not exported by default."""
    exports = namespace.properties.get("logExports")
    if not all(log in (exports if isinstance(exports, list) else []) for log in WAREHOUSE_LOGS):
        yield Finding("does not log connections", 'log_exports=["connectionlog", "userlog"]')


@LOGS.on(KAFKA)
def brokers_log(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for the log of the brokers, which go nowhere by default."""
    logs = cluster.properties.section("loggingInfo", "brokerLogs")
    if not logs.is_unknown() and not any(logs.is_true(place, "enabled") for place in BROKER_LOGS):
        yield Finding(
            "does not log what brokers say",
            'logging_info={"broker_logs": {"cloudwatch_logs": {"enabled": True, "log_group": log_group.name}}}',
        )


@LOGS.on(*WITH_EXPORTS)
def cluster_exports_its_audit_log(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for the audit log, which is not exported by default."""
    exports = WITH_EXPORTS[cluster.type]
    if "audit" not in cluster.properties.texts(exports):
        name = "enabled" if exports.startswith("enabled") else "enable"
        yield Finding("does not export its audit log", f'{name}_cloudwatch_logs_exports=["audit"]')


@LOGS.on(*WITH_SETTINGS)
def replication_logs(replication: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse settings that switch logging off."""
    try:
        settings = Properties(mapping(from_json(replication.properties.get(WITH_SETTINGS[replication.type]))))
    except UnreadableError:
        return
    if settings.is_false("Logging", "EnableLogging"):
        yield Finding("does not log", '"Logging": {"EnableLogging": True} in its settings')
