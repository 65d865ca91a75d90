"""What a deployment of a REST API is a copy of."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

Made = TypeVar("Made", bound=pulumi.Resource)


class Parts:
    """Makes methods, integrations and answers, and tells by their inputs whether there must be another deployment.

    By inputs, and not by the resources' own properties: what a program leaves out of those is unknown in a preview, so
    that each would show a new deployment.
    """

    def __init__(self) -> None:
        self.made: list[pulumi.Resource] = []
        self._given: list[dict[str, Any]] = []

    def make(self, kind: Callable[..., Made], called: str, /, *, opts: pulumi.ResourceOptions, **given: Any) -> Made:
        """Make one: `given` are the inputs of its kind."""
        made = kind(called, **given, opts=opts)
        self.made.append(made)
        self._given.append({"kind": type(made).__name__, **given})
        return made

    @property
    def digest(self) -> pulumi.Output[str]:
        """The SHA-256 of all inputs."""
        return pulumi.Output.json_dumps(self._given, sort_keys=True).apply(
            lambda text: hashlib.sha256(text.encode()).hexdigest()
        )
