"""Property values to AWS parameters and back, one codec for each pair of Pulumi type and AWS shape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StructureShape

from .forms import (
    Codec,
    CountedCodec,
    ListCodec,
    MapCodec,
    MemberCodec,
    OnlyEntryCodec,
    PairsCodec,
    Problem,
    ScalarCodec,
    SingleCodec,
)
from .matching import Path, find_member, member_shape, normalised
from .schema import PropertyType
from .values import Unknown


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
        if kind.kind == "object":
            return ObjectCodec(kind, shape, hints)
        return _counted(kind, shape, hints) if kind.kind == "list" else _only_member(kind, shape, hints)
    return ScalarCodec(kind, shape) if kind.kind in ("string", "integer", "number", "boolean") else None


def _only_entry(kind: PropertyType, shape: Shape, hints: Hints) -> Codec | None:
    item = codec_for(kind.item, shape, hints) if kind.item else None
    return OnlyEntryCodec(item) if item else None


def _list_codec(kind: PropertyType, shape: ListShape, hints: Hints) -> Codec | None:
    if kind.kind == "map":
        return _pairs_codec(shape)
    if kind.kind == "list" and kind.item is not None:
        item = codec_for(kind.item, shape.member, hints)
        return ListCodec(item, shape) if item else None
    # What can occur once is a plain value in Pulumi, even where AWS has a list.
    single = codec_for(kind, shape.member, hints) if kind.kind != "any" else None
    return SingleCodec(single) if single else None


def _counted(kind: PropertyType, shape: StructureShape, hints: Hints) -> Codec | None:
    """A list that is counted in AWS, or is its one entry there."""
    if not {"Items", "Quantity"} <= set(shape.members):
        return _only_entry(kind, shape, hints)
    entries = codec_for(kind, shape.members["Items"], hints)
    return CountedCodec(entries) if entries else None


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
        if {"Items", "Quantity"} <= set(self.shape.members):
            encoded["Quantity"] = len(encoded.get("Items") or ())
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
