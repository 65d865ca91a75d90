"""Statistics of the columns of what was written, read back from the Parquet files: cheaper than on the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from ..common.column_statistics import QUANTILES, TEXT_CHARACTERS
from ..common.column_types import INTEGERS, is_number
from ..common.sql import duckdb_type, literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from ..common.settings import Column, Dataset

# Quantiles come from a random sample of this many values: exact for small files, within 1 % in rank for large ones.
_SAMPLE = 8_192
_COLUMNS_A_QUERY = 100


class ColumnStatistics(TypedDict):
    """Statistics of one column; values are texts, since a table's numbers are narrower than a column's.

    A text longer than 256 characters is cut, so that `max` is a bound from below only.
    """

    name: str
    type: str
    nulls: int
    distinct: int
    min: str | None
    max: str | None
    quantiles: dict[str, str] | None


def profile(database: duckdb.DuckDBPyConnection, folder: Path, dataset: Dataset) -> list[ColumnStatistics]:
    """Return the statistics of all Parquet files below a folder."""
    types = {column.name: column.type for column in dataset.columns}
    files = literal(str(folder / "**" / "*.parquet"))
    recorded = _recorded(database, files)
    hive = ", ".join(f"{literal(name)}: {literal(duckdb_type(types[name]))}" for name in dataset.partitioned_by)
    partitions = f"hive_partitioning=true, hive_types={{{hive}}}" if hive else "hive_partitioning=false"
    found: list[ColumnStatistics] = []
    for start in range(0, len(dataset.columns), _COLUMNS_A_QUERY):
        columns = dataset.columns[start : start + _COLUMNS_A_QUERY]
        aggregates = ", ".join(_aggregates(column, recorded.get(column.name)) for column in columns)
        answer = database.execute(f"SELECT {aggregates} FROM read_parquet({files}, {partitions})").fetchone()  # noqa: S608 -- every name is quoted, every text a literal
        found += [_statistics(column, answer[n * 5 : n * 5 + 5]) for n, column in enumerate(columns)] if answer else []
    return found


def empty(dataset: Dataset) -> list[ColumnStatistics]:
    """Return the statistics of no rows."""
    return [_statistics(column, (0, 0, None, None, None)) for column in dataset.columns]


class _Recorded(NamedTuple):
    nulls: int
    numbers: tuple[str, str]
    times: tuple[str, str]
    texts: tuple[str, str]

    def bounds(self, glue_type: str) -> tuple[str, str] | None:
        """Return SQL of the least and the greatest value, where the files say them for this type."""
        if glue_type in INTEGERS:
            return self.numbers
        if glue_type in {"timestamp", "date"}:
            return self.times
        return self.texts if glue_type == "string" else None


def _recorded(database: duckdb.DuckDBPyConnection, files: str) -> dict[str, _Recorded]:
    """Return what the files' own metadata says of their columns: nulls, and bounds where they are the exact ones."""
    bounds = ", ".join(
        f"CAST({side}(TRY_CAST(stats_{side}_value AS {kind})) AS VARCHAR)"
        for kind in ("BIGINT", "TIMESTAMP", "VARCHAR")
        for side in ("min", "max")
    )
    exact = "bool_and(coalesce(min_is_exact AND max_is_exact, stats_null_count = num_values))"
    complete = f"GROUP BY path_in_schema HAVING count(stats_null_count) = count(*) AND {exact}"
    columns = f"path_in_schema, CAST(sum(stats_null_count) AS BIGINT), {bounds}"
    rows = database.execute(f"SELECT {columns} FROM parquet_metadata({files}) {complete}").fetchall()  # noqa: S608 -- a literal
    return {name: _Recorded(nulls, *_pairs(texts)) for name, nulls, *texts in rows}


def _pairs(texts: list[str | None]) -> list[tuple[str, str]]:
    """Return least and greatest as SQL literals, two by two."""
    values = ["NULL" if text is None else literal(text) for text in texts]
    return list(zip(values[::2], values[1::2], strict=True))


def _aggregates(column: Column, recorded: _Recorded | None) -> str:
    name = quoted(column.name)
    nulls = str(recorded.nulls) if recorded else f"count(*) - count({name})"
    least, most, quantiles = f"min({name})", f"max({name})", "NULL"
    known = recorded.bounds(column.type) if recorded else None
    if known:
        least, most = (f"CAST({bound} AS {duckdb_type(column.type)})" for bound in known)
    if column.type in {"float", "double"}:  # NaN is greater than everything, and says nothing
        least, most = (f"{bound} FILTER (WHERE NOT isnan({name}))" for bound in (least, most))
    if column.type == "binary":
        least = most = "NULL"
    if is_number(column.type):
        quantiles = f"reservoir_quantile({name}, {list(QUANTILES.values())}, {_SAMPLE})"
    as_text = f"CAST({least} AS VARCHAR), CAST({most} AS VARCHAR)"
    return f"{nulls}, approx_count_distinct({name}), {as_text}, CAST({quantiles} AS VARCHAR[])"


def _statistics(column: Column, answer: tuple[Any, ...]) -> ColumnStatistics:
    nulls, distinct, least, most, quantiles = answer
    return {
        "name": column.name,
        "type": column.type,
        "nulls": nulls,
        "distinct": distinct,
        "min": least and least[:TEXT_CHARACTERS],
        "max": most and most[:TEXT_CHARACTERS],
        "quantiles": dict(zip(QUANTILES, quantiles, strict=True)) if quantiles else None,
    }
