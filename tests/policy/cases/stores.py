"""Databases, search, Kafka, caches and files: not open, encrypted, and their snapshots not shared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

DATABASE = "aws:rds/instance:Instance"
AURORA = "aws:rds/cluster:Cluster"
AURORA_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
DOCUMENTS = "aws:docdb/cluster:Cluster"
WAREHOUSE = "aws:redshift/cluster:Cluster"
SERVERLESS = "aws:redshiftserverless/workgroup:Workgroup"
FILES = "aws:efs/fileSystem:FileSystem"
SEARCH = "aws:opensearch/domain:Domain"
OLD_SEARCH = "aws:elasticsearch/domain:Domain"
SERVERLESS_SEARCH = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"
SERIES = "aws:timestreaminfluxdb/dbInstance:DbInstance"
MEMORY = "aws:memorydb/cluster:Cluster"
CACHE_USER = "aws:elasticache/user:User"
SNAPSHOT = "aws:rds/snapshot:Snapshot"
CLUSTER_SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot"
SERIES_CLUSTER = "aws:timestreaminfluxdb/dbCluster:DbCluster"
REPLICATION = "aws:dms/replicationInstance:ReplicationInstance"
BROKER = "aws:mq/broker:Broker"
GRAPH = "aws:neptune/cluster:Cluster"
GRAPH_INSTANCE = "aws:neptune/clusterInstance:ClusterInstance"
CLUSTER_SNAPSHOT_COPY = "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"
SNAPSHOT_COPY = "aws:rds/snapshotCopy:SnapshotCopy"
KAFKA = "aws:msk/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SUBNET = "aws:ec2/subnet:Subnet"

subnet = make(SUBNET, "subnet", vpcId="vpc-1")
database = make(DATABASE, "first", engine="postgres", storageEncrypted=True)


def kafka(public: str = "DISABLED", *, unauthenticated: bool = False) -> Recorded:
    return make(
        KAFKA,
        brokerNodeGroupInfo={"clientSubnets": ["a"], "connectivityInfo": {"publicAccess": {"type": public}}},
        clientAuthentication={"unauthenticated": unauthenticated},
    )


def search(type_: str = SEARCH, *, at_rest: bool = True) -> Recorded:
    return make(type_, vpcOptions={"subnetIds": [subnet]}, encryptAtRest={"enabled": at_rest})


def collections(kind: str, **said: Any) -> Recorded:
    rules = [{"ResourceType": "collection", "Resource": ["collection/orders"]}]
    text = {"Rules": rules, **said}
    return make(SERVERLESS_SEARCH, type=kind, policy=json.dumps([text] if kind == "network" else text))


def cache_user(access: str, **more: Any) -> Recorded:
    return make(CACHE_USER, engine="valkey", userId="app", userName="app", accessString=access, **more)


CASES = [
    bad("STORES-NOT-OPEN", "a database", make(DATABASE, engine="postgres", publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "an instance of Aurora", make(AURORA_INSTANCE, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a warehouse", make(WAREHOUSE, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a serverless warehouse", make(SERVERLESS, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "search without a network", make(SEARCH, engineVersion="OpenSearch_2.17")),
    bad("STORES-NOT-OPEN", "public brokers", kafka("SERVICE_PROVIDED_EIPS")),
    bad("STORES-NOT-OPEN", "clients without credentials", kafka(unauthenticated=True)),
    bad("STORES-NOT-OPEN", "time series", make(SERIES, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a cluster of time series", make(SERIES_CLUSTER, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a cluster in several zones", make(AURORA, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a graph", make(GRAPH_INSTANCE, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "what replicates", make(REPLICATION, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a broker", make(BROKER, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "search by its old name", make(OLD_SEARCH, elasticsearchVersion="7.10")),
    bad("STORES-NOT-OPEN", "search without servers", collections("network", AllowFromPublic=True)),
    bad("STORES-NOT-OPEN", "memory for everyone", make(MEMORY, aclName="open-access", tlsEnabled=False)),
    bad("STORES-NOT-OPEN", "a user without a password", cache_user("on ~app:* +@read", noPasswordRequired=True)),
    bad(
        "STORES-NOT-OPEN",
        "a user without a password, spelled as a mode",
        cache_user("on ~* +@all", authenticationMode={"type": "no-password-required"}),
    ),
    good("STORES-NOT-OPEN", "a database, by default", make(DATABASE, engine="postgres")),
    good("STORES-NOT-OPEN", "a private warehouse", make(WAREHOUSE, publiclyAccessible=False)),
    good("STORES-NOT-OPEN", "search in a subnet", search()),
    good("STORES-NOT-OPEN", "private brokers", kafka()),
    good("STORES-NOT-OPEN", "brokers, by default", make(KAFKA, kafkaVersion="3.6.0")),
    good("STORES-NOT-OPEN", "private time series", make(SERIES, publiclyAccessible=False)),
    good("STORES-NOT-OPEN", "search by its old name, in a subnet", search(OLD_SEARCH)),
    good("STORES-NOT-OPEN", "search without servers, in a VPC", collections("network", SourceVPCEs=["vpce-1"])),
    good("STORES-NOT-OPEN", "how collections are encrypted", collections("encryption", AWSOwnedKey=True)),
    good("STORES-NOT-OPEN", "memory for users", make(MEMORY, aclName="orders")),
    good("STORES-NOT-OPEN", "a default user that is off", cache_user("off ~* -@all", noPasswordRequired=True)),
    good("STORES-NOT-OPEN", "a user who signs", cache_user("on ~* +@all", authenticationMode={"type": "iam"})),
    good("STORES-NOT-OPEN", "a user with a password", cache_user("on ~* +@all", passwords=["from-config"])),
    bad("STORES-ENCRYPTED", "a database, by default", make(DATABASE, engine="postgres")),
    bad("STORES-ENCRYPTED", "Aurora, by default", make(AURORA, engine="aurora-postgresql")),
    bad("STORES-ENCRYPTED", "documents, off", make(DOCUMENTS, storageEncrypted=False)),
    bad("STORES-ENCRYPTED", "a replica, off", make(DATABASE, replicateSourceDb=database, storageEncrypted=False)),
    bad("STORES-ENCRYPTED", "a warehouse, off", make(WAREHOUSE, encrypted=False)),
    bad("STORES-ENCRYPTED", "files, by default", make(FILES, creationToken="f")),
    bad("STORES-ENCRYPTED", "search", search(at_rest=False)),
    bad("STORES-ENCRYPTED", "search, by default", make(SEARCH, vpcOptions={"subnetIds": ["a"]})),
    bad("STORES-ENCRYPTED", "a graph, by default", make(GRAPH, engine="neptune")),
    bad("STORES-ENCRYPTED", "search by its old name", search(OLD_SEARCH, at_rest=False)),
    bad("STORES-ENCRYPTED", "a cache, by default", make(CACHE, engine="redis")),
    bad("STORES-ENCRYPTED", "Valkey, off", make(CACHE, engine="valkey", atRestEncryptionEnabled=False)),
    good("STORES-ENCRYPTED", "a database", database),
    good("STORES-ENCRYPTED", "a replica", make(DATABASE, replicateSourceDb=database)),
    good("STORES-ENCRYPTED", "from a snapshot", make(AURORA, snapshotIdentifier="s")),
    good("STORES-ENCRYPTED", "Aurora Serverless v1", make(AURORA, engineMode="serverless")),
    good("STORES-ENCRYPTED", "a warehouse, by default", make(WAREHOUSE, nodeType="ra3.large")),
    good("STORES-ENCRYPTED", "files", make(FILES, encrypted=True)),
    good("STORES-ENCRYPTED", "search", search()),
    good("STORES-ENCRYPTED", "search by its old name", search(OLD_SEARCH)),
    good("STORES-ENCRYPTED", "Valkey, by default", make(CACHE, engine="valkey")),
    good("STORES-ENCRYPTED", "a cache", make(CACHE, engine="redis", atRestEncryptionEnabled=True)),
    good("STORES-ENCRYPTED", "a member of a global group", make(CACHE, globalReplicationGroupId="g")),
    bad("STORES-ENCRYPTED", "a member, off", make(CACHE, globalReplicationGroupId="g", atRestEncryptionEnabled=False)),
    bad("STORES-SNAPSHOT-NOT-PUBLIC", "everyone's", make(SNAPSHOT, sharedAccounts=["all"])),
    bad("STORES-SNAPSHOT-NOT-PUBLIC", "a cluster's", make(CLUSTER_SNAPSHOT, sharedAccounts=["123456789012", "all"])),
    bad("STORES-SNAPSHOT-NOT-PUBLIC", "a copy", make(SNAPSHOT_COPY, sharedAccounts=["all"])),
    bad("STORES-SNAPSHOT-NOT-PUBLIC", "a cluster's copy", make(CLUSTER_SNAPSHOT_COPY, sharedAccounts=["all"])),
    good("STORES-SNAPSHOT-NOT-PUBLIC", "another account's", make(SNAPSHOT, sharedAccounts=["123456789012"])),
    good("STORES-SNAPSHOT-NOT-PUBLIC", "ours", make(SNAPSHOT, dbInstanceIdentifier="orders")),
    good("STORES-SNAPSHOT-NOT-PUBLIC", "a cluster's, ours", make(CLUSTER_SNAPSHOT, dbClusterIdentifier="orders")),
]
