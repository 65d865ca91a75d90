"""How a value becomes a column's type in SQL: strictly, because DuckDB's own casts round 1.5 to the integer 2."""

from __future__ import annotations

_DUCKDB = {"string": "VARCHAR", "int": "INTEGER", "float": "REAL", "binary": "BLOB"}
_INTEGERS = {"tinyint", "smallint", "int", "bigint"}
_TEXT = {"VARCHAR", "JSON"}


def duckdb_type(glue_type: str) -> str:
    """Return DuckDB's name of a Glue type."""
    return _DUCKDB.get(glue_type, glue_type.upper())


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def cast(value: str, glue_type: str, given: str = "VARCHAR") -> str:
    """Return SQL that makes an expression of DuckDB type `given` a column's type, or fails on a value that is not one.

    Wrapped in TRY(...) it gives null instead of failing. Binary columns are base64 in text formats.
    """
    wanted = duckdb_type(glue_type)
    if given == wanted:
        return value
    if glue_type == "string":
        nested = given not in _TEXT and given.endswith(("]", ")")) and not given.startswith("DECIMAL")
        return f"CAST(to_json({value}) AS VARCHAR)" if nested else f"CAST({value} AS VARCHAR)"
    if glue_type == "binary" and given in _TEXT:
        return f"from_base64({value})"
    if glue_type in _INTEGERS:
        return _integer(value, wanted, given)
    return f"CAST({value} AS {wanted})"


def _integer(value: str, wanted: str, given: str) -> str:
    if given in _TEXT:
        exact = f"CAST({value} AS DECIMAL(38,10))"
        plain = f"CAST({value} AS {wanted})"
        whole = (
            f"CASE WHEN {exact} = trunc({exact}) THEN CAST({exact} AS {wanted}) ELSE error('not a whole number') END"
        )
        # The longer way only for texts that may hold a fraction: this runs for every value of a file.
        suspect = " OR ".join(f"contains({value}, {sign})" for sign in ("'.'", "'e'", "'E'"))
        return f"CASE WHEN {suspect} THEN {whole} ELSE {plain} END"
    if given in {"DOUBLE", "FLOAT", "REAL"} or given.startswith("DECIMAL"):
        whole = f"WHEN {value} = trunc({value}) THEN CAST({value} AS {wanted})"
        return f"CASE {whole} WHEN {value} IS NOT NULL THEN error('not a whole number') END"
    return f"CAST({value} AS {wanted})"
