"""The resources of a state or of a preview, counted by the component that declares them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

LIBRARY = "watershed:"
# Components, and what the engine has for itself: no AWS API stands behind them.
NO_RESOURCE = (LIBRARY, "awsx:", "pulumi:")
# What only holds other components: its children are the ones to count by.
WHOLE = "Platform"


@dataclass
class ComponentCount:
    """One component, and how many resources of each kind it has."""

    component: str
    emulated: int = 0
    recorded: int = 0
    types: dict[str, int] = field(default_factory=dict)


def count_by_component(resources: Iterable[tuple[str, str]]) -> list[ComponentCount]:
    """Count resources, given as (type, URN), by the outermost component above each.

    A URN holds the types of its parents, `$` between them, and only the name of the resource itself: components
    of one type are one line.
    """
    counts: dict[str, ComponentCount] = {}
    for kind, urn in resources:
        if kind.startswith(NO_RESOURCE):
            continue
        component = _component(urn)
        count = counts.setdefault(component, ComponentCount(component))
        count.types[kind] = count.types.get(kind, 0) + 1
        if is_emulated(kind):
            count.emulated += 1
        else:
            count.recorded += 1
    return sorted(counts.values(), key=lambda count: count.component)


def in_state(resources: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the (type, URN) of an exported state's resources."""
    return [(str(each["type"]), str(each["urn"])) for each in resources if not each.get("delete")]


def is_emulated(kind: str) -> bool:
    """Whether the provider makes the type in the emulator, or only records it in the state."""
    from ..provider import support, supported_types

    return kind in supported_types() and support(kind) == "emulated"


def _component(urn: str) -> str:
    types = urn.split("::")[2].split("$")[:-1]
    own = [kind.rpartition(":")[2] for kind in types if kind.startswith(LIBRARY)]
    named = [kind for kind in own if kind != WHOLE] or own
    return named[0] if named else "(no component)"
