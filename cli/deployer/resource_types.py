"""The table of what a deploy calls for each resource type: `resource_types.toml`."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("resource_types.toml")
# No AWS API stands behind them.
_OF_THE_ENGINE = ("awsx:", "pulumi:", "watershed:")


class UnknownTypeError(ValueError):
    """The table does not have a resource type of the stack, so that a policy made from it would be too small."""

    exit_code = 1

    def __init__(self, tokens: Iterable[str]) -> None:
        self.message = f"What a deploy calls for these resource types is not known: {', '.join(tokens)}."
        self.fix = f"Add them to {FILE.name} in cli/deployer/; docs/guides/least-privilege.md says how."
        super().__init__(self.message)


@dataclass(frozen=True)
class Calls:
    """Actions on resources. ARNs are templates; conditions go with the actions that AWS defines their keys for."""

    on: tuple[str, ...]
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    create: tuple[str, ...] = ()
    tagged: bool = False
    tagged_later: bool = False
    given: str | None = None
    """The input without which a resource of the type does not make them."""
    condition: Mapping[str, Mapping[str, str | list[str]]] = field(default_factory=dict)

    @property
    def actions(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.read, *self.write, *self.create)


@dataclass(frozen=True)
class ResourceType:
    """One resource type."""

    token: str
    calls: tuple[Calls, ...]
    passes: tuple[str, ...]
    key: tuple[str, ...]
    schema: str | None
    unneeded: Mapping[str, tuple[str, ...]]
    """Reason -> patterns of actions that its CloudFormation handlers call and a deploy does not."""

    @property
    def actions(self) -> frozenset[str]:
        """All that the type's calls take, passing roles and using the key apart."""
        return frozenset(action for calls in self.calls for action in calls.actions)


@cache
def table() -> Mapping[str, ResourceType]:
    """Return the table by Pulumi's type tokens."""
    return {token: _type(token, entry) for token, entry in tomllib.loads(FILE.read_text()).items()}


def types_of(tokens: Iterable[str], given: Collection[tuple[str, str]]) -> list[ResourceType]:
    """Return the entries of a stack's types, with the calls that its resources' inputs lead to.

    `given`: types with an input that a resource of the stack has. Raises UnknownTypeError for what the table lacks.
    """
    wanted = sorted({token for token in tokens if not token.startswith(_OF_THE_ENGINE)})
    unknown = [token for token in wanted if token not in table()]
    if unknown:
        raise UnknownTypeError(unknown)
    return [_with_inputs(table()[token], given) for token in wanted]


def _with_inputs(kind: ResourceType, given: Collection[tuple[str, str]]) -> ResourceType:
    calls = tuple(each for each in kind.calls if each.given is None or (kind.token, each.given) in given)
    return replace(kind, calls=calls)


def _type(token: str, entry: Mapping[str, Any]) -> ResourceType:
    return ResourceType(
        token=token,
        calls=tuple(_calls(part) for part in (entry, *entry.get("also", ()))),
        passes=tuple(entry.get("passes", ())),
        key=tuple(entry.get("key", ())),
        schema=entry.get("schema"),
        unneeded={reason: tuple(patterns) for reason, patterns in entry.get("unneeded", {}).items()},
    )


def _calls(part: Mapping[str, Any]) -> Calls:
    return Calls(
        on=tuple(part["on"]),
        read=tuple(part.get("read", ())),
        write=tuple(part.get("write", ())),
        create=tuple(part.get("create", ())),
        tagged=part.get("tagged", False),
        tagged_later=part.get("tagged_later", False),
        given=part.get("given"),
        condition=part.get("condition", {}),
    )
