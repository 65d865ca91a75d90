"""A Glue table as a DuckDB view: which objects are its data, which partition each is in, its columns and types.

https://docs.aws.amazon.com/athena/latest/ug/partitions.html
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
from sqlglot import exp

from .access import Access, StoredObject
from .errors import QueryError

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_TEXT_FORMATS = ("csv", "json", "avro")
Filter = str
"""A condition of DuckDB on the partition columns; empty for all partitions."""


@dataclass(frozen=True)
class Column:
    """A column with its type in Hive's words."""

    name: str
    type: str

    @property
    def duckdb_type(self) -> str:
        """The type in DuckDB's words."""
        return exp.DataType.build(self.type, dialect="hive").sql("duckdb")


@dataclass(frozen=True)
class Table:
    """What the catalog says of a table."""

    database: str
    name: str
    definition: Mapping[str, Any]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the files."""
        return _columns((self.definition.get("StorageDescriptor") or {}).get("Columns"))

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns in the paths, which come last."""
        return _columns(self.definition.get("PartitionKeys"))

    @property
    def place(self) -> tuple[str, str]:
        """Bucket and prefix."""
        return bucket_and_prefix(str((self.definition.get("StorageDescriptor") or {}).get("Location", "")))

    @property
    def parameters(self) -> Mapping[str, str]:
        """The table's properties."""
        return self.definition.get("Parameters") or {}

    @property
    def is_projected(self) -> bool:
        """Whether its partitions are computed rather than registered."""
        return str(self.parameters.get("projection.enabled", "")).lower() == "true"

    @property
    def is_iceberg(self) -> bool:
        """Whether it is of Iceberg, which the local stage does not run."""
        return str(self.parameters.get("table_type", "")).upper() == "ICEBERG"


@dataclass(frozen=True)
class Piece:
    """An object of a table with its partition's values; None is Hive's null."""

    object: StoredObject
    values: tuple[str | None, ...]


class Tables:
    """Makes the views that one query reads."""

    def __init__(self, access: Access, engine: Any, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self._access = access
        self._engine = engine
        self._folder = folder
        self._connection = connection
        self.bytes = 0

    def add(self, table: Table, condition: Filter) -> None:
        """Make the view `database.name`, of the partitions that the condition lets through."""
        if table.is_iceberg:
            raise QueryError("NOT_SUPPORTED: the local stage does not run Iceberg tables")
        pieces = self._needed(table, list(self._pieces(table)), condition)
        files = {
            piece: self._folder / table.database / table.name / f"{number}" / piece.object.key.rpartition("/")[2]
            for number, piece in enumerate(pieces)
        }
        self._access.download({piece.object: file for piece, file in files.items()})
        self.bytes += sum(piece.object.size for piece in pieces)
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table.database)}")
        self._connection.execute(
            f"CREATE VIEW {quoted(table.database)}.{quoted(table.name)} AS {self._relation(table, files)}"
        )

    def _pieces(self, table: Table) -> Iterator[Piece]:
        bucket, prefix = table.place
        if not table.keys:
            yield from (Piece(each, ()) for each in self._access.objects(bucket, prefix))
        elif table.is_projected:
            template = _template(table)
            for each in self._access.objects(bucket, prefix):
                values = template(each.key)
                if values is not None and all(
                    _is_projected(table.parameters, key, value) for key, value in zip(table.keys, values, strict=True)
                ):
                    yield Piece(each, values)
        else:
            for partition in self._access.partitions(table.database, table.name):
                values = tuple(None if value == NULL_PARTITION else value for value in partition["Values"])
                where = bucket_and_prefix(partition["StorageDescriptor"]["Location"])
                yield from (Piece(each, values) for each in self._access.objects(*where))

    def _needed(self, table: Table, pieces: list[Piece], condition: Filter) -> list[Piece]:
        if not condition or not pieces:
            return pieces
        keys = ", ".join(["number", *(f"k{index}" for index in range(len(table.keys)))])
        rows = [(number, *piece.values) for number, piece in enumerate(pieces)]
        marks = ", ".join(["?"] * (len(table.keys) + 1))
        typed = ", ".join(
            f"CAST(k{index} AS {key.duckdb_type}) AS {quoted(key.name)}" for index, key in enumerate(table.keys)
        )
        columns = ", ".join(["number BIGINT", *(f"k{index} VARCHAR" for index in range(len(table.keys)))])
        own = duckdb.connect(":memory:")
        try:
            own.execute(f"CREATE TABLE pieces ({columns})")
            own.executemany(f"INSERT INTO pieces ({keys}) VALUES ({marks})", rows)  # noqa: S608 -- names are quoted, texts are literals
            found = own.execute(f"SELECT number FROM (SELECT number, {typed} FROM pieces) WHERE {condition}")  # noqa: S608 -- names are quoted, texts are literals
            kept = {row[0] for row in found.fetchall()}
        except duckdb.Error:
            return pieces
        finally:
            own.close()
        return [piece for number, piece in enumerate(pieces) if number in kept]

    def _relation(self, table: Table, files: Mapping[Piece, Path]) -> str:
        if not files:
            nothing = ", ".join(
                f"CAST(NULL AS {column.duckdb_type}) AS {quoted(column.name)}"
                for column in (*table.columns, *table.keys)
            )
            return f"SELECT {nothing} WHERE false"
        if self._engine._data_format(table.definition) in _TEXT_FORMATS:
            return self._text_relation(table, files)
        listed = "[" + ", ".join(literal(str(file)) for file in files.values()) + "]"
        rows = ", ".join(
            "(" + ", ".join(literal(each) for each in (str(file), *piece.values)) + ")" for piece, file in files.items()
        )
        names = ", ".join(["file", *(f"k{index}" for index in range(len(table.keys)))])
        source = f"read_parquet({listed}, union_by_name = true, filename = true, hive_partitioning = false)"
        described = self._connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608 -- names are quoted, texts are literals
        present = {str(row[0]).lower(): str(row[0]) for row in described}
        columns = [
            f"CAST(d.{quoted(present[column.name.lower()])} AS {column.duckdb_type}) AS {quoted(column.name)}"
            if column.name.lower() in present
            else f"CAST(NULL AS {column.duckdb_type}) AS {quoted(column.name)}"
            for column in table.columns
        ]
        columns += [
            f"CAST(p.k{index} AS {key.duckdb_type}) AS {quoted(key.name)}" for index, key in enumerate(table.keys)
        ]
        return f"SELECT {', '.join(columns)} FROM {source} d JOIN (VALUES {rows}) AS p({names}) ON d.filename = p.file"  # noqa: S608 -- names are quoted, texts are literals

    def _text_relation(self, table: Table, files: Mapping[Piece, Path]) -> str:
        """One relation a partition, by what ministack makes of a serde."""
        own = {**table.definition, "PartitionKeys": []}
        by_values: dict[tuple[str | None, ...], list[str]] = {}
        for piece, file in files.items():
            by_values.setdefault(piece.values, []).append(str(file))
        parts = []
        for values, paths in by_values.items():
            keys = "".join(
                f", CAST({literal(value)} AS {key.duckdb_type}) AS {quoted(key.name)}"
                for key, value in zip(table.keys, values, strict=True)
            )
            parts.append(f"SELECT *{keys} FROM {self._engine._table_relation(own, paths)}")  # noqa: S608 -- names are quoted, texts are literals
        return " UNION ALL BY NAME ".join(parts)


