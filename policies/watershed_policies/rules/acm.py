"""Certificate Manager: keys that hold, and certificates that the world can see.

What AWS issues is looked at; an imported certificate has the key that its issuer gave it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

CERTIFICATE = aws("acm", "Certificate")

KEY_LENGTH = Rule(
    id="ACM-KEY-LENGTH",
    title="Certificates have keys of 2,048 bits or more",
    severity=Severity.HIGH,
    why="Whoever computes the key answers in our name; RSA of 1,024 bits is within reach.",
    frameworks=("FSBP ACM.2", "NIST 800-53 SC-13", "PCI DSS 4.2.1"),
)
TRANSPARENCY = Rule(
    id="ACM-TRANSPARENCY",
    title="Certificates are logged publicly",
    severity=Severity.LOW,
    why="Browsers refuse what no transparency log has, and what somebody else got in our name shows there.",
    frameworks=("NIST 800-53 SC-17",),
    peers=("Checkov CKV_AWS_234",),
)


@KEY_LENGTH.on(CERTIFICATE)
def key_is_long(certificate: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse RSA of 1,024 bits; RSA_2048 is the default."""
    if certificate.properties.get("keyAlgorithm") == "RSA_1024":
        yield Finding("has a key of 1,024 bits", 'key_algorithm="RSA_2048"')


@TRANSPARENCY.on(CERTIFICATE)
def is_logged(certificate: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to opt out; a private authority's certificates are not logged."""
    properties = certificate.properties
    is_private = properties.is_set("certificateAuthorityArn")
    if not is_private and properties.get("options", "certificateTransparencyLoggingPreference") == "DISABLED":
        yield Finding(
            "is kept out of the transparency logs",
            'options={"certificate_transparency_logging_preference": "ENABLED"}',
        )
