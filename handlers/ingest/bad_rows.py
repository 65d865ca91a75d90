"""Telling the good rows of a file from the bad ones, with the line and the reason of each bad one.

DuckDB's own rejects tables count records instead of lines, and it rounds what does not fit a column; so the file is
rewritten row by row with its line numbers (only ever for a file in which the fast way met a bad row), and what does not
fit its column's type is found in SQL.
"""

from __future__ import annotations

import csv
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from ..common.settings import Dataset, Source
from ..common.sql import literal
from . import projection
from .casts import cast
from .formats import MAX_ROW_BYTES, Field, Layout, csv_relation, json_relation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from .raw import RawFile

# DuckDB's default for one JSON document.
MAX_DOCUMENT_BYTES = 16_777_216
_EXAMPLES = 10
_LINE_KEY = "watershed line"
_VALUE_CHARACTERS = 200


class Rejects:
    """The bad rows of one file, written aside as JSON lines as they are found."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.examples: list[dict[str, Any]] = []
        self._file = path.open("w", encoding="utf-8", errors="backslashreplace")

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    @property
    def first(self) -> str:
        """Return the first bad row in words."""
        example = min(self.examples, key=lambda row: int(row["line"]))
        return f"line {example['line']}: {example['reasons'][0]['reason']}"

    def add(self, line: int, reasons: list[dict[str, str]], row: Any, lines: int = 1) -> None:
        """Write one bad row aside; one that spans lines which cannot be told apart counts as that many rows."""
        entry = {"line": line, "reasons": reasons, "row": row}
        self._file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
        self.count += lines
        if len(self.examples) < _EXAMPLES:
            self.examples.append({"line": line, "reasons": reasons[:5]})


def mark(file: RawFile, layout: Layout, dataset: Dataset, path: Path, rejects: Rejects) -> Layout:
    """Write the same rows with their line numbers to `path`, return its layout, and reject what is no row at all."""
    if layout.format == "parquet":
        return layout
    if layout.format == "json-lines":
        _mark_json(file.path, path, rejects)
        chosen = {name: field.sql[1:-1].replace('""', '"') for name, field in layout.fields.items()}
        return json_relation(path, chosen, layout.left_out, extra=f", {literal(_LINE_KEY)}: 'BIGINT'")
    source = dataset.source or Source(zone="", prefix="")
    _mark_csv(file.path, path, layout.width, source, rejects)
    columns = dict.fromkeys(["line", *(f"c{number}" for number in range(layout.width))], "VARCHAR")
    # Quoting may double a row's length.
    relation = csv_relation(path, columns, source, header=False, limit=3 * MAX_ROW_BYTES)
    fields = {name: Field(field.sql) for name, field in layout.fields.items()}
    return dataclasses.replace(layout, relation=relation, fields=fields)


def condition(layout: Layout, dataset: Dataset) -> str:
    """Return SQL that is true for a row with a value that does not fit its column."""
    return "(" + " OR ".join(check.bad for check in _checks(layout, dataset)) + ")"


def collect(database: duckdb.DuckDBPyConnection, layout: Layout, dataset: Dataset, rejects: Rejects) -> None:
    """Write aside the rows with values that do not fit their columns."""
    checks = list(_checks(layout, dataset))
    flags = ", ".join(check.bad for check in checks)
    values = ", ".join(f"CAST({check.field.sql} AS VARCHAR)" for check in checks)
    what = f"SELECT {_line(layout)}, [{flags}], [{values}]"
    found = database.execute(f"{what} FROM {layout.relation} WHERE {condition(layout, dataset)}")
    while batch := found.fetchmany(1_000):
        for line, bad, row in batch:
            reasons = [
                {"column": check.column, "value": (value or "")[:_VALUE_CHARACTERS], "reason": check.reason}
                for check, is_bad, value in zip(checks, bad, row, strict=True)
                if is_bad
            ]
            rejects.add(line, reasons, {check.column: value for check, value in zip(checks, row, strict=True)})


@dataclasses.dataclass(frozen=True)
class _Check:
    """What a column's values must be: SQL that is true for a bad one, and the reason in words."""

    column: str
    field: Field
    bad: str
    reason: str


