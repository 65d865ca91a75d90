"""AWS clients of the API: short timeouts, since a person waits, and URLs signed as every region takes them.

The SDK is imported with the first client: it takes as long as all else that the function imports, and nothing of it is
needed to say that a token is not good.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from boto3.session import Session
    from types_boto3_athena.client import AthenaClient
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_glue.client import GlueClient
    from types_boto3_s3.client import S3Client

# API Gateway gives an answer 29 seconds. Four attempts with growing pauses take about three where all are throttled.
_CONFIG: dict[str, Any] = {
    "connect_timeout": 2,
    "read_timeout": 8,
    "retries": {"mode": "standard", "total_max_attempts": 4},
    "max_pool_connections": 16,
}
# Signed by version 4 and for the bucket's own region: the global endpoint, which the SDK prefers in us-east-1,
# redirects, a signature does not follow, and the portal's pages may call the regional one alone.
_SIGNING: dict[str, Any] = {
    "signature_version": "s3v4",
    "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
}


class Services:
    """The clients, each made at first use: one costs 0.1 s. `session`: whose they are; default the function's own."""

    def __init__(self, session: Session | None = None) -> None:
        self._session = session

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """Return the DynamoDB client."""
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def s3(self) -> S3Client:
        """Return the S3 client."""
        client: S3Client = self._client("s3", **_SIGNING)
        return client

    @cached_property
    def glue(self) -> GlueClient:
        """Return the Glue client."""
        client: GlueClient = self._client("glue")
        return client

    @cached_property
    def athena(self) -> AthenaClient:
        """Return the Athena client."""
        client: AthenaClient = self._client("athena")
        return client

    def _client(self, service: Literal["dynamodb", "s3", "glue", "athena"], **more: Any) -> Any:
        import boto3
        from botocore.config import Config

        self._session = self._session or boto3.session.Session()
        return self._session.client(service, config=Config(**_CONFIG, **more))
