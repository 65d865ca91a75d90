"""State machines in the Amazon States Language, as rules need to read them: https://states-language.net/spec.html"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .embedded import UnreadableError, from_json
from .resource import Resource, aws

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE_MACHINE = aws("sfn", "StateMachine")
# How AWS's APIs spell a variable of a container, a tag, a header: `{"Name": "DB_HOST", "Value": "db"}`.
PAIRS = (("Name", "Value"), ("name", "value"), ("Key", "Value"), ("key", "value"))


def states(machine: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every state with its name, those in branches and iterations too."""
    definition = from_json(machine.properties.get("definition"))
    if not isinstance(definition, dict):
        raise UnreadableError
    yield from _states(definition)


def texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every literal text in a state with the name it stands under; paths and expressions are none.

    The value of a pair of name and value stands under that name, too.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, str(key))
        for key, item in PAIRS:
            if isinstance(value.get(key), str) and isinstance(value.get(item), str):
                yield from texts(value[item], value[key])
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, name)
    elif isinstance(value, str) and not name.endswith(".$") and not value.startswith(("$", "{%")):
        yield name, value


def _states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    found = definition.get("States")
    for name, state in found.items() if isinstance(found, dict) else ():
        if not isinstance(state, dict):
            continue
        yield name, state
        nested = [state.get("Iterator"), state.get("ItemProcessor"), *(state.get("Branches") or [])]
        for inner in nested:
            if isinstance(inner, dict):
                yield from _states(inner)
