"""What may be wrong with a raw file for good: no retry would help, so the file is quarantined with the reason.

Everything else that goes wrong (throttling, a timeout, a crash) is an ordinary exception: the queue tries again.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = 50
_NAME_CHARACTERS = 100


class Unreadable(Exception):  # noqa: N818 -- a finding about a file, not a failure of the program
    """A raw file that cannot become rows; `code` is for machines, the message says what is wrong and how to fix it."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.details = details

    def reason(self) -> dict[str, Any]:
        """Return the reason as it is stored beside the file and in the metadata."""
        return {"code": self.code, "message": str(self), **self.details}


def shown(names: Iterable[str]) -> list[str]:
    """Return names as messages and items show them: a wrong file may have millions of them, of any length."""
    return [name[:_NAME_CHARACTERS] for name in itertools.islice(names, _NAMES)]


class Gone(Exception):  # noqa: N818 -- likewise
    """The version an event speaks of is no longer there; the event of what replaced or deleted it has come or will."""
