"""Stores of data beside the platform's own (databases, search, Kafka, files): not open, encrypted, over TLS.

Only what every such store must have, whichever service it is of; defaults are those of pulumi-aws 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

WITH_PUBLIC_SWITCH = (
    aws("rds", "Instance"),
    aws("rds", "ClusterInstance"),
    aws("neptune", "ClusterInstance"),
    aws("redshift", "Cluster"),
    aws("redshiftserverless", "Workgroup"),
    aws("dms", "ReplicationInstance"),
    aws("mq", "Broker"),
)
WITH_PLAIN_DEFAULT = (
    aws("rds", "Instance"),
    aws("rds", "Cluster"),
    aws("docdb", "Cluster"),
    aws("neptune", "Cluster"),
)
# What is restored or replicated is encrypted as its source is.
SOURCES = ("snapshotIdentifier", "replicateSourceDb", "replicationSourceIdentifier", "restoreToPointInTime")
WAREHOUSE = aws("redshift", "Cluster")
FILES = aws("efs", "FileSystem")
SEARCH = aws("opensearch", "Domain")
KAFKA = aws("msk", "Cluster")
CACHE = aws("elasticache", "ReplicationGroup")

NOT_OPEN = Rule(
    id="STORES-NOT-OPEN",
    title="Data stores are reached from our network, by who has credentials",
    severity=Severity.CRITICAL,
    why="A store with a public address is one password, or one bug, away from everybody.",
    frameworks=(
        "FSBP RDS.2",
        "FSBP Redshift.1",
        "FSBP Opensearch.2",
        "FSBP MSK.4",
        "FSBP MSK.6",
        "FSBP DMS.1",
        "NIST 800-53 SC-7",
        "PCI DSS 1.4.4",
    ),
    peers=("Checkov CKV_AWS_17", "Checkov CKV_AWS_69", "Checkov CKV_AWS_87", "Checkov CKV_AWS_89"),
)
ENCRYPTED = Rule(
    id="STORES-ENCRYPTED",
    title="Data stores are encrypted at rest",
    severity=Severity.HIGH,
    why="Disks, backups and snapshots of a plain store can be read by whoever gets hold of them, and most stores "
    "cannot be encrypted later.",
    frameworks=(
        "FSBP RDS.3",
        "FSBP RDS.27",
        "FSBP Redshift.10",
        "FSBP DocumentDB.1",
        "FSBP Neptune.1",
        "FSBP EFS.1",
        "FSBP Opensearch.1",
        "FSBP ElastiCache.4",
        "NIST 800-53 SC-28",
        "PCI DSS 3.5.1",
    ),
    peers=("Checkov CKV_AWS_5", "Checkov CKV_AWS_16", "Checkov CKV_AWS_42", "Checkov CKV_AWS_64", "Checkov CKV_AWS_96"),
)
TLS = Rule(
    id="STORES-TLS",
    title="Data stores talk TLS",
    severity=Severity.HIGH,
    why="Rows, queries and passwords can be read on their way otherwise.",
    frameworks=(
        "FSBP Opensearch.3",
        "FSBP Opensearch.8",
        "FSBP MSK.1",
        "FSBP ElastiCache.5",
        "NIST 800-53 SC-8",
        "PCI DSS 4.2.1",
    ),
    peers=("cdk-nag MSK2", "Checkov CKV_AWS_6", "Checkov CKV_AWS_30", "Checkov CKV_AWS_81", "Checkov CKV_AWS_83"),
)


@NOT_OPEN.on(*WITH_PUBLIC_SWITCH)
def store_is_private(store: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a public address."""
    if store.properties.is_true("publiclyAccessible"):
        yield Finding("can be reached from the internet", "publicly_accessible=False, in private subnets")


