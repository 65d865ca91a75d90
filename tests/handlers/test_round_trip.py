"""Any table of values, written as a file, is read back from the lake's Parquet as it was."""

from __future__ import annotations

import csv
import datetime
import io
import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.common.settings import Dataset, Source
from handlers.ingest import raw
from handlers.ingest.convert import Converted, convert
from tests.handlers.lake import columns, dataset

TYPES = columns(
    text="string", small="tinyint", number="int", big="bigint", real="double", yes="boolean", day="date",
    at="timestamp", money="decimal(12,3)", part="string",
)  # fmt: skip
NULL = "NULL"
# Lone surrogates are no text; what is written as the null value is one.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda text: text != NULL)
AWKWARD_TEXTS = ['"', '""', "\n", "\r\n", "\r", ",", " x ", '","', ' "x"', "'", "\\", "#", "\ufeff", "\x00"]
partitions = st.sampled_from(["a", "b c", "é/=%", "x'y"])
rows = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none() | texts | st.sampled_from(AWKWARD_TEXTS),
            "small": st.none() | st.integers(-128, 127),
            "number": st.none() | st.integers(-(2**31), 2**31 - 1),
            "big": st.none() | st.integers(-(2**63), 2**63 - 1),
            "real": st.none() | st.floats(allow_nan=False),
            "yes": st.none() | st.booleans(),
            "day": st.none() | st.dates(),
            "at": st.none() | st.datetimes().map(lambda at: at.replace(fold=0)),
            "money": st.none() | st.decimals("-999999999.999", "999999999.999", places=3),
            "part": partitions,
        }
    ),
    max_size=6,
)  # fmt: skip


def plain(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def as_csv(table: list[dict[str, Any]], *, crlf: bool) -> bytes:
    text = io.StringIO()
    # Python up to 3.12 quotes a lone carriage return only if the line ending has one.
    writer = csv.writer(text) if crlf else csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow([column.name for column in TYPES])
    names = [column.name for column in TYPES]
    writer.writerows([NULL if row[name] is None else plain(row[name]) for name in names] for row in table)
    return text.getvalue().encode()


def as_json_lines(table: list[dict[str, Any]]) -> bytes:
    lines = [json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False) for row in table]
    return "".join(line + "\n" for line in lines).encode()


def converted(content: bytes, name: str, table: Dataset, folder: Path) -> Converted:
    stored = raw.store(iter([content]), folder / "raw", 10**9)
    return convert(stored, name, table, folder)


def read_back(folder: Path, table: Dataset) -> list[dict[str, Any]]:
    hive = ", ".join(f"'{name}': 'VARCHAR'" for name in table.partitioned_by)
    options = f"hive_partitioning=true, hive_types={{{hive}}}" if hive else "hive_partitioning=false"
    with duckdb.connect() as database:
        found = database.execute(f"FROM read_parquet('{folder}/parquet/**/*.parquet', {options})")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def comparable(table: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((name, repr(value)) for name, value in row.items()) for row in table)


AWKWARD = [{"text": "a\r\n\"b\",'c'", "small": None, "number": 0, "big": 2**63 - 1, "real": 1e-320, "yes": False,
            "day": datetime.date(1, 1, 1), "at": datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
            "money": Decimal("-0.001"), "part": "é/=%"}]  # fmt: skip


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
@pytest.mark.parametrize("carefully", [False, True])
@settings(max_examples=60, deadline=None)
@given(table=rows, crlf=st.booleans())
@example(table=AWKWARD, crlf=False)
@example(table=AWKWARD, crlf=True)
def test_any_table_survives_the_way_through_a_file(
    name: str, table: list[dict[str, Any]], *, crlf: bool, carefully: bool
) -> None:
    """Also when the file's good rows are read in the careful way, because of one bad row among them."""
    source = Source("raw", "in/", null_values=(NULL,))
    described = dataset(columns=TYPES, source=source, partitioned_by=("part",), max_error_share=1.0)
    content = as_csv(table, crlf=crlf) if name == "t.csv" else as_json_lines(table)
    if carefully:
        bad = b",".join([b"x", b"not a number", *[b"NULL"] * 8]) if name == "t.csv" else b'{"text": "x", "small": 1000}'
        content += bad + (b"\r\n" if crlf else b"\n")
    with tempfile.TemporaryDirectory() as folder:
        made = converted(content, name, described, Path(folder))
        found = read_back(Path(folder), described) if made.files else []
    assert (made.rows, made.rejected_rows) == (len(table), int(carefully))
    assert comparable(found) == comparable(table)
    nulls = {column["name"]: column["nulls"] for column in made.statistics}
    assert nulls == {column.name: sum(row[column.name] is None for row in table) for column in TYPES}


@settings(max_examples=150, deadline=None)
@given(
    body=st.lists(
        st.sampled_from([b"1", b"x", b",", b'"', b"\n", b"\r\n", b" ", b"\xff", b"2.5", b"", b"\x00"]), max_size=25
    )
)
def test_no_content_is_lost_or_crashes(body: list[bytes]) -> None:
    """Whatever the bytes: rows in Parquet plus rows written aside are all rows, or the whole file is refused."""
    described = dataset(columns=columns(id="int", name="string"), max_error_share=1.0)
    with tempfile.TemporaryDirectory() as folder:
        made = converted(b"id,name\n" + b"".join(body), "t.csv", described, Path(folder))
        found = read_back(Path(folder), described) if made.files else []
        aside = made.rejects.read_text().splitlines() if made.rejects else []
    assert len(found) == made.rows
    lines = [line for line in b"".join(body).replace(b"\r\n", b"\n").split(b"\n") if line.strip(b"\r")]
    assert bool(lines) <= bool(found or aside)


def test_quoted_newlines_are_read_right_by_parallel_readers(tmp_path: Path) -> None:
    """DuckDB divides a large file among threads; a newline in quotes at a border must not become two rows."""
    described = dataset(columns=columns(id="int", name="string"), max_error_share=0.0)
    lines = (f'{number},"a ""quoted""\n{number},text\nof lines {"x" * (number % 97)}"\n' for number in range(400_000))
    content = b"id,name\n" + "".join(lines).encode()
    made = converted(content, "t.csv", described, tmp_path)
    assert (made.rows, made.rejected_rows) == (400_000, 0)
    with duckdb.connect() as database:
        found = database.execute(
            f"SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE name NOT LIKE 'a \"quoted\"%of lines%') "
            f"FROM '{tmp_path}/parquet/*.parquet'"
        ).fetchone()
    assert found == (400_000, 400_000, 0)
