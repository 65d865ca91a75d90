"""What a raw file is (CSV, JSON lines, Parquet) and which of its fields is which column: the SQL that reads it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from typing import TYPE_CHECKING

from ..common.extensions import FORMATS, format_named
from ..common.sql import literal, quoted
from .problems import Unreadable, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ..common.settings import Dataset, Format, Source
    from .raw import RawFile

# The reader makes numbers of these faster than a cast of texts that looks for fractions; a double holds each exactly.
_CSV_TYPES = dict.fromkeys(("tinyint", "smallint", "int"), "DOUBLE")
# DuckDB's default; a row longer than this is a bad row, in both ways of reading.
MAX_ROW_BYTES = 2_097_152
_SAMPLE_LINES = 1_000


@dataclasses.dataclass(frozen=True)
class Field:
    """A column's place in the raw file: the SQL that names it and DuckDB's type of it."""

    sql: str
    type: str = "VARCHAR"


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a raw file is read.

    `relation` is SQL for a FROM; `fields` has an entry for every column of the data set; `left_out` names what the
    file has and the data set has not; `width` is the number of fields of a CSV row.
    """

    format: Format
    relation: str
    fields: dict[str, Field]
    left_out: tuple[str, ...] = ()
    width: int = 0
    clean: bool = True


def format_of(key: str, dataset: Dataset) -> Format:
    """Return the format of an object: the data set's, or by the extension of its name."""
    if dataset.source and dataset.source.format:
        return dataset.source.format
    found = format_named(key)
    if found:
        return found
    message = (
        f"The name `{key}` does not tell the format. Known extensions: {', '.join(sorted(FORMATS))} "
        f"(each also .gz, .zst); or set `source.format` of data set `{dataset.id}`."
    )
    raise Unreadable("unsupported-format", message)


def csv_layout(file: RawFile, dataset: Dataset) -> Layout:
    """Read the header of a CSV file and match it with the columns."""
    source = _source(dataset)
    first, ending, clean = _first_row(file.path, source)
    if not source.header:
        return _csv(file.path, [column.name for column in dataset.columns], dataset, source, ending, clean=True)
    if first is None:
        message = "The file is empty: a CSV file needs its header line, also when it has no rows."
        raise Unreadable("empty", message)
    return _csv(file.path, [name.strip() for name in first], dataset, source, ending, clean=clean)


def json_layout(file: RawFile, dataset: Dataset) -> Layout:
    """Match the keys of the first lines of a JSON lines file with the columns.

    An absent key is a null, as is usual in JSON lines; a file in which no column's key occurs at all is the wrong file.
    """
    keys = _sampled_keys(file.path)
    names = [column.name for column in dataset.columns]
    chosen = {name: _matching(name, keys) or name for name in names}
    if keys and not any(key in keys for key in chosen.values()):
        raise _wrong_columns(names, list(keys), "None of the data set's columns is in the file")
    left_out = tuple(key for key in keys if key not in chosen.values())
    return json_relation(file.path, chosen, left_out)


def json_relation(path: Path, chosen: dict[str, str], left_out: tuple[str, ...] = (), extra: str = "") -> Layout:
    """Return the layout of a JSON lines file of which `chosen` says what key each column has."""
    columns = ", ".join(f"{literal(key)}: 'VARCHAR'" for key in dict.fromkeys(chosen.values()))
    relation = (
        f"read_json({literal(str(path))}, format='newline_delimited', auto_detect=false, records='true', "
        f"compression='none', columns={{{columns}{extra}}})"
    )
    fields = {name: Field(quoted(key)) for name, key in chosen.items()}
    return Layout("json-lines", relation, fields, left_out)


def csv_relation(
    path: Path,
    columns: Mapping[str, str],
    source: Source,
    *,
    header: bool,
    ending: str = "\\n",
    limit: int = MAX_ROW_BYTES,
) -> str:
    """Return SQL that reads a CSV file's fields under the given names and types; `ending` is as SQL spells it."""
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    nulls = ", ".join(literal(value) for value in source.null_values)
    # Left to itself, DuckDB takes the first line ending for that of the rows, also when it stands in quotes.
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header={header}, delim={literal(source.delimiter)}, "
        f"quote='\"', escape='\"', new_line={literal(ending)}, compression='none', max_line_size={limit}, "
        f"columns={{{types}}}, nullstr=[{nulls}])"
    )


