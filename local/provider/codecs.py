"""Property values to AWS parameters and back, one codec for each pair of Pulumi type and AWS shape."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from botocore.model import ListShape, MapShape, Shape, StructureShape

from .constraints import violation
from .matching import Path, find_member, member_shape, normalised
from .schema import PropertyType
from .values import Unknown


class Problem(NamedTuple):
    """Something AWS would refuse, or that has no AWS parameter: where, and why."""

    path: str
    reason: str


class Codec(Protocol):
    """Turns a property's value into its AWS parameter and back."""

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The AWS value of `value`; what AWS would refuse is added to `problems`."""

    def decode(self, value: Any) -> Any:
        """The property's value for what AWS answered."""


@dataclass(frozen=True)
class Hints:
    """What the table says of the properties at and below `path`."""

    renames: Mapping[str, Sequence[str]] = field(default_factory=dict)
    codecs: Mapping[str, "CodecFactory"] = field(default_factory=dict)
    unsupported: Mapping[str, str] = field(default_factory=dict)
    nouns: tuple[str, ...] = ()
    path: str = ""

    def at(self, name: str) -> "Hints":
        """The hints for the property `name` below this one."""
        return Hints(self.renames, self.codecs, self.unsupported, _nouns(name), self.key(name))

    def without_codec(self) -> "Hints":
        """The same, for a codec that wraps the ordinary one."""
        codecs = {path: factory for path, factory in self.codecs.items() if path != self.path}
        return Hints(self.renames, codecs, self.unsupported, self.nouns, self.path)

    def key(self, name: str) -> str:
        """The dotted path of the property `name` below this one."""
        return f"{self.path}.{name}" if self.path else name


CodecFactory = Callable[[PropertyType, Shape, Hints], Codec | None]


def codec_for(kind: PropertyType, shape: Shape, hints: Hints) -> Codec | None:
    """The codec between a property's type and an AWS shape, or None when the two cannot be the same thing."""
    if hints.path in hints.codecs:
        return hints.codecs[hints.path](kind, shape, hints.without_codec())
    if isinstance(shape, ListShape):
        return _list_codec(kind, shape, hints)
    if isinstance(shape, MapShape):
        if kind.kind != "map" or kind.item is None:
            return None
        item = codec_for(kind.item, shape.value, hints)
        return MapCodec(item, shape) if item else None
    if isinstance(shape, StructureShape):
        return ObjectCodec(kind, shape, hints) if kind.kind == "object" else _only_member(kind, shape, hints)
    return ScalarCodec(kind, shape) if kind.kind in ("string", "integer", "number", "boolean") else None


def _list_codec(kind: PropertyType, shape: ListShape, hints: Hints) -> Codec | None:
    if kind.kind == "map":
        return _pairs_codec(shape)
    if kind.kind == "list" and kind.item is not None:
        item = codec_for(kind.item, shape.member, hints)
        return ListCodec(item, shape) if item else None
    # What can occur once is a plain value in Pulumi, even where AWS has a list.
    single = codec_for(kind, shape.member, hints) if kind.kind != "any" else None
    return SingleCodec(single) if single else None


def _only_member(kind: PropertyType, shape: StructureShape, hints: Hints) -> Codec | None:
    """A scalar that AWS wraps in a structure of one, such as `{"DataLakePrincipalIdentifier": principal}`."""
    if len(shape.members) != 1 or kind.kind != "string":
        return None
    member, inner = next(iter(shape.members.items()))
    codec = codec_for(kind, inner, hints)
    return MemberCodec(member, codec) if isinstance(codec, ScalarCodec) else None


def _nouns(name: str) -> tuple[str, ...]:
    """What AWS may put in front of the members of the property `name`: its name, in the singular too."""
    noun = normalised(name)
    singular = (
        noun[:-3] + "y" if noun.endswith("ies") else noun[:-2] if noun.endswith("xes") else noun.removesuffix("s")
    )
    return tuple(dict.fromkeys((noun, singular)))


