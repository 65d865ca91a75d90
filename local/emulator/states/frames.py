"""Where an execution is: what a redrive goes on from."""

import copy
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Frame:
    """One run through a set of states: the whole machine, a branch, or an iteration."""

    states: dict[str, Any]
    state: str | None
    """The state it is in; none when it is done."""
    data: Any
    """That state's input; the output when it is done."""
    variables: dict[str, Any] = field(default_factory=dict)
    """Its own and, copied when it began, those of the frames around it: inner states cannot change outer ones."""
    item: dict[str, Any] | None = None
    """`Map.Item` of the context object, in an iteration."""
    entered: bool = False
    """Whether the history says that the state was entered: a redrive does not say it again."""
    children: dict[int, "Frame"] = field(default_factory=dict)
    """Branches or iterations of the Parallel or Map state that it is in."""
    map_run: str = ""
    """The Map Run of the distributed Map that it is in."""
    last_event: int = 0

    @property
    def is_done(self) -> bool:
        """Whether it came to its end."""
        return self.state is None

    def advance(self, state: str | None, data: Any) -> None:
        """Go to another state, or to the end."""
        self.state, self.data, self.entered = state, data, False
        self.children, self.map_run = {}, ""

    def branch(self, definition: dict[str, Any], data: Any, item: dict[str, Any] | None = None) -> "Frame":
        """Return a frame for a branch or iteration."""
        return Frame(
            states=definition["States"],
            state=definition["StartAt"],
            data=copy.deepcopy(data),
            variables=copy.deepcopy(self.variables),
            item=item if item is not None else self.item,
        )
