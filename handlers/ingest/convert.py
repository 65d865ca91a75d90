"""A raw file becomes Parquet files in the data set's types and partitions.

First in one fast pass that fails at the first bad row; then, if it failed, in a careful one that tells good from bad.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from typing import TYPE_CHECKING

import duckdb

from ..common import duck
from ..common.sql import literal, quoted
from . import bad_rows, formats, limits, profile, projection
from .casts import cast
from .problems import Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from ..common.settings import Dataset, Format
    from .formats import Layout
    from .raw import RawFile

# Row groups of this many rows are DuckDB's default and what Athena's guide recommends for its parallel reading.
ROW_GROUP_ROWS = 122_880


@dataclasses.dataclass(frozen=True)
class ParquetFile:
    """One file made: where it is, and the values of the partition columns as DuckDB wrote them (`month=1/day=2`)."""

    path: Path
    partition: str
    size: int


@dataclasses.dataclass(frozen=True)
class Converted:
    """What became of a raw file. `rejects` is a file of the bad rows, if there are any."""

    format: Format
    rows: int
    rejected_rows: int
    rejects: Path | None
    files: list[ParquetFile]
    statistics: list[profile.ColumnStatistics]
    left_out: tuple[str, ...]


def convert(file: RawFile, key: str, dataset: Dataset, folder: Path, memory_megabytes: int | None = None) -> Converted:
    """Convert a raw file, using `folder` for what is made.

    Raises:
        Unreadable: it is not what the data set says, or has too many bad rows.

    """
    kind = formats.format_of(key, dataset)
    with duck.connect(folder, memory_megabytes) as database:
        layout = _layout(database, file, kind, dataset)
        target = folder / "parquet"
        rejects: bad_rows.Rejects | None = None
        try:
            if not layout.clean:
                raise duckdb.InvalidInputException("The file starts with a blank line")
            rows = _write(database, layout, dataset, target)
            if not projection.visible(dataset, (file.partition for file in _files(target) if rows)):
                raise duckdb.InvalidInputException("Athena would not look for some of the partitions")
        except duckdb.Error as error:
            limits.refuse_if_too_big(error)
            try:
                rows, rejects = _carefully(database, file, layout, dataset, target)
            except duckdb.Error as second:
                limits.refuse_if_too_big(second)
                raise Unreadable("unreadable", f"The file is not readable as {kind}: {_first_line(second)}") from second
        files = _files(target) if rows else []
        statistics = profile.profile(database, target, dataset) if files else profile.empty(dataset)
    count = rejects.count if rejects else 0
    return Converted(kind, rows, count, rejects.path if count and rejects else None, files, statistics, layout.left_out)


def _layout(database: duckdb.DuckDBPyConnection, file: RawFile, kind: Format, dataset: Dataset) -> Layout:
    if (file.head == b"PAR1") != (kind == "parquet"):
        message = (
            f"The file is {'' if file.head == b'PAR1' else 'not '}Parquet, but by its name or data set it is {kind}."
        )
        raise Unreadable("unsupported-format", message)
    if kind == "csv":
        return formats.csv_layout(file, dataset)
    if kind == "json-lines":
        return formats.json_layout(file, dataset)
    try:
        described = database.execute(f"DESCRIBE FROM read_parquet({literal(str(file.path))})").fetchall()
    except duckdb.Error as error:
        raise Unreadable("unreadable", f"The file is not readable as parquet: {_first_line(error)}") from error
    return formats.parquet_layout(file.path, [(name, kind) for name, kind, *_ in described], dataset)


def _write(
    database: duckdb.DuckDBPyConnection,
    layout: Layout,
    dataset: Dataset,
    target: Path,
    where: str = "",
    *,
    lenient: bool = False,
) -> int:
    """Write all rows of a layout that satisfy `where` as Parquet; return how many there were."""
    shutil.rmtree(target, ignore_errors=True)
    columns = ", ".join(
        f"{cast(field.sql, column.type, field.type, lenient=lenient)} AS {quoted(column.name)}"
        for column in dataset.columns
        for field in [layout.fields[column.name]]
    )
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}"
    destination = target / "part-0.parquet"
    if dataset.partitioned_by:
        destination = target
        by = ", ".join(quoted(name) for name in dataset.partitioned_by)
        options += f", PARTITION_BY ({by}), FILENAME_PATTERN 'part-{{i}}'"
    else:
        target.mkdir()
    rows = f"SELECT {columns} FROM {layout.relation} {where}"  # noqa: S608 -- every name is quoted, every text a literal
    answer = database.execute(f"COPY ({rows}) TO {literal(str(destination))} ({options})").fetchone()
    return int(answer[0]) if answer else 0


def _carefully(
    database: duckdb.DuckDBPyConnection, file: RawFile, layout: Layout, dataset: Dataset, target: Path
) -> tuple[int, bad_rows.Rejects]:
    rejects = bad_rows.Rejects(target.parent / "rejects.jsonl")
    with contextlib.closing(rejects):
        marked = bad_rows.mark(file, layout, dataset, target.parent / "marked", rejects)
        bad_rows.collect(database, marked, dataset, rejects)
    rows = _write(database, marked, dataset, target, f"WHERE NOT {bad_rows.condition(marked, dataset)}", lenient=True)
    share = rejects.count / (rows + rejects.count) if rejects.count else 0
    if share > dataset.max_error_share:
        message = (
            f"{rejects.count:,} of {rows + rejects.count:,} rows are bad ({share:.1%}); data set `{dataset.id}` allows "
            f"{dataset.max_error_share:.1%}. The first: {rejects.first}"
        )
        raise Unreadable("too-many-bad-rows", message, bad_rows=rejects.count, rows=rows, examples=rejects.examples)
    return rows, rejects


def _files(target: Path) -> list[ParquetFile]:
    return [
        ParquetFile(
            path, "" if path.parent == target else path.parent.relative_to(target).as_posix(), path.stat().st_size
        )
        for path in sorted(target.rglob("*.parquet"))
    ]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:500]
