"""How a value becomes a column's type in SQL: strictly, because DuckDB's own casts round 1.5 to the integer 2."""

from __future__ import annotations

from ..common.column_types import INTEGERS
from ..common.sql import duckdb_type

_TEXT = {"VARCHAR", "JSON"}


def cast(value: str, glue_type: str, given: str = "VARCHAR", *, lenient: bool = False) -> str:
    """Return SQL that makes an expression of DuckDB type `given` a column's type.

    A value that is not one makes the query fail or, if lenient, is null. Binary columns are base64 in text formats;
    timestamps with an offset or zone become UTC, which is what a timestamp without one means.
    """
    wanted = duckdb_type(glue_type)
    if given == wanted:
        return value
    # DuckDB's TRY takes no volatile functions, and error() is one.
    typed = _typed(value, glue_type, given, "NULL" if lenient else "error('not a whole number')")
    return f"TRY({typed})" if lenient else typed


def _typed(value: str, glue_type: str, given: str, refusal: str) -> str:
    wanted = duckdb_type(glue_type)
    if glue_type == "string":
        nested = given not in _TEXT and given.endswith(("]", ")")) and not given.startswith("DECIMAL")
        return f"CAST(to_json({value}) AS VARCHAR)" if nested else f"CAST({value} AS VARCHAR)"
    if glue_type == "binary" and given in _TEXT:
        return f"from_base64({value})"
    if glue_type == "timestamp" and given in _TEXT:
        return f"CAST(CAST({value} AS TIMESTAMPTZ) AS TIMESTAMP)"
    if glue_type in INTEGERS:
        return _integer(value, wanted, given, refusal)
    return f"CAST({value} AS {wanted})"


def _integer(value: str, wanted: str, given: str, refusal: str) -> str:
    plain = f"CAST({value} AS {wanted})"
    if given in _TEXT:
        exact = f"CAST({value} AS DECIMAL(38,10))"
        whole = f"CASE WHEN {exact} = trunc({exact}) THEN CAST({exact} AS {wanted}) ELSE {refusal} END"
        # The longer way only for texts that may hold a fraction: this runs for every value of a file.
        suspect = " OR ".join(f"contains({value}, {sign})" for sign in ("'.'", "'e'", "'E'"))
        return f"CASE WHEN {suspect} THEN {whole} ELSE {plain} END"
    if given in {"DOUBLE", "FLOAT", "REAL"} or given.startswith("DECIMAL"):
        return f"CASE WHEN {value} = trunc({value}) THEN {plain} WHEN {value} IS NOT NULL THEN {refusal} END"
    return plain
