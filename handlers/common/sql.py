"""Names, texts and types as SQL has them."""

from __future__ import annotations

_DUCKDB = {"string": "VARCHAR", "int": "INTEGER", "float": "REAL", "binary": "BLOB"}


def duckdb_type(glue_type: str) -> str:
    """Return DuckDB's name of a Glue type."""
    return _DUCKDB.get(glue_type, glue_type.upper())


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
