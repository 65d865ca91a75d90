"""ECS task definitions and what runs them, as the rules for ECS need to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .embedded import UnreadableError, from_json
from .resource import Resource, aws
from .values import Properties

if TYPE_CHECKING:
    from collections.abc import Iterator

TASK = aws("ecs", "TaskDefinition")
CLUSTER = aws("ecs", "Cluster")
SERVICE = aws("ecs", "Service")
TASK_SET = aws("ecs", "TaskSet")
EVENT_TARGET = aws("cloudwatch", "EventTarget")
SCHEDULE = aws("scheduler", "Schedule")
PIPE = aws("pipes", "Pipe")

# What starts tasks -> where it says how.
RUNNERS: dict[str, tuple[str, ...]] = {
    SERVICE: (),
    TASK_SET: (),
    EVENT_TARGET: ("ecsTarget",),
    SCHEDULE: ("target", "ecsParameters"),
    PIPE: ("targetParameters", "ecsTaskParameters"),
}


def containers(definition: Resource) -> Iterator[tuple[str, Properties]]:
    """Yield the name and the properties of each container; the provider itself refuses what is no JSON list."""
    try:
        found = from_json(definition.properties.get("containerDefinitions"))
    except UnreadableError:
        return
    entries = found if isinstance(found, list) else [found]
    for index, entry in enumerate(entries):
        if isinstance(entry, dict):
            properties = Properties(_as_spelled_by_ecs(entry))
            yield f"container {properties.get('name') or index + 1}", properties


def is_windows(definition: Resource) -> bool:
    """Say whether the task runs on Windows, which has no read-only root and no Linux users."""
    family = definition.properties.get("runtimePlatform", "operatingSystemFamily")
    return isinstance(family, str) and family.upper().startswith("WINDOWS")


def _as_spelled_by_ecs(value: Any) -> Any:
    """Return a definition with keys as ECS spells them: the provider takes `Image` for `image`, too."""
    if isinstance(value, dict):
        return {f"{key[:1].lower()}{key[1:]}": _as_spelled_by_ecs(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_spelled_by_ecs(item) for item in value]
    return value
