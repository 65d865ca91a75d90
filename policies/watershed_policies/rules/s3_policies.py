"""S3: access points, web sites, and bucket policies that give the bucket away or lock its owner out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import accounts
from ..buckets import BUCKETS, POLICY, either, is_inline
from ..iam import locations
from ..iam.locations import Kind
from ..iam.patterns import matches
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .s3_access import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Statement
    from ..settings import Settings

ACCESS_POINT = aws("s3", "AccessPoint")
MULTI_REGION = aws("s3control", "MultiRegionAccessPoint")
WEBSITES = (aws("s3", "BucketWebsiteConfiguration"), aws("s3", "BucketWebsiteConfigurationV2"))
SHARING = (aws("s3", "BucketCorsConfiguration"), aws("s3", "BucketCorsConfigurationV2"))
# https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6
ADMINISTRATION = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)

ACCESS_POINT_BLOCK = Rule(
    id="S3-ACCESS-POINT-BLOCK",
    title="Access points block public access, all four ways",
    severity=Severity.CRITICAL,
    why="An access point has a policy of its own, and its block cannot be changed later. On is AWS's default.",
    frameworks=("FSBP S3.19", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_392",),
)
NO_WEBSITE = Rule(
    id="S3-NO-WEBSITE",
    title="Buckets are not web sites",
    severity=Severity.HIGH,
    why="A bucket's web site is public and knows no TLS. CloudFront with origin access control serves a closed bucket.",
    frameworks=("NIST 800-53 SC-8", "NIST 800-53 AC-3"),
    peers=("cdk-nag S5",),
)
CORS = Rule(
    id="S3-CORS",
    title="Browsers may read a bucket from named sites only",
    severity=Severity.LOW,
    why="With `*`, the script of any site uses what its visitor may read or write. Fonts and pictures for everyone "
    "need it, hence strict.",
    profile=Profile.STRICT,
)
NO_LOCKOUT = Rule(
    id="S3-POLICY-LOCKOUT",
    title="No bucket policy locks everyone out",
    severity=Severity.HIGH,
    why="A Deny of everything for everyone, without a condition, leaves only the account's root to repair it.",
    frameworks=("NIST 800-53 CP-10",),
    peers=("Checkov CKV_AWS_93",),
)
FOREIGN_ADMINISTRATION = Rule(
    id="S3-FOREIGN-ADMINISTRATION",
    title="No other account changes a bucket's policy, lists or encryption",
    severity=Severity.HIGH,
    why="Who may write the policy may give itself everything else.",
    frameworks=("FSBP S3.6", "NIST 800-53 AC-6", "PCI DSS 7.2.1"),
)


@ACCESS_POINT_BLOCK.on(ACCESS_POINT, MULTI_REGION)
def access_point_blocks(point: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a way that is switched on purpose."""
    block = (
        point.properties.section("publicAccessBlockConfiguration")
        if point.type == ACCESS_POINT
        else point.properties.section("details").section("publicAccessBlock")
    )
    open_ways = [python for name, python in BLOCKS.items() if not block.is_unknown(name) and block.is_false(name)]
    if open_ways:
        yield Finding(f"leaves public access open: {', '.join(open_ways)}", "remove them: all are on by default")


@NO_WEBSITE.on(*WEBSITES, *BUCKETS)
def is_no_website(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a web site; one that only redirects needs no public object."""
    inline = resource.type in BUCKETS
    if inline and not is_inline(resource, "website"):
        return
    website = either(resource.properties, "website") if inline else resource.properties
    if not website.is_set("redirectAllRequestsTo"):
        yield Finding(
            "serves a web site from a bucket",
            'aws.cloudfront.Distribution("...") with an aws.cloudfront.OriginAccessControl for the bucket',
        )


@CORS.on(*SHARING, *BUCKETS)
def sites_are_named(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse every site."""
    if any("*" in rule.texts("allowedOrigins") for rule in resource.properties.each("corsRules")):
        yield Finding("may be used by the script of any site", '"allowed_origins": ["https://data.example.com"]')


@NO_LOCKOUT.on(POLICY, *BUCKETS)
def policy_locks_nobody_out(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an unconditional Deny that covers changing the policy itself."""
    for document in locations.documents(resource, Kind.RESOURCE):
        for statement in document.denies:
            if _locks_out(statement):
                yield Finding(
                    f"has a policy that locks everyone but root out ({statement.label})",
                    'add a "Condition", or name the actions and the objects that are denied',
                )


@FOREIGN_ADMINISTRATION.across(POLICY, *BUCKETS)
def no_foreign_administrator(resource: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse to give administration away; our own roles have it by their own policies."""
    for document in locations.documents(resource, Kind.RESOURCE):
        for statement in document.allows:
            actions = [name for name in ADMINISTRATION if any(matches(given, name) for given in statement.actions)]
            holders = [
                principal
                for principal in statement.principals
                if principal.kind == "AWS" and accounts.account_of(principal.value)
            ]
            if not actions or not holders:
                continue
            ours = accounts.own(resource, document) or accounts.of_stack(stack)
            others = [holder for holder in holders if accounts.account_of(holder.value) not in ours]
            if others:
                yield Finding(
                    f"has a policy that lets {others[0]} use {actions[0]} ({statement.label})",
                    'name what the other account reads or writes: "Action": ["s3:GetObject"]',
                )


def _locks_out(statement: Statement) -> bool:
    return (
        not statement.conditions
        and any(principal.is_everyone for principal in statement.principals)
        and any(matches(action, "s3:PutBucketPolicy") for action in statement.actions)
        and any("/" not in resource for resource in statement.resources)
    )
