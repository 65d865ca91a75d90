"""The forms a property's value takes in AWS's parameters: scalar, list, map, pairs, flag, word."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from botocore.model import ListShape, MapShape, Shape

from .constraints import violation
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
        if isinstance(value, float) and value.is_integer():
            value = int(value)
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
class OnlyEntryCodec:
    """A list that has one entry at most, and is that entry in AWS."""

    item: Codec

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The one entry."""
        if isinstance(value, Unknown) or not value:
            return value or None
        if len(value) > 1:
            problems.append(Problem(path, "has more than one entry"))
        return self.item.encode(value[0], f"{path}[0]", problems)

    def decode(self, value: Any) -> Any:
        """A list of one."""
        return [self.item.decode(value)]


@dataclass(frozen=True)
class CountedCodec:
    """A list that AWS spells as a structure of its entries and how many they are, as CloudFront does."""

    entries: Codec

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The structure; one without entries holds none."""
        if isinstance(value, Unknown):
            return value
        entries = self.entries.encode(value, path, problems) if value else []
        return {"Quantity": len(entries), **({"Items": entries} if entries else {})}

    def decode(self, value: Any) -> Any:
        """The entries."""
        return self.entries.decode(value.get("Items") or [])


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
