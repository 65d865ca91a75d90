"""A resource as rules see it, and the stack of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .values import Properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .settings import Settings

# Outputs by which one resource names another.
IDENTITIES = ("id", "arn", "name", "bucket", "url", "keyId")


def aws(module: str, name: str) -> str:
    """Return the type token of an AWS resource: `aws("s3", "Bucket")` is `aws:s3/bucket:Bucket`."""
    return f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"


@dataclass(frozen=True)
class Resource:
    """One resource: what the program gave it, and in stack rules also what came out and what it depends on."""

    type: str
    name: str
    urn: str
    values: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider_values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def properties(self) -> Properties:
        """The inputs, to be read by path."""
        return Properties(self.values)

    @property
    def provider(self) -> Properties:
        """The inputs of the provider that makes it, such as its default tags."""
        return Properties(self.provider_values)

    @property
    def kind(self) -> str:
        """The last part of the type: `Bucket`."""
        return self.type.rsplit(":", 1)[-1]

    def is_in(self, component_type: str) -> bool:
        """Say whether the resource belongs to a component of that type; its URN says so, at preview already."""
        return component_type in self.urn.split("::")[2].split("$")[:-1]

    def identities(self) -> frozenset[str]:
        """Return the known values by which another resource can name this one."""
        return self._identities

    def mentions(self) -> frozenset[str]:
        """Return every text in the resource's properties, and the URNs that they depend on."""
        return self._mentions

    @cached_property
    def _mentions(self) -> frozenset[str]:
        return frozenset([*_texts(self.values), *(urn for urns in self.dependencies.values() for urn in urns)])

    @cached_property
    def _identities(self) -> frozenset[str]:
        given = [self.outputs.get(key, self.values.get(key)) for key in IDENTITIES]
        return frozenset(value for value in given if isinstance(value, str) and value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


class Stack:
    """The resources of a stack, with the questions that rules ask of them together."""

    def __init__(self, resources: Iterable[Resource], settings: Settings) -> None:
        self.settings = settings
        self.resources = sorted(resources, key=lambda resource: resource.urn)
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_type[resource.type].append(resource)
        # What a property of a type refers to (a URN, or the value of a name) -> the resources that do.
        self._referring: dict[tuple[str, str], dict[str, list[Resource]]] = {}

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of these types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def naming(self, target: Resource, property_name: str, *types: str) -> list[Resource]:
        """Return the resources of `types` whose property names `target`.

        During preview the value is often unknown: then the dependency that Pulumi recorded for the property decides.
        """
        found: dict[str, Resource] = {}
        for type_ in types:
            referring = self._references(type_, property_name)
            for name in (target.urn, *target.identities()):
                found |= {resource.urn: resource for resource in referring.get(name, ())}
        return list(found.values())

    def _references(self, type_: str, property_name: str) -> dict[str, list[Resource]]:
        index = self._referring.get((type_, property_name))
        if index is None:
            index = defaultdict(list)
            for resource in self._by_type.get(type_, ()):
                value = resource.values.get(property_name)
                for name in (*resource.dependencies.get(property_name, ()), value):
                    if isinstance(name, str):
                        index[name].append(resource)
            self._referring[type_, property_name] = index
        return index
