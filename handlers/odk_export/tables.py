"""A form's submissions as tables: groups become columns of their row, repeats become tables of their own.

Columns are named by their path, with underscores: `house_roof`, `__system_submissionDate`. A child row has, as in
Central's own tables, its `__id` and that of the row it belongs to: `__Submissions_id`, or
`__Submissions_members_id` in a repeat within the repeat `members`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .problems import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .central import Field, Row

ROOT = "Submissions"
_SYSTEM = "/__system"
_STRUCTURE, _REPEAT = "structure", "repeat"


class SchemaChangedError(Exception):
    """A row has a group or repeat that the fields do not know: the form was published anew in the meantime."""


@dataclass(frozen=True)
class Shape:
    """What a form's fields say of its tables."""

    types: Mapping[str, str]

    @property
    def tables(self) -> list[str]:
        """The tables' names: `Submissions`, and `Submissions.<path>` of each repeat."""
        return [ROOT, *(_table(path) for path, kind in self.types.items() if kind == _REPEAT)]

    @property
    def described(self) -> list[str]:
        """The fields as the state remembers them."""
        return sorted(f"{path} {kind}" for path, kind in self.types.items())

    def rows(self, submission: Row) -> Iterator[tuple[str, Row]]:
        """Yield the rows of a submission (its repeats expanded), each with its table."""
        yield from self._rows(ROOT, "", submission, {})

    def _rows(self, table: str, path: str, values: Mapping[str, Any], more: Row) -> Iterator[tuple[str, Row]]:
        row: Row = {}
        repeats: list[tuple[str, list[Row]]] = []
        self._flatten(path, values, "", row, repeats)
        yield table, {**row, **more}
        for below, items in repeats:
            parent = {f"__{table.replace('.', '_')}_id": values["__id"]}
            for item in items:
                yield from self._rows(_table(below), below, item, parent)

    def _flatten(
        self, path: str, values: Mapping[str, Any], before: str, row: Row, repeats: list[tuple[str, list[Row]]]
    ) -> None:
        for name, value in values.items():
            if "@odata." in name:
                continue
            below = f"{path}/{name}"
            kind = _STRUCTURE if below == _SYSTEM else self.types.get(below, "")
            if kind == _STRUCTURE:
                self._flatten(below, value or {}, f"{before}{name}_", row, repeats)
            elif kind == _REPEAT:
                repeats.append((below, value or []))
            elif not kind and isinstance(value, dict | list):
                raise SchemaChangedError(below)
            else:
                row[f"{before}{name}"] = value


def shape_of(form: str, fields: Iterable[Field]) -> Shape:
    """Return the shape of a form.

    Raises:
        UnsupportedError: two of its fields would be one column; case does not tell columns apart in Athena.

    """
    shape = Shape({field.path: field.type for field in fields})
    columns: dict[tuple[str, str], str] = {}
    for path, kind in shape.types.items():
        if kind in (_STRUCTURE, _REPEAT):
            continue
        holder = _holder(path, shape.types)
        column = (holder, path.removeprefix(holder)[1:].replace("/", "_").lower())
        other = columns.setdefault(column, path)
        if other != path:
            message = (
                f"Form {form!r}: the fields {other} and {path} would both be the column {column[1]!r} of "
                f"{_table(holder)}. Rename one of them in the form."
            )
            raise UnsupportedError(message)
    return shape


def line(row: Row) -> bytes:
    """Return a row as a line of JSON: the same bytes for the same row."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _table(path: str) -> str:
    return ROOT + path.replace("/", ".")


def _holder(path: str, types: Mapping[str, str]) -> str:
    """Return the path of the repeat that a field belongs to; empty for the root."""
    while path:
        path = path.rpartition("/")[0]
        if types.get(path) == _REPEAT:
            return path
    return ""
