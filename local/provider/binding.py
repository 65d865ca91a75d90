"""A row of the table, bound to the property types and AWS shapes it speaks of; each is made once, when first used."""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any

from .calls import BoundCall, BoundTags, identity
from .forms import Problem
from .resources import table
from .schema import ResourceSchema, resource_schema, with_id
from .table import Part, Resource, State

GUIDE = "docs/guides/add-a-resource-type.md"


class UnknownType(Exception):  # noqa: N818  the name says what it is
    """A resource type that is not in the table."""

    def __init__(self, token: str) -> None:
        super().__init__(f"the local aws provider does not know the resource type {token}; {GUIDE} shows how to add it")


class BoundPart:
    """A part and the properties that it sets."""

    def __init__(self, resource: Resource, schema: ResourceSchema, part: Part) -> None:
        self.part = part
        self._inputs = schema.inputs
        own = identity(resource, schema)
        takes = (part.put and part.put.takes) or part.properties or tuple(schema.inputs)
        self.put = BoundCall(resource, schema, part.put, (*takes, *own)) if part.put else None
        self.clear = BoundCall(resource, schema, part.clear, (*(part.clear.takes or ()), *own)) if part.clear else None

    @cached_property
    def properties(self) -> frozenset[str]:
        """The inputs this part sets."""
        if self.part.properties is not None or self.put is None:
            return frozenset(self.part.properties or ())
        return (frozenset(self.put.sent) & self._inputs) - self.put.resource_identity

    def wanted(self, state: State) -> bool:
        """Whether `put` rather than `clear` brings AWS to `state`."""
        if self.part.switch:
            return bool(state.get(self.part.switch))
        unset = (None, [], {}, "", *self.part.off)
        return self.clear is None or any(state.get(name) not in unset for name in self.properties)


class BoundResource:
    """Everything the life cycle of a resource type needs."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.schema = resource_schema(resource.token)
        if "{id}" in resource.id:
            self.schema = with_id(self.schema)
        self.identity = identity(resource, self.schema)
        own = self.identity
        takes = resource.create.takes
        every = (*self.schema.inputs, "tagsAll")
        self.create = BoundCall(resource, self.schema, resource.create, every if takes is None else (*takes, *own))
        self.parts = [BoundPart(resource, self.schema, part) for part in resource.parts]
        self.read = [BoundCall(resource, self.schema, call, (*(call.takes or ()), *own)) for call in resource.read]
        self.delete = [BoundCall(resource, self.schema, call, (*(call.takes or ()), *own)) for call in resource.delete]
        self.tags = BoundTags(resource, self.schema) if resource.tags else None

    @cached_property
    def created(self) -> frozenset[str]:
        """The inputs that the create call sets."""
        sent = set(self.create.sent) | set(self.resource.by_code)
        if "tagsAll" in sent:
            sent.add("tags")
        return frozenset(sent & self.schema.inputs)

    @cached_property
    def updatable(self) -> frozenset[str]:
        """The inputs AWS can change in place."""
        changed: set[str] = set(self.resource.local) | {"region"}
        for call in self.delete:
            changed |= set(call.call.takes or ()) - self.created
        if self.tags:
            changed.add("tags")
        if self.resource.puts:
            changed |= self.created
        for part in self.parts:
            changed |= part.properties
        return frozenset(changed - self.identity)

    @cached_property
    def supported(self) -> frozenset[str]:
        """The inputs a program may set."""
        return frozenset((self.created | self.updatable | self.identity) - set(self.resource.unsupported))

    def problems(self, state: State) -> Iterator[Problem]:
        """What AWS would refuse in the plain properties `state`."""
        found: list[Problem] = []
        parameters = self.create.parameters(state, found)
        found += [problem for problem in self.create.missing(parameters) if problem.path not in self.schema.outputs]
        for part in self.parts:
            only_here = part.properties - self.created
            if part.put and any(state.get(name) is not None for name in only_here) and part.wanted(state):
                part.put.parameters(state, found)
        for call in self.delete:
            if call.call.takes:
                call.parameters(state, found)
        for name, (low, high) in self.resource.limits.items():
            value = state.get(name)
            if isinstance(value, (int, float)) and not low <= value <= high:
                found.append(Problem(name, f"is {value}, but AWS accepts {low} to {high}"))
        for path, reason in self.resource.check(state) if self.resource.check else ():
            found.append(Problem(path, reason))
        yield from dict.fromkeys(found)  # two calls may refuse the same property

    def unmapped(self) -> Iterator[str]:
        """The inputs that nothing sets and the table does not declare unsupported."""
        yield from sorted(self.schema.inputs - self.supported - set(self.resource.unsupported))


@cache
def bound(token: str) -> BoundResource:
    """The bound row of a type token."""
    row: Any = table().get(token)
    if row is None:
        raise UnknownType(token)
    return BoundResource(row)
