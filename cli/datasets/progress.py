"""Bars on standard error for what is sent and fetched; nothing where that is no terminal."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


class Transfer:
    """One bar for each thing that is done with each file."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._known: dict[str, TaskID] = {}

    def of(self, name: str, size: int) -> Callable[[str, int], None]:
        """Return what tells of a file's stages: so many more bytes of one are done."""
        return lambda stage, more: self.file(f"{name}: {stage}", more, 0 if stage == "ingesting" else size)

    def file(self, what: str, more: int, size: int) -> None:
        """Say that more bytes are done, of so many; 0 for nobody knows how many."""
        if what not in self._known:
            self._known[what] = self._bars.add_task(what, total=size or None)
        self._bars.advance(self._known[what], more)

    def doing(self, text: str) -> None:
        """Replace the line of what is waited for."""
        task = self._known.setdefault("", TaskID(-1))
        if task == TaskID(-1):
            self._known[""] = self._bars.add_task(text, total=None)
        else:
            self._bars.update(task, description=text)


@contextlib.contextmanager
def transfer() -> Iterator[Transfer]:
    """Show bars while something goes on."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield Transfer(bars)
