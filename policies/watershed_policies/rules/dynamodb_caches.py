"""DynamoDB Accelerator (DAX): the cache of a table is as closed as the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

CACHE = aws("dax", "Cluster")

CACHE_ENCRYPTED = Rule(
    id="DYNAMODB-CACHE-ENCRYPTED",
    title="Caches of tables are encrypted at rest",
    severity=Severity.MEDIUM,
    why="DAX writes the table's items to disks of its own, in the clear unless it is told otherwise when it is made.",
    frameworks=("FSBP DynamoDB.3", "NIST 800-53 SC-28"),
    peers=("cdk-nag DDB4", "Checkov CKV_AWS_47", "Trivy AWS-0023"),
)
CACHE_TLS = Rule(
    id="DYNAMODB-CACHE-TLS",
    title="Caches of tables talk TLS",
    severity=Severity.MEDIUM,
    why="DAX speaks without TLS by default, and nobody can switch it on later.",
    frameworks=("FSBP DynamoDB.7", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("Checkov CKV_AWS_239",),
)


@CACHE_ENCRYPTED.on(CACHE)
def cache_is_encrypted(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain disks."""
    if not cache.properties.is_true("serverSideEncryption", "enabled"):
        yield Finding("is not encrypted at rest", 'server_side_encryption={"enabled": True}')


@CACHE_TLS.on(CACHE)
def cache_talks_tls(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a plain endpoint, which is the default."""
    if cache.properties.get("clusterEndpointEncryptionType") != "TLS":
        yield Finding("answers without TLS", 'cluster_endpoint_encryption_type="TLS"')