def parquet_layout(path: Path, described: Iterable[tuple[str, str]], dataset: Dataset) -> Layout:
    """Match the columns of a Parquet file, as DuckDB describes them, with the data set's."""
    types = dict(described)
    chosen = _match([column.name for column in dataset.columns], list(types))
    relation = f"read_parquet({literal(str(path))}, file_row_number=true, hive_partitioning=false)"
    fields = {name: Field(quoted(found), types[found]) for name, found in chosen.items()}
    left_out = tuple(name for name in types if name not in chosen.values())
    return Layout("parquet", relation, fields, left_out)


def _csv(path: Path, header: list[str], dataset: Dataset, source: Source, ending: str, *, clean: bool) -> Layout:
    kinds = {column.name: column.type for column in dataset.columns}
    chosen = _match(list(kinds), header)
    # By position, under names of our own: headers hold anything, also the same name twice.
    internal = [f"c{number}" for number in range(len(header))]
    fields = {
        name: Field(internal[header.index(found)], _CSV_TYPES.get(kinds[name], "VARCHAR"))
        for name, found in chosen.items()
    }
    types = {field.sql: field.type for field in fields.values()}
    left_out = tuple(name for name in header if name not in chosen.values())
    relation = csv_relation(
        path, {name: types.get(name, "VARCHAR") for name in internal}, source, header=source.header, ending=ending
    )
    return Layout("csv", relation, fields, left_out, len(header), clean)


def _first_row(path: Path, source: Source) -> tuple[list[str] | None, str, bool]:
    """Return a CSV file's first row, its line ending, and whether the file starts with it.

    (A blank line before it is no row, but DuckDB would take it for the header.)
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as text:
        start = io.StringIO(text.read(MAX_ROW_BYTES), newline="")
    lines: list[str] = []
    csv.field_size_limit(MAX_ROW_BYTES)
    rows = csv.reader(_remembering(start, lines), delimiter=source.delimiter)
    try:
        first = next((row for row in rows if row), None)
    except csv.Error as error:
        raise Unreadable("wrong-columns", f"The CSV header cannot be read: {error}.") from error
    last = lines[-1] if lines else ""
    ending = "\\r\\n" if last.endswith("\r\n") else "\\r" if last.endswith("\r") else "\\n"
    return first, ending, bool(lines) and lines[0].strip("\r\n") != ""


def _remembering(lines: Iterable[str], read: list[str]) -> Iterator[str]:
    for line in lines:
        read.append(line)
        yield line


def _match(names: list[str], found: list[str]) -> dict[str, str]:
    """Give each column its field: the same name, or the only one that differs in upper and lower case."""
    chosen = {name: _matching(name, found) for name in names}
    missing = [name for name, field in chosen.items() if field is None]
    if missing:
        raise _wrong_columns(missing, found, f"Missing columns: {', '.join(shown(missing))}")
    counts = Counter(found)
    twice = [name for name, field in chosen.items() if field and counts[field] > 1]
    if twice:
        message = (
            f"These columns stand twice in the file, and which is meant cannot be told: {', '.join(shown(twice))}."
        )
        raise Unreadable("wrong-columns", message, found=shown(found))
    return {name: field for name, field in chosen.items() if field is not None}


def _matching(name: str, found: Iterable[str]) -> str | None:
    candidates = [field for field in found if field.lower() == name.lower()]
    if name in candidates:
        return name
    return candidates[0] if len(candidates) == 1 else None


def _sampled_keys(path: Path) -> dict[str, None]:
    """Return the keys of the first lines, in order of appearance."""
    keys: dict[str, None] = {}
    with path.open("rb") as lines:
        for _ in range(_SAMPLE_LINES):
            line = lines.readline(MAX_ROW_BYTES)
            if not line:
                break
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                keys.update(dict.fromkeys(row))
    return keys


def _wrong_columns(missing: list[str], found: list[str], what: str) -> Unreadable:
    message = (
        f"{what}. The file has: {', '.join(shown(found)) or 'nothing'}. Correct the file or the data set's columns."
    )
    return Unreadable("wrong-columns", message, missing=shown(missing), found=shown(found))


def _source(dataset: Dataset) -> Source:
    if dataset.source is None:
        message = f"Data set {dataset.id} has no source."
        raise ValueError(message)
    return dataset.source
