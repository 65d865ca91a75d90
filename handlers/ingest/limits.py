"""Files that are too big for the function."""

from __future__ import annotations

import duckdb

from .problems import Unreadable


def refuse_if_too_big(error: duckdb.Error) -> None:
    """Raise what a person can act on, if the function's memory or disk was too small for the file."""
    if isinstance(error, duckdb.OutOfMemoryException):
        message = (
            "The file needs more memory than the function has. Give it more memory and replay the file, or split it."
        )
        raise Unreadable("too-large", message, error=str(error)[:500]) from error
    if "No space left" in str(error) or "max_temp_directory_size" in str(error):
        message = (
            "The file needs more temporary disk than the function has. Give it more and replay the file, or split it."
        )
        raise Unreadable("too-large", message, error=str(error)[:500]) from error
