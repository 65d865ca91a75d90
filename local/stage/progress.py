"""How a long command tells a person where it is."""

from typing import Protocol


class Progress(Protocol):
    """What a command reports to; the command line shows it, a test records it."""

    def doing(self, text: str) -> None:
        """Say what goes on now; replaced by the next call."""

    def done(self, text: str) -> None:
        """Say what is finished; stays."""
