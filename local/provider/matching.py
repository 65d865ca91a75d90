"""Which AWS parameter a Pulumi property is: equal but for case, plural, or the resource's noun in front."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import MapShape, Shape, StructureShape

Path = tuple[str, ...]


def find_member(name: str, structure: StructureShape, nouns: Iterable[str] = ()) -> Path | None:
    """The path in `structure` of the parameter that `name` means, or None.

    Looks among the members, then among the fixed keys of an attribute map (SQS keeps its parameters in one).
    """
    members = _members(structure)
    attributes = _attribute_keys(structure)
    for candidate in _candidates(name, nouns):
        if candidate in members:
            return (members[candidate],)
        if candidate in attributes:
            return attributes[candidate]
    return None


def member_shape(structure: Shape, path: Path) -> Shape | None:
    """The shape at `path` below `structure`; None where there is no such parameter."""
    shape: Shape = structure
    for step in path:
        if isinstance(shape, StructureShape):
            found = shape.members.get(step)
            if found is None:
                return None
            shape = found
        elif isinstance(shape, MapShape):
            shape = shape.value
        else:
            return None
    return shape


@cache
def normalised(name: str) -> str:
    """`name` without case and separators."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _candidates(name: str, nouns: Iterable[str]) -> Iterator[str]:
    base = normalised(name)
    for stem in (base, *(f"{noun}{base}" for noun in nouns), *_without_noun(base, nouns)):
        yield stem
        yield f"{stem}s"
        if stem.endswith("ies"):
            yield f"{stem[:-3]}y"
        if stem.endswith("y"):
            yield f"{stem[:-1]}ies"
        if stem.endswith("s"):
            yield stem[:-1]


def _without_noun(base: str, nouns: Iterable[str]) -> Iterator[str]:
    for noun in nouns:
        if base.startswith(noun) and base != noun:
            yield base.removeprefix(noun)


@cache  # a shape is its own key: models are loaded once and kept
def _members(structure: StructureShape) -> Mapping[str, str]:
    return {normalised(member): member for member in structure.members}


@cache
def _attribute_keys(structure: StructureShape) -> Mapping[str, Path]:
    keys: dict[str, Path] = {}
    for member, shape in structure.members.items():
        if isinstance(shape, MapShape):
            enum: Any = getattr(shape.key, "enum", None) or ()
            keys.update({normalised(key): (member, key) for key in enum})
    return keys
