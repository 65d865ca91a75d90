"""S3 buckets and the resources around them, as the rules for S3 need to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .resource import Resource, aws

if TYPE_CHECKING:
    from .values import Properties

BUCKETS = (aws("s3", "Bucket"), aws("s3", "BucketV2"))
POLICY = aws("s3", "BucketPolicy")
LOGGING = (aws("s3", "BucketLogging"), aws("s3", "BucketLoggingV2"))


def either(properties: Properties, name: str) -> Properties:
    """Return an inline setting of a bucket: BucketV2 has lists of one, with their names in the plural."""
    return properties.section(name if properties.is_set(name) else f"{name}s")


def is_inline(bucket: Resource, name: str) -> bool:
    """Say whether a bucket has a setting of its own, as pulumi-aws had it before settings were resources."""
    return bucket.properties.is_set(name) or bucket.properties.is_set(f"{name}s")
