"""The edge (CloudFront, load balancers): what reaches it is logged and filtered, and nothing goes around it.

CloudFront logs in two ways: into a bucket that the distribution names, or by deliveries of CloudWatch Logs, which
application load balancers have too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..log_delivery import BALANCERS, CLASSIC_BALANCER, DISTRIBUTION
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

# For many tenants; it has no logs but by deliveries.
SHARED_DISTRIBUTION = aws("cloudfront", "MultitenantDistribution")
ASSOCIATION = aws("wafv2", "WebAclAssociation")
SOURCE = aws("cloudwatch", "LogDeliverySource")
DELIVERY = aws("cloudwatch", "LogDelivery")
# Connections and health checks have deliveries of their own.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
ACCESS_LOGS = ("ACCESS_LOGS", "ALB_ACCESS_LOGS")
# A bucket by its REST name; its web site, access points and Object Lambdas are reached by others.
BUCKET_NAME = re.compile(
    r".+\.s3(-(?!website|accesspoint|object-lambda)[a-z0-9-]+)?(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?"
)

LOGGING = Rule(
    id="EDGE-LOGGING",
    title="CloudFront and load balancers log requests",
    severity=Severity.MEDIUM,
    why="Who tried what, and who got what, cannot be told afterwards otherwise.",
    frameworks=("FSBP CloudFront.5", "FSBP ELB.5", "NIST 800-53 AU-12", "PCI DSS 10.2.1"),
    peers=(
        "cdk-nag CFR3",
        "cdk-nag ELB2",
        "Checkov CKV_AWS_86",
        "Checkov CKV_AWS_91",
        "Checkov CKV_AWS_92",
        "Trivy AWS-0010",
    ),
)
FIREWALL = Rule(
    id="EDGE-FIREWALL",
    title="CloudFront and load balancers on the internet are behind a web firewall",
    severity=Severity.MEDIUM,
    why="Known attacks and floods reach the application otherwise. Pages that are only files have little to attack, "
    "and a firewall costs by the month, hence strict.",
    frameworks=("FSBP CloudFront.6", "FSBP ELB.16", "NIST 800-53 SC-7"),
    peers=("cdk-nag CFR2", "Checkov CKV_AWS_68", "Checkov CKV2_AWS_28", "Trivy AWS-0011"),
    profile=Profile.STRICT,
)
ORIGIN_ACCESS = Rule(
    id="EDGE-ORIGIN-ACCESS",
    title="CloudFront signs what it asks of a bucket",
    severity=Severity.HIGH,
    why="Without a signature it can only read what everybody can, around CloudFront, its firewall and its log; the "
    "older origin access identities cannot read what a KMS key encrypts.",
    frameworks=("FSBP CloudFront.13", "NIST 800-53 AC-3"),
    peers=("cdk-nag CFR7", "Checkov CKV2_AWS_46"),
)
PROTECTED = Rule(
    id="EDGE-DELETION-PROTECTION",
    title="Load balancers are protected from deletion",
    severity=Severity.LOW,
    why="One wrong command takes the application off the net. A stack of tests shall be easy to delete, hence strict.",
    frameworks=("FSBP ELB.6",),
    peers=("Checkov CKV_AWS_150",),
    profile=Profile.STRICT,
)
HEADERS = Rule(
    id="EDGE-HEADERS",
    title="Load balancers drop headers that are none",
    severity=Severity.MEDIUM,
    why="With headers that servers read differently one request is smuggled within another. Applications that take "
    "headers of other characters, such as an underscore, break, hence strict.",
    frameworks=("FSBP ELB.4",),
    peers=("Checkov CKV_AWS_131", "Trivy AWS-0052"),
    profile=Profile.STRICT,
)


@LOGGING.across(DISTRIBUTION, SHARED_DISTRIBUTION)
def distribution_logs(distribution: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that there is a log; without a bucket the distribution's own setting is only about cookies."""
    if not distribution.properties.is_set("loggingConfig", "bucket") and not _delivers_logs(distribution, stack):
        yield Finding(
            "does not log requests",
            'aws.cloudwatch.LogDeliverySource("...", name="...", log_type="ACCESS_LOGS", '
            'resource_arn=distribution.arn, region="us-east-1"), with an aws.cloudwatch.LogDelivery to a bucket',
        )


