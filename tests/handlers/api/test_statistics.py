"""Statistics: known from ingestion, computed by Athena when they are asked for and the data have changed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from handlers.api import athena
from handlers.api.platform import Limits
from handlers.api.statistics import computing, profiling
from handlers.common.settings import Column
from tests.handlers.api.calls import Calls
from tests.handlers.api.stage import LEDGER, ORDERS
from tests.handlers.lake import columns, dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage

PATH = "/datasets/orders/statistics"
ROWS = b"id,name,amount\n" + b"".join(b"%d,n%d,%d.5\n" % (n % 4, n % 7, n) for n in range(100)) + b"3,,NaN\n3,=1,\n"


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    made = make_stage(limits=Limits(statistics_seconds=0))
    made.catalog(ORDERS, LEDGER)
    made.lake.load("in/orders/a.csv", ROWS)
    return made


def asked(stage: Stage, path: str = PATH) -> Answer:
    return stage.request("reader", "GET", path)


def computed(stage: Stage, path: str = PATH) -> dict[str, Any]:
    answer: Answer = stage.wait(lambda: asked(stage, path), lambda given: given.status == 200)
    found: dict[str, Any] = answer.json
    return found


def known(stage: Stage) -> dict[str, Any]:
    found = stage.platform.table.get(computing.key("orders"))
    assert found is not None
    return found


def change(stage: Stage, **changes: Any) -> None:
    stage.lake.table.put({**known(stage), **changes})


def wait_until_over(stage: Stage, query: str) -> None:
    stage.wait(lambda: athena.look(stage.platform, query).state, lambda state: state == "succeeded")


def test_the_first_to_ask_gets_what_ingestion_knows_and_then_what_athena_computed(stage: Stage) -> None:
    first = asked(stage)
    assert (first.status, first.json["status"], first.json["source"]) == (202, "computing", "ingestion")
    assert first.headers["retry-after"] == "2"
    assert first.json["columns"][2]["nulls"] == 1
    found = computed(stage)
    assert (found["status"], found["source"], found["rows"]) == ("current", "athena", 102)
    by_name = {column["name"]: column for column in found["columns"]}
    assert by_name["id"]["histogram"] == {"edges": [0, 1, 2, 3, 4], "counts": [25, 25, 25, 27]}
    assert (by_name["name"]["nulls"], by_name["name"]["min"], by_name["name"]["histogram"]) == (1, "=1", None)
    amount = by_name["amount"]
    assert (amount["nulls"], float(amount["min"]), float(amount["max"])) == (1, 0.5, 99.5)
    assert len(amount["histogram"]["edges"]) == 21
    assert amount["histogram"]["counts"] == [5] * 20
    assert float(amount["quantiles"]["p50"]) == pytest.approx(50, abs=2)


def test_what_is_current_is_not_computed_again(stage: Stage) -> None:
    computed(stage)
    calls = Calls(stage, "athena", "dynamodb")
    assert computed(stage)["status"] == "current"
    assert calls.made == ["BatchGetItem", "GetItem"]


def test_many_who_ask_at_once_start_one_computation(stage: Stage) -> None:
    calls = Calls(stage, "athena")
    for _ in range(4):
        asked(stage)
    assert calls.count("StartQueryExecution") == 1


def test_new_data_are_computed_anew_and_the_old_stand_there_meanwhile(stage: Stage) -> None:
    computed(stage)
    stage.lake.load("in/orders/b.csv", b"id,name,amount\n7,new,1\n")
    answer = asked(stage)
    assert (answer.status, answer.json["source"], answer.json["rows"]) == (202, "athena", 102)
    found = computed(stage)
    assert (found["status"], found["rows"]) == ("current", 103)


def test_young_statistics_are_stale_rather_than_computed_anew(stage: Stage) -> None:
    computed(stage)
    stage.platform = dataclasses.replace(stage.platform, limits=Limits(statistics_seconds=3_600))
    stage.lake.load("in/orders/b.csv", b"id,name,amount\n7,new,1\n")
    answer = asked(stage)
    assert (answer.status, answer.json["status"], answer.json["rows"]) == (200, "stale", 102)


def test_a_computation_that_fails_is_told_and_not_tried_again_at_once(stage: Stage) -> None:
    stage.lake.client("glue").delete_table(DatabaseName=stage.database, Name="orders")
    found = computed(stage)
    assert (found["status"], found["source"], found["rows"]) == ("failed", "ingestion", 102)
    assert "TABLE_NOT_FOUND" in found["detail"]
    calls = Calls(stage, "athena")
    assert computed(stage)["status"] == "failed"
    assert calls.made == []


def test_a_statement_that_athena_refuses_is_told_and_tried_again_after_a_while(stage: Stage) -> None:
    calls = Calls(stage, "athena")
    calls.refuse(lambda _number, name: name == "StartQueryExecution", "InvalidRequestException")
    for _ in range(2):
        answer = asked(stage)
        assert (answer.status, answer.json["status"], answer.json["source"]) == (200, "failed", "ingestion")
        assert "InvalidRequestException" in answer.json["detail"]
    assert calls.made == ["StartQueryExecution"]
    calls.clear()
    change(stage, failed_at=1)
    assert asked(stage).status == 202
    assert computed(stage)["status"] == "current"


@pytest.mark.parametrize("gone", ["GetQueryExecution", "GetQueryResults"])
def test_a_computation_that_is_gone_when_somebody_comes_back_is_made_anew(stage: Stage, gone: str) -> None:
    asked(stage)
    first = known(stage)["query"]
    wait_until_over(stage, first)
    change(stage, query_at=0)
    calls = Calls(stage, "athena")
    calls.refuse(lambda _number, name: name == gone, "InvalidRequestException")
    answer = asked(stage)
    assert (answer.status, answer.json["source"]) == (202, "ingestion")
    assert known(stage)["query"] != first
    calls.clear()
    found = computed(stage)
    assert (found["status"], found["source"], found["rows"]) == ("current", "athena", 102)


def test_a_result_that_athena_does_not_give_is_not_computed_again_and_again(stage: Stage) -> None:
    asked(stage)
    wait_until_over(stage, known(stage)["query"])
    calls = Calls(stage, "athena")
    calls.refuse(lambda _number, name: name == "GetQueryResults", "InvalidRequestException")
    for _ in range(2):
        answer = asked(stage)
        assert (answer.status, answer.json["status"], answer.json["rows"]) == (200, "failed", 102)
        assert "does not give the result" in answer.json["detail"]
    assert calls.made == ["GetQueryExecution", "GetQueryResults"]


def test_rows_are_counted_once_where_no_column_is_a_number(make_stage: Callable[..., Stage]) -> None:
    texts = dataset(columns=columns(a="string", b="boolean"))
    stage = make_stage()
    stage.use(datasets=(texts,))
    stage.lake.use(texts)
    stage.catalog(texts)
    stage.lake.load("in/orders/a.csv", b"a,b\nx,true\ny,false\nz,\n")
    found = computed(stage)
    assert (found["rows"], [column["nulls"] for column in found["columns"]]) == (3, [0, 1])


def test_a_data_set_without_files_has_statistics_of_no_rows(stage: Stage) -> None:
    stage.register(partitioned_by=[], projections={})
    found = computed(stage, "/datasets/sales/statistics")
    assert (found["status"], found["rows"]) in {("current", 0), ("stale", 0)}
    assert {column["nulls"] for column in found["columns"]} == {0}
    assert {str(column["histogram"]) for column in found["columns"]} == {"None"}


def test_an_archived_data_set_is_not_computed(stage: Stage) -> None:
    stage.register()
    stage.request("writer", "DELETE", "/datasets/sales", headers={"If-Match": stage.etag()})
    calls = Calls(stage, "athena")
    assert asked(stage, "/datasets/sales/statistics").json["status"] == "unknown"
    assert calls.made == []


def test_all_types_are_profiled(make_stage: Callable[..., Stage]) -> None:
    kinds = columns(
        a="tinyint", b="smallint", c="bigint", d="float", e="decimal(20,3)", f="boolean", g="date", h="timestamp"
    )
    wide = dataset(columns=kinds)
    stage = make_stage()
    stage.use(datasets=(wide,))
    stage.lake.use(wide)
    stage.catalog(wide)
    row = b"%d,1,9007199254740993,1.5,12345678901234567.125,true,2024-02-29,2024-02-29 12:00:00\n"
    stage.lake.load("in/orders/a.csv", b"a,b,c,d,e,f,g,h\n" + row % 1 + row % 2 + b",,,,,,,\n")
    found = {column["name"]: column for column in computed(stage)["columns"]}
    assert {column["nulls"] for column in found.values()} == {1}
    assert (found["c"]["min"], found["e"]["max"]) == ("9007199254740993", "12345678901234567.125")
    assert (found["a"]["histogram"]["counts"], found["b"]["histogram"]["counts"]) == ([1, 1], [2])
    assert found["g"]["min"] == "2024-02-29"


def test_the_statement_of_the_widest_data_set_fits_athena() -> None:
    many = tuple(Column("c" * 120 + f"_{number}", "double") for number in range(1_000))
    statement = profiling.statement(dataset(columns=many), "d" * 120)
    assert len(statement.encode()) < 262_144
