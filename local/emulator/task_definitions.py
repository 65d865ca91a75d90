"""What ministack's ECS knows of the task that a container belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class TaskContainer:
    """One container of a running task, with its definition."""

    task: Any
    definition: Mapping[str, Any]
    container: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The container's name in the task."""
        return str(self.container["name"])

    @property
    def entry_point(self) -> list[str]:
        """What the command is given to, instead of the image's own entry point."""
        return list(self.container.get("entryPoint") or [])

    @property
    def memory(self) -> int:
        """The most memory it may use, in bytes: its own limit, or the task's."""
        overrides = self.task.get("overrides") or {}
        own = _override(overrides, self.name).get("memory") or self.container.get("memory")
        return int(own or overrides.get("memory") or self.definition.get("memory") or 0) * MIB

    @property
    def task_role(self) -> str:
        """The role that the container's code acts under; empty for none."""
        return self._role("taskRoleArn")

    @property
    def execution_role(self) -> str:
        """The role that ECS acts under to pull, to log and to read secrets; empty for none."""
        return self._role("executionRoleArn")

    @property
    def logs_to(self) -> Mapping[str, str] | None:
        """The options of its awslogs driver, if that is what it has."""
        found = self.container.get("logConfiguration") or {}
        return found.get("options") or {} if found.get("logDriver") == "awslogs" else None

    def note_end(self, exit_code: int | None, reason: str) -> None:
        """Write the exit code and the reason into the task, as the agent reports them."""
        for each in self.task.get("containers", []):
            if each["name"] == self.name:
                each["exitCode"] = exit_code
                each["lastStatus"] = "STOPPED"
                if reason:
                    each["reason"] = reason

    def _role(self, kind: str) -> str:
        overrides = self.task.get("overrides") or {}
        return str(overrides.get(kind) or self.definition.get(kind) or "")


def find_container(ecs: Any, labels: Mapping[str, str]) -> TaskContainer:
    """Return the container that ministack labels so."""
    task = ecs._tasks[labels["com.amazonaws.ecs.task-arn"]]
    family, revision = (labels[f"com.amazonaws.ecs.task-definition-{each}"] for each in ("family", "version"))
    definition = ecs._task_defs[f"{family}:{revision}"]
    name = labels["com.amazonaws.ecs.container-name"]
    container = next(each for each in definition["containerDefinitions"] if each["name"] == name)
    return TaskContainer(task, definition, container)


def _override(overrides: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next((each for each in overrides.get("containerOverrides", []) if each.get("name") == name), {})