@LOGGING.across(*BALANCERS)
def balancer_logs(balancer: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that there is a log; gateways have none, and network load balancers only one of TLS connections."""
    properties = balancer.properties
    if properties.get("loadBalancerType") in ("network", "gateway"):
        return
    if not properties.is_true("accessLogs", "enabled") and not _delivers_logs(balancer, stack):
        yield Finding("does not log requests", 'access_logs={"bucket": log_bucket.bucket, "enabled": True}')


@LOGGING.on(CLASSIC_BALANCER)
def classic_balancer_logs(balancer: Resource, _: Settings) -> Iterator[Finding]:
    """Check that there is a log; given, it is on unless it is switched off."""
    properties = balancer.properties
    if not properties.is_set("accessLogs") or properties.is_false("accessLogs", "enabled"):
        yield Finding("does not log requests", 'access_logs={"bucket": log_bucket.bucket, "enabled": True}')


@FIREWALL.on(DISTRIBUTION, SHARED_DISTRIBUTION)
def distribution_has_firewall(distribution: Resource, _: Settings) -> Iterator[Finding]:
    """Check that the distribution has a web ACL."""
    if not distribution.properties.is_set("webAclId"):
        yield Finding(
            "has no web firewall",
            'web_acl_id=firewall.arn, of an aws.wafv2.WebAcl in us-east-1 with scope="CLOUDFRONT"',
        )


@FIREWALL.across(*BALANCERS)
def balancer_has_firewall(balancer: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that an application load balancer has a web ACL, unless it only has private addresses."""
    properties = balancer.properties
    if properties.get("loadBalancerType") in ("network", "gateway") or properties.is_true("internal"):
        return
    if not stack.naming(balancer, "resourceArn", ASSOCIATION):
        yield Finding(
            "has no web firewall",
            'aws.wafv2.WebAclAssociation("...", resource_arn=balancer.arn, web_acl_arn=firewall.arn)',
        )


@ORIGIN_ACCESS.on(DISTRIBUTION, SHARED_DISTRIBUTION)
def bucket_is_asked_with_signature(distribution: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a bucket as an origin without an origin access control."""
    for origin in distribution.properties.each("origins"):
        if origin.is_set("originAccessControlId") or origin.is_unknown("domainName"):
            continue
        if BUCKET_NAME.fullmatch(str(origin.get("domainName"))):
            yield Finding(
                "asks a bucket without an origin access control",
                '"origin_access_control_id": an aws.cloudfront.OriginAccessControl("...", '
                'origin_access_control_origin_type="s3", signing_behavior="always", signing_protocol="sigv4").id',
            )


@PROTECTED.on(*BALANCERS)
def balancer_is_protected(balancer: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for what is off by default."""
    if not balancer.properties.is_true("enableDeletionProtection"):
        yield Finding("can be deleted by one command", "enable_deletion_protection=True")


@HEADERS.on(*BALANCERS)
def balancer_drops_odd_headers(balancer: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for what is off by default; only application load balancers read headers."""
    properties = balancer.properties
    if properties.get("loadBalancerType") in (None, "application") and not properties.is_true(
        "dropInvalidHeaderFields"
    ):
        yield Finding("passes headers on that are none", "drop_invalid_header_fields=True")


def _delivers_logs(resource: Resource, stack: Stack) -> bool:
    """Say whether CloudWatch Logs delivers its access logs: a source that names it, and a delivery of that source."""
    return any(
        source.properties.get("logType") in ACCESS_LOGS and stack.naming(source, "deliverySourceName", DELIVERY)
        for source in stack.naming(resource, "resourceArn", SOURCE)
    )