def _checks(layout: Layout, dataset: Dataset) -> Iterator[_Check]:
    for column in dataset.columns:
        field = layout.fields[column.name]
        typed = cast(field.sql, column.type, field.type, lenient=True)
        wrong_type = f"({field.sql} IS NOT NULL AND {typed} IS NULL)"
        bad = "false" if typed == field.sql else wrong_type
        yield _Check(column.name, field, bad, f"`{column.name}` is not a {column.type}")
        if column.name in dataset.projections:
            known = dataset.projections[column.name]
            unseen = f"(NOT {bad} AND {projection.hidden(known, typed, column.type)})"
            yield _Check(
                column.name, field, unseen, f"`{column.name}` is none of the partitions {projection.words(known)}"
            )


def _line(layout: Layout) -> str:
    if layout.format == "parquet":
        return "file_row_number + 1"
    return f'"{_LINE_KEY}"' if layout.format == "json-lines" else "CAST(substr(line, 2) AS BIGINT)"


def _mark_csv(path: Path, target: Path, width: int, source: Source, rejects: Rejects) -> None:
    csv.field_size_limit(MAX_ROW_BYTES)
    with (
        path.open(encoding="utf-8", errors="surrogateescape", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as marked,
    ):
        record = _Record(text)
        rows = csv.reader(record, delimiter=source.delimiter, strict=True)
        writer = csv.writer(marked, delimiter=source.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        header_is_due = source.header
        while True:
            record.begin()
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                rejects.add(record.line, [{"reason": f"not CSV: {error}"}], "".join(record.lines), len(record.lines))
                continue
            if not row and (header_is_due or width > 1):
                continue
            if header_is_due:
                header_is_due = False
                continue
            row = row or [""]
            if len(row) == width + 1 and not row[-1]:
                row.pop()
            problem = _problem(row, width, record.lines)
            if problem:
                rejects.add(record.line, [{"reason": problem}], "".join(record.lines))
            else:
                # The mark keeps a line number from being one of the values that mean null.
                writer.writerow([f"@{record.line}", *row])


def _problem(row: list[str], width: int, lines: list[str]) -> str | None:
    if len(row) != width:
        return f"{len(row)} fields instead of {width}"
    try:
        for line in lines:
            line.isascii() or line.encode()
    except UnicodeEncodeError:
        return "not UTF-8"
    return None


class _Record:
    """The lines of a text, remembering those of the current record and where it began."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self._read = 0
        self._characters = 0
        self.lines: list[str] = []
        self.line = 1

    def begin(self) -> None:
        self.lines = []
        self._characters = 0
        self.line = self._read + 1

    def __iter__(self) -> _Record:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self._read += 1
        self.lines.append(line)
        self._characters += len(line)
        if self._characters > MAX_ROW_BYTES:
            message = f"a row of more than {MAX_ROW_BYTES:,} characters, or a quote that is never closed"
            raise csv.Error(message)
        return line


def _mark_json(path: Path, target: Path, rejects: Rejects) -> None:
    with path.open("rb") as lines, target.open("wb") as marked:
        number = 0
        while line := lines.readline(MAX_DOCUMENT_BYTES):
            number += 1
            if len(line) == MAX_DOCUMENT_BYTES and not line.endswith(b"\n"):
                while (rest := lines.readline(MAX_DOCUMENT_BYTES)) and not rest.endswith(b"\n"):
                    pass
                reason = f"longer than {MAX_DOCUMENT_BYTES:,} bytes; the raw file has all of it"
                rejects.add(number, [{"reason": reason}], line[:MAX_ROW_BYTES].decode("utf-8", "replace"))
                continue
            line = line.strip()
            if not line:
                continue
            problem = _json_problem(line)
            if problem:
                rejects.add(number, [{"reason": problem}], line.decode("utf-8", "backslashreplace"))
                continue
            body = b"}" if line == b"null" else line[1:].lstrip()
            comma = b"" if body == b"}" else b","
            marked.write(b'{"%s":%d%s%s\n' % (_LINE_KEY.encode(), number, comma, body))


def _json_problem(line: bytes) -> str | None:
    try:
        row = json.loads(line.decode(), object_pairs_hook=_unique)
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return "not UTF-8"
    except UnicodeEncodeError:
        return "not JSON: half of a surrogate pair"
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return None if row is None or isinstance(row, dict) else "not a JSON object"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        message = "the same key twice in one object"
        raise ValueError(message)
    return row
