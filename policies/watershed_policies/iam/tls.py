"""Whether a resource policy refuses requests without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import arns, locations
from .conditions import demands_tls
from .locations import Kind
from .patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..resource import Resource
    from .document import Document, Statement


# SNS takes no wildcard in a topic policy, and `Publish` is the one action that carries a message.
DENIED = {"s3": "s3:*", "sqs": "sqs:*", "sns": "sns:Publish", "secretsmanager": "secretsmanager:*"}
# The property of a bucket, topic or queue that its ARN ends with.
NAMES = {"s3": "bucket", "sqs": "name", "sns": "name"}


def weakness(document: Document, service: str) -> str | None:
    """Return what is missing for the policy to refuse every request without TLS, None if nothing is."""
    if service == "s3" and _is_for_directory_bucket(document):
        return None
    denies = [statement for statement in document.denies if demands_tls(statement)]
    if not denies:
        return "does not deny requests without TLS (aws:SecureTransport)"
    whole = [statement for statement in denies if _gap(statement, service) is None]
    if not whole:
        return _gap(denies[0], service)
    if service == "s3" and not _bucket_and_objects([text for statement in whole for text in statement.resources]):
        return f"denies requests without TLS to the bucket or to its objects only ({whole[0].label}): it must name both"
    return None


def is_for_another(resource: Resource, service: str, holders: Iterable[Resource]) -> bool:
    """Say whether the policies of a resource deny requests without TLS, as far as they are known, to something else."""
    name = resource.outputs.get(NAMES[service], resource.values.get(NAMES[service]))
    if not isinstance(name, str):
        return False
    denied = [
        pattern
        for holder in holders
        for document in locations.documents(holder, Kind.RESOURCE)
        if document.complete
        for statement in document.denies
        if demands_tls(statement) and _gap(statement, service) is None
        for pattern in statement.resources
    ]
    return bool(denied) and not any(_is_named(pattern, name) for pattern in denied)


def _is_named(pattern: str, name: str) -> bool:
    arn = arns.split(pattern)
    named = arn.resource.partition("/")[0] if arn else "*"
    # Behind the name that the program gives, Pulumi puts some characters of its own.
    return matches(named, name) or name.startswith(f"{named}-")


def _is_for_directory_bucket(document: Document) -> bool:
    """Say whether a policy is for a directory bucket, which S3 serves over TLS only.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-data-protection.html
    """
    actions = [action for statement in document.statements for action in statement.actions]
    return bool(actions) and all(action.lower().startswith("s3express:") for action in actions)


def _gap(statement: Statement, service: str) -> str | None:
    if not any(principal.is_everyone for principal in statement.principals):
        return f'denies requests without TLS to some principals only ({statement.label}): it must say "Principal": "*"'
    needed = DENIED[service]
    if not any(matches(action, needed) for action in statement.actions):
        return f'denies only some actions without TLS ({statement.label}): it must say "Action": "{needed}"'
    if not statement.resources:
        return f"names no resource in {statement.label}"
    return None


def _bucket_and_objects(resources: list[str]) -> bool:
    # `bucket*` is the bucket and its objects; `bucket/*` the objects only.
    if any(resource.endswith("*") and "/" not in resource for resource in resources):
        return True
    with_objects = {resource.removesuffix("/*") for resource in resources if resource.endswith("/*")}
    return bool(with_objects & set(resources))
