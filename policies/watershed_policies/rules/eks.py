"""EKS: the control plane is not for everyone, and secrets are encrypted with our key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..traffic import is_everyone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

CLUSTER = aws("eks", "Cluster")

NOT_PUBLIC = Rule(
    id="EKS-NOT-PUBLIC",
    title="The API of a cluster is not reached by everyone",
    severity=Severity.HIGH,
    why="One leaked token, or one bug in Kubernetes' API, hands the cluster to anybody.",
    frameworks=("FSBP EKS.1", "NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_38", "Checkov CKV_AWS_39", "Trivy AWS-0040", "Trivy AWS-0041"),
)
SECRETS = Rule(
    id="EKS-SECRETS-CUSTOMER-KEY",
    title="Secrets of a cluster are encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Only a key of ours has a policy that says who may decrypt. AWS encrypts them with its own key anyway, hence "
    "strict.",
    frameworks=("FSBP EKS.3", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_58", "Trivy AWS-0039"),
    profile=Profile.STRICT,
)


@NOT_PUBLIC.on(CLUSTER)
def api_is_not_for_everyone(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a public address that takes calls from anywhere, which is the default."""
    network = cluster.properties.section("vpcConfig")
    if network.is_unknown() or network.is_false("endpointPublicAccess") or network.is_unknown("publicAccessCidrs"):
        return
    callers = network.texts("publicAccessCidrs")
    if not network.is_set("publicAccessCidrs") or any(map(is_everyone, callers)):
        yield Finding(
            "has an API that the internet reaches",
            '"endpoint_private_access": True, "endpoint_public_access": False (or "public_access_cidrs" of ours)',
        )


@SECRETS.on(CLUSTER)
def secrets_have_our_key(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a key of ours."""
    if not cluster.properties.is_set("encryptionConfig"):
        yield Finding(
            "encrypts secrets with AWS's key",
            'encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]}',
        )
