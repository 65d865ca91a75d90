"""CloudFront and load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
LISTENER = "aws:lb/listener:Listener"
OLD_LISTENER = "aws:alb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
OLD_LISTENER_RULE = "aws:alb/listenerRule:ListenerRule"
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
TO_HTTPS = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
TO_HTTP = {"type": "redirect", "redirect": {"protocol": "HTTP", "port": "80", "statusCode": "HTTP_301"}}
FORWARD = {"type": "forward", "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/x/1"}
REFUSE = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "403"}}


redirecting = make(LISTENER, "redirecting", protocol="HTTP", defaultActions=[TO_HTTPS])
encrypted = make(
    LISTENER,
    "encrypted",
    protocol="HTTPS",
    sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    defaultActions=[FORWARD],
)


def some(listener: Recorded, action: dict[str, Any], path: str = "/old/*", type_: str = LISTENER_RULE) -> Recorded:
    conditions = [{"pathPattern": {"values": [path]}}]
    return make(type_, "some", listenerArn=listener, actions=[action], conditions=conditions)


def classic(protocol: str) -> Recorded:
    return make(CLASSIC, listeners=[{"lbProtocol": protocol, "lbPort": 80, "instanceProtocol": "http"}])


def distribution(viewers: str = "redirect-to-https", version: str = "TLSv1.2_2021", **more: Any) -> Recorded:
    return make(
        DISTRIBUTION,
        defaultCacheBehavior={"targetOriginId": "app", "viewerProtocolPolicy": viewers},
        viewerCertificate={"minimumProtocolVersion": version},
        **more,
    )


def origin(policy: str) -> list[dict[str, Any]]:
    return [{"originId": "app", "domainName": "app.example", "customOriginConfig": {"originProtocolPolicy": policy}}]


CASES = [
    bad("EDGE-TLS", "users by plain HTTP", distribution("allow-all")),
    bad(
        "EDGE-TLS",
        "users of one path by plain HTTP",
        distribution(orderedCacheBehaviors=[{"pathPattern": "/a", "viewerProtocolPolicy": "allow-all"}]),
    ),
    bad("EDGE-TLS", "users with TLS 1.0", distribution(version="TLSv1")),
    bad("EDGE-TLS", "an origin by plain HTTP", distribution(origins=origin("http-only"))),
    bad("EDGE-TLS", "an origin as users call", distribution(origins=origin("match-viewer"))),
    bad("EDGE-TLS", "a plain listener", make(LISTENER, protocol="HTTP", defaultActions=[FORWARD])),
    bad("EDGE-TLS", "a listener that redirects to HTTP", make(LISTENER, protocol="HTTP", defaultActions=[TO_HTTP])),
    bad("EDGE-TLS", "AWS's default policy", make(OLD_LISTENER, protocol="HTTPS", defaultActions=[FORWARD])),
    bad("EDGE-TLS", "an old policy", make(LISTENER, protocol="TLS", sslPolicy="ELBSecurityPolicy-FS-2018-06")),
    bad(
        "EDGE-TLS",
        "TLS 1.0 beside 1.3",
        make(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
    ),
    good("EDGE-TLS", "TLS 1.2", make(LISTENER, protocol="TLS", sslPolicy="ELBSecurityPolicy-TLS-1-2-Ext-2018-06")),
    good(
        "EDGE-TLS", "forward secrecy", make(LISTENER, protocol="TLS", sslPolicy="ELBSecurityPolicy-FS-1-2-Res-2020-10")
    ),
    good("EDGE-TLS", "users by HTTPS", distribution(origins=origin("https-only"))),
    good("EDGE-TLS", "only HTTPS, S3 behind", distribution("https-only", origins=[{"originId": "app"}])),
    good(
        "EDGE-TLS",
        "CloudFront's certificate",
        make(DISTRIBUTION, viewerCertificate={"cloudfrontDefaultCertificate": True}),
    ),
    good("EDGE-TLS", "a redirect", make(LISTENER, protocol="HTTP", defaultActions=[TO_HTTPS])),
    good("EDGE-TLS", "a refusal", make(LISTENER, protocol="HTTP", defaultActions=[REFUSE])),
    good(
        "EDGE-TLS",
        "a new policy",
        make(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06", defaultActions=[FORWARD]),
    ),
    good("EDGE-TLS", "a network load balancer", make(LISTENER, protocol="TCP", defaultActions=[FORWARD])),
    bad("EDGE-TLS", "some requests in the clear", redirecting, some(redirecting, FORWARD)),
    bad(
        "EDGE-TLS",
        "some requests in the clear, by the older name",
        redirecting,
        some(redirecting, FORWARD, type_=OLD_LISTENER_RULE),
    ),
    good("EDGE-TLS", "some requests refused", redirecting, some(redirecting, REFUSE)),
    good("EDGE-TLS", "some requests by HTTPS", encrypted, some(encrypted, FORWARD)),
    good(
        "EDGE-TLS",
        "an authority's challenges",
        redirecting,
        some(redirecting, FORWARD, "/.well-known/acme-challenge/*"),
    ),
    bad("EDGE-TLS", "a classic load balancer", classic("http")),
    good("EDGE-TLS", "a classic load balancer by HTTPS", classic("HTTPS")),
    good("EDGE-TLS", "a classic load balancer for others' TLS", classic("tcp")),
    bad(
        "EDGE-CERTIFICATE", "CloudFront's", make(DISTRIBUTION, viewerCertificate={"cloudfrontDefaultCertificate": True})
    ),
    good(
        "EDGE-CERTIFICATE",
        "ours",
        make(DISTRIBUTION, viewerCertificate={"acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x"}),
    ),
    good("EDGE-CERTIFICATE", "IAM's", make(DISTRIBUTION, viewerCertificate={"iamCertificateId": "ASCA"})),
]
