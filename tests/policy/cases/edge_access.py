"""What reaches CloudFront and load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
SHARED = "aws:cloudfront/multitenantDistribution:MultitenantDistribution"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
OLD_BALANCER = "aws:alb/loadBalancer:LoadBalancer"
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1"
BUCKET = "site.s3.eu-west-1.amazonaws.com"
OLD_IDENTITY = "origin-access-identity/cloudfront/E127EXAMPLE51Z"

page = make(DISTRIBUTION, "page", enabled=True)
tenants = make(SHARED, "tenants", enabled=True)
balancer = make(BALANCER, "balancer", subnets=["subnet-1", "subnet-2"])


def source(of: Recorded, log_type: str = "ACCESS_LOGS") -> Recorded:
    return make("aws:cloudwatch/logDeliverySource:LogDeliverySource", "source", logType=log_type, resourceArn=of)


def delivered(of: Recorded, log_type: str = "ACCESS_LOGS") -> tuple[Recorded, ...]:
    found = source(of, log_type)
    destination = "arn:aws:logs:us-east-1:123456789012:delivery-destination:bucket"
    return (
        found,
        make(
            "aws:cloudwatch/logDelivery:LogDelivery",
            "delivery",
            deliverySourceName=found,
            deliveryDestinationArn=destination,
        ),
    )


def of_origin(domain: str, type_: str = DISTRIBUTION, **more: Any) -> Recorded:
    return make(type_, origins=[{"originId": "files", "domainName": domain, **more}])


def protected(what: Recorded) -> Recorded:
    return make("aws:wafv2/webAclAssociation:WebAclAssociation", "association", resourceArn=what, webAclArn=ACL)


CASES = [
    bad("EDGE-LOGGING", "no log", page),
    bad(
        "EDGE-LOGGING",
        "cookies for a log that is not there",
        make(DISTRIBUTION, loggingConfig={"includeCookies": True}),
    ),
    bad("EDGE-LOGGING", "a source that nothing delivers", page, source(page)),
    bad("EDGE-LOGGING", "the log of another", page, tenants, *delivered(tenants)),
    bad("EDGE-LOGGING", "a distribution of many tenants", tenants),
    bad("EDGE-LOGGING", "a load balancer", balancer),
    bad("EDGE-LOGGING", "a log that is off, as by default", make(OLD_BALANCER, accessLogs={"bucket": "logs"})),
    bad("EDGE-LOGGING", "connections only", balancer, *delivered(balancer, "ALB_CONNECTION_LOGS")),
    bad("EDGE-LOGGING", "a classic load balancer", make(CLASSIC)),
    bad("EDGE-LOGGING", "a classic log that is off", make(CLASSIC, accessLogs={"bucket": "logs", "enabled": False})),
    good("EDGE-LOGGING", "a delivery", page, *delivered(page)),
    good("EDGE-LOGGING", "a delivery of many tenants", tenants, *delivered(tenants)),
    good("EDGE-LOGGING", "a bucket", make(DISTRIBUTION, loggingConfig={"bucket": "logs.s3.amazonaws.com"})),
    good("EDGE-LOGGING", "a log", make(BALANCER, accessLogs={"bucket": "logs", "enabled": True})),
    good("EDGE-LOGGING", "a delivery of a load balancer", balancer, *delivered(balancer, "ALB_ACCESS_LOGS")),
    good("EDGE-LOGGING", "a network load balancer", make(BALANCER, loadBalancerType="network")),
    good("EDGE-LOGGING", "a gateway", make(BALANCER, loadBalancerType="gateway")),
    good("EDGE-LOGGING", "a classic log", make(CLASSIC, accessLogs={"bucket": "logs"})),
    bad("EDGE-FIREWALL", "no firewall", page),
    bad("EDGE-FIREWALL", "many tenants", tenants),
    bad("EDGE-FIREWALL", "a load balancer", balancer),
    good("EDGE-FIREWALL", "a firewall", make(DISTRIBUTION, webAclId=ACL)),
    good("EDGE-FIREWALL", "a load balancer with one", balancer, protected(balancer)),
    good("EDGE-FIREWALL", "an internal load balancer", make(BALANCER, internal=True)),
    good("EDGE-FIREWALL", "a network load balancer", make(OLD_BALANCER, loadBalancerType="network")),
    bad("EDGE-ORIGIN-ACCESS", "everybody's bucket", of_origin(BUCKET)),
    bad("EDGE-ORIGIN-ACCESS", "an older name", of_origin("site.s3-eu-west-1.amazonaws.com")),
    bad("EDGE-ORIGIN-ACCESS", "a name without a region", of_origin("my.site.s3.amazonaws.com")),
    bad("EDGE-ORIGIN-ACCESS", "for many tenants", make(SHARED, origins=[{"id": "files", "domainName": BUCKET}])),
    bad("EDGE-ORIGIN-ACCESS", "an identity", of_origin(BUCKET, s3OriginConfig={"originAccessIdentity": OLD_IDENTITY})),
    bad(
        "EDGE-ORIGIN-ACCESS",
        "one of two",
        make(
            DISTRIBUTION,
            origins=[
                {"originId": "a", "domainName": BUCKET, "originAccessControlId": "E1"},
                {"originId": "b", "domainName": BUCKET, "originAccessControlId": ""},
            ],
        ),
    ),
    good("EDGE-ORIGIN-ACCESS", "a signature", of_origin(BUCKET, originAccessControlId="E327GJI25M56DG")),
    good("EDGE-ORIGIN-ACCESS", "an application", of_origin("app.example.com")),
    good("EDGE-ORIGIN-ACCESS", "a bucket's web site", of_origin("site.s3-website-us-east-1.amazonaws.com")),
    good("EDGE-ORIGIN-ACCESS", "a newer name of one", of_origin("site.s3-website.eu-central-1.amazonaws.com")),
    bad("EDGE-DELETION-PROTECTION", "by default", balancer),
    bad("EDGE-DELETION-PROTECTION", "off", make(OLD_BALANCER, enableDeletionProtection=False)),
    good("EDGE-DELETION-PROTECTION", "on", make(BALANCER, enableDeletionProtection=True)),
    good("EDGE-DELETION-PROTECTION", "a classic one, which has none", make(CLASSIC, internal=True)),
    bad("EDGE-HEADERS", "by default", balancer),
    bad("EDGE-HEADERS", "off", make(OLD_BALANCER, loadBalancerType="application", dropInvalidHeaderFields=False)),
    good("EDGE-HEADERS", "on", make(BALANCER, dropInvalidHeaderFields=True)),
    good("EDGE-HEADERS", "a network load balancer", make(BALANCER, loadBalancerType="network")),
]
