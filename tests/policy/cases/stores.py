"""Databases, search, Kafka and files."""

from __future__ import annotations

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
KAFKA = "aws:msk/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SUBNET = "aws:ec2/subnet:Subnet"

subnet = make(SUBNET, "subnet", vpcId="vpc-1")
database = make(DATABASE, "first", engine="postgres", storageEncrypted=True)


def kafka(public: str = "DISABLED", *, unauthenticated: bool = False, **transit: Any) -> Recorded:
    return make(
        KAFKA,
        brokerNodeGroupInfo={"clientSubnets": ["a"], "connectivityInfo": {"publicAccess": {"type": public}}},
        clientAuthentication={"unauthenticated": unauthenticated},
        encryptionInfo={"encryptionInTransit": transit},
    )


def search(*, at_rest: bool = True, https: bool = True, nodes: bool = True) -> Recorded:
    return make(
        SEARCH,
        vpcOptions={"subnetIds": [subnet]},
        encryptAtRest={"enabled": at_rest},
        domainEndpointOptions={"enforceHttps": https},
        nodeToNodeEncryption={"enabled": nodes},
    )


CASES = [
    bad("STORES-NOT-OPEN", "a database", make(DATABASE, engine="postgres", publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "an instance of Aurora", make(AURORA_INSTANCE, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a warehouse", make(WAREHOUSE, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "a serverless warehouse", make(SERVERLESS, publiclyAccessible=True)),
    bad("STORES-NOT-OPEN", "search without a network", make(SEARCH, engineVersion="OpenSearch_2.17")),
    bad("STORES-NOT-OPEN", "public brokers", kafka("SERVICE_PROVIDED_EIPS")),
    bad("STORES-NOT-OPEN", "clients without credentials", kafka(unauthenticated=True)),
    good("STORES-NOT-OPEN", "a database, by default", make(DATABASE, engine="postgres")),
    good("STORES-NOT-OPEN", "a private warehouse", make(WAREHOUSE, publiclyAccessible=False)),
    good("STORES-NOT-OPEN", "search in a subnet", search()),
    good("STORES-NOT-OPEN", "private brokers", kafka()),
    good("STORES-NOT-OPEN", "brokers, by default", make(KAFKA, kafkaVersion="3.6.0")),
    bad("STORES-ENCRYPTED", "a database, by default", make(DATABASE, engine="postgres")),
    bad("STORES-ENCRYPTED", "Aurora, by default", make(AURORA, engine="aurora-postgresql")),
    bad("STORES-ENCRYPTED", "documents, off", make(DOCUMENTS, storageEncrypted=False)),
    bad("STORES-ENCRYPTED", "a replica, off", make(DATABASE, replicateSourceDb=database, storageEncrypted=False)),
    bad("STORES-ENCRYPTED", "a warehouse, off", make(WAREHOUSE, encrypted=False)),
    bad("STORES-ENCRYPTED", "files, by default", make(FILES, creationToken="f")),
    bad("STORES-ENCRYPTED", "search", search(at_rest=False)),
    bad("STORES-ENCRYPTED", "search, by default", make(SEARCH, vpcOptions={"subnetIds": ["a"]})),
    bad("STORES-ENCRYPTED", "a cache, by default", make(CACHE, engine="redis")),
    bad("STORES-ENCRYPTED", "Valkey, off", make(CACHE, engine="valkey", atRestEncryptionEnabled=False)),
    good("STORES-ENCRYPTED", "a database", database),
    good("STORES-ENCRYPTED", "a replica", make(DATABASE, replicateSourceDb=database)),
    good("STORES-ENCRYPTED", "from a snapshot", make(AURORA, snapshotIdentifier="s")),
    good("STORES-ENCRYPTED", "Aurora Serverless v1", make(AURORA, engineMode="serverless")),
    good("STORES-ENCRYPTED", "a warehouse, by default", make(WAREHOUSE, nodeType="ra3.large")),
    good("STORES-ENCRYPTED", "files", make(FILES, encrypted=True)),
    good("STORES-ENCRYPTED", "search", search()),
    good("STORES-ENCRYPTED", "Valkey, by default", make(CACHE, engine="valkey")),
    good("STORES-ENCRYPTED", "a cache", make(CACHE, engine="redis", atRestEncryptionEnabled=True)),
    good("STORES-ENCRYPTED", "a member of a global group", make(CACHE, globalReplicationGroupId="g")),
    bad("STORES-TLS", "plain HTTP", search(https=False)),
    bad("STORES-TLS", "plain HTTP, by default", make(SEARCH, nodeToNodeEncryption={"enabled": True})),
    bad("STORES-TLS", "plain nodes", search(nodes=False)),
    bad("STORES-TLS", "plain clients", kafka(clientBroker="PLAINTEXT")),
    bad("STORES-TLS", "clients as they like", kafka(clientBroker="TLS_PLAINTEXT")),
    bad("STORES-TLS", "plain brokers", kafka(inCluster=False)),
    bad("STORES-TLS", "a cache, by default", make(CACHE, engine="redis")),
    bad("STORES-TLS", "Valkey, by default", make(CACHE, engine="valkey")),
    bad(
        "STORES-TLS",
        "a member of a global group, off",
        make(CACHE, globalReplicationGroupId="g", transitEncryptionEnabled=False),
    ),
    good("STORES-TLS", "a member of a global group", make(CACHE, globalReplicationGroupId="g")),
    good("STORES-TLS", "search", search()),
    good("STORES-TLS", "Kafka", kafka(clientBroker="TLS", inCluster=True)),
    good("STORES-TLS", "Kafka, by default", make(KAFKA, kafkaVersion="3.6.0")),
    good("STORES-TLS", "a cache", make(CACHE, engine="redis", transitEncryptionEnabled=True)),
]
