"""The lives of distributions, and of the bucket and the logs that a portal has."""

from typing import Any

from .provider_world import Case, World, get

HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"


SIGNED = {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}


def distribution(world: World, comment: str) -> dict[str, Any]:
    """The inputs of a distribution of a bucket's files."""
    control = world.made("aws:cloudfront/originAccessControl:OriginAccessControl", f"control-{comment}", **SIGNED)
    headers = world.made(HEADERS, f"headers-{comment}", comment="one", **secure_headers("DENY"))
    return {
        "enabled": True,
        "comment": comment,
        "defaultRootObject": "index.html",
        "origins": [
            {
                "originId": "files",
                "domainName": f"{world.bucket}.s3.eu-central-1.amazonaws.com",
                "originAccessControlId": control.id,
            }
        ],
        "defaultCacheBehavior": {
            "targetOriginId": "files",
            "allowedMethods": ["GET", "HEAD"],
            "cachedMethods": ["GET", "HEAD"],
            "viewerProtocolPolicy": "redirect-to-https",
            "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "responseHeadersPolicyId": headers.id,
        },
        "customErrorResponses": [{"errorCode": 404, "responseCode": 404, "responsePagePath": "/404.html"}],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    }


def secure_headers(frame: str) -> dict[str, Any]:
    """What a policy of response headers says."""
    return {
        "securityHeadersConfig": {
            "frameOptions": {"frameOption": frame, "override": True},
            "contentSecurityPolicy": {"contentSecurityPolicy": "default-src 'none'", "override": True},
        },
        "customHeadersConfig": {"items": [{"header": "X-One", "value": "1", "override": True}]},
        "removeHeadersConfig": {"items": [{"header": "x-amz-version-id"}]},
    }


CASES = (
    Case(
        "aws:cloudfront/distribution:Distribution",
        lambda world: distribution(world, "one"),
        {"comment": "two"},
        get("cloudfront", "get_distribution_config", "DistributionConfig", "Comment", Id="id"),
        "one",
        "two",
    ),
    Case(
        "aws:cloudfront/distribution:Distribution",
        lambda world: {**distribution(world, "tagged"), "tags": {"a": "1", "b": "1"}},
        {"tags": {"a": "2"}},
        get("cloudfront", "list_tags_for_resource", "Tags", "Items", Resource="arn"),
        [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}],
        [{"Key": "a", "Value": "2"}],
    ),
    Case(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        lambda world: {**SIGNED, "description": "one"},
        {"description": "two"},
        get(
            "cloudfront",
            "get_origin_access_control",
            "OriginAccessControl",
            "OriginAccessControlConfig",
            "Description",
            Id="id",
        ),
        "one",
        "two",
    ),
    Case(
        HEADERS,
        lambda world: {"comment": "one", **secure_headers("DENY")},
        secure_headers("SAMEORIGIN"),
        get(
            "cloudfront",
            "get_response_headers_policy_config",
            "ResponseHeadersPolicyConfig",
            "SecurityHeadersConfig",
            "FrameOptions",
            "FrameOption",
            Id="id",
        ),
        "DENY",
        "SAMEORIGIN",
    ),
    Case(
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        lambda world: {
            "bucket": world.bucket,
            "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://one.example.com"]}],
        },
        {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://two.example.com"]}]},
        get("s3", "get_bucket_cors", "CORSRules", 0, "AllowedOrigins", Bucket="bucket"),
        ["https://one.example.com"],
        ["https://two.example.com"],
    ),
)


def recorded(world: World) -> dict[str, dict[str, Any]]:
    """The inputs of the types that only state keeps."""
    return {
        "aws:cloudwatch/logDeliverySource:LogDeliverySource": {
            "logType": "ACCESS_LOGS",
            "resourceArn": "arn:aws:cloudfront::000000000000:distribution/E1",
            "region": "us-east-1",
        },
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
            "deliveryDestinationConfiguration": {"destinationResourceArn": f"arn:aws:s3:::{world.bucket}"},
            "outputFormat": "json",
            "region": "us-east-1",
        },
        "aws:cloudwatch/logDelivery:LogDelivery": {
            "deliverySourceName": "portal",
            "deliveryDestinationArn": "arn:aws:logs:us-east-1:000000000000:delivery-destination:portal",
            "s3DeliveryConfigurations": [{"suffixPath": "{yyyy}"}],
            "region": "us-east-1",
        },
    }
