"""Names in the Hive layout, as Athena and Glue spell them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

# An object's item lists its files, and may be 400 KB.
MOST_FILES = 1_000
MOST_NAME_BYTES = 120_000
NULL = "__HIVE_DEFAULT_PARTITION__"

# The characters that Hive escapes in a partition's directory (org.apache.hadoop.hive.common.FileUtils); DuckDB escapes
# more, such as spaces and accents, which Athena's partition projection would then not find.
_ESCAPED = re.compile(r"[\x00-\x1f\"#%'*/:=?\\\x7f{\[\]^]")


def hive_path(duckdb_path: str) -> str:
    """Turn the directories DuckDB made (`city=New%20York`) into Hive's (`city=New York`)."""
    return "/".join(_directory(part) for part in duckdb_path.split("/")) if duckdb_path else ""


def file_names(prefix: str, stem: str, paths: Iterable[str]) -> list[str]:
    """Return the keys of an object's files: the same for the same version and definition, distinct from all others.

    Raises:
        Unreadable: there are so many that the files would be tiny and their names would not fit in an item.

    """
    taken: dict[str, int] = {}
    names = []
    for path in paths:
        folder = f"{prefix}{path}/" if path else prefix
        number = taken[folder] = taken.get(folder, -1) + 1
        names.append(f"{folder}{stem}-{number}.parquet")
    if len(names) > MOST_FILES or sum(len(name.encode()) for name in names) > MOST_NAME_BYTES:
        message = (
            f"The file falls into {len(names):,} partitions, more than {MOST_FILES:,} or with very long names; so many "
            "small files make every query slow. Partition the data set by columns with fewer values."
        )
        raise Unreadable("too-many-partitions", message)
    return names


def _directory(part: str) -> str:
    name, _, value = part.partition("=")
    # Hive has one directory for null and for the empty text.
    return f"{_escape(unquote(name))}={_escape(unquote(value)) or NULL}"


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", text)
