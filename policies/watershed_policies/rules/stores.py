"""Stores of data beside the platform's own (databases, search, Kafka, caches, files): not open, and encrypted at rest.

Only what every such store must have, whichever service it is of; defaults are those of pulumi-aws 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import UnreadableError, from_json, is_on, mapping
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

WAREHOUSE = aws("redshift", "Cluster")
SERVERLESS_WAREHOUSE = aws("redshiftserverless", "Workgroup")
WITH_PUBLIC_SWITCH = (
    aws("rds", "Instance"),
    aws("rds", "Cluster"),
    aws("rds", "ClusterInstance"),
    aws("neptune", "ClusterInstance"),
    WAREHOUSE,
    SERVERLESS_WAREHOUSE,
    aws("dms", "ReplicationInstance"),
    aws("mq", "Broker"),
    aws("timestreaminfluxdb", "DbInstance"),
    aws("timestreaminfluxdb", "DbCluster"),
)
WITH_PLAIN_DEFAULT = (
    aws("rds", "Instance"),
    aws("rds", "Cluster"),
    aws("docdb", "Cluster"),
    aws("neptune", "Cluster"),
)
# What is restored or replicated is encrypted as its source is.
SOURCES = ("snapshotIdentifier", "replicateSourceDb", "replicationSourceIdentifier", "restoreToPointInTime")
FILES = aws("efs", "FileSystem")
# pulumi-aws has two names for it, the older one without what came with OpenSearch.
SEARCHES = (aws("opensearch", "Domain"), aws("elasticsearch", "Domain"))
SERVERLESS_SEARCH = aws("opensearch", "ServerlessSecurityPolicy")
KAFKA = aws("msk", "Cluster")
CACHE = aws("elasticache", "ReplicationGroup")
CACHE_USER = aws("elasticache", "User")
MEMORY = aws("memorydb", "Cluster")
# The list that every account has: one user, without a password, who may do everything.
# https://docs.aws.amazon.com/memorydb/latest/devguide/clusters.acls.html
OPEN_LIST = "open-access"

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
    peers=(
        "Checkov CKV_AWS_17",
        "Checkov CKV_AWS_69",
        "Checkov CKV_AWS_87",
        "Checkov CKV_AWS_89",
        "Checkov CKV_AWS_102",
        "Checkov CKV_AWS_137",
        "Checkov CKV_AWS_291",
    ),
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


@NOT_OPEN.on(*WITH_PUBLIC_SWITCH)
def store_is_private(store: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a public address."""
    if store.properties.is_true("publiclyAccessible"):
        yield Finding("can be reached from the internet", "publicly_accessible=False, in private subnets")


@NOT_OPEN.on(*SEARCHES)
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


@NOT_OPEN.on(SERVERLESS_SEARCH)
def serverless_search_is_in_a_vpc(policy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a network policy that lets the internet in; the other type says how collections are encrypted."""
    if policy.properties.get("type") != "network":
        return
    try:
        text = from_json(policy.properties.get("policy"))
    except UnreadableError:
        return
    if any(is_on(mapping(rules).get("AllowFromPublic")) for rules in (text if isinstance(text, list) else [text])):
        yield Finding(
            "lets collections be reached from the internet", '"AllowFromPublic": False, "SourceVPCEs": [endpoint.id]'
        )


@NOT_OPEN.on(MEMORY)
def memory_asks_for_credentials(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the list of users that asks nobody for a password."""
    if cluster.properties.get("aclName") == OPEN_LIST:
        yield Finding("lets clients in without credentials", "acl_name=acl.name, of an aws.memorydb.Acl with users")


@NOT_OPEN.on(CACHE_USER)
def cache_user_has_credentials(user: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a user without a password, unless it is off: so the default user, which must be there, is kept out."""
    properties = user.properties
    given = properties.section("authenticationMode").get("type") == "no-password-required"
    if not given and not properties.is_true("noPasswordRequired"):
        return
    words = str(properties.get("accessString") or "").lower().split()
    if "on" in words and "off" not in words:
        yield Finding("lets clients in without credentials", 'authentication_mode={"type": "iam"}')


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


@ENCRYPTED.on(*SEARCHES)
def search_is_encrypted(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain indexes, which are the default."""
    if not domain.properties.is_true("encryptAtRest", "enabled"):
        yield Finding("is not encrypted at rest", 'encrypt_at_rest={"enabled": True, "kms_key_id": key.arn}')


@ENCRYPTED.on(CACHE)
def cache_is_encrypted(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain caches; Valkey's are encrypted by default, later members of a global group as the first is."""
    properties, switch = cache.properties, "atRestEncryptionEnabled"
    otherwise = properties.get("engine") == "valkey" or properties.is_set("globalReplicationGroupId")
    if properties.is_false(switch) or not (properties.is_set(switch) or otherwise):
        yield Finding("is not encrypted at rest", "at_rest_encryption_enabled=True, kms_key_id=key.arn")