@NOT_OPEN.on(SEARCH)
def search_is_in_a_vpc(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a domain outside of every VPC."""
    if not domain.properties.is_set("vpcOptions"):
        yield Finding(
            "can be reached from the internet",
            'vpc_options={"subnet_ids": [subnet.id], "security_group_ids": [group.id]}',
        )


@NOT_OPEN.on(KAFKA)
def kafka_is_closed(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse public brokers, and clients without credentials."""
    properties = cluster.properties
    if not properties.is_unknown("clientAuthentication") and properties.is_true(
        "clientAuthentication", "unauthenticated"
    ):
        yield Finding("lets clients in without credentials", 'client_authentication={"sasl": {"iam": True}}')
    public = properties.get("brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type")
    if public not in (None, "DISABLED"):
        yield Finding("can be reached from the internet", 'connectivity_info={"public_access": {"type": "DISABLED"}}')


@ENCRYPTED.on(*WITH_PLAIN_DEFAULT)
def database_is_encrypted(database: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain storage; Aurora Serverless v1 has no other than encrypted one."""
    properties = database.properties
    inherits = any(properties.is_set(source) for source in SOURCES) or properties.get("engineMode") == "serverless"
    if properties.is_false("storageEncrypted") or not (properties.is_set("storageEncrypted") or inherits):
        yield Finding("is not encrypted at rest", "storage_encrypted=True, kms_key_id=key.arn")


@ENCRYPTED.on(WAREHOUSE)
def warehouse_is_encrypted(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what is on by default."""
    if cluster.properties.is_false("encrypted"):
        yield Finding("is not encrypted at rest", "encrypted=True, kms_key_id=key.arn")


@ENCRYPTED.on(FILES)
def files_are_encrypted(files: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain files, which are the default."""
    if not files.properties.is_true("encrypted"):
        yield Finding("is not encrypted at rest", "encrypted=True, kms_key_id=key.arn")


@ENCRYPTED.on(SEARCH)
def search_is_encrypted(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain indexes, which are the default."""
    if not domain.properties.is_true("encryptAtRest", "enabled"):
        yield Finding("is not encrypted at rest", 'encrypt_at_rest={"enabled": True, "kms_key_id": key.arn}')


@ENCRYPTED.on(CACHE)
def cache_is_encrypted(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain caches; Valkey's are encrypted by default."""
    by_default = cache.properties.get("engine") == "valkey" and not cache.properties.is_set("atRestEncryptionEnabled")
    if not by_default and _lacks(cache, "atRestEncryptionEnabled"):
        yield Finding("is not encrypted at rest", "at_rest_encryption_enabled=True, kms_key_id=key.arn")


@TLS.on(SEARCH)
def search_talks_tls(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP, and plain traffic between nodes; given options ask for HTTPS unless they say otherwise."""
    options = domain.properties.section("domainEndpointOptions")
    if not domain.properties.is_set("domainEndpointOptions") or options.is_false("enforceHttps"):
        yield Finding(
            "answers to plain HTTP",
            'domain_endpoint_options={"enforce_https": True, "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}',
        )
    if not domain.properties.is_true("nodeToNodeEncryption", "enabled"):
        yield Finding("has nodes that talk without TLS", 'node_to_node_encryption={"enabled": True}')


@TLS.on(KAFKA)
def kafka_talks_tls(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain traffic with clients and between brokers; TLS is the default of both."""
    transit = cluster.properties.section("encryptionInfo", "encryptionInTransit")
    if transit.get("clientBroker") not in (None, "TLS"):
        yield Finding("takes clients without TLS", '"encryption_in_transit": {"client_broker": "TLS"}')
    if transit.is_false("inCluster"):
        yield Finding("has brokers that talk without TLS", '"encryption_in_transit": {"in_cluster": True}')


@TLS.on(CACHE)
def cache_talks_tls(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain connections."""
    if _lacks(cache, "transitEncryptionEnabled"):
        yield Finding("answers without TLS", "transit_encryption_enabled=True")


def _lacks(cache: Resource, switch: str) -> bool:
    """Say whether encryption is off, or left off; a later member of a global group has that of the first."""
    properties = cache.properties
    return not properties.is_true(switch) and (
        properties.is_set(switch) or not properties.is_set("globalReplicationGroupId")
    )
