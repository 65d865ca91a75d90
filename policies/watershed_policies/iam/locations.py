"""Where the policy documents are: the resource types and properties of pulumi-aws that hold one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..values import Properties, UndecidedError
from . import reach
from .document import Document, MalformedDocumentError, Statement, parse

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind(StrEnum):
    """What a document is attached to decides what it means."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    KEY = "key"


@dataclass(frozen=True)
class Location:
    """A property that holds a document, and how long AWS lets it be."""

    kind: Kind
    path: tuple[str, ...]
    limit: int


# Limits in characters, from the quotas page of each service:
# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
ROLE_INLINE_LIMIT = 10_240
LOCATIONS: dict[str, tuple[Location, ...]] = {
    aws("iam", "Role"): (Location(Kind.TRUST, ("assumeRolePolicy",), 2_048),),
    aws("iam", "RolePolicy"): (Location(Kind.IDENTITY, ("policy",), ROLE_INLINE_LIMIT),),
    aws("iam", "Policy"): (Location(Kind.IDENTITY, ("policy",), 6_144),),
    aws("iam", "UserPolicy"): (Location(Kind.IDENTITY, ("policy",), 2_048),),
    aws("iam", "GroupPolicy"): (Location(Kind.IDENTITY, ("policy",), 5_120),),
    aws("ssoadmin", "PermissionSetInlinePolicy"): (Location(Kind.IDENTITY, ("inlinePolicy",), 32_768),),
    aws("kms", "Key"): (Location(Kind.KEY, ("policy",), 32_768),),
    aws("kms", "KeyPolicy"): (Location(Kind.KEY, ("policy",), 32_768),),
    aws("s3", "Bucket"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("s3", "BucketV2"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("s3", "BucketPolicy"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("s3", "AccessPoint"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("sqs", "Queue"): (Location(Kind.RESOURCE, ("policy",), 8_192),),
    aws("sqs", "QueuePolicy"): (Location(Kind.RESOURCE, ("policy",), 8_192),),
    aws("sns", "Topic"): (Location(Kind.RESOURCE, ("policy",), 30_720),),
    aws("sns", "TopicPolicy"): (Location(Kind.RESOURCE, ("policy",), 30_720),),
    aws("cloudwatch", "EventBusPolicy"): (Location(Kind.RESOURCE, ("policy",), 10_240),),
    aws("cloudwatch", "LogResourcePolicy"): (Location(Kind.RESOURCE, ("policyDocument",), 5_120),),
    aws("dynamodb", "ResourcePolicy"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("glue", "ResourcePolicy"): (Location(Kind.RESOURCE, ("policy",), 10_240),),
    aws("kinesis", "ResourcePolicy"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("secretsmanager", "SecretPolicy"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("secretsmanager", "Secret"): (Location(Kind.RESOURCE, ("policy",), 20_480),),
    aws("ecr", "RepositoryPolicy"): (Location(Kind.RESOURCE, ("policy",), 10_240),),
}
INLINE_POLICIES = Location(Kind.IDENTITY, ("inlinePolicies", "policy"), ROLE_INLINE_LIMIT)
TYPES = tuple(LOCATIONS)


@dataclass(frozen=True)
class Attached:
    """A document, where it stands, or why AWS would refuse it."""

    location: Location
    document: Document | None
    problem: str | None = None

    @property
    def property_name(self) -> str:
        """The property as the program spells it: `inlinePolicies.policy`."""
        return ".".join(self.location.path)


def types_with(*kinds: Kind) -> tuple[str, ...]:
    """Return the types that may hold a document of these kinds."""
    found = [type_ for type_, places in LOCATIONS.items() if any(place.kind in kinds for place in places)]
    role = aws("iam", "Role")
    return tuple([*found, role] if Kind.IDENTITY in kinds and role not in found else found)


def attached(resource: Resource, *kinds: Kind) -> Iterator[Attached]:
    """Yield the documents of a resource that are of these kinds and known by now."""
    for properties, location in _places(resource):
        if location.kind not in kinds or not properties.is_set(location.path[-1]):
            continue
        try:
            yield Attached(location, parse(properties.get(location.path[-1])))
        except MalformedDocumentError as error:
            yield Attached(location, None, str(error))
        except UndecidedError:
            continue


def documents(resource: Resource, *kinds: Kind) -> Iterator[Document]:
    """Yield the well-formed documents of a resource that are of these kinds and known by now."""
    for found in attached(resource, *kinds):
        if found.document:
            yield found.document


def allowed_statements(resource: Resource, *kinds: Kind) -> Iterator[Statement]:
    """Yield what the known documents of these kinds allow, less what they take back in full."""
    for document in documents(resource, *kinds):
        yield from reach.allowed(document)


def _places(resource: Resource) -> Iterator[tuple[Properties, Location]]:
    for location in LOCATIONS.get(resource.type, ()):
        yield resource.properties, location
    if resource.type == aws("iam", "Role") and not resource.properties.is_unknown("inlinePolicies"):
        for inline in resource.properties.each("inlinePolicies"):
            yield inline, INLINE_POLICIES
