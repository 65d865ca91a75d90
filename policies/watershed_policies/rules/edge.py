"""The edge (CloudFront, load balancers): what users send is encrypted all the way, by protocols that still count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..log_delivery import CLASSIC_BALANCER, DISTRIBUTION
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

# pulumi-aws has two names for it.
LISTENERS = (aws("lb", "Listener"), aws("alb", "Listener"))
LISTENER_RULES = (aws("lb", "ListenerRule"), aws("alb", "ListenerRule"))
# An authority of certificates asks for what is there by plain HTTP. https://www.rfc-editor.org/rfc/rfc8555#section-8.3
CHALLENGES = "/.well-known/acme-challenge/"
BEHAVIORS = ("defaultCacheBehavior", "orderedCacheBehaviors")
OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")
# Policies that take TLS 1.0 or 1.1, by name; the default is what a listener gets that names none.
# Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
OLD_POLICY = re.compile(r"ELBSecurityPolicy-(TLS(13)?-1-[01]|FS-1-1|FS-2018-06|201[56])\b.*")
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
NEW_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"

TLS = Rule(
    id="EDGE-TLS",
    title="CloudFront and load balancers talk TLS 1.2 or newer",
    severity=Severity.HIGH,
    why="What users send, passwords and cookies among it, can be read and changed on its way otherwise.",
    frameworks=(
        "FSBP CloudFront.3",
        "FSBP CloudFront.9",
        "FSBP CloudFront.15",
        "FSBP ELB.1",
        "FSBP ELB.3",
        "FSBP ELB.17",
        "NIST 800-53 SC-8",
        "PCI DSS 4.2.1",
    ),
    peers=(
        "cdk-nag CFR4",
        "Checkov CKV_AWS_2",
        "Checkov CKV_AWS_34",
        "Checkov CKV_AWS_103",
        "Checkov CKV_AWS_174",
        "Checkov CKV_AWS_376",
    ),
)
CERTIFICATE = Rule(
    id="EDGE-CERTIFICATE",
    title="CloudFront has a certificate of ours",
    severity=Severity.LOW,
    why="With CloudFront's own certificate it takes TLS 1.0, whatever the distribution says. Only a name of ours can "
    "have another, hence strict.",
    frameworks=("FSBP CloudFront.7", "NIST 800-53 SC-8"),
    peers=("Checkov CKV2_AWS_42",),
    profile=Profile.STRICT,
)


@TLS.on(DISTRIBUTION)
def viewers_use_tls(distribution: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP from users, and protocols that are broken."""
    properties = distribution.properties
    for behavior in (each for name in BEHAVIORS if not properties.is_unknown(name) for each in properties.each(name)):
        if not behavior.is_unknown("viewerProtocolPolicy") and behavior.get("viewerProtocolPolicy") == "allow-all":
            yield Finding("answers users by plain HTTP", '"viewer_protocol_policy": "redirect-to-https"')
    if properties.section("viewerCertificate").get("minimumProtocolVersion") in OLD_VERSIONS:
        yield Finding("takes users with TLS 1.0 or 1.1", '"minimum_protocol_version": "TLSv1.2_2021"')


@TLS.on(DISTRIBUTION)
def origins_use_tls(distribution: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP to an origin; a bucket's web site has no other, and S3 is reached by its REST name instead."""
    for origin in distribution.properties.each("origins"):
        if origin.get("customOriginConfig", "originProtocolPolicy") in ("http-only", "match-viewer"):
            yield Finding("calls an origin by plain HTTP", '"origin_protocol_policy": "https-only"')


@TLS.on(*LISTENERS)
def listener_uses_tls(listener: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP, but to redirect or refuse it, and policies that take old protocols."""
    properties = listener.properties
    protocol = properties.get("protocol")
    if protocol == "HTTP" and not all(map(_turns_away, properties.each("defaultActions"))):
        yield Finding(
            "serves plain HTTP",
            'default_actions=[{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", '
            '"status_code": "HTTP_301"}}]',
        )
    if protocol in ("HTTPS", "TLS") and OLD_POLICY.fullmatch(str(properties.get("sslPolicy") or DEFAULT_POLICY)):
        yield Finding("takes TLS 1.0 or 1.1", f'ssl_policy="{NEW_POLICY}"')


@TLS.on(CLASSIC_BALANCER)
def classic_balancer_uses_tls(balancer: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP, which a classic load balancer cannot redirect."""
    for listener in balancer.properties.each("listeners"):
        if str(listener.get("lbProtocol")).upper() == "HTTP":
            yield Finding(
                "serves plain HTTP", '"lb_protocol": "https", "lb_port": 443, "ssl_certificate_id": certificate.arn'
            )


@TLS.across(*LISTENER_RULES)
def listener_rule_uses_tls(rule: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse plain HTTP for some requests where a listener turns the others away."""
    if all(map(_turns_away, rule.properties.each("actions"))) or _is_for_challenges(rule.properties):
        return
    for listener in stack.of_type(*LISTENERS):
        named = rule in stack.naming(listener, "listenerArn", rule.type)
        properties = listener.properties
        if named and properties.get("protocol") == "HTTP" and all(map(_turns_away, properties.each("defaultActions"))):
            yield Finding(
                "serves plain HTTP",
                'actions=[{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", '
                '"status_code": "HTTP_301"}}], and its own actions at the listener of HTTPS',
            )


@CERTIFICATE.on(DISTRIBUTION)
def distribution_has_our_certificate(distribution: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a certificate of ours instead of CloudFront's."""
    if distribution.properties.is_true("viewerCertificate", "cloudfrontDefaultCertificate"):
        yield Finding(
            "has CloudFront's certificate",
            'aliases=["data.example.com"], viewer_certificate={"acm_certificate_arn": certificate.arn, '
            '"ssl_support_method": "sni-only", "minimum_protocol_version": "TLSv1.2_2021"}',
        )


def _is_for_challenges(rule: Properties) -> bool:
    paths = [text for condition in rule.each("conditions") for text in condition.section("pathPattern").texts("values")]
    return bool(paths) and all(path.startswith(CHALLENGES) for path in paths)


def _turns_away(action: Properties) -> bool:
    kind = action.get("type")
    return kind == "fixed-response" or (kind == "redirect" and str(action.get("redirect", "protocol")) == "HTTPS")
