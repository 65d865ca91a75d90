"""Transfer Family: files arrive encrypted, by algorithms that still count, at an address of our network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

SERVER = aws("transfer", "Server")
DEFAULT_PROTOCOLS = ["SFTP"]
# The policies are about these only.
WITH_POLICY = ("SFTP", "FTPS")
# With SHA-1; it is also what pulumi-aws gives a server that names none.
# https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html
OLD_POLICY = "TransferSecurityPolicy-2018-11"

NO_FTP = Rule(
    id="TRANSFER-NO-FTP",
    title="Servers do not take plain FTP",
    severity=Severity.HIGH,
    why="Files and passwords can be read on their way.",
    frameworks=("FSBP Transfer.2", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("Checkov CKV_AWS_357",),
)
POLICY = Rule(
    id="TRANSFER-SECURITY-POLICY",
    title="Servers use algorithms that still count",
    severity=Severity.MEDIUM,
    why="The first policy takes SHA-1, with which somebody on the way may pass for the other side.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("Checkov CKV_AWS_380",),
)
PRIVATE = Rule(
    id="TRANSFER-NOT-PUBLIC",
    title="Servers have an address in our network",
    severity=Severity.MEDIUM,
    why="Security groups and flow logs are only about addresses in a VPC, which the internet may reach, too. Partners "
    "use a public server as well, hence strict.",
    frameworks=("NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_164",),
    profile=Profile.STRICT,
)


@NO_FTP.on(SERVER)
def server_takes_no_ftp(server: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain FTP."""
    if "FTP" in server.properties.texts("protocols"):
        yield Finding("takes plain FTP", 'protocols=["SFTP"]')


@POLICY.on(SERVER)
def server_has_a_new_policy(server: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the oldest policy, which is pulumi-aws's default."""
    properties = server.properties
    has_policy = any(protocol in WITH_POLICY for protocol in properties.texts("protocols") or DEFAULT_PROTOCOLS)
    if has_policy and (properties.get("securityPolicyName") or OLD_POLICY) == OLD_POLICY:
        yield Finding("takes SHA-1", 'security_policy_name="TransferSecurityPolicy-2024-01"')


@PRIVATE.on(SERVER)
def server_is_in_our_network(server: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an address outside of every VPC, which is the default."""
    if server.properties.get("endpointType") in (None, "PUBLIC"):
        yield Finding(
            "has an address outside of our network",
            'endpoint_type="VPC", endpoint_details={"vpc_id": vpc.id, "subnet_ids": [...], '
            '"security_group_ids": [group.id]}',
        )