def _pairs_codec(shape: ListShape) -> Codec | None:
    """A map that AWS spells as a list of key and value (or name and value) structures."""
    members = list(getattr(shape.member, "members", ()))
    keys = [member for member in members if normalised(member).endswith(("key", "name"))]
    values = [member for member in members if normalised(member).endswith("value")]
    return PairsCodec(keys[0], values[0], shape) if len(keys) == len(values) == 1 else None


@dataclass(frozen=True)
class ScalarCodec:
    """A string, number or boolean; attribute maps and a few parameters spell every kind as a string."""

    kind: PropertyType
    shape: Shape

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The value in the type AWS wants, or a problem."""
        if isinstance(value, Unknown):
            return value
        encoded = self._converted(value)
        if encoded is None:
            problems.append(Problem(path, f"is a {type(value).__name__}, but AWS wants a {self.shape.type_name}"))
            return value
        refused = violation(self.shape, encoded)
        if refused:
            problems.append(Problem(path, refused))
        return encoded

    def _converted(self, value: Any) -> Any:
        match self.shape.type_name:
            case "string" | "character" | "timestamp":
                if isinstance(value, bool):
                    return "true" if value else "false"
                return str(value) if isinstance(value, (str, int, float)) else None
            case "boolean":
                return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))
            case "integer" | "long":
                return _number(value, int)
            case "float" | "double":
                return _number(value, float)
            case "blob":
                return value.encode() if isinstance(value, str) else None
        return None

    def decode(self, value: Any) -> Any:
        """The value in the type the property has."""
        if isinstance(value, (dict, list)):  # botocore parses IAM's policy documents
            return json.dumps(value)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        match self.kind.kind:
            case "boolean":
                return value if isinstance(value, bool) else str(value).lower() == "true"
            case "integer":
                return _number(value, int)
            case "number":
                return _number(value, float)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _number(value: Any, kind: type[int] | type[float]) -> int | float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if kind is int:
        return int(number) if number.is_integer() else None
    return number


@dataclass(frozen=True)
class ListCodec:
    """A list, entry by entry."""

    item: Codec
    shape: ListShape

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Each entry encoded."""
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, list):
            problems.append(Problem(path, f"is a {type(value).__name__}, but must be a list"))
            return []
        refused = violation(self.shape, value)
        if refused:
            problems.append(Problem(path, refused))
        return [self.item.encode(entry, f"{path}[{index}]", problems) for index, entry in enumerate(value)]

    def decode(self, value: Any) -> Any:
        """Each entry decoded."""
        return [self.item.decode(entry) for entry in value]


@dataclass(frozen=True)
class SingleCodec:
    """An object that AWS wants as a list of one."""

    item: Codec

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """A list of one."""
        return value if isinstance(value, Unknown) else [self.item.encode(value, path, problems)]

    def decode(self, value: Any) -> Any:
        """The one entry, if there is one."""
        return self.item.decode(value[0]) if value else None


@dataclass(frozen=True)
class MemberCodec:
    """A scalar that is a structure of one in AWS."""

    member: str
    item: Codec

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The structure."""
        return value if isinstance(value, Unknown) else {self.member: self.item.encode(value, path, problems)}

    def decode(self, value: Any) -> Any:
        """The member, if it is there."""
        return self.item.decode(value[self.member]) if self.member in value else None


@dataclass(frozen=True)
class FlagCodec:
    """A boolean that AWS spells by the presence of an empty structure."""

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """An empty structure for true, nothing for false."""
        return value if isinstance(value, Unknown) else {} if value else None

    def decode(self, value: Any) -> Any:
        """That there is a structure."""
        return value is not None


@dataclass(frozen=True)
class WordCodec:
    """A boolean that AWS spells in two words."""

    true: str = "ENABLED"
    false: str = "DISABLED"

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The word."""
        return value if isinstance(value, Unknown) else self.true if value else self.false

    def decode(self, value: Any) -> Any:
        """Whether it is the word for true."""
        return value == self.true


