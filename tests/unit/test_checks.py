"""Checks of a data set's rows, as one statement that DuckDB runs here as Athena does on AWS."""

from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components import ColumnCheck, QualityStage, RowCount
from components.orchestration.checks import Bound, literal, query
from tests.unit.pipelines import TOTALS

rows = st.lists(st.tuples(st.none() | st.sampled_from(["AA", "B'B", "UA"]), st.none() | st.integers(-3, 5)), max_size=8)


def problems(data: list[tuple[Any, Any]], count: RowCount, *checks: ColumnCheck) -> list[str]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE totals (carrier VARCHAR, flights BIGINT, day DATE)")
    for carrier, flights in data:
        connection.execute("INSERT INTO totals VALUES (?, ?, DATE '2013-01-01')", [carrier, flights])
    statement = sqlglot.transpile(query(TOTALS, ["day"], count, checks), read="athena", write="duckdb")[0]
    return [problem for (problem,) in connection.execute(statement, ["2013-01-01"]).fetchall()]


def test_rows_that_hold_to_all_checks_are_told_of_in_no_word() -> None:
    checks = (ColumnCheck(column="carrier", not_null=True, unique=True), ColumnCheck(column="flights", min=0, max=9))
    assert problems([("AA", 1), ("UA", 9)], RowCount(min=2, max=2), *checks) == []


def test_each_check_that_fails_is_told_with_how_many_rows() -> None:
    found = problems(
        [("AA", -1), ("AA", 12), (None, 3)],
        RowCount(min=4),
        ColumnCheck(column="carrier", not_null=True, unique=True, values=("UA", "B'B")),
        ColumnCheck(column="flights", min=0, max=9),
    )
    assert found == [
        "carrier: 1 of 3 rows repeat a value",
        "carrier: 1 of 3 rows without a value",
        "carrier: 2 of 3 rows with other values than expected",
        "flights: 1 of 3 rows above 9",
        "flights: 1 of 3 rows below 0",
        "rows: 3, expected at least 4",
    ]


@given(rows, st.integers(-3, 5), st.integers(-3, 5), st.integers(0, 5))
def test_the_counts_are_those_of_the_rows(data: list[tuple[Any, Any]], low: int, high: int, least: int) -> None:
    found = set(
        problems(
            data,
            RowCount(min=least),
            ColumnCheck(column="flights", min=low, max=high),
            ColumnCheck(column="carrier", not_null=True, unique=True, values=("AA", "B'B")),
        )
    )
    carriers = [carrier for carrier, _ in data if carrier is not None]
    numbers = [number for _, number in data if number is not None]
    of = f"of {len(data)} rows"
    counted = {
        f"flights: {{}} {of} below {low}": sum(number < low for number in numbers),
        f"flights: {{}} {of} above {high}": sum(number > high for number in numbers),
        f"carrier: {{}} {of} without a value": len(data) - len(carriers),
        f"carrier: {{}} {of} with other values than expected": sum(each not in ("AA", "B'B") for each in carriers),
        f"carrier: {{}} {of} repeat a value": len(carriers) - len(set(carriers)),
    }
    expected = {said.format(count) for said, count in counted.items() if count}
    if len(data) < least:
        expected.add(f"rows: {len(data)}, expected at least {least}")
    assert found == expected


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1, "bigint", "1"),
        (0.5, "double", "0.5"),
        ("it's", "string", "'it''s'"),
        ("2013-01-01", "date", "DATE '2013-01-01'"),
        (2, "decimal(5,2)", "2"),
    ],
)
def test_a_bound_is_written_as_its_columns_type(value: Bound, kind: str, written: str) -> None:
    assert literal(value, kind) == written


@pytest.mark.parametrize(("value", "kind"), [("1", "int"), (1, "boolean"), ("a", "binary")])
def test_a_bound_that_a_type_cannot_have_is_refused(value: Bound, kind: str) -> None:
    with pytest.raises(ValueError, match=r"column"):
        literal(value, kind)


def test_a_check_of_nothing_and_limits_that_no_rows_meet_are_refused() -> None:
    with pytest.raises(ValidationError, match="say what must hold"):
        ColumnCheck(column="carrier")
    with pytest.raises(ValidationError, match=r"min \(3\) is more than max \(2\)"):
        RowCount(min=3, max=2)
    with pytest.raises(ValueError, match="has no column 'carier'; it has carrier, flights, day"):
        query(TOTALS, [], RowCount(), [ColumnCheck(column="carier", not_null=True)])


def test_a_stage_checks_that_there_are_rows_unless_it_says_otherwise() -> None:
    assert QualityStage(name="quality", dataset="totals", timeout=60).rows.min == 1
