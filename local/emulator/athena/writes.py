"""INSERT, CREATE TABLE AS and UNLOAD: rows to Parquet under Hive's partitions in S3, all of it or nothing.

https://docs.aws.amazon.com/athena/latest/ug/insert-into.html
https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into-etl.html (100 partitions a statement)
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .access import Access
from .errors import QueryError
from .selects import Prepared, run
from .statements import Statement
from .tables import NULL_PARTITION, Column, Table, bucket_and_prefix, quoted

MOST_PARTITIONS = 100
RESULT = "watershed_result"
_COMPRESSIONS = ("zstd", "gzip", "snappy", "none")
PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}
# What Trino takes for a column of another type without being told to; the rest is a mismatch.
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "FLOAT", "DOUBLE")
_GLUE_TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "HUGEINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "BLOB": "binary",
}


@dataclass(frozen=True)
class Written:
    """What a statement left in S3."""

    objects: tuple[tuple[str, str], ...]
    rows: int


@dataclass(frozen=True)
class Place:
    """Where rows go: below a prefix, in a folder for each combination of the partition columns."""

    bucket: str
    prefix: str
    columns: Sequence[Column]
    keys: Sequence[Column]
    compression: str


def insert(statement: Statement, prepared: Prepared, table: Table, access: Access, folder: Path) -> Written:
    """Append the query's rows to a table, and register the partitions that are new."""
    _refuse_unwritable(table)
    everything = (*table.columns, *table.keys)
    given = _result(prepared)
    names = [name.lower() for name in statement.columns] or [column.name.lower() for column in everything]
    if len(names) != len(given):
        raise QueryError(
            f"TYPE_MISMATCH: Insert query has mismatched column types: Table has {len(names)} columns, "
            f"query has {len(given)}"
        )
    if missing := [name for name in names if name not in {column.name.lower() for column in everything}]:
        raise QueryError(f"COLUMN_NOT_FOUND: Insert column name does not exist in target table: {missing[0]}")
    sources = dict(zip(names, given, strict=True))
    for column in everything:
        if column.name.lower() in sources:
            _check_type(column, sources[column.name.lower()])
    picked = ", ".join(
        f"CAST({quoted(sources[column.name.lower()].name)} AS {column.duckdb_type}) AS {quoted(column.name)}"
        if column.name.lower() in sources
        else f"CAST(NULL AS {column.duckdb_type}) AS {quoted(column.name)}"
        for column in everything
    )
    run(prepared, f"CREATE TABLE picked AS SELECT {picked} FROM {RESULT}")  # noqa: S608 -- names are quoted, texts are literals
    bucket, prefix = table.place
    place = Place(bucket, prefix, table.columns, table.keys, _compression(table.parameters))
    return _write(prepared, place, access, folder, None if table.is_projected else table)


def create(
    statement: Statement, prepared: Prepared, database: str, place: str, access: Access, folder: Path
) -> Written:
    """Make a table of the query's rows."""
    assert statement.target is not None
    name = (statement.target.db or database).lower(), statement.target.name.lower()
    properties = statement.properties
    if str(properties.get("table_type", "HIVE")).upper() == "ICEBERG":
        raise QueryError("NOT_SUPPORTED: the local stage does not make Iceberg tables")
    if str(properties.get("format", "PARQUET")).upper() != "PARQUET":
        raise QueryError("NOT_SUPPORTED: the local stage writes Parquet only: WITH (format = 'PARQUET')")
    if "bucketed_by" in properties:
        raise QueryError("NOT_SUPPORTED: the local stage does not write buckets")
    bucket, prefix = bucket_and_prefix(str(properties.get("external_location") or place))
    if not access.is_empty(bucket, prefix):
        raise QueryError(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{'.'.join(name)}' already exists: "
            f"s3://{bucket}/{prefix}"
        )
    given = [Column(column.name.lower(), glue_type(column.type)) for column in _result(prepared)]
    wanted = [each.lower() for each in properties.get("partitioned_by", ())]
    keys = [column for column in given if column.name in wanted]
    if [key.name for key in keys] != wanted or given[len(given) - len(keys) :] != keys:
        raise QueryError(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the "
            "same order as the table properties: " + str(wanted)
        )
    picked = ", ".join(
        f"CAST({quoted(own.name)} AS {column.duckdb_type}) AS {quoted(column.name)}"
        for own, column in zip(_result(prepared), given, strict=True)
    )
    limit = "" if statement.with_data else " WHERE false"
    run(prepared, f"CREATE TABLE picked AS SELECT {picked} FROM {RESULT}{limit}")  # noqa: S608 -- names are quoted, texts are literals
    columns = given[: len(given) - len(keys)]
    compression = str(properties.get("write_compression") or properties.get("parquet_compression") or "gzip")
    access.create_table(
        name[0],
        {
            "Name": name[1],
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet", "parquet.compression": compression.upper()},
            "PartitionKeys": [{"Name": key.name, "Type": key.type} for key in keys],
            "StorageDescriptor": {
                **PARQUET,
                "Location": f"s3://{bucket}/{prefix}",
                "Columns": [{"Name": column.name, "Type": column.type} for column in columns],
            },
        },
    )
    table = Table(*name, access.target(*name))
    try:
        target = Place(bucket, prefix, columns, keys, _compression({"parquet.compression": compression}))
        return _write(prepared, target, access, folder, table)
    except QueryError:
        access.drop_table(*name)
        raise