@dataclass(frozen=True)
class MapCodec:
    """A map with free keys."""

    item: Codec
    shape: MapShape

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """Each value encoded, each key checked."""
        if isinstance(value, Unknown):
            return value
        for key in value:
            refused = violation(self.shape.key, key)
            if refused:
                problems.append(Problem(path, f"has a key that {refused}"))
        return {key: self.item.encode(entry, f"{path}[{key!r}]", problems) for key, entry in value.items()}

    def decode(self, value: Any) -> Any:
        """Each value decoded."""
        return {key: self.item.decode(entry) for key, entry in value.items()}


@dataclass(frozen=True)
class PairsCodec:
    """A map that AWS spells as a list of pairs, as most services do with tags."""

    key: str
    value: str
    shape: ListShape

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """One pair for each entry."""
        if isinstance(value, Unknown):
            return value
        pair: Any = self.shape.member
        for key, entry in value.items():
            for member, part in ((self.key, key), (self.value, entry)):
                refused = None if isinstance(part, Unknown) else violation(pair.members[member], part)
                if refused:
                    problems.append(Problem(f"{path}[{key!r}]", refused))
        return [{self.key: key, self.value: entry} for key, entry in value.items()]

    def decode(self, value: Any) -> Any:
        """The pairs as a map."""
        return {pair[self.key]: pair.get(self.value, "") for pair in value}


class Field(NamedTuple):
    """One property of an object and the path of its parameter."""

    name: str
    path: Path
    codec: Codec


@dataclass(frozen=True)
class ObjectCodec:
    """A structure, property by property; built when first used, so that recursive types end."""

    kind: PropertyType
    shape: StructureShape
    hints: Hints

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The properties that have a parameter."""
        found = ((name, field_for(name, kind, self.shape, self.hints)) for name, kind in self.kind.properties.items())
        return {name: matched for name, matched in found if matched}

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The structure AWS wants."""
        if isinstance(value, Unknown):
            return value
        encoded: dict[str, Any] = {}
        for name, entry in value.items():
            if entry is None or name == "__defaults":
                continue
            here = f"{path}.{name}"
            matched = self.fields.get(name)
            if matched is None:
                problems.append(Problem(here, self._refusal(name)))
                continue
            put(encoded, matched.path, matched.codec.encode(entry, here, problems))
        missing = [member for member in self.shape.required_members if member not in encoded]
        problems.extend(Problem(path, f"needs {self._property(member)}") for member in missing)
        return encoded

    def decode(self, value: Any) -> Any:
        """The object's properties that AWS answered."""
        found = ((name, take(value, matched.path), matched.codec) for name, matched in self.fields.items())
        return {name: codec.decode(part) for name, part, codec in found if part is not None}

    def _refusal(self, name: str) -> str:
        known = self.hints.unsupported.get(self.hints.key(name))
        return known or "has no AWS parameter that the local aws provider knows"

    def _property(self, member: str) -> str:
        return next((name for name, matched in self.fields.items() if matched.path[0] == member), member)


def field_for(name: str, kind: PropertyType, structure: StructureShape, hints: Hints) -> Field | None:
    """Where the property `name` stands in `structure`, and how it is spelt there; None when it stands nowhere."""
    key = hints.key(name)
    if key in hints.unsupported:
        return None
    if key in hints.renames:
        candidates: list[Path] = [tuple(target.split(".")) for target in hints.renames[key]]
    else:
        match = find_member(name, structure, hints.nouns)
        candidates = [match] if match else []
    for path in candidates:
        shape = member_shape(structure, path)
        codec = codec_for(kind, shape, hints.at(name)) if shape is not None else None
        if codec:
            return Field(name, path, codec)
    return None


def put(target: dict[str, Any], path: Path, value: Any) -> None:
    """Set `value` at `path`, making the structures on the way; None sets nothing."""
    if value is None:
        return
    for step in path[:-1]:
        inner = target.setdefault(step, {})
        if isinstance(inner, Unknown):
            return
        target = inner
    target[path[-1]] = value


def take(source: Any, path: Path) -> Any:
    """What stands at `path`, or None."""
    for step in path:
        if not isinstance(source, Mapping):
            return None
        source = source.get(step)
    return source
