"""EMR: clusters are kept from the internet, and encrypt what they store and send by a security configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import UnreadableError, from_json, mapping
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..values import Properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

CLUSTER = aws("emr", "Cluster")
CONFIGURATION = aws("emr", "SecurityConfiguration")
BLOCK = aws("emr", "BlockPublicAccessConfiguration")

NOT_PUBLIC = Rule(
    id="EMR-NOT-PUBLIC",
    title="EMR refuses clusters that the internet reaches",
    severity=Severity.HIGH,
    why="The consoles of a cluster ask for no password: whoever reaches their ports runs jobs with its role.",
    frameworks=("FSBP EMR.2", "NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_390",),
)
ENCRYPTED = Rule(
    id="EMR-ENCRYPTED",
    title="Clusters encrypt what they store",
    severity=Severity.HIGH,
    why="Disks hold what jobs spill and cache, in the clear otherwise.",
    frameworks=("FSBP EMR.3", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_349",),
)
TLS = Rule(
    id="EMR-TLS",
    title="Nodes of a cluster talk TLS",
    severity=Severity.MEDIUM,
    why="Rows pass between nodes in the clear otherwise. It takes certificates of ours, hence strict.",
    frameworks=("FSBP EMR.4", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("Checkov CKV_AWS_351",),
    profile=Profile.STRICT,
)
CONFIGURED = Rule(
    id="EMR-SECURITY-CONFIGURATION",
    title="Clusters have a security configuration",
    severity=Severity.MEDIUM,
    why="Nothing that a cluster stores locally or sends between nodes is encrypted without one. A cluster of one job "
    "over public data needs none, hence strict.",
    frameworks=("NIST 800-53 SC-28",),
    profile=Profile.STRICT,
)


@NOT_PUBLIC.on(BLOCK)
def public_access_is_blocked(block: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to take the account's block away."""
    if block.properties.is_false("blockPublicSecurityGroupRules"):
        yield Finding("lets clusters be reached from the internet", "block_public_security_group_rules=True")


@ENCRYPTED.on(CONFIGURATION)
def configuration_encrypts_at_rest(configuration: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for encryption of disks and of files in S3."""
    encryption = _encryption(configuration)
    if encryption is not None and not encryption.is_true("EnableAtRestEncryption"):
        yield Finding(
            "does not encrypt what clusters store",
            '"EnableAtRestEncryption": true, with an AtRestEncryptionConfiguration of a KMS key',
        )


@TLS.on(CONFIGURATION)
def configuration_encrypts_in_transit(configuration: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for TLS between nodes."""
    encryption = _encryption(configuration)
    if encryption is not None and not encryption.is_true("EnableInTransitEncryption"):
        yield Finding(
            "lets nodes talk without TLS",
            '"EnableInTransitEncryption": true, with an InTransitEncryptionConfiguration of certificates',
        )


@CONFIGURED.on(CLUSTER)
def cluster_has_a_configuration(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a security configuration."""
    if not cluster.properties.is_set("securityConfiguration"):
        yield Finding("has no security configuration", "security_configuration=configuration.name")


def _encryption(configuration: Resource) -> Properties | None:
    """Return what a configuration says about encryption; EMR itself refuses what is no JSON object."""
    try:
        text = from_json(configuration.properties.get("configuration"))
    except UnreadableError:
        return None
    return Properties(mapping(text)).section("EncryptionConfiguration") if isinstance(text, dict) else None
