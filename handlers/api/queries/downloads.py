"""Results of queries as files: CSV that no spreadsheet takes for formulas, and Parquet with the columns' types.

Both are made of the CSV that Athena wrote, so that nothing is scanned twice, and lie beside it under `downloads/`.
"""

from __future__ import annotations

import csv
import re
import shutil
from typing import TYPE_CHECKING, Literal

from ...common.sql import literal, quoted
from ...common.work_folder import work_folder
from .. import athena
from ..problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from types_boto3_s3.client import S3Client

    from ..platform import Platform

MOST_BYTES = 268_435_456
"""Of a result that is made into a file while somebody waits."""
_DISK_SHARE = 0.3
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(NaN|Infinity)", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TYPES = {
    **{name: name.upper() for name in ("tinyint", "smallint", "bigint", "double", "boolean", "date", "timestamp")},
    **dict.fromkeys(("integer", "int"), "INTEGER"),
    **dict.fromkeys(("float", "real"), "FLOAT"),
}


def make(
    platform: Platform,
    identity: str,
    execution: athena.Execution,
    columns: Sequence[athena.Column],
    kind: Literal["csv", "parquet"],
) -> tuple[str, str]:
    """Make the file of a query's result, unless it is there; returns its bucket and key.

    Raises:
        Problem: 409 if the result is too large.

    """
    bucket, key = platform.results_bucket, f"{platform.results_prefix}downloads/{identity}.{kind}"
    s3 = platform.services.s3
    if _is_there(s3, bucket, key):
        return bucket, key
    source_bucket, source = athena.place(execution.output)
    with work_folder() as folder:
        room = min(MOST_BYTES, int(shutil.disk_usage(folder).free * _DISK_SHARE))
        answer = s3.get_object(Bucket=source_bucket, Key=source)
        if answer["ContentLength"] > room:
            detail = f"The result has {answer['ContentLength']:,} bytes; at most {room:,} are made into a file."
            raise Problem("conflict", f"{detail} Select less.")
        given, made = folder / "given.csv", folder / f"made.{kind}"
        with given.open("wb") as target:
            shutil.copyfileobj(answer["Body"], target, 1 << 20)
        if kind == "csv":
            write_harmless(given, made)
        else:
            write_parquet(given, made, columns, folder)
        with made.open("rb") as content:
            media_type = "text/csv; charset=utf-8" if kind == "csv" else "application/vnd.apache.parquet"
            s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=media_type)
    return bucket, key


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs: what looks like a formula and is no number gets an apostrophe.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    looks = cell.lstrip(" \u00a0\ufeff").startswith(_FORMULA) or cell.startswith(_FORMULA)
    return f"'{cell}" if looks and not _NUMBER.fullmatch(cell) else cell


def write_harmless(given: Path, made: Path) -> None:
    """Copy a CSV file with all its cells harmless, each in quotes."""
    csv.field_size_limit(MOST_BYTES)
    with given.open(encoding="utf-8", newline="") as source, made.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL)
        for row in csv.reader(source):
            writer.writerow([harmless(cell) for cell in row])


def write_parquet(given: Path, made: Path, columns: Sequence[athena.Column], folder: Path) -> None:
    """Copy a CSV file of Athena's as Parquet; a column whose values do not fit its type stays texts."""
    from ...common import duck

    names = _distinct([column.name for column in columns])
    texts = "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names) + "}"
    options = f"header=true, auto_detect=false, delim=',', quote='\"', escape='\"', columns={texts}"
    with duck.connect(folder) as database:
        database.execute("SET preserve_insertion_order = true")  # of ORDER BY
        database.execute(
            f"CREATE TABLE given AS FROM read_csv({literal(str(given))}, {options}, nullstr='', "
            f"allow_quoted_nulls=false, max_line_size={MOST_BYTES})"
        )
        picked = ", ".join(_cast(database, name, column) for name, column in zip(names, columns, strict=True))
        copy = f"COPY (SELECT {picked} FROM given) TO {literal(str(made))} (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 -- every name is quoted
        database.execute(copy)


def _cast(database: duckdb.DuckDBPyConnection, name: str, column: athena.Column) -> str:
    own = quoted(name)
    kind = _decimal(database, own, column) if column.type == "decimal" else _TYPES.get(column.type)
    if kind is None:
        return own
    unfit = database.execute(f"SELECT count({own}) - count(TRY_CAST({own} AS {kind})) FROM given").fetchone()  # noqa: S608 -- every name is quoted
    return own if unfit is None or unfit[0] else f"CAST({own} AS {kind}) AS {own}"


def _decimal(database: duckdb.DuckDBPyConnection, own: str, column: athena.Column) -> str:
    """Return a decimal type that rounds no value, whatever scale the result is said to have."""
    found = database.execute(f"SELECT max(length(split_part({own}, '.', 2))) FROM given").fetchone()  # noqa: S608 -- every name is quoted
    scale = max(column.scale, found[0] or 0 if found else 0)
    return f"DECIMAL({max(column.precision or 38, scale)}, {min(scale, 38)})"


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names that a file may have: each once, none empty."""
    made: list[str] = []
    for number, name in enumerate(names, start=1):
        wanted = name or f"column_{number}"
        while wanted.lower() in {each.lower() for each in made}:
            wanted = f"{wanted}_{number}"
        made.append(wanted)
    return made


def _is_there(s3: S3Client, bucket: str, key: str) -> bool:
    """Ask for a list: to whom may list a prefix alone, S3 denies an object that is not there."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    return any(entry["Key"] == key for entry in listed)
