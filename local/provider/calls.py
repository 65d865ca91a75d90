"""The table's calls, bound to property types and AWS shapes: parameters out of state, properties out of answers."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from botocore.model import ListShape, MapShape, StructureShape

from .aws import service_model
from .codecs import Field, Hints, codec_for, field_for, put, take
from .forms import Codec, Problem
from .matching import Path, member_shape, normalised
from .schema import ResourceSchema
from .table import Call, Resource, Session, State

# `tags` is sent as `tagsAll`; `region` says where to call, not what.
_NEVER_SENT = ("tags", "region")


class BoundCall:
    """A call whose parameters and answer are matched with a resource type's properties."""

    def __init__(self, resource: Resource, schema: ResourceSchema, call: Call, takes: Iterable[str]) -> None:
        self.call, self.resource, self.schema = call, resource, schema
        self._takes = frozenset(takes)
        self.model = service_model(resource.service).operation_model(call.operation)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every property that has a parameter here."""
        found = {}
        for name in self.schema.properties:
            if name in self.resource.local or name in _NEVER_SENT or self.model.input_shape is None:
                continue
            field = self._field(name, self.model.input_shape)
            if field:
                found[name] = field
        return found

    @cached_property
    def sent(self) -> Mapping[str, Field]:
        """The properties this call sends: those it takes, and what it requires."""
        required = self._required
        whole = {name for name, field in self.fields.items() if field.path[0] in required and len(field.path) == 1}
        return {name: field for name, field in self.fields.items() if name in self._takes | whole}

    @cached_property
    def _required(self) -> frozenset[str]:
        shape = self.model.input_shape
        return frozenset(shape.required_members) if shape else frozenset()

    def parameters(self, state: State, problems: list[Problem], only: Iterable[str] | None = None) -> dict[str, Any]:
        """The call's parameters; what AWS would refuse is added to `problems`."""
        chosen = set(only) | set(self.resource_identity) if only is not None else None
        parameters: dict[str, Any] = {}
        for name, field in self.sent.items():
            value = state.get(name)
            if value is None or (chosen is not None and name not in chosen and field.path[0] not in self._required):
                continue
            put(parameters, field.path, field.codec.encode(value, name, problems))
        for path, value in self.call.fixed.items():
            put(parameters, tuple(path.split(".")), value)
        if self.call.within.endswith("[]") and self._within[0] in parameters:
            parameters[self._within[0]] = [parameters[self._within[0]]]
        if self.call.adjust:
            self.call.adjust(parameters, state)
        return parameters

    @cached_property
    def resource_identity(self) -> frozenset[str]:
        """The inputs that say which resource it is."""
        return identity(self.resource, self.schema)

    def missing(self, parameters: Mapping[str, Any]) -> list[Problem]:
        """A problem for each required parameter that is not there."""
        names = {field.path[0]: name for name, field in self.fields.items() if len(field.path) == 1}
        return [
            Problem(names.get(member, member), "is required")
            for member in sorted(self._required)
            if member not in parameters
        ]

    def run(self, state: State, session: Session, only: Iterable[str] | None = None) -> dict[str, Any]:
        """Call AWS with the parameters in `state`."""
        problems: list[Problem] = []
        parameters = self.parameters(state, problems, only)
        if problems:
            raise ValueError("; ".join(f"{problem.path} {problem.reason}" for problem in problems))
        if self.call.recorded:
            return {}
        return session.call(self.resource.service, self.call.operation, parameters, all_pages=bool(self.call.where))

    def run_attribute(self, name: str, state: State, session: Session) -> None:
        """Call AWS for the one attribute that the property `name` is."""
        attributes = [tuple(path.split(".")) for path in self._hints.renames.get(name, ())]
        attribute = next(path[1] for path in attributes if path[0] == "Attributes")
        value = state.get(name, "")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        parameters = self.parameters(state, [], only=())
        parameters |= {"AttributeName": attribute, "AttributeValue": text}
        session.call(self.resource.service, self.call.operation, parameters)

    def properties(self, answer: dict[str, Any], state: State) -> State | None:
        """The properties in AWS's answer; None when the resource is not among what it lists."""
        result = self._select(answer, state)
        if result is None or any(result.get(member) == value for member, value in self.call.gone.items()):
            return None
        decoded: State = {}
        for name, path, codec in self.answered:
            value = take(result, path)
            if value is not None:
                decoded[name] = codec.decode(value)
        decoded |= {name: answer[member] for name, member in self.call.beside.items() if member in answer}
        if self.call.adopt:
            adopted = self.call.adopt(result, state)
            if adopted is None:
                return None
            decoded.update(adopted)
        return None if self.call.needs and not decoded.get(self.call.needs) else decoded

    def settled(self, answer: dict[str, Any], state: State) -> bool:
        """Whether the resource has reached the state that `until` asks for."""
        result = self._select(answer, state) or {}
        found = ((take(result, tuple(path.split("."))), values) for path, values in self.call.until.items())
        return all(value is None or value in values for value, values in found)

    def _select(self, answer: dict[str, Any], state: State) -> Any:
        result: Any = answer
        for step in filter(None, self.call.result.split(".")):
            result = result.get(step) if isinstance(result, dict) else None
        if isinstance(result, list):
            wanted = self.call.where.items()
            matching = (entry for entry in result if all(entry.get(key) == state.get(ours) for key, ours in wanted))
            result = next(matching, None)
        return result

    @cached_property
    def answered(self) -> list[Field]:
        """Every property that the answer holds."""
        shape: Any = self.model.output_shape
        for step in filter(None, self.call.result.split(".")):
            shape = shape.members[step]
        shape = getattr(shape, "member", shape)
        if not isinstance(shape, StructureShape):
            return []
        names = (name for name in self.schema.properties if name not in _NEVER_SENT)
        found = (self._field(name, shape) for name in names)
        return [field for field in found if field]

    def _field(self, name: str, shape: StructureShape) -> Field | None:
        """Where the property stands: in the structure `within`, if there is one, or beside that."""
        kind = self.schema.properties[name]
        inner: Any = member_shape(shape, self._within) if self._within else None
        inner = getattr(inner, "member", inner)
        if isinstance(inner, StructureShape):
            field = field_for(name, kind, inner, self._hints)
            if field:
                return Field(name, (*self._within, *field.path), field.codec)
        return field_for(name, kind, shape, self._hints)

    @cached_property
    def _within(self) -> Path:
        return tuple(filter(None, self.call.within.removesuffix("[]").split(".")))

    @cached_property
    def _hints(self) -> Hints:
        renames = {**self.resource.rename, **self.call.rename}
        if self.resource.tags or "tags" in self.schema.properties:
            renames.setdefault("tagsAll", ("Tags", "tags", "TagList", "TagSet"))
        targets = {path: (target,) if isinstance(target, str) else target for path, target in renames.items()}
        type_name = self.resource.token.rpartition(":")[2]
        nouns = (normalised(type_name), *(normalised(noun) for noun in self.resource.nouns))
        return Hints(targets, self.resource.codecs, self.resource.unsupported, nouns)


