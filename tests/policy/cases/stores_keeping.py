"""Databases, caches and files: backed up, protected from deletion, logged, and reached by who signs in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

DATABASE = "aws:rds/instance:Instance"
AURORA = "aws:rds/cluster:Cluster"
DOCUMENTS = "aws:docdb/cluster:Cluster"
GRAPH = "aws:neptune/cluster:Cluster"
WAREHOUSE = "aws:redshift/cluster:Cluster"
WAREHOUSE_LOGGING = "aws:redshift/logging:Logging"
NAMESPACE = "aws:redshiftserverless/namespace:Namespace"
WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup"
KAFKA = "aws:msk/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SINGLE_CACHE = "aws:elasticache/cluster:Cluster"
TASK = "aws:dms/replicationTask:ReplicationTask"
REPLICATION = "aws:dms/replicationConfig:ReplicationConfig"
FILES = "aws:efs/fileSystem:FileSystem"
ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
BACKUP_POLICY = "aws:efs/backupPolicy:BackupPolicy"
SELECTION = "aws:backup/selection:Selection"
VAULT = "aws:backup/vault:Vault"
SERIES = "aws:timestreamwrite/database:Database"

key = make("aws:kms/key:Key", "key")
first = make(DATABASE, "first", engine="postgres", backupRetentionPeriod=7)
everything = make(SELECTION, "everything", iamRoleArn="arn:aws:iam::123456789012:role/backup", resources=["*"])
named = make(WAREHOUSE, "named", clusterIdentifier="orders")
unnamed = make(WAREHOUSE, "unnamed", nodeType="ra3.large")
files = make(FILES, "files", encrypted=True)
brokers_log = {"brokerLogs": {"cloudwatchLogs": {"enabled": True, "logGroup": "brokers"}}}


def policy(status: str) -> Recorded:
    return make(BACKUP_POLICY, "policy", fileSystemId=files, backupPolicy={"status": status})


def logging_of(cluster: Recorded | str) -> Recorded:
    return make(WAREHOUSE_LOGGING, "logging", clusterIdentifier=cluster, logDestinationType="cloudwatch")


def settings(**logging: Any) -> str:
    return json.dumps({"Logging": logging, "TargetMetadata": {"SupportLobs": True}})


def access_point(**root: Any) -> Recorded:
    return make(ACCESS_POINT, fileSystemId=files, rootDirectory=root)


CASES = [
    bad("STORES-BACKED-UP", "a database, by default", make(DATABASE, engine="postgres")),
    bad("STORES-BACKED-UP", "a database, off", make(DATABASE, engine="postgres", backupRetentionPeriod=0)),
    bad("STORES-BACKED-UP", "a warehouse, off", make(WAREHOUSE, automatedSnapshotRetentionPeriod=0)),
    good("STORES-BACKED-UP", "a database", first),
    good("STORES-BACKED-UP", "a replica", make(DATABASE, replicateSourceDb=first), first),
    good("STORES-BACKED-UP", "from a snapshot", make(DATABASE, snapshotIdentifier="s")),
    good("STORES-BACKED-UP", "by AWS Backup", make(DATABASE, engine="postgres"), everything),
    good("STORES-BACKED-UP", "a warehouse, by default", make(WAREHOUSE, nodeType="ra3.large")),
    good("STORES-BACKED-UP", "a warehouse", make(WAREHOUSE, automatedSnapshotRetentionPeriod=7)),
    bad("STORES-CACHE-BACKED-UP", "by default", make(CACHE, engine="redis")),
    bad("STORES-CACHE-BACKED-UP", "off", make(CACHE, engine="valkey", snapshotRetentionLimit=0)),
    bad("STORES-CACHE-BACKED-UP", "a single one, by default", make(SINGLE_CACHE, engine="redis")),
    good("STORES-CACHE-BACKED-UP", "a single one", make(SINGLE_CACHE, engine="redis", snapshotRetentionLimit=1)),
    good("STORES-CACHE-BACKED-UP", "Memcached", make(SINGLE_CACHE, engine="memcached")),
    good("STORES-CACHE-BACKED-UP", "a replica of a group", make(SINGLE_CACHE, replicationGroupId="g")),
    good("STORES-CACHE-BACKED-UP", "a cache", make(CACHE, engine="redis", snapshotRetentionLimit=7)),
    good("STORES-CACHE-BACKED-UP", "a member of a global group", make(CACHE, globalReplicationGroupId="g")),
    bad("STORES-DELETION-PROTECTION", "a database, by default", make(DATABASE, engine="postgres")),
    bad("STORES-DELETION-PROTECTION", "Aurora, off", make(AURORA, deletionProtection=False)),
    bad("STORES-DELETION-PROTECTION", "documents, by default", make(DOCUMENTS, engine="docdb")),
    bad("STORES-DELETION-PROTECTION", "a graph, by default", make(GRAPH, engine="neptune")),
    good("STORES-DELETION-PROTECTION", "a database", make(DATABASE, deletionProtection=True)),
    good("STORES-DELETION-PROTECTION", "a replica", make(DATABASE, replicateSourceDb=first)),
    good("STORES-DELETION-PROTECTION", "Aurora", make(AURORA, deletionProtection=True)),
    bad("STORES-LOGS", "a warehouse", named),
    bad("STORES-LOGS", "another one's log", named, logging_of("another")),
    bad("STORES-LOGS", "a serverless warehouse, by default", make(NAMESPACE, namespaceName="n")),
    bad("STORES-LOGS", "queries only", make(NAMESPACE, logExports=["useractivitylog"])),
    bad("STORES-LOGS", "brokers, by default", make(KAFKA, kafkaVersion="3.8.x")),
    bad("STORES-LOGS", "brokers, off", make(KAFKA, loggingInfo={"brokerLogs": {"s3": {"enabled": False}}})),
    bad("STORES-LOGS", "documents", make(DOCUMENTS, enabledCloudwatchLogsExports=["profiler"])),
    bad("STORES-LOGS", "a graph, by default", make(GRAPH, engine="neptune")),
    bad("STORES-LOGS", "a task, off", make(TASK, replicationTaskSettings=settings(EnableLogging=False))),
    bad("STORES-LOGS", "a replication, off", make(REPLICATION, replicationSettings=settings(EnableLogging=False))),
    good("STORES-LOGS", "a warehouse", unnamed, logging_of(unnamed)),
    good("STORES-LOGS", "a warehouse by name", named, logging_of("orders")),
    good("STORES-LOGS", "a serverless warehouse", make(NAMESPACE, logExports=["userlog", "connectionlog"])),
    good("STORES-LOGS", "brokers", make(KAFKA, loggingInfo=brokers_log)),
    good("STORES-LOGS", "documents", make(DOCUMENTS, enabledCloudwatchLogsExports=["audit", "profiler"])),
    good("STORES-LOGS", "a graph", make(GRAPH, enableCloudwatchLogsExports=["audit"])),
    good("STORES-LOGS", "a task", make(TASK, replicationTaskSettings=settings(EnableLogging=True))),
    good("STORES-LOGS", "a task without settings", make(TASK, migrationType="cdc")),
    bad("STORES-ADMINISTRATOR-NAME", "a database's", make(DATABASE, username="postgres")),
    bad("STORES-ADMINISTRATOR-NAME", "Aurora's", make(AURORA, masterUsername="admin")),
    bad("STORES-ADMINISTRATOR-NAME", "a warehouse's", make(WAREHOUSE, masterUsername="awsuser")),
    bad("STORES-ADMINISTRATOR-NAME", "a serverless warehouse's", make(NAMESPACE, adminUsername="admin")),
    good("STORES-ADMINISTRATOR-NAME", "one of its own", make(DATABASE, username="orders_owner")),
    good("STORES-ADMINISTRATOR-NAME", "a replica", make(DATABASE, replicateSourceDb=first)),
    bad("STORES-IAM-AUTHENTICATION", "by default", make(GRAPH, engine="neptune")),
    good("STORES-IAM-AUTHENTICATION", "on", make(GRAPH, iamDatabaseAuthenticationEnabled=True)),
    good("STORES-IAM-AUTHENTICATION", "documents", make(DOCUMENTS, engine="docdb")),
    bad("STORES-VPC-ROUTING", "by default", make(WAREHOUSE, nodeType="ra3.large")),
    bad("STORES-VPC-ROUTING", "serverless, off", make(WORKGROUP, enhancedVpcRouting=False)),
    good("STORES-VPC-ROUTING", "on", make(WAREHOUSE, enhancedVpcRouting=True)),
    good("STORES-VPC-ROUTING", "serverless, on", make(WORKGROUP, enhancedVpcRouting=True)),
    bad("STORES-CUSTOMER-KEY", "a vault", make(VAULT, name="vault")),
    bad("STORES-CUSTOMER-KEY", "time series", make(SERIES, databaseName="series")),
    good("STORES-CUSTOMER-KEY", "a vault of ours", make(VAULT, kmsKeyArn=key)),
    good("STORES-CUSTOMER-KEY", "time series of ours", make(SERIES, kmsKeyId=key)),
    bad("EFS-ACCESS-POINT-DIRECTORY", "by default", make(ACCESS_POINT, fileSystemId=files)),
    bad("EFS-ACCESS-POINT-DIRECTORY", "the default of a block", access_point(creationInfo={"permissions": "750"})),
    bad("EFS-ACCESS-POINT-DIRECTORY", "the root", access_point(path="/")),
    good("EFS-ACCESS-POINT-DIRECTORY", "a directory", access_point(path="/orders")),
    good("EFS-ACCESS-POINT-DIRECTORY", "a directory below", access_point(path="/orders/in")),
    bad("EFS-BACKED-UP", "by default", files),
    bad("EFS-BACKED-UP", "off", files, policy("DISABLED")),
    good("EFS-BACKED-UP", "on", files, policy("ENABLED")),
    good("EFS-BACKED-UP", "by AWS Backup", files, everything),
    good("EFS-BACKED-UP", "in one zone", make(FILES, availabilityZoneName="eu-west-1a")),
]
