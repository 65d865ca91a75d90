"""Progress on standard error: one line that changes, and one line for each thing done."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.status import Status

QUIET_SECONDS = 15.0


class ConsoleProgress:
    """Shows a spinner on a terminal; elsewhere (CI) repeats what goes on every 15 seconds."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status
        self._started = time.monotonic()
        self._said = time.monotonic()

    def doing(self, text: str) -> None:
        """Replace the changing line."""
        if self._console.is_terminal:
            self._status.update(f"{escape(text[: self._console.width - 12])} [dim]{self._elapsed()}[/]")
        elif time.monotonic() - self._said > QUIET_SECONDS:
            self._print("…", text, "dim")

    def done(self, text: str) -> None:
        """Leave a line."""
        self._print("✓", text, "green") if not text.startswith("violation") else self._print("✗", text, "red")

    def _print(self, mark: str, text: str, style: str) -> None:
        self._said = time.monotonic()
        self._console.print(
            f"[{style}]{mark}[/] {escape(text)} [dim]{self._elapsed()}[/]", highlight=False, soft_wrap=True
        )

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._started:.0f} s"


@contextlib.contextmanager
def console_progress() -> Iterator[ConsoleProgress]:
    """Show progress while a command runs."""
    console = Console(stderr=True)
    with console.status("starting", spinner="dots") as status:
        yield ConsoleProgress(console, status)
