"""KMS: grants, which give the use of a key beside its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam.patterns import matches
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

GRANT = aws("kms", "Grant")

GRANT_PRINCIPAL = Rule(
    id="KMS-GRANT-PRINCIPAL",
    title="Grants are given to roles by name",
    severity=Severity.HIGH,
    why="A grant to an account is one to each identity that the account lets use KMS, and the key's policy does not "
    "show it.",
    frameworks=("NIST 800-53 AC-3", "NIST 800-53 AC-6", "PCI DSS 3.6.1"),
)


@GRANT_PRINCIPAL.on(GRANT)
def grantee_is_named(grant: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse everyone, and a whole account."""
    for principal in grant.properties.texts("granteePrincipal"):
        if principal == "*" or principal.isdigit() or matches("arn:*:iam::*:root", principal):
            yield Finding(f"gives the use of the key to {principal}", "grantee_principal=role.arn")