def identity(resource: Resource, schema: ResourceSchema) -> frozenset[str]:
    """The inputs that say which resource it is: those in its id, and those the table adds."""
    in_id = {name for name in schema.properties if f"{{{name}}}" in resource.id}
    named = {resource.name.property} if resource.name else set()
    return frozenset((in_id | named | set(resource.identity)) & schema.inputs)


class BoundTags:
    """A service's tagging calls, matched by shape: some take a map, some a list of pairs."""

    def __init__(self, resource: Resource, schema: ResourceSchema) -> None:
        if resource.tags is None:
            raise ValueError(f"{resource.token} has no tagging calls")
        self._resource, self._tags, self._schema = resource, resource.tags, schema

    def change(self, old: Mapping[str, str], new: Mapping[str, str], state: State, session: Session) -> None:
        """Make the tags `new` that were `old`."""
        gone = sorted(set(old) - set(new))
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        if gone:
            self._send(self._tags.untag, gone, state, session)
        if changed:
            self._send(self._tags.tag, changed, state, session)

    def read(self, state: State, session: Session) -> dict[str, str]:
        """The resource's tags."""
        model = service_model(self._resource.service).operation_model(self._tags.list)
        owner = next(iter(self._input(self._tags.list).required_members))
        answer = session.call(self._resource.service, self._tags.list, {owner: state[self._tags.of]})
        output: Any = model.output_shape
        path = _path(output, output.members)
        found = take(answer, path)
        tags: dict[str, str] = self._codec(member_shape(output, path)).decode(found) if found else {}
        return tags

    def _send(self, operation: str, tags: Mapping[str, str] | list[str], state: State, session: Session) -> None:
        """Call for tags, or for their keys."""
        shape = self._input(operation)
        path = _path(shape, shape.required_members)
        owner = next(name for name in shape.required_members if name != path[0])
        parameters = {owner: state[self._tags.of]}
        encoded = tags if isinstance(tags, list) else self._codec(member_shape(shape, path)).encode(tags, "tags", [])
        put(parameters, path, encoded)
        session.call(self._resource.service, operation, parameters)

    def _input(self, operation: str) -> StructureShape:
        shape = service_model(self._resource.service).operation_model(operation).input_shape
        if shape is None:
            raise ValueError(f"{operation} takes no parameters")
        return shape

    def _codec(self, shape: Any) -> Codec:
        codec = codec_for(self._schema.properties["tagsAll"], shape, Hints())
        if codec is None:
            raise ValueError(f"{self._resource.token}: its service's tags are neither a map nor pairs")
        return codec


def _path(structure: StructureShape, members: Iterable[str]) -> Path:
    """Where tags or their keys stand: CloudFront has both, and WAF what it lists, in a structure of their own."""
    member = next(name for name in members if normalised(name).startswith("tag"))
    inside = getattr(structure.members[member], "members", {})
    return (member, *(name for name, shape in inside.items() if isinstance(shape, (ListShape, MapShape))))
