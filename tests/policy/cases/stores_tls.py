"""Databases, search, Kafka and caches by TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

SEARCH = "aws:opensearch/domain:Domain"
OLD_SEARCH = "aws:elasticsearch/domain:Domain"
KAFKA = "aws:msk/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
MEMORY = "aws:memorydb/cluster:Cluster"
PROXY = "aws:rds/proxy:Proxy"
ENDPOINT = "aws:dms/endpoint:Endpoint"
SERVERLESS = "aws:redshiftserverless/workgroup:Workgroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
DOCUMENT_PARAMETERS = "aws:docdb/clusterParameterGroup:ClusterParameterGroup"
GRAPH_PARAMETERS = "aws:neptune/clusterParameterGroup:ClusterParameterGroup"
WAREHOUSE_PARAMETERS = "aws:redshift/parameterGroup:ParameterGroup"
NEW_POLICY = "Policy-Min-TLS-1-2-PFS-2023-10"


def kafka(**transit: Any) -> Recorded:
    return make(KAFKA, encryptionInfo={"encryptionInTransit": transit})


def search(type_: str = SEARCH, *, https: bool = True, nodes: bool = True, policy: str = NEW_POLICY) -> Recorded:
    return make(
        type_,
        domainEndpointOptions={"enforceHttps": https, "tlsSecurityPolicy": policy},
        nodeToNodeEncryption={"enabled": nodes},
    )


def parameters(type_: str, name: str, value: str) -> Recorded:
    return make(type_, family="some", parameters=[{"name": "other", "value": "0"}, {"name": name, "value": value}])


def serverless(value: str) -> Recorded:
    return make(SERVERLESS, configParameters=[{"parameterKey": "require_ssl", "parameterValue": value}])


def endpoint(engine: str, **more: Any) -> Recorded:
    return make(ENDPOINT, endpointType="source", engineName=engine, **more)


CASES = [
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
    bad("STORES-TLS", "search by its old name", search(OLD_SEARCH, https=False)),
    bad("STORES-TLS", "search with TLS 1.0", search(policy="Policy-Min-TLS-1-0-2019-07")),
    bad("STORES-TLS", "memory", make(MEMORY, aclName="open-access", tlsEnabled=False)),
    bad("STORES-TLS", "PostgreSQL", parameters(PARAMETERS, "rds.force_ssl", "0")),
    bad("STORES-TLS", "Aurora MySQL", parameters(CLUSTER_PARAMETERS, "require_secure_transport", "OFF")),
    bad("STORES-TLS", "documents", parameters(DOCUMENT_PARAMETERS, "tls", "disabled")),
    bad("STORES-TLS", "a graph", parameters(GRAPH_PARAMETERS, "neptune_enforce_ssl", "0")),
    bad("STORES-TLS", "a warehouse", parameters(WAREHOUSE_PARAMETERS, "require_ssl", "false")),
    bad("STORES-TLS", "a serverless warehouse", serverless("false")),
    bad("STORES-TLS", "a proxy, by default", make(PROXY, engineFamily="POSTGRESQL")),
    bad("STORES-TLS", "a proxy, off", make(PROXY, engineFamily="POSTGRESQL", requireTls=False)),
    bad("STORES-TLS", "a source, by default", endpoint("postgres")),
    bad("STORES-TLS", "a source, off", endpoint("mysql", sslMode="none")),
    bad("STORES-TLS", "a cache to copy to", endpoint("redis", redisSettings={"sslSecurityProtocol": "plaintext"})),
    bad("STORES-TLS", "Kafka to copy to", endpoint("kafka", kafkaSettings={"securityProtocol": "plaintext"})),
    good("STORES-TLS", "search by its old name", search(OLD_SEARCH)),
    good("STORES-TLS", "memory, by default", make(MEMORY, aclName="orders")),
    good("STORES-TLS", "PostgreSQL", parameters(PARAMETERS, "rds.force_ssl", "1")),
    good("STORES-TLS", "parameters about something else", parameters(PARAMETERS, "log_connections", "0")),
    good("STORES-TLS", "Aurora MySQL", parameters(CLUSTER_PARAMETERS, "require_secure_transport", "ON")),
    good("STORES-TLS", "documents", parameters(DOCUMENT_PARAMETERS, "tls", "enabled")),
    good("STORES-TLS", "documents by newer protocols", parameters(DOCUMENT_PARAMETERS, "tls", "tls1.2+")),
    good("STORES-TLS", "a warehouse", parameters(WAREHOUSE_PARAMETERS, "require_ssl", "true")),
    good("STORES-TLS", "a serverless warehouse", serverless("true")),
    good("STORES-TLS", "a proxy", make(PROXY, engineFamily="POSTGRESQL", requireTls=True)),
    good("STORES-TLS", "a source", endpoint("postgres", sslMode="require")),
    good("STORES-TLS", "Oracle, by its own encryption", endpoint("oracle")),
    good("STORES-TLS", "a bucket to copy to", endpoint("s3")),
    good("STORES-TLS", "a stream to copy to", endpoint("kinesis", sslMode="none")),
    good("STORES-TLS", "a cache to copy to", endpoint("redis", redisSettings={"authType": "auth-token"})),
]
