"""The policy documents of a resource: found, read, and what is wrong with those that AWS would refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..values import Properties, UndecidedError
from . import denials, grammar
from .document import Document, MalformedDocumentError, Statement, parse
from .places import GROUP_INLINE_LIMIT, INLINE_POLICIES, LOCATIONS, ROLE_INLINE_LIMIT, USER_INLINE_LIMIT, Kind, Location

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["GROUP_INLINE_LIMIT", "ROLE_INLINE_LIMIT", "USER_INLINE_LIMIT", "Kind", "Location"]
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
            document = parse(properties.get(location.path[-1]))
            yield Attached(location, document, grammar.problem(document, location.kind))
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
        yield from denials.allowed(document)


def _places(resource: Resource) -> Iterator[tuple[Properties, Location]]:
    for location in LOCATIONS.get(resource.type, ()):
        yield resource.properties.section(*location.path[:-1]), location
    if resource.type == aws("iam", "Role") and not resource.properties.is_unknown("inlinePolicies"):
        for inline in resource.properties.each("inlinePolicies"):
            yield inline, INLINE_POLICIES
