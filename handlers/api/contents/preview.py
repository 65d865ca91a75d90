"""The first rows of a data set, read by DuckDB from one of its files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from ...common.hive_paths import partition_values
from ...common.sql import duckdb_type, quoted
from ...common.work_folder import work_folder
from .. import values
from ..problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3.client import S3Client

    from ...common.settings import Column, Dataset
    from ..operations import Request

MOST_BYTES = 134_217_728
"""Of a file that is read; larger ones are left to queries."""
_DISK_SHARE = 0.6


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many rows."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class PreviewColumn(msgspec.Struct, frozen=True):
    """A column of the rows."""

    name: str
    type: str


class Preview(msgspec.Struct, frozen=True):
    """The first rows of one file, in no particular order."""

    columns: list[PreviewColumn]
    rows: list[list[values.Value]]
    file: Annotated[str | None, Meta(description="The key of the file; null: the data set has none yet.")]


def preview(request: Request) -> Preview:
    """Return the first rows.

    Raises:
        Problem: 409 if all of the first thousand files are too large to be read here.

    """
    dataset, wanted = request.dataset.dataset, request.query
    bucket, s3 = request.platform.bucket(dataset.zone), request.platform.services.s3
    columns = [PreviewColumn(column.name, column.type) for column in dataset.columns]
    with work_folder() as folder:
        room = min(MOST_BYTES, int(shutil.disk_usage(folder).free * _DISK_SHARE))
        key = _small_file(s3, bucket, dataset.prefix, room)
        if key is None:
            return Preview(columns, [], None)
        file = folder / "file.parquet"
        with file.open("wb") as target:
            for chunk in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
                target.write(chunk)
        rows = _rows(file, folder, key, dataset, wanted.limit)
    return Preview(columns, _fitting([[values.plain(value) for value in row] for row in rows]), key)


def _small_file(s3: S3Client, bucket: str, prefix: str, room: int) -> str | None:
    """Return the first file that there is room for, if there are files at all."""
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1_000).get("Contents", [])
    # Queries skip what begins with an underscore or a dot, and so must this.
    files = [entry for entry in found if entry["Size"] and not _is_hidden(entry["Key"].removeprefix(prefix))]
    if not files:
        return None
    fitting = next((entry["Key"] for entry in files if entry["Size"] <= room), None)
    if fitting is None:
        raise Problem(
            "conflict", f"Its files are larger than {room:,} bytes, too large for a preview; query it instead."
        )
    return fitting


def _is_hidden(path: str) -> bool:
    return any(part.startswith(("_", ".")) for part in path.split("/"))


def _rows(file: Path, folder: Path, key: str, dataset: Dataset, limit: int) -> list[tuple[Any, ...]]:
    import duckdb

    from ...common import duck

    found = partition_values(key.removeprefix(dataset.prefix))
    with duck.connect(folder) as database:
        try:
            described = database.execute("DESCRIBE FROM read_parquet(?, hive_partitioning=false)", [str(file)])
            present = {str(row[0]) for row in described.fetchall()}
            picked = ", ".join(_picked(column, present) for column in dataset.columns)
            parameters = [found.get(column.name) for column in dataset.columns if column.name not in present]
            statement = f"SELECT {picked} FROM read_parquet(?, hive_partitioning=false) LIMIT {limit}"  # noqa: S608 -- every name is quoted
            return database.execute(statement, [*parameters, str(file)]).fetchall()
        except duckdb.Error as error:
            raise Problem("conflict", f"Its file `{key}` cannot be read as Parquet.") from error


def _picked(column: Column, present: set[str]) -> str:
    name = quoted(column.name)
    return name if column.name in present else f"TRY_CAST(? AS {duckdb_type(column.type)}) AS {name}"


def _fitting(rows: list[list[Any]]) -> list[list[Any]]:
    """Leave out rows at the end that would make the answer larger than Lambda sends (6 MB)."""
    size = 0
    for number, row in enumerate(rows):
        size += len(msgspec.json.encode(row))
        if size > values.MOST_BYTES:
            return rows[:number]
    return rows
