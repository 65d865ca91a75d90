"""What must hold of a data set's rows, and the one SQL statement that finds what does not."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from ..catalog import Dataset
from ..core.model import Matching, Model

_NUMBERS = ("int", "bigint", "smallint", "tinyint", "double", "float")
Bound = int | float | str


class RowCount(Model):
    """How many rows there must be."""

    min: Annotated[int, Field(ge=0)] = 1
    max: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise ValueError(f"min ({self.min}) is more than max ({self.max})")
        return self


class ColumnCheck(Model):
    """What must hold of a column: in each row, or of all of them together."""

    column: Annotated[str, Matching(r"[a-z_][a-z0-9_]*", "a column's name")]
    not_null: bool = False
    unique: bool = False
    """No two rows have the same value; nulls are no values."""
    min: Bound | None = None
    """A number; for dates and timestamps a text, `2013-01-01`."""
    max: Bound | None = None
    values: tuple[Bound, ...] = ()
    """The only values it may have."""

    @model_validator(mode="after")
    def _checks_something(self) -> Self:
        if not (self.not_null or self.unique or self.values) and self.min is None and self.max is None:
            raise ValueError("say what must hold: notNull, unique, min, max or values")
        return self


def query(dataset: Dataset, partition: Sequence[str], rows: RowCount, columns: Sequence[ColumnCheck]) -> str:
    """Return the statement: a row for each check that fails, which says so in words; it reads the rows once.

    `partition`: the partition keys whose values are its parameters. Raises ValueError for a column that the data set
    lacks, and for a bound that its type cannot have.
    """
    types = {column.name: column.type for column in dataset.columns}
    measures = {"rows_found": "count(*)"}
    problems = list(_row_problems(rows))
    for check in columns:
        if check.column not in types:
            raise ValueError(f"data set {dataset.name} has no column {check.column!r}; it has {', '.join(types)}")
        for name, measure, wrong, said in _column_checks(check, types[check.column]):
            measures[name] = measure
            problems.append((wrong, said))
    where = " AND ".join(f'"{name}" = ?' for name in partition)
    measured = ", ".join(f'{measure} AS "{name}"' for name, measure in measures.items())
    found = ",\n  ".join(f"CASE WHEN {wrong} THEN {said} END" for wrong, said in problems)
    # Not a UNION of checks over one WITH: Trino would read the rows for each (trino.io, "SELECT", "WITH clause").
    return (
        f"SELECT problem FROM (\n  SELECT {measured}\n"  # noqa: S608 (names that are checked, literals that are quoted)
        f'  FROM "{dataset.name}"{f" WHERE {where}" if where else ""}\n)\n'
        f"CROSS JOIN UNNEST(ARRAY[\n  {found}\n]) AS problems(problem)\n"
        "WHERE problem IS NOT NULL ORDER BY problem"
    )


def literal(value: Bound, type_: str) -> str:
    """Return a value of a column's type as SQL writes it; raises ValueError for one that is none."""
    if type_ in _NUMBERS or type_.startswith("decimal"):
        if isinstance(value, str):
            raise ValueError(f"{value!r} is no number, and the column is {type_}")
        return repr(value)
    if type_ in ("boolean", "binary"):
        raise ValueError(f"a column of type {type_} has no such check")
    quoted = "'" + str(value).replace("'", "''") + "'"
    return f"{type_.upper()} {quoted}" if type_ in ("date", "timestamp") else quoted


def _row_problems(rows: RowCount) -> Iterator[tuple[str, str]]:
    counted = f"'rows: ' || {_counted('rows_found')} || "
    yield f'"rows_found" < {rows.min}', f"{counted}', expected at least {rows.min}'"
    if rows.max is not None:
        yield f'"rows_found" > {rows.max}', f"{counted}', expected at most {rows.max}'"


def _column_checks(check: ColumnCheck, type_: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the name of a measure, the measure, when it is wrong, and what to say then."""
    column = f'"{check.column}"'

    def rows(name: str, wrong: str, said: str) -> tuple[str, str, str, str]:
        measure = f"{check.column} {name}"
        text = f"'{check.column}: ' || {_counted(measure)} || ' of ' || {_counted('rows_found')} || ' rows {said}'"
        return measure, f"count_if({wrong})", f'"{measure}" > 0', text

    if check.not_null:
        yield rows("nulls", f"{column} IS NULL", "without a value")
    if check.min is not None:
        least = literal(check.min, type_)
        yield rows("below", f"{column} < {least}", f"below {_in_text(check.min)}")
    if check.max is not None:
        most = literal(check.max, type_)
        yield rows("above", f"{column} > {most}", f"above {_in_text(check.max)}")
    if check.values:
        listed = ", ".join(literal(value, type_) for value in check.values)
        yield rows("others", f"{column} NOT IN ({listed})", "with other values than expected")
    if check.unique:
        measure = f"{check.column} repeated"
        text = (
            f"'{check.column}: ' || {_counted(measure)} || ' of ' || {_counted('rows_found')} || ' rows repeat a value'"
        )
        yield measure, f"count({column}) - count(DISTINCT {column})", f'"{measure}" > 0', text


def _counted(measure: str) -> str:
    return f'CAST("{measure}" AS varchar)'


def _in_text(value: Bound) -> str:
    return str(value).replace("'", "''")
