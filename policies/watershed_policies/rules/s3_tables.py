"""S3 Tables: tables are encrypted with our key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TABLE_BUCKET = aws("s3tables", "TableBucket")
TABLE = aws("s3tables", "Table")
FIX = 'encryption_configuration={"sse_algorithm": "aws:kms", "kms_key_arn": key.arn}'

CUSTOMER_KEY = Rule(
    id="S3TABLES-CUSTOMER-KEY",
    title="Tables are encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Only a key of ours has a policy and a log of its own. S3 encrypts in any case, hence strict.",
    frameworks=("NIST 800-53 SC-28",),
    profile=Profile.STRICT,
)


@CUSTOMER_KEY.on(TABLE_BUCKET)
def bucket_has_key(bucket: Resource, _: Settings) -> Iterator[Finding]:
    """Check that what a bucket's tables are encrypted with, if they say nothing else, is a key of ours."""
    if not bucket.properties.has_customer_key("encryptionConfiguration", "kmsKeyArn"):
        yield Finding("does not encrypt with a customer-managed key", FIX)


@CUSTOMER_KEY.on(TABLE)
def table_has_key(table: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a table that goes back to S3's own key; one that says nothing has its bucket's."""
    properties = table.properties
    if properties.is_set("encryptionConfiguration") and not properties.has_customer_key(
        "encryptionConfiguration", "kmsKeyArn"
    ):
        yield Finding("does not encrypt with a customer-managed key", FIX)
