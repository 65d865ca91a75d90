"""What a browser is told to refuse on behalf of the portal's page."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

PLAIN = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers that CloudFront has no setting of its own for."""
_HSTS_SECONDS = 63_072_000
"""Two years, as hstspreload.org recommends."""
_HIDDEN = (
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-version-id",
)
"""What S3 says of an object, its key's ARN among it, and nobody outside needs to know."""


def page_headers(
    name: str, *, connect: Sequence[pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> "aws.cloudfront.ResponseHeadersPolicy":
    """Return the policy: the page's own scripts, styles and images and no others, and connections to `connect` alone.

    Source: Amazon CloudFront Developer Guide, "Understand response headers policies"; OWASP, "Content Security Policy
    Cheat Sheet".
    """
    return aws.cloudfront.ResponseHeadersPolicy(
        name,
        comment="What a browser refuses on behalf of the data set portal",
        security_headers_config={
            "content_security_policy": {
                "content_security_policy": pulumi.Output.all(*connect).apply(content_security_policy),
                "override": True,
            },
            "strict_transport_security": {
                "access_control_max_age_sec": _HSTS_SECONDS,
                "include_subdomains": True,
                "override": True,
            },
            "content_type_options": {"override": True},
            "frame_options": {"frame_option": "DENY", "override": True},
            "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
        },
        custom_headers_config={
            "items": [{"header": header, "value": value, "override": True} for header, value in PLAIN.items()]
        },
        remove_headers_config={"items": [{"header": header} for header in _HIDDEN]},
        opts=opts,
    )


def content_security_policy(connect: Sequence[str]) -> str:
    """Return what the page may use: its own scripts, styles and images, and connections to `connect`."""
    fixed = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    return "; ".join([*fixed, " ".join(["connect-src 'self'", *dict.fromkeys(connect)])])
