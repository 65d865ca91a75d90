"""What is in a data set, and what happened to its files."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.handlers.api.stage import ORDERS
from tests.handlers.lake import columns, dataset

if TYPE_CHECKING:
    from pathlib import Path

    from tests.handlers.api.stage import Stage

ORDERS_PATH = "/datasets/orders"
ROWS = b"id,name,amount\n1,ann,1.5\n2,bob,2.5\n"


def read(stage: Stage, part: str, name: str = "orders") -> Any:
    answer = stage.request("reader", "GET", f"/datasets/{name}/{part}")
    assert answer.status == 200, answer.json
    return answer.json


def pages(stage: Stage, part: str, kind: str, limit: int) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        page = read(stage, f"{part}?limit={limit}{cursor}")
        assert len(page[kind]) <= limit
        found += page[kind]
        if page["cursor"] is None:
            return found
        cursor = f"&cursor={page['cursor']}"


def test_the_schema_has_partitions_last_as_queries_give_them(stage: Stage) -> None:
    stage.register(columns=[{"name": "year", "type": "int"}, {"name": "id", "type": "decimal(12, 2)"}])
    schema = read(stage, "schema", "sales")
    assert [(each["name"], each["type"], each["is_partition"]) for each in schema["columns"]] == [
        ("id", "decimal(12,2)", False),
        ("year", "int", True),
    ]
    assert (schema["table"], schema["partitioned_by"]) == ("curated.sales", ["year"])
    assert schema["columns"][1]["projection"]["last"] == 2030


def test_versions_tell_what_became_of_every_file_the_latest_first(stage: Stage) -> None:
    for number in range(4):
        stage.lake.load(f"in/orders/{number}.csv", ROWS)
    stage.lake.load("in/orders/bad.csv", b"x,y\n1,2\n")
    found = pages(stage, "versions", "versions", 2)
    assert [each["key"][10:] for each in found] == ["bad.csv", "3.csv", "2.csv", "1.csv", "0.csv"]
    assert (found[0]["status"], found[0]["reason"]["code"]) == ("quarantined", "wrong-columns")
    assert (found[1]["status"], found[1]["rows"], found[1]["files"]) == ("committed", 2, 1)


def test_lineage_tells_which_files_came_of_which_object(stage: Stage) -> None:
    stage.lake.load("in/orders/a.csv", ROWS)
    stage.lake.load("in/orders/a.csv", ROWS + b"3,eve,1\n")
    stage.lake.load("in/orders/b.csv", ROWS)
    lineage = read(stage, "lineage")
    assert (lineage["source"], lineage["target"]) == (
        {"zone": "raw", "prefix": "in/orders/"},
        {"zone": "curated", "prefix": "orders/"},
    )
    assert {each["key"]: each["rows"] for each in lineage["objects"]} == {"in/orders/a.csv": 3, "in/orders/b.csv": 2}
    files = {key for each in lineage["objects"] for key in each["files"]}
    assert files == {key for key in stage.lake.files() if key.startswith("orders/")}
    assert len(pages(stage, "lineage", "objects", 1)) == 2


def test_a_configured_data_set_has_no_changes_here(stage: Stage) -> None:
    assert read(stage, "changes") == {"changes": [], "cursor": None}


def test_the_preview_has_rows_of_the_columns_types(stage: Stage) -> None:
    assert read(stage, "preview") == {
        "columns": [{"name": column.name, "type": column.type} for column in ORDERS.columns],
        "rows": [],
        "file": None,
    }
    stage.lake.load("in/orders/a.csv", ROWS + b"3,,\n")
    preview = read(stage, "preview?limit=3")
    assert preview["rows"] == [[1, "ann", 1.5], [2, "bob", 2.5], [3, None, None]]
    assert preview["file"] in stage.lake.files()
    assert len(read(stage, "preview?limit=1")["rows"]) == 1


def test_values_that_json_has_not_are_texts(stage: Stage) -> None:
    kinds = columns(a="bigint", b="decimal(20,3)", c="double", d="timestamp", e="date", f="boolean", g="string")
    wide = dataset(columns=kinds)
    stage.use(datasets=(wide,))
    stage.lake.use(wide)
    row = b"9007199254740993,0.125,NaN,2024-02-29 12:00:00,2024-02-29,true,<script>\n"
    stage.lake.load("in/orders/a.csv", b"a,b,c,d,e,f,g\n" + row)
    (values,) = read(stage, "preview")["rows"]
    assert values == ["9007199254740993", "0.125", "nan", "2024-02-29T12:00:00", "2024-02-29", True, "<script>"]


def test_the_preview_works_where_a_run_that_was_killed_left_its_files(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stage.lake.load("in/orders/a.csv", ROWS)
    left = tmp_path / "watershed-work-left"
    left.mkdir()
    for name in ("lock", "file.parquet"):
        (left / name).touch()
    assert len(read(stage, "preview")["rows"]) == 2
    assert list(tmp_path.iterdir()) == []


def test_the_preview_knows_the_values_of_partitions(stage: Stage) -> None:
    stage.register()
    stage.lake.load("registered/sales/a.csv", b"id,name,amount,year\n1,a,2.5,2024\n")
    preview = read(stage, "preview", "sales")
    assert [column["name"] for column in preview["columns"]] == ["id", "name", "amount", "year"]
    assert preview["rows"] == [[1, "a", "2.50", 2024]]


def test_a_file_that_is_no_parquet_is_told(stage: Stage) -> None:
    stage.lake.s3.put_object(Bucket=stage.lake.curated, Key="orders/broken.parquet", Body=b"PAR1 not really")
    answer = stage.request("reader", "GET", f"{ORDERS_PATH}/preview")
    assert (answer.status, "broken.parquet" in answer.json["detail"]) == (409, True)


@pytest.mark.parametrize("part", ["versions", "lineage", "changes", "files"])
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=AAAA", "more=1"])
def test_paging_that_is_none_is_refused(shared: Stage, part: str, query: str) -> None:
    assert shared.request("reader", "GET", f"{ORDERS_PATH}/{part}?{query}").status == 400