def unload(statement: Statement, prepared: Prepared, access: Access, folder: Path) -> Written:
    """Write the query's rows to a place that is empty."""
    if str(statement.properties.get("format", "")).upper() != "PARQUET":
        raise QueryError("NOT_SUPPORTED: the local stage unloads Parquet only: WITH (format = 'PARQUET')")
    bucket, prefix = bucket_and_prefix(statement.place)
    if not access.is_empty(bucket, prefix):
        raise QueryError(f"HIVE_PATH_ALREADY_EXISTS: Target directory already exists: {statement.place}")
    given = [Column(column.name.lower(), glue_type(column.type)) for column in _result(prepared)]
    wanted = [each.lower() for each in statement.properties.get("partitioned_by", ())]
    run(prepared, f"CREATE TABLE picked AS SELECT * FROM {RESULT}")  # noqa: S608 -- names are quoted, texts are literals
    keys = [column for column in given if column.name in wanted]
    columns = [column for column in given if column.name not in wanted]
    compression = str(statement.properties.get("compression") or "gzip")
    place = Place(bucket, prefix, columns, keys, _compression({"parquet.compression": compression}))
    return _write(prepared, place, access, folder, None)


def _result(prepared: Prepared) -> list[Column]:
    """Run the query into a table, once; its columns with DuckDB's types."""
    run(prepared, f"CREATE TABLE IF NOT EXISTS {RESULT} AS {prepared.sql}")
    described = run(prepared, f"DESCRIBE {RESULT}").fetchall()
    return [Column(str(row[0]), str(row[1])) for row in described]


def _write(prepared: Prepared, place: Place, access: Access, folder: Path, register: Table | None) -> Written:
    rows = int(run(prepared, "SELECT count(*) FROM picked").fetchone()[0])
    written: list[tuple[str, str]] = []
    partitions: list[tuple[tuple[str | None, ...], str]] = []
    try:
        for number, (values, where) in enumerate(_partitions(prepared, place)):
            file = folder / f"written-{number}.parquet"
            columns = ", ".join(quoted(column.name) for column in place.columns)
            copy = f"(FORMAT parquet, COMPRESSION {place.compression})"
            run(prepared, f"COPY (SELECT {columns} FROM picked WHERE {where}) TO '{file}' {copy}")  # noqa: S608 -- names are quoted, texts are literals
            inside = "".join(
                f"{key.name}={quote(value, safe=' ') if value is not None else NULL_PARTITION}/"
                for key, value in zip(place.keys, values, strict=True)
            )
            moment = time.strftime("%Y%m%d_%H%M%S", time.gmtime())
            key = f"{place.prefix}{inside}{moment}_{number:05d}_{secrets.token_hex(8)}"
            access.upload(place.bucket, key, file.read_bytes())
            written.append((place.bucket, key))
            partitions.append((values, f"s3://{place.bucket}/{place.prefix}{inside}"))
            file.unlink()
        if register is not None and place.keys and partitions:
            _register(register, partitions, access)
    except Exception:
        access.remove(written)
        raise
    return Written(tuple(written), rows)


