"""Stores of data beside the platform's own talk TLS: themselves, through a proxy, and with what copies their data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from .stores import CACHE, KAFKA, MEMORY, SEARCHES, SERVERLESS_WAREHOUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

OLD_SEARCH_POLICY = "Policy-Min-TLS-1-0-2019-07"
PROXY = aws("rds", "Proxy")
ENDPOINT = aws("dms", "Endpoint")
PARAMETER_GROUPS = (
    aws("rds", "ParameterGroup"),
    aws("rds", "ClusterParameterGroup"),
    aws("docdb", "ClusterParameterGroup"),
    aws("neptune", "ClusterParameterGroup"),
    aws("redshift", "ParameterGroup"),
)
# The parameters that ask for TLS -> what to set: of PostgreSQL and SQL Server, of MySQL and MariaDB, of DocumentDB, of
# Neptune, of Redshift.
SWITCHES = {
    "rds.force_ssl": "1",
    "require_secure_transport": "ON",
    "tls": "enabled",
    "neptune_enforce_ssl": "1",
    "require_ssl": "true",
}
OFF = ("0", "off", "false", "disabled")
# What DMS calls by its SSL mode, which is `none` by default; it calls the others by HTTPS, or as their settings say.
# Oracle has an encryption of its own, which only its server knows of.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
WITH_SSL_MODE = (
    "aurora",
    "aurora-postgresql",
    "docdb",
    "mariadb",
    "mongodb",
    "mysql",
    "postgres",
    "sqlserver",
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
        "FSBP DocumentDB.6",
        "FSBP RDS.38",
        "FSBP RDS.39",
        "FSBP RDS.43",
        "FSBP Redshift.2",
        "FSBP DMS.9",
        "FSBP DMS.12",
        "NIST 800-53 SC-8",
        "PCI DSS 4.2.1",
    ),
    peers=(
        "cdk-nag MSK2",
        "Checkov CKV_AWS_6",
        "Checkov CKV_AWS_30",
        "Checkov CKV_AWS_81",
        "Checkov CKV_AWS_83",
        "Checkov CKV_AWS_90",
        "Checkov CKV_AWS_202",
        "Checkov CKV_AWS_228",
    ),
)


@TLS.on(*SEARCHES)
def search_talks_tls(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP, and plain traffic between nodes; given options ask for HTTPS unless they say otherwise."""
    options = domain.properties.section("domainEndpointOptions")
    if not domain.properties.is_set("domainEndpointOptions") or options.is_false("enforceHttps"):
        yield Finding(
            "answers to plain HTTP",
            'domain_endpoint_options={"enforce_https": True, "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}',
        )
    if options.get("tlsSecurityPolicy") == OLD_SEARCH_POLICY:
        yield Finding("takes TLS 1.0 or 1.1", '"tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"')
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
    """Refuse plain connections; a later member of a global group has them as the first has."""
    properties, switch = cache.properties, "transitEncryptionEnabled"
    if properties.is_false(switch) or not (properties.is_set(switch) or properties.is_set("globalReplicationGroupId")):
        yield Finding("answers without TLS", "transit_encryption_enabled=True")


@TLS.on(MEMORY)
def memory_talks_tls(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what is on by default."""
    if cluster.properties.is_false("tlsEnabled"):
        yield Finding("answers without TLS", "tls_enabled=True")


@TLS.on(*PARAMETER_GROUPS)
def parameters_ask_for_tls(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch TLS off; what a group does not say is as its engine and version has it."""
    for parameter in group.properties.each("parameters"):
        if not parameter.is_unknown("value"):
            yield from _switched_off(parameter.get("name"), parameter.get("value"))


@TLS.on(SERVERLESS_WAREHOUSE)
def serverless_warehouse_asks_for_tls(workgroup: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what is on by default."""
    for parameter in workgroup.properties.each("configParameters"):
        if not parameter.is_unknown("parameterValue"):
            yield from _switched_off(parameter.get("parameterKey"), parameter.get("parameterValue"))


@TLS.on(PROXY)
def proxy_asks_for_tls(proxy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a proxy that takes clients without TLS, which is the default."""
    if not proxy.properties.is_true("requireTls"):
        yield Finding("takes clients without TLS", "require_tls=True")


@TLS.on(ENDPOINT)
def endpoint_is_called_by_tls(endpoint: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to copy rows without TLS, which is the default of most databases and not that of Redis."""
    properties = endpoint.properties
    if properties.get("engineName") in WITH_SSL_MODE and properties.get("sslMode") in (None, "none"):
        yield Finding("is called without TLS", 'ssl_mode="verify-full", certificate_arn=certificate.certificate_arn')
    if properties.get("redisSettings", "sslSecurityProtocol") == "plaintext":
        yield Finding("is called without TLS", '"ssl_security_protocol": "ssl-encryption"')
    if properties.get("kafkaSettings", "securityProtocol") == "plaintext":
        yield Finding("is called without TLS", '"security_protocol": "ssl-encryption"')


def _switched_off(name: object, value: object) -> Iterator[Finding]:
    if isinstance(name, str) and name in SWITCHES and str(value).lower() in OFF:
        yield Finding(f"lets clients in without TLS ({name})", f'{{"name": "{name}", "value": "{SWITCHES[name]}"}}')
