"""The table of resource types: one file a service, one entry a type. `docs/guides/add-a-resource-type.md` adds one."""

from collections.abc import Mapping
from functools import cache

from ..table import Resource, Support
from . import (
    athena,
    cloudwatch,
    dynamodb,
    events,
    glue,
    iam,
    kms,
    lakeformation,
    lambda_,
    logs,
    s3,
    s3_bucket_settings,
    s3_object,
    scheduler,
    sns,
    sqs,
)

_SERVICES = (
    athena,
    cloudwatch,
    dynamodb,
    events,
    glue,
    iam,
    kms,
    lakeformation,
    lambda_,
    logs,
    s3,
    s3_bucket_settings,
    s3_object,
    scheduler,
    sns,
    sqs,
)


@cache
def table() -> Mapping[str, Resource]:
    """Every resource type by its token."""
    return {resource.token: resource for service in _SERVICES for resource in service.RESOURCES}


def supported_types() -> tuple[str, ...]:
    """The tokens of the types the provider knows, in order."""
    return tuple(sorted(table()))


def support(type_token: str) -> Support:
    """Whether the emulated AWS has the type, or only state records it; raises KeyError for a type not in the table."""
    return table()[type_token].support
