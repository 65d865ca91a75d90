"""What lets the pages of some origins fetch from a lake's buckets, by addresses that the API has signed."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from ..storage import Bucket

REQUEST_HEADERS = ("content-type", "x-amz-checksum-sha256", "x-amz-meta-upload", "x-amz-sdk-checksum-algorithm")
"""What a page may send: the checksum that an upload is bound to, and which upload a file is of."""
_SECONDS = 600


def let_pages_in(
    name: str,
    buckets: Mapping[str, Bucket],
    *,
    cors_origins: Sequence[str],
    uploads: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Let pages of the origins read from the buckets, and write to those named in `uploads`.

    What they may do, the signed address says; this says which pages' scripts see the answer. ETag is what a part of an
    upload is joined by. Source: Amazon S3 User Guide, "Using cross-origin resource sharing".
    """
    for role, bucket in buckets.items() if cors_origins else ():
        methods = ["PUT"] if role in uploads else ["GET", "HEAD"]
        aws.s3.BucketCorsConfiguration(
            f"{name}-{role}",
            bucket=bucket.bucket_name,
            cors_rules=[
                {
                    "allowed_origins": list(cors_origins),
                    "allowed_methods": methods,
                    "allowed_headers": list(REQUEST_HEADERS),
                    "expose_headers": ["ETag", "x-amz-checksum-sha256"],
                    "max_age_seconds": _SECONDS,
                }
            ],
            opts=opts,
        )
