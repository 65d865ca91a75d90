"""The base class of every component."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi

from .names import check_component_name
from .tags import Classification, Tags


class Component(pulumi.ComponentResource):
    """A Pulumi component: children are named after it, parented to it and carry its tags.

    A subclass says its domain once: `class DataLake(Component, domain="storage")` gets the type token
    `watershed:storage:DataLake`.
    """

    _type_token: ClassVar[str]

    def __init_subclass__(cls, *, domain: str) -> None:
        super().__init_subclass__()
        cls._type_token = f"watershed:{domain}:{cls.__name__}"

    def __init__(self, name: str, *, tags: Tags | None = None, opts: pulumi.ResourceOptions | None = None) -> None:
        self.name = check_component_name(name)
        self.tags = tags or Tags()
        super().__init__(self._type_token, name, None, opts)

    def _child(self, role: str) -> str:
        """Return the name of the child that plays `role`."""
        return f"{self.name}-{role}"

    def _options(
        self, *, depends_on: Sequence[pulumi.Resource] = (), protect: bool | None = None
    ) -> pulumi.ResourceOptions:
        """Return a child's options: parented here, and nothing of what the caller gave the component."""
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on), protect=protect)

    def _tags(self, classification: Classification | None = None) -> dict[str, str]:
        """Return a child's tags."""
        return self.tags.of(self.name, classification)


def destroyable(removable: bool) -> bool:
    """Return whether data may be destroyed: the component's `removable` and the stack's `allowDestroy` both say so."""
    return removable and bool(pulumi.Config().get_bool("allowDestroy"))
