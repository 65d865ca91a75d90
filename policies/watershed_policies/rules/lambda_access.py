"""Lambda: who may call a function, and in whose name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..iam import arns
from ..iam.patterns import has_wildcard, literal_prefix
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

PERMISSION = aws("lambda", "Permission")
LAYER_PERMISSION = aws("lambda", "LayerVersionPermission")
URL = aws("lambda", "FunctionUrl")
# Alexa's principals end in amazon.com, and say by an event source token whose skill calls.
# https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html
SERVICE = re.compile(r"\.amazon(aws)?\.com(\.cn)?$")

PUBLIC = Rule(
    id="LAMBDA-PUBLIC",
    title="Functions cannot be called by everyone",
    severity=Severity.CRITICAL,
    why="Everyone on the internet could run the function, at our cost and with its role.",
    frameworks=("FSBP Lambda.1", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
    peers=(
        "cdk-nag LambdaFunctionPublicAccessProhibited",
        "Checkov CKV_AWS_258",
        "Checkov CKV_AWS_301",
    ),
)
SOURCE = Rule(
    id="LAMBDA-SOURCE",
    title="A service calls a function only in our own name",
    severity=Severity.HIGH,
    why="An AWS service acts for every customer: without a source, another account can make it call the function.",
    frameworks=("NIST 800-53 AC-4",),
    peers=("Checkov CKV_AWS_364", "Trivy AWS-0067"),
)
BUCKET_OWNER = Rule(
    id="LAMBDA-BUCKET-OWNER",
    title="A bucket calls a function only while it is ours",
    severity=Severity.MEDIUM,
    why="A bucket's ARN names no account: once the bucket is deleted, whoever takes its name may call the function. "
    "Where the program keeps the bucket, its name does not come free, hence strict.",
    frameworks=("FSBP Lambda.1", "NIST 800-53 AC-4"),
    profile=Profile.STRICT,
)
# What a caller needs; everything else changes the function.
CALL = re.compile(r"lambda:(invoke|get|list)", re.IGNORECASE)
ACTION = Rule(
    id="LAMBDA-ACTION",
    title="Permissions name what may be done with a function",
    severity=Severity.HIGH,
    why="Whoever calls a function need not change its code, delete it, or pass its permissions on.",
    frameworks=("NIST 800-53 AC-6",),
)
URL_ORIGINS = Rule(
    id="LAMBDA-URL-ORIGINS",
    title="Function URLs name the web sites that may call them",
    severity=Severity.MEDIUM,
    why="With any origin, every web site that a user opens can call the function from the user's browser.",
    frameworks=("NIST 800-53 AC-4",),
    peers=("Checkov CKV2_AWS_75",),
)


@PUBLIC.on(PERMISSION)
def permission_is_bounded(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a permission for everyone."""
    properties = permission.properties
    bounded = properties.is_set("principalOrgId") or _names_source(properties) or properties.is_set("sourceAccount")
    if _is_everyone(properties) and not bounded:
        yield Finding("lets everyone call the function", "principal=account_id or a service, with source_arn")


@PUBLIC.on(LAYER_PERMISSION)
def layer_is_not_public(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a layer for every account; an organization may have it."""
    if _is_everyone(permission.properties) and not permission.properties.is_set("organizationId"):
        yield Finding("gives the layer to every AWS account", 'organization_id="o-...", or principal=account_id')


@PUBLIC.on(URL)
def url_asks_who_calls(url: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a URL without authorization."""
    if url.properties.get("authorizationType") == "NONE":
        yield Finding("can be called by everyone on the internet", 'authorization_type="AWS_IAM"')


@URL_ORIGINS.on(URL)
def url_names_origins(url: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse any origin."""
    if "*" in url.properties.section("cors").texts("allowOrigins"):
        yield Finding("may be called from every web site", 'cors={"allow_origins": ["https://app.example.com"], ...}')


@SOURCE.on(PERMISSION, LAYER_PERMISSION)
def service_is_bounded(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a service that may call for any account."""
    properties = permission.properties
    principal = properties.get("principal")
    bounded = _names_source(properties) or any(
        properties.is_set(name) for name in ("sourceAccount", "eventSourceToken", "principalOrgId")
    )
    if isinstance(principal, str) and SERVICE.search(principal) and not bounded:
        yield Finding(
            f"lets {principal} call for any AWS account", "source_arn=rule.arn (or source_account=account_id)"
        )


@BUCKET_OWNER.on(PERMISSION)
def bucket_has_owner(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a bucket without its account."""
    properties = permission.properties
    if properties.get("principal") == "s3.amazonaws.com" and not properties.is_set("sourceAccount"):
        yield Finding("does not say whose the bucket is", "source_account=account_id, beside source_arn")


@ACTION.on(PERMISSION, LAYER_PERMISSION)
def action_is_named(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a family of actions, and those that change the function."""
    action = permission.properties.get("action")
    if isinstance(action, str) and (has_wildcard(action) or not CALL.match(action)):
        yield Finding(f"allows {action}", 'action="lambda:InvokeFunction"')


def _is_everyone(permission: Properties) -> bool:
    principal = permission.get("principal")
    return isinstance(principal, str) and (principal == "*" or "iam::*:" in principal)


def _names_source(permission: Properties) -> bool:
    """Say whether the source's ARN fixes its account, or the bucket, which has no account in its ARN."""
    if not permission.is_set("sourceArn") or permission.is_unknown("sourceArn"):
        return permission.is_set("sourceArn")
    arn = arns.split(str(permission.get("sourceArn")))
    return arn is None or literal_prefix(arn.account) != "" or (not arn.account and literal_prefix(arn.resource) != "")
