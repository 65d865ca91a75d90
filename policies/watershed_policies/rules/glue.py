"""Glue: the catalog and its connections' passwords are encrypted with our key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

SETTINGS = aws("glue", "DataCatalogEncryptionSettings")
FIX = (
    'data_catalog_encryption_settings={"encryption_at_rest": {"catalog_encryption_mode": "SSE-KMS", '
    '"sse_aws_kms_key_id": key.arn}, "connection_password_encryption": '
    '{"return_connection_password_encrypted": True, "aws_kms_key_id": key.arn}}'
)

CATALOG_ENCRYPTION = Rule(
    id="GLUE-CATALOG-ENCRYPTION",
    title="The Data Catalog encrypts with a customer-managed key",
    severity=Severity.HIGH,
    why="Names of tables and columns, comments and statistics say a lot about the data.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("Checkov CKV_AWS_94",),
)
PASSWORD_ENCRYPTION = Rule(
    id="GLUE-PASSWORD-ENCRYPTION",
    title="Passwords of Glue connections stay encrypted",
    severity=Severity.HIGH,
    why="Without it, whoever may read a connection reads its password.",
    frameworks=("NIST 800-53 IA-5",),
    peers=("Checkov CKV_AWS_94",),
)


@CATALOG_ENCRYPTION.on(SETTINGS)
def catalog_is_encrypted(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no encryption, and AWS's own key."""
    at_rest = settings.properties.section("dataCatalogEncryptionSettings").section("encryptionAtRest")
    if not str(at_rest.get("catalogEncryptionMode")).startswith("SSE-KMS"):
        yield Finding("does not encrypt the Data Catalog", FIX)
    elif not at_rest.has_customer_key("sseAwsKmsKeyId"):
        yield Finding("encrypts the Data Catalog with AWS's own key", FIX)


@PASSWORD_ENCRYPTION.on(SETTINGS)
def passwords_are_encrypted(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse passwords that come back readable."""
    passwords = settings.properties.section("dataCatalogEncryptionSettings").section("connectionPasswordEncryption")
    if not passwords.is_true("returnConnectionPasswordEncrypted") or not passwords.has_customer_key("awsKmsKeyId"):
        yield Finding("returns the passwords of connections readable", FIX)
