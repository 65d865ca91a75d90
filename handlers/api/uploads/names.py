"""File names that may become part of an object's key, and nothing else of it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ...common.extensions import FORMATS, format_named

if TYPE_CHECKING:
    from ...common.settings import Format

MOST_BYTES = 200
_ALLOWED = frozenset(" ._-+@()[]=,&!'~")


def normal(name: str) -> str:
    """Return a name with its accents composed, which some systems send apart (Unicode's form C)."""
    return unicodedata.normalize("NFC", name)


def problem(name: str, wanted: Format | None) -> str | None:
    """Say what is wrong with a name, if anything; `wanted` is the format that the data set's files have.

    Letters, digits and a few marks pass. What separates folders, control and formatting characters, and what URLs give
    a meaning do not: a name is never a path, and looks like what it is.
    """
    if not name or len(name.encode()) > MOST_BYTES:
        return f"1 to {MOST_BYTES} bytes of UTF-8"
    strange = next((letter for letter in name if not _is_allowed(letter)), None)
    if strange is not None:
        known = "letters, digits, spaces and . _ - + @ ( ) [ ] = , & ! ' ~"
        return f"holds U+{ord(strange):04X}; a name has {known}, and no path"
    if name[0] in " ." or name[-1] in " .":
        return "begins or ends with a space or a dot"
    named = format_named(name)
    if named is None and wanted is None:
        known = ", ".join(f".{each}" for each in sorted(FORMATS))
        return f"its extension tells no format: {known}, each also .gz, .zst"
    if named is not None and wanted is not None and named != wanted:
        return f"its extension says {named}, and files of this data set are {wanted}"
    return None


def _is_allowed(letter: str) -> bool:
    return letter in _ALLOWED or unicodedata.category(letter)[0] in "LMN"
