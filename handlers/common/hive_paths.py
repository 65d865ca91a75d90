"""Partitions as directories in the Hive layout, as Athena and Glue spell them: made and read."""

from __future__ import annotations

import re
from urllib.parse import unquote

NULL = "__HIVE_DEFAULT_PARTITION__"
# The characters that Hive escapes in a partition's directory (org.apache.hadoop.hive.common.FileUtils); DuckDB escapes
# more, such as spaces and accents, which Athena's partition projection would then not find.
_ESCAPED = re.compile(r"[\x00-\x1f\"#%'*/:=?\\\x7f{\[\]^]")


def hive_path(duckdb_path: str) -> str:
    """Turn the directories DuckDB made (`city=New%20York`) into Hive's (`city=New York`)."""
    return "/".join(_directory(part) for part in duckdb_path.split("/")) if duckdb_path else ""


def partition_values(path: str) -> dict[str, str | None]:
    """Return the values that stand in a file's path, as texts."""
    pairs = (part.partition("=") for part in path.split("/")[:-1])
    return {unquote(name): None if value == NULL else unquote(value) for name, mark, value in pairs if mark}


def _directory(part: str) -> str:
    name, _, value = part.partition("=")
    # Hive has one directory for null and for the empty text.
    return f"{_escape(unquote(name))}={_escape(unquote(value)) or NULL}"


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", text)
