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
    """One bar for each thing that is done with each file, and a line for what is waited for."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._files: dict[str, TaskID] = {}
        self._waiting: TaskID | None = None

    def of(self, name: str, size: int) -> Callable[[str, int], None]:
        """Return what tells of a file's stages: so many more bytes of one are done."""
        return lambda stage, more: self.file(f"{name}: {stage}", more, 0 if stage == "ingesting" else size)

    def file(self, what: str, more: int, size: int) -> None:
        """Say that more bytes are done, of so many; 0 for nobody knows how many."""
        if what not in self._files:
            self._files[what] = self._bars.add_task(what, total=size or None)
        self._bars.advance(self._files[what], more)

    def doing(self, text: str) -> None:
        """Replace the line of what is waited for."""
        if self._waiting is None:
            self._waiting = self._bars.add_task(text, total=None)
        else:
            self._bars.update(self._waiting, description=text)


@contextlib.contextmanager
def transfer() -> Iterator[Transfer]:
    """Show bars while something goes on."""
    columns = (
        # A file may be called [a].csv.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield Transfer(bars)
