"""Files and rows that cannot be ingested: kept whole with the reason, never lost, never tried for ever."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import duckdb
import pytest
from backports import zstd

from handlers.common.settings import Projection, Source
from handlers.ingest import raw
from handlers.ingest.problems import Unreadable
from handlers.ingest.quarantine import replay
from tests.handlers.lake import Lake, columns, dataset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = b"id,name,amount\n1,Ada,1.5\n2,Grace,2\n3,Joan,3\n"


@pytest.mark.parametrize(
    ("name", "body", "code", "said"),
    [
        ("a.csv", b"", "empty", "needs its header"),
        ("a.csv", b"\n\n", "empty", "needs its header"),
        ("a.csv", b"id,name\n1,Ada\n", "wrong-columns", "Missing columns: amount"),
        ("a.csv", b"id,name,amount,name\n1,Ada,1,x\n", "wrong-columns", "twice in the file"),
        ("a.csv", b"Id,ID,name,amount\n1,1,Ada,1\n", "wrong-columns", "Missing columns: id"),
        ("a.csv", b"\xff\xfei\x00d\x00\n\x00", "encoding", "UTF-16"),
        ("a.csv", b"PAR1 not really", "unsupported-format", "is Parquet"),
        ("a.csv", b"id,name,amount\n1,\"Ada,1\n2,Grace,2\n3,Joan,3\n", "too-many-bad-rows", "not CSV"),
        ("a.csv", b"id,name,amount\nx,Ada,1\ny,Grace,2\n3,Joan,3\n", "too-many-bad-rows", "line 2: `id` is not a int"),
        ("a.csv", "id,name,amount\n1,Zürich,1\n".encode("latin-1"), "too-many-bad-rows", "not UTF-8"),
        ("a.csv.gz", gzip.compress(GOOD, mtime=0)[:-9], "compression", "too early"),
        ("a.csv.gz", gzip.compress(GOOD, mtime=0)[:20] + b"xxxxxxxxxxxx", "compression", "broken"),
        ("a.csv.zst", zstd.compress(GOOD)[:-5], "compression", "too early"),
        ("a.jsonl", b"[1]\n", "too-many-bad-rows", "not a JSON object"),
        ("a.jsonl", b'{"other":1}\n', "wrong-columns", "None of the data set's columns"),
        ("a.parquet", b"PAR1 broken", "unreadable", "not readable as parquet"),
        ("a.parquet", GOOD, "unsupported-format", "not Parquet"),
        ("a.xlsx", b"PK", "unsupported-format", "Known extensions: csv"),
        ("noextension", GOOD, "unsupported-format", "source.format"),
    ],
)  # fmt: skip
def test_a_wrong_file_goes_to_quarantine_whole_and_with_the_reason(
    lake: Lake, name: str, body: bytes, code: str, said: str
) -> None:
    key = f"in/orders/{name}"
    result = lake.load(key, body)
    assert result.status == "quarantined"
    reason = lake.reason()
    assert reason["reason"]["code"] == code
    assert said in reason["reason"]["message"]
    state = lake.state(key)
    assert state
    assert (state["status"], state["reason"]["code"], state["files"]) == ("quarantined", code, [])
    assert lake.kept()[state["quarantined_to"]] == body
    assert state["quarantined_to"] == f"kept/orders/{key}/{state['version_id']}/object"
    assert lake.item()["quarantined"] == 1
    assert lake.files() == {}


def test_bad_rows_below_the_share_are_written_aside_with_line_and_reason(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(max_error_share=0.6))
    body = (
        b'id,name,amount\n1,"two\nlines",1\n2.5,Grace,2\n3,Joan\n4,Mary,4\n\n'
        b"5,\xff,5\n6,Ruth,6,x\n7,Eva,none\n8,Ida,8\n9,Ann,\n"
    )
    result = lake.load("in/orders/a.csv", body)
    assert (result.status, result.rows, result.rejected_rows) == ("committed", 4, 5)
    assert [row["id"] for row in lake.rows()] == [1, 4, 8, 9]
    found = {row["line"]: row for row in lake.rejected()}
    assert {line: row["reasons"][0]["reason"] for line, row in found.items()} == {
        4: "`id` is not a int",
        5: "2 fields instead of 3",
        8: "not UTF-8",
        9: "4 fields instead of 3",
        10: "`amount` is not a double",
    }
    assert found[4]["row"] == {"id": "2.5", "name": "Grace", "amount": "2"}
    assert found[5]["row"] == "3,Joan\n"
    state = lake.state("in/orders/a.csv")
    assert state
    assert (state["rejected_rows"], list(lake.kept())) == (5, [state["rejects"]])
    assert state["rejects"] == f"kept/orders/rows/in/orders/a.csv/{state['version_id']}.jsonl"


def test_bad_rows_of_json_lines_have_line_and_reason_too(lake: Lake) -> None:
    body = (
        b'{"id":1,"name":"Ada"}\n\n{"id":1.5,"name":"x"}\n{broken\n{"id":2,"name":"\\ud800"}\n{"id":3,"id":4}\n'
        b'"text"\n{"id":5,"name":"\xff"}\n{"id":6,"amount":6,}\n{"id":7}\n{"id":8}\n{"id":9}\n{"id":"10"}\n{"id":11}\nnull\n'
    )
    result = lake.load("in/orders/a.jsonl", body)
    assert (result.rows, result.rejected_rows) == (7, 7)
    assert [row["id"] for row in lake.rows()] == [1, 10, 11, 7, 8, 9, None]
    assert sorted(row["line"] for row in lake.rejected()) == [3, 4, 5, 6, 7, 8, 9]


def test_bad_rows_of_parquet_have_their_row_number(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    duckdb.execute(f"COPY (SELECT x AS id, x AS name, x AS amount FROM (VALUES ('1'), ('a'), ('3')) t(x)) TO '{path}'")
    assert lake.load("in/orders/a.parquet", path.read_bytes()).rejected_rows == 1
    assert [(row["line"], len(row["reasons"])) for row in lake.rejected()] == [(2, 2)]


def test_a_number_that_does_not_fit_is_a_bad_row_and_never_rounded(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(columns=columns(id="int", big="bigint", small="tinyint"), max_error_share=0.9))
    body = "id,big,small\n1,2,3\n1.5,2,3\n1,9007199254740993.5,3\n1,2,128\n1e3,2e1,3.0\n15e-1,2,3\n99999999999,2,3\n"
    result = lake.load("in/orders/a.csv", body.encode())
    assert (result.rows, result.rejected_rows) == (2, 5)
    assert lake.rows() == [{"id": 1, "big": 2, "small": 3}, {"id": 1000, "big": 20, "small": 3}]


def test_no_bad_row_is_allowed_where_the_share_is_zero(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(max_error_share=0.0))
    body = GOOD + b"x,Eva,4\n"
    assert lake.load("in/orders/a.csv", body).status == "quarantined"
    assert lake.reason()["reason"]["bad_rows"] == 1


def test_a_row_longer_than_the_reader_takes_is_a_bad_row(lake: Lake) -> None:
    body = GOOD + b"4," + b"x" * 3_000_000 + b",4\n5,Eva,5\n"
    result = lake.load("in/orders/a.csv", body)
    assert (result.rows, result.rejected_rows) == (4, 1)
    ((row,)) = lake.rejected()
    assert row["line"] == 5


def test_a_file_larger_than_the_disk_is_kept_and_not_tried_for_ever(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "_DISK_SHARE", 0)
    lake.load("in/orders/a.csv", GOOD)
    assert lake.reason()["reason"]["code"] == "too-large"
    assert "ephemeral storage" in lake.reason()["reason"]["message"]


def test_a_small_file_that_unpacks_to_more_than_the_disk_is_stopped_while_unpacking(tmp_path: Path) -> None:
    for bomb in (gzip.compress(b"0" * 50_000_000, mtime=0), zstd.compress(b"0" * 50_000_000)):
        with pytest.raises(Unreadable, match="temporary disk"):
            raw.store(iter([bomb]), tmp_path / "raw", 2_000_000)
        assert (tmp_path / "raw").stat().st_size <= 2_000_000


def test_more_partitions_than_files_make_sense_are_refused(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(partitioned_by=("id",)))
    body = "id,name,amount\n" + "".join(f"{n},x,1\n" for n in range(1_100))
    lake.load("in/orders/a.csv", body.encode())
    assert lake.reason()["reason"]["code"] == "too-many-partitions"
    assert lake.files() == {}


def test_a_bad_version_leaves_the_last_good_one_in_use(lake: Lake) -> None:
    lake.load("in/orders/a.csv", GOOD)
    before = lake.files()
    lake.load("in/orders/a.csv", b"")
    assert lake.files() == before
    state, item = lake.state("in/orders/a.csv"), lake.item()
    assert state
    assert (state["status"], state["rows"]) == ("quarantined", 3)
    assert state["served_version"] != state["version_id"]
    assert (item["rows"], item["objects"], item["quarantined"]) == (3, 1, 1)
    lake.load("in/orders/a.csv", GOOD)
    assert lake.item()["quarantined"] == 0


def test_a_quarantined_file_is_replayed_once_its_data_set_is_right(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(dataset(columns=columns(id="int", other="string")))
    lake.load("in/orders/a b.csv", GOOD)
    (key,) = [key for key in lake.kept() if key.endswith("reason.json")]
    lake.use(dataset())
    raw_key = replay(lake.s3, lake.quarantine, key)
    head = lake.s3.head_object(Bucket=lake.raw, Key=raw_key)
    lake.ingest(lake.message(raw_key, head["ContentLength"], head["ETag"], head["VersionId"]))
    assert len(lake.rows()) == 3
    assert lake.item()["quarantined"] == 0


def test_keys_as_long_as_s3_allows_find_a_place_in_quarantine(lake: Lake) -> None:
    bad, good = (f"in/orders/{sign * 505}.csv" for sign in ("é", "ü"))
    assert len(bad.encode()) == 1024
    assert lake.load(bad, b"").status == "quarantined"
    assert lake.reason()["key"] == bad
    assert lake.load(good, GOOD).status == "committed"
    assert lake.load(f"{'é' * 510}.csv", GOOD).status == "unassigned"


def test_in_a_bucket_without_versions_the_quarantined_content_is_that_of_the_event(
    make_lake: Callable[..., Lake],
) -> None:
    lake = make_lake(dataset(source=Source("raw", "in/orders/", format="parquet")), versioned=False)
    message = lake.put("in/orders/a", b"old and wrong")
    assert lake.ingest(message).status == "quarantined"
    (content,) = [content for key, content in lake.kept().items() if key.endswith("/object")]
    assert content == b"old and wrong"


def test_a_tagged_file_is_quarantined_without_its_tags(lake: Lake) -> None:
    """Copying them takes s3:GetObjectTagging and s3:PutObjectTagging, which the function has not been granted."""
    message = lake.put("in/orders/a.csv", b"")
    lake.s3.put_object_tagging(
        Bucket=lake.raw, Key="in/orders/a.csv", Tagging={"TagSet": [{"Key": "from", "Value": "shop"}]}
    )
    assert lake.ingest(message).status == "quarantined"
    (key,) = [key for key in lake.kept() if key.endswith("/object")]
    assert lake.s3.get_object_tagging(Bucket=lake.quarantine, Key=key)["TagSet"] == []


MONTHS = {"month": Projection("integer", 1, 12)}


@pytest.mark.parametrize("kind", ["int", "string"])
def test_a_row_in_a_partition_that_athena_does_not_look_for_is_a_bad_row(
    make_lake: Callable[..., Lake], kind: str
) -> None:
    """It would be in the lake and in no answer."""
    sales = dataset(columns=columns(id="int", month=kind), partitioned_by=("month",), projections=MONTHS)
    lake = make_lake(sales)
    result = lake.load("in/orders/a.csv", b"id,month\n1,1\n2,12\n3,13\n4,\n5,3\n6,4\n")
    assert (result.status, result.rows, result.rejected_rows) == ("committed", 4, 2)
    assert [row["reasons"] for row in lake.rejected()] == [
        [{"column": "month", "value": "13", "reason": "`month` is none of the partitions 1 to 12"}],
        [{"column": "month", "value": "", "reason": "`month` is none of the partitions 1 to 12"}],
    ]


@pytest.mark.parametrize(
    ("kind", "projection", "good", "bad"),
    [
        ("string", Projection("integer", 1, 12), "7", "07"),
        ("string", Projection("enum", values=("rome", "oslo")), "oslo", "Oslo"),
        ("date", Projection("date", "2024-01-01", "2024-12-31"), "2024-06-01", "2025-01-01"),
        ("string", Projection("date", "2024-01-01", "NOW"), "2099-01-01", "2023-12-31"),
        ("bigint", Projection("integer", -5, -1), "-5", "0"),
    ],
)
def test_only_values_of_a_projection_are_let_in(
    make_lake: Callable[..., Lake], kind: str, projection: Projection, good: str, bad: str
) -> None:
    parted = dataset(columns=columns(id="int", p=kind), partitioned_by=("p",), projections={"p": projection})
    result = make_lake(parted).load("in/orders/a.csv", f"id,p\n1,{good}\n2,{bad}\n".encode())
    assert (result.rows, result.rejected_rows) == (1, 1)


def test_a_file_whose_partitions_athena_finds_is_read_in_one_pass(
    make_lake: Callable[..., Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.ingest.convert._carefully", None)
    sales = dataset(columns=columns(id="int", month="int"), partitioned_by=("month",), projections=MONTHS)
    assert make_lake(sales).load("in/orders/a.csv", b"id,month\n1,1\n2,12\n").rows == 2
