"""One raw object after the other: what becomes rows, and what the metadata says of it."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import duckdb
import pytest
from backports import zstd

from handlers.common.settings import Source
from tests.handlers.lake import Lake, columns, dataset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CSV = b"id,name,amount\n1,Ada,1.5\n2,Grace,\n"
ROWS = [{"id": 1, "name": "Ada", "amount": 1.5}, {"id": 2, "name": "Grace", "amount": None}]


def test_a_csv_file_becomes_typed_rows(lake: Lake) -> None:
    result = lake.load("in/orders/a.csv", CSV)
    assert (result.status, result.rows, result.files) == ("committed", 2, 1)
    assert lake.rows() == ROWS


def test_the_metadata_says_what_was_made_of_what(lake: Lake) -> None:
    lake.load("in/orders/a.csv", CSV)
    state = lake.state("in/orders/a.csv")
    assert state
    assert state["status"] == "committed"
    assert state["checksum"] == "sha256:" + hashlib.sha256(CSV).hexdigest()
    assert (state["rows"], state["raw_bytes"], state["files"]) == (2, len(CSV), list(lake.files()))
    assert state["bytes"] == sum(map(len, lake.files().values()))
    assert state["served_version"] == state["version_id"]
    amount = state["statistics"][2]
    assert (amount["name"], amount["nulls"], amount["min"], amount["max"]) == ("amount", 1, "1.5", "1.5")
    assert amount["distinct"] == 1
    assert amount["quantiles"] == dict.fromkeys(("p05", "p25", "p50", "p75", "p95"), "1.5")
    item = lake.item()
    assert (item["rows"], item["files"], item["objects"], item["gsi1pk"]) == (2, 1, 1, "OWNER#shop")
    (version,) = lake.table.query("DATASET#orders", "VERSION#")
    assert (version["version_id"], version["files"]) == (state["version_id"], state["files"])


def test_the_parquet_is_zstd(lake: Lake, tmp_path: Path) -> None:
    lake.load("in/orders/a.csv", CSV)
    (content,) = lake.files().values()
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    found = duckdb.execute(f"SELECT DISTINCT compression FROM parquet_metadata('{path}')").fetchall()
    assert found == [("ZSTD",)]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", CSV),
        ("a.csv.gz", gzip.compress(CSV, mtime=0)),
        ("a.csv.gz", gzip.compress(CSV[:20], mtime=0) + gzip.compress(CSV[20:], mtime=0)),
        ("a.csv.zst", zstd.compress(CSV)),
        ("a.csv", gzip.compress(CSV, mtime=0)),
        ("a.csv", b"\xef\xbb\xbf" + CSV),
        ("a.csv", CSV.replace(b"\n", b"\r\n")),
        ("a.csv", CSV + b"\n\n"),
        ("a.csv", b"\n" + CSV),
        ("a.csv", CSV.rstrip()),
        ("a.csv", b"AMOUNT, Name ,id\n1.5,Ada,1\n,Grace,2\n"),
        ("a.CSV", b"id,extra,name,amount\n1,x,Ada,1.5\n2,,Grace,\n"),
        ("a.jsonl", b'{"id":1,"name":"Ada","amount":1.5}\n\n{"id":2,"name":"Grace","amount":null}\n'),
        ("a.jsonl", b'\xef\xbb\xbf{"ID":1,"name":"Ada","amount":"1.5"}\r\n{"ID":2,"name":"Grace"}\r\n'),
        ("a.ndjson.gz", gzip.compress(b'{"id":1,"name":"Ada","amount":1.5}\n{"id":2,"name":"Grace"}', mtime=0)),
        ("a.json.zst", zstd.compress(b'{"x":{},"id":1,"name":"Ada","amount":1.5}\n{"id":2,"name":"Grace"}')),
        ("with space/é+日本/a b+c%20d.csv", CSV),
        ('quote\'d "key" [1]*.csv', CSV),
    ],
)
def test_the_same_rows_come_of_every_spelling_of_a_file(lake: Lake, name: str, body: bytes) -> None:
    result = lake.load(f"in/orders/{name}", body)
    assert (result.status, result.reason, result.rejected_rows) == ("committed", None, 0)
    assert lake.rows() == ROWS
    state = lake.state(f"in/orders/{name}")
    assert state
    assert state["checksum"] == "sha256:" + hashlib.sha256(body).hexdigest()


def test_parquet_is_read_by_name_and_type(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    duckdb.execute(
        "COPY (SELECT 1.5::DECIMAL(9,2) AS amount, [1, 2] AS extra, 1::UBIGINT AS ID, 'Ada' AS name "
        f"UNION ALL SELECT NULL, NULL, 2, 'Grace') TO '{path}'"
    )
    assert lake.load("in/orders/a.parquet", path.read_bytes()).reason is None
    assert lake.rows() == ROWS


def test_partitions_are_laid_out_as_hive_does(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(partitioned_by=("name",)))
    body = "id,name,amount\n1,New York,1\n2,a/b=c:d%,2\n3,Zürich,3\n4,,4\n5,New York,5\n"
    assert lake.load("in/orders/a.csv", body.encode()).files == 4
    folders = sorted(key.split("/")[1] for key in lake.files())
    assert folders == [
        "name=New York", "name=Zürich", "name=__HIVE_DEFAULT_PARTITION__", "name=a%2Fb%3Dc%3Ad%25",
    ]  # fmt: skip
    assert sorted(row["id"] for row in lake.rows()) == [1, 2, 3, 4, 5]
    assert "name" not in lake.rows()[0], "the partition's column is in the path, as the catalog has it"


def test_null_and_empty_text_share_a_partition_without_losing_a_row(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(partitioned_by=("name",), source=Source("raw", "in/orders/", null_values=("NA",))))
    assert lake.load("in/orders/a.csv", b'id,name,amount\n1,NA,1\n2,"",2\n').status == "committed"
    assert sorted(row["id"] for row in lake.rows()) == [1, 2]
    assert {key.split("/")[1] for key in lake.files()} == {"name=__HIVE_DEFAULT_PARTITION__"}


def test_every_type_arrives_as_itself(make_lake: Callable[..., Lake]) -> None:
    types = columns(
        a="tinyint", b="smallint", c="int", d="bigint", e="float", f="double", g="boolean", h="date", i="timestamp",
        j="decimal(10,2)", k="binary", l="string",
    )  # fmt: skip
    lake = make_lake(dataset(columns=types))
    header = ",".join(column.name for column in types)
    row = "-128,32767,-2147483648,9223372036854775807,0.5,1e-3,true,2024-02-29,2024-02-29T10:00:00+02:00,12.30,aGk=,é"
    assert lake.load("in/orders/a.csv", f"{header}\n{row}\n".encode()).reason is None
    (found,) = lake.rows()
    assert [str(value) for value in found.values()] == [
        "-128", "32767", "-2147483648", "9223372036854775807", "0.5", "0.001", "True", "2024-02-29",
        "2024-02-29 08:00:00", "12.30", "b'hi'", "é",
    ]  # fmt: skip


def test_nested_json_in_a_text_column_stays_json(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(columns=columns(id="int", name="string")))
    lake.load(
        "in/orders/a.jsonl", b'{"id":1,"name":{"b":[1,"x",null]}}\n{"id":2,"name":[{"id":3}]}\n{"id":3,"name":true}\n'
    )
    assert [row["name"] for row in lake.rows()] == ['{"b":[1,"x",null]}', '[{"id":3}]', "true"]


def test_one_column_and_its_empty_values(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(columns=columns(name="string")))
    lake.load("in/orders/a.csv", b'name\nx\n\n"y\nz"\n')
    assert [row["name"] for row in lake.rows()] == ["x", "y\nz", None]


def test_quotes_with_newlines_delimiters_and_quotes(lake: Lake) -> None:
    lake.load("in/orders/a.csv", b'id,name,amount\n1,"a\r\n""b"",\nc",2\n')
    assert lake.rows() == [{"id": 1, "name": 'a\r\n"b",\nc', "amount": 2.0}]


def test_a_delimiter_null_values_and_no_header(make_lake: Callable[..., Lake]) -> None:
    source = Source("raw", "in/orders/", delimiter="|", header=False, null_values=("NA", "-"))
    lake = make_lake(dataset(source=source))
    lake.load("in/orders/a.csv", b'1|x,"y"|NA\n2|NA|3\n-|"-"|4\n')
    assert [tuple(row.values()) for row in lake.rows()] == [(1, 'x,"y"', None), (2, None, 3.0), (None, None, 4.0)]


def test_the_format_of_the_data_set_goes_before_the_extension(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(source=Source("raw", "in/orders/", format="csv")))
    assert lake.load("in/orders/a.txt", CSV).status == "committed"
    assert lake.rows() == ROWS


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_file_without_rows_is_committed_with_none(lake: Lake, name: str) -> None:
    result = lake.load(f"in/orders/{name}", b"id,name,amount\n" if name == "a.csv" else b"")
    assert (result.status, result.rows, result.files) == ("committed", 0, 0)
    assert lake.files() == {}
    assert (lake.item()["objects"], lake.item()["rows"]) == (1, 0)


def test_the_longest_prefix_decides_the_data_set(make_lake: Callable[..., Lake]) -> None:
    special = dataset(id="special", prefix="special/", source=Source("raw", "in/orders/special/"))
    lake = make_lake(dataset(), special)
    assert lake.load("in/orders/special/a.csv", CSV).dataset == "special"
    assert lake.load("in/orders/specia/a.csv", CSV).dataset == "orders"


def test_an_object_of_no_data_set_is_recorded_and_left_alone(lake: Lake) -> None:
    assert lake.load("elsewhere/a.csv", CSV).status == "unassigned"
    (item,) = lake.table.query("UNASSIGNED", "OBJECT#")
    assert (item["key"], lake.files(), lake.kept()) == ("elsewhere/a.csv", {}, {})


def test_a_folder_made_in_the_console_is_no_file(lake: Lake) -> None:
    assert lake.load("in/orders/2024/", b"").status == "folder"


def test_a_new_version_replaces_its_own_files_only(lake: Lake) -> None:
    lake.load("in/orders/a.csv", CSV)
    lake.load("in/orders/b.csv", b"id,name,amount\n9,Other,9\n")
    lake.load("in/orders/a.csv", b"id,name,amount\n3,New,3\n")
    assert sorted(row["id"] for row in lake.rows()) == [3, 9]
    item = lake.item()
    assert (item["rows"], item["files"], item["objects"]) == (2, 2, 2)
    assert len(lake.table.query("DATASET#orders", "VERSION#")) == 3


def test_a_bucket_without_versions_works_too(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(versioned=False)
    first = lake.put("in/orders/a.csv", CSV)
    second = lake.put("in/orders/a.csv", b"id,name,amount\n3,New,3\n")
    assert lake.ingest(first).status == "gone", "the content the first event speaks of is overwritten"
    assert lake.ingest(second).status == "committed"
    assert [row["id"] for row in lake.rows()] == [3]


def test_tags_are_items_of_their_own_and_follow_the_settings(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(tags={"domain": "sales", "tier": "1"}))
    lake.load("in/orders/a.csv", CSV)
    lake.use(dataset(tags={"domain": "finance", "tier": "1"}))
    lake.load("in/orders/b.csv", CSV)
    tags = lake.table.query("DATASET#orders", "TAG#")
    assert [tag["gsi1pk"] for tag in tags] == ["TAG#domain=finance", "TAG#tier=1"]


def test_a_table_of_a_thousand_columns_fits_the_metadata(make_lake: Callable[..., Lake]) -> None:
    wide = columns(**{f"a_rather_long_name_of_column_number_{n}": "string" for n in range(2_000)})
    lake = make_lake(dataset(columns=wide, description="wide"))
    body = ",".join(c.name for c in wide) + "\n" + ",".join("x" * 40 for _ in wide) + "\n"
    assert lake.load("in/orders/a.csv", body.encode()).status == "committed"
    state = lake.state("in/orders/a.csv")
    assert state
    assert (state["rows"], state["left_out"]) == (1, "quantiles, min, max")
    assert len(json.dumps(lake.item())) < 400_000


def test_columns_of_the_file_that_the_data_set_lacks_are_left_out_and_named(lake: Lake) -> None:
    lake.load("in/orders/a.csv", b"id,name,amount,new one\n1,Ada,1.5,x\n")
    state = lake.state("in/orders/a.csv")
    assert state
    assert state["columns_left_out"] == ["new one"]