def bucket_and_prefix(location: str) -> tuple[str, str]:
    """Split `s3://bucket/prefix`; the prefix ends with a slash unless it is empty."""
    bucket, _, prefix = re.sub(r"^s3[an]?://", "", location).partition("/")
    return bucket, prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def quoted(name: str) -> str:
    """An identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | None) -> str:
    """A string, or NULL."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def _columns(listed: Sequence[Mapping[str, Any]] | None) -> tuple[Column, ...]:
    return tuple(Column(str(each["Name"]), str(each.get("Type", "string"))) for each in listed or ())


def _template(table: Table) -> Any:
    """Return what reads a key's partition values: by `storage.location.template`, or in Hive's layout."""
    bucket, prefix = table.place
    template = table.parameters.get("storage.location.template")
    if template:
        pattern = re.escape(template.removeprefix(f"s3://{bucket}/").rstrip("/"))
        for key in table.keys:
            pattern = pattern.replace(re.escape(f"${{{key.name}}}"), f"(?P<{key.name}>[^/]+)")
    else:
        pattern = re.escape(prefix) + "/".join(f"{re.escape(key.name)}=(?P<{key.name}>[^/]*)" for key in table.keys)
    compiled = re.compile(f"{pattern}/.*")

    def values(key: str) -> tuple[str | None, ...] | None:
        found = compiled.fullmatch(key)
        if found is None:
            return None
        given = (unquote(found[each.name]) for each in table.keys)
        return tuple(None if value == NULL_PARTITION else value for value in given)

    return values


def _is_projected(parameters: Mapping[str, str], key: Column, value: str | None) -> bool:
    """Say whether a value lies in what a column's projection spans; null never does."""
    kind = parameters.get(f"projection.{key.name}.type", "").lower()
    if value is None:
        return False
    if kind == "enum":
        return value in [each.strip() for each in parameters[f"projection.{key.name}.values"].split(",")]
    if kind == "integer":
        low, high = (int(each) for each in parameters[f"projection.{key.name}.range"].split(","))
        return bool(re.fullmatch(r"-?\d+", value)) and low <= int(value) <= high
    if kind == "date":
        low_text, high_text = (each.strip() for each in parameters[f"projection.{key.name}.range"].split(","))
        return _moment(low_text, start=True)[: len(value)] <= value <= _moment(high_text, start=False)
    return True


def _moment(text: str, *, start: bool) -> str:
    """Return a bound of a range of dates as text that sorts as dates do; NOW may have an offset."""
    found = re.fullmatch(r"NOW(?:([+-]\d+)(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?", text)
    if found is None:
        return text if start else f"{text}\uffff"
    days = {"YEAR": 366, "MONTH": 31, "WEEK": 7, "DAY": 1}.get(found[2] or "", 1)
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days * int(found[1] or 0))
    return moment.isoformat() if start else f"{moment.isoformat()}\uffff"
