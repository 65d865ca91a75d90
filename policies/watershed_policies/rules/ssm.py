"""Systems Manager: parameters that are secrets are encrypted, documents are not for everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

PARAMETER = aws("ssm", "Parameter")
DOCUMENT = aws("ssm", "Document")

SECRET_PARAMETER = Rule(
    id="SSM-SECRET-PARAMETER",
    title="Parameters that are secrets are secure strings",
    severity=Severity.HIGH,
    why="Whoever may read parameters reads the other types in the clear, without a key.",
    frameworks=("NIST 800-53 IA-5(7)", "NIST 800-53 SC-28", "PCI DSS 8.6.2"),
    peers=("Checkov CKV2_AWS_34",),
)
CUSTOMER_KEY = Rule(
    id="SSM-CUSTOMER-KEY",
    title="Secure strings are encrypted with a customer-managed key",
    severity=Severity.LOW,
    why="Whoever may read parameters may use the key of AWS, too. Each read of one under our key costs a call of KMS, "
    "hence strict.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("Checkov CKV_AWS_337",),
    profile=Profile.STRICT,
)
DOCUMENT_SHARED = Rule(
    id="SSM-DOCUMENT-NOT-PUBLIC",
    title="Documents are not shared with everyone",
    severity=Severity.HIGH,
    why="A document shows how the machines of the account are run, and what they run.",
    frameworks=("FSBP SSM.4", "NIST 800-53 AC-3"),
)


@SECRET_PARAMETER.on(PARAMETER)
def secret_is_encrypted(parameter: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a secret as a plain text; the last part of a path says what it is."""
    properties = parameter.properties
    if properties.get("type") == "SecureString":
        return
    last = str(properties.get("name") or parameter.name).rpartition("/")[2]
    texts = [text for given in ("value", "insecureValue") for text in properties.texts(given)]
    if any(looks_secret(last, text) for text in texts):
        yield Finding("holds what looks like a secret in the clear", 'type="SecureString", key_id=key.arn')


@CUSTOMER_KEY.on(PARAMETER)
def secret_has_key(parameter: Resource, _: Settings) -> Iterator[Finding]:
    """Check that what is encrypted is so with a key of ours."""
    properties = parameter.properties
    if properties.get("type") == "SecureString" and not properties.has_customer_key("keyId"):
        yield Finding("does not encrypt with a customer-managed key", "key_id=key.arn")


@DOCUMENT_SHARED.on(DOCUMENT)
def document_is_not_public(document: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to share with all accounts."""
    # A map, whose keys Pulumi does not rename.
    accounts = document.properties.texts("permissions", "account_ids")
    if any(account.strip().lower() == "all" for each in accounts for account in each.split(",")):
        yield Finding(
            "is shared with every AWS account", 'permissions={"type": "Share", "account_ids": "123456789012"}'
        )