def _partitions(prepared: Prepared, place: Place) -> Iterator[tuple[tuple[str | None, ...], str]]:
    """Return each combination of the partition columns with the condition that picks its rows."""
    if not place.keys:
        if run(prepared, "SELECT count(*) FROM picked").fetchone()[0]:
            yield (), "true"
        return
    names = ", ".join(quoted(key.name) for key in place.keys)
    shown = ", ".join(f"CAST({quoted(key.name)} AS VARCHAR)" for key in place.keys)
    found = run(prepared, f"SELECT DISTINCT {names}, {shown} FROM picked ORDER BY ALL").fetchall()  # noqa: S608 -- names are quoted, texts are literals
    if len(found) > MOST_PARTITIONS:
        raise QueryError(
            f"HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets"
        )
    for row in found:
        values: tuple[str | None, ...] = row[len(place.keys) :]
        conditions = (
            f"CAST({quoted(key.name)} AS VARCHAR) IS NOT DISTINCT FROM "
            + ("NULL" if value is None else "'" + value.replace("'", "''") + "'")
            for key, value in zip(place.keys, values, strict=True)
        )
        yield values, " AND ".join(conditions)


def _register(table: Table, partitions: Sequence[tuple[tuple[str | None, ...], str]], access: Access) -> None:
    known = {tuple(each["Values"]) for each in access.target_partitions(table.database, table.name)}
    descriptor = dict(table.definition["StorageDescriptor"])
    new = []
    for values, location in partitions:
        named = [NULL_PARTITION if value is None else value for value in values]
        if tuple(named) not in known:
            new.append({"Values": named, "StorageDescriptor": {**descriptor, "Location": location}})
    if new:
        access.create_partitions(table.database, table.name, new)


def _refuse_unwritable(table: Table) -> None:
    if table.is_iceberg:
        raise QueryError("NOT_SUPPORTED: the local stage does not run Iceberg tables")
    descriptor = table.definition.get("StorageDescriptor") or {}
    library = (descriptor.get("SerdeInfo") or {}).get("SerializationLibrary", "")
    if "parquet" not in library.lower():
        raise QueryError(f"NOT_SUPPORTED: the local stage writes Parquet only, and the table's serde is {library}")
    if descriptor.get("BucketColumns"):
        raise QueryError("NOT_SUPPORTED: the local stage does not write buckets")


def _check_type(column: Column, given: Column) -> None:
    wanted, own = _bare(column.duckdb_type), _bare(given.type)
    if (
        wanted == own
        or own in ('"NULL"', "NULL")
        or wanted not in (*_NUMBERS, "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN")
    ):
        return
    if wanted in _NUMBERS and own in _NUMBERS:
        # HUGEINT is what DuckDB makes of a sum that Trino keeps as BIGINT.
        fits = _NUMBERS.index(wanted) >= _NUMBERS.index("BIGINT" if own == "HUGEINT" else own)
        if fits or own == "DECIMAL":
            return
    if {wanted, own} <= {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}:
        return
    raise QueryError(
        "TYPE_MISMATCH: Insert query has mismatched column types: "
        f"column {column.name} is {column.type}, and the query gives {given.type.lower()}"
    )


def _bare(kind: str) -> str:
    found = kind.upper().partition("(")[0].strip()
    return {"TEXT": "VARCHAR", "INT": "INTEGER", "REAL": "FLOAT"}.get(found, found)


def glue_type(kind: str) -> str:
    """Return a type of DuckDB in Glue's words."""
    if kind.upper().startswith("DECIMAL"):
        return kind.lower()
    return _GLUE_TYPES.get(kind.upper(), "string")


def _compression(properties: Mapping[str, Any]) -> str:
    for name in ("parquet.compression", "write.compression", "compression"):
        found = str(properties.get(name, "")).lower()
        if found in _COMPRESSIONS:
            return "uncompressed" if found == "none" else found
    return "zstd"
