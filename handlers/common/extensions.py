"""Which format a file's name tells, and which compressions it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .settings import Format

FORMATS: dict[str, Format] = {
    "csv": "csv",
    "json": "json-lines",
    "jsonl": "json-lines",
    "ndjson": "json-lines",
    "parquet": "parquet",
}
_COMPRESSIONS = {"gz", "zst"}


def format_named(key: str) -> Format | None:
    """Return the format that the last part of a key tells by its extension, before one of a compression."""
    parts = key.lower().rsplit("/", 1)[-1].split(".")
    while parts[-1] in _COMPRESSIONS:
        parts.pop()
    return FORMATS.get(parts[-1]) if len(parts) > 1 else None
