"""AWS clients of the API: short timeouts, since a person waits, and URLs signed as every region takes them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_athena.client import AthenaClient
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_glue.client import GlueClient
    from types_boto3_s3.client import S3Client

# API Gateway gives an answer 29 seconds. Four attempts with growing pauses take about three where all are throttled.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=16,
)
# Signed by version 4 and for the bucket's own region: the global endpoint redirects, and a signature does not follow.
_SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})


class Services:
    """The clients, each made at first use: one costs 0.1 s. `session`: whose they are; default the function's own."""

    def __init__(self, session: boto3.session.Session | None = None) -> None:
        self._session = session or boto3.session.Session()

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """Return the DynamoDB client."""
        return self._session.client("dynamodb", config=_CONFIG)

    @cached_property
    def s3(self) -> S3Client:
        """Return the S3 client."""
        return self._session.client("s3", config=_CONFIG.merge(_SIGNING))

    @cached_property
    def glue(self) -> GlueClient:
        """Return the Glue client."""
        return self._session.client("glue", config=_CONFIG)

    @cached_property
    def athena(self) -> AthenaClient:
        """Return the Athena client."""
        return self._session.client("athena", config=_CONFIG)
