"""What something that can be started tells those who start it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi

from ..core import EncryptionKey, Statement, Tags
from ..messaging import DeadLetterQueue


@dataclass(frozen=True, kw_only=True)
class Starting:
    """How to start it: the ARN to target, what a role needs for that, and what must exist first."""

    arn: pulumi.Output[str]
    statement: Statement
    depends_on: Sequence[pulumi.Resource]


class Startable(Protocol):
    """A function, a pipeline: anything that a schedule or an event starts."""

    name: str
    key: EncryptionKey
    tags: Tags
    dead_letters: DeadLetterQueue
    """Where a start goes that could not be delivered."""

    def starting(self) -> Starting:
        """Return how to start it."""
        ...
