"""What something that can be started tells those who start it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pulumi

from ..core import EncryptionKey, Statement, Tags
from ..messaging import DeadLetterQueue, Topic


@dataclass(frozen=True, kw_only=True)
class Starting:
    """How to start it: the ARN to target, what a role needs for that, and what must exist first."""

    arn: pulumi.Output[str]
    statement: Statement
    depends_on: Sequence[pulumi.Resource]
    function_name: pulumi.Output[str] | None = None
    """Of a function: it lets EventBridge's rules in by its own policy, and gets events as they are."""
    parameters: frozenset[str] = frozenset()
    """Of a pipeline: those that a run may be given."""


class Startable(Protocol):
    """A function, a pipeline: anything that a schedule or an event starts."""

    name: str
    key: EncryptionKey
    tags: Tags
    dead_letters: DeadLetterQueue
    """Where a start goes that could not be delivered."""

    @property
    def notify(self) -> Topic | None:
        """The topic that is told when a start could not be delivered."""
        ...

    def starting(self) -> Starting:
        """Return how to start it."""
        ...


@runtime_checkable
class Pipeline(Protocol):
    """What a trigger must know of a pipeline whose success it waits for."""

    name: str
    machine_arn: str
    follows: list["Pipeline"]
    """The pipelines whose success starts it."""
