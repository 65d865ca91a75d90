"""What a data set is: its columns, its place in the lake, and where its files come from."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from ..core import Classification
from ..core.model import Matching, Model
from ..core.tags import TagText
from ..storage.zone import ZoneName
from .partition import Partition

_SIMPLE_TYPES = (
    *("string", "int", "bigint", "smallint", "tinyint", "double", "float"),
    *("boolean", "date", "timestamp", "binary"),
)
"""Amazon Athena User Guide, "Data types in Amazon Athena"."""
_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")


def _athena_type(text: str) -> str:
    decimal = _DECIMAL.fullmatch(text)
    if text in _SIMPLE_TYPES:
        return text
    if decimal and int(decimal[2]) <= int(decimal[1]) and 1 <= int(decimal[1]) <= 38:
        # Hive's parser of types, which Athena reads the catalog with, takes no space.
        return f"decimal({int(decimal[1])},{int(decimal[2])})"
    quote = '; in YAML\'s one-line form, quote it: type: "decimal(12,2)"' if text.startswith("decimal(") else ""
    raise ValueError(f"{', '.join(_SIMPLE_TYPES)}, and decimal(p,s) with s <= p and 1 <= p <= 38{quote}")


def _prefix(text: str) -> str:
    if text.startswith("/") or not text.endswith("/") or "//" in text:
        raise ValueError("a prefix ends with a slash and neither begins with one nor holds two in a row: 'flights/'")
    return text


_SQL_NAME = "lower-case letters, digits and underscores, at most {}, so that SQL needs no quotes"
DatasetName = Annotated[str, Matching(r"[a-z][a-z0-9_]{0,59}", _SQL_NAME.format(60))]
"""Also the name of its table."""
Prefix = Annotated[str, Field(max_length=512), AfterValidator(_prefix)]
ColumnType = Annotated[str, AfterValidator(_athena_type)]


class Column(Model):
    """A typed column."""

    name: Annotated[str, Matching(r"[a-z_][a-z0-9_]{0,127}", _SQL_NAME.format(128))]
    """Source: Amazon Athena User Guide, "Name databases, tables, and columns"."""
    type: ColumnType = "string"
    comment: Annotated[str, Field(max_length=255), Matching(r"[^\x00-\x08\x0a-\x1f]*", "one line")] | None = None
    """What it holds, with its unit; one line of at most 255 characters (AWS Glue API, "Column")."""


class Source(Model):
    """Where a data set's files arrive, and how they are written."""

    zone: ZoneName = "raw"
    prefix: Prefix
    format: Literal["csv", "json-lines", "parquet"] | None = None
    """Default: by the file's extension, .csv, .jsonl or .parquet, each also .gz or .zst."""
    delimiter: Annotated[str, Matching(r"[^\"\r\n]", "one character, neither a quote nor a line's end")] = ","
    header: bool = True
    null_values: tuple[str, ...] = ("",)
    """Texts that mean "no value" in CSV."""
    on_delete: Literal["keep", "remove"] = "keep"
    """What deleting a file does to the rows that came of it; expiry by the zone's lifecycle always keeps them."""


class Dataset(Model):
    """A data set of the lake: a table in the catalog, a prefix in a zone, and where its files come from."""

    name: DatasetName
    zone: ZoneName = "curated"
    description: Annotated[str, Field(max_length=2_048)] = ""
    owner: TagText | None = None
    """The team that answers for it; default the platform's owner."""
    classification: Classification = "internal"
    tags: dict[str, TagText] = {}
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    partitioned_by: tuple[Annotated[Partition, BeforeValidator(Partition.from_name)], ...] = ()
    """Columns that files are laid out by, outermost first, as `<column>=<value>/`; a name, or one with a projection."""
    source: Source | None = None
    """Where its files arrive; none for a data set that something else than ingestion writes."""
    max_error_share: Annotated[float, Field(ge=0, le=1)] = 0.01
    """A file with a greater share of malformed rows is quarantined whole; below, its bad rows are written aside."""

    @property
    def prefix(self) -> str:
        """Where its files lie in its zone."""
        return f"{self.name}/"

    @property
    def partition_names(self) -> tuple[str, ...]:
        """The columns it is partitioned by."""
        return tuple(partition.name for partition in self.partitioned_by)

    @property
    def projected(self) -> bool:
        """Whether Athena can tell every partition without asking the catalog."""
        return bool(self.partitioned_by) and all(partition.projection for partition in self.partitioned_by)

    @field_validator("columns")
    @classmethod
    def _named_once(cls, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        names = [column.name for column in columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return columns

    @model_validator(mode="after")
    def _partitions_are_columns(self) -> Self:
        types = {column.name: column.type for column in self.columns}
        unknown = [name for name in self.partition_names if name not in types]
        if unknown:
            raise ValueError(f"partitionedBy names no column: {', '.join(unknown)}; columns are {', '.join(types)}")
        if len(set(self.partition_names)) == len(types):
            raise ValueError("every column is a partition: at least one must be left for the files")
        for partition in self.partitioned_by:
            partition.check_type(types[partition.name])
        return self
