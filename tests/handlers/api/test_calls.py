"""How many calls of DynamoDB a request costs: counted on the client that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.common.settings import Grant, Selector
from tests.handlers.api.calls import Calls
from tests.handlers.api.gateway import claims
from tests.handlers.api.stage import GRANTS

if TYPE_CHECKING:
    from tests.handlers.api.stage import Stage

READS = ["", "/schema", "/versions", "/lineage", "/changes", "/files", "/preview", "/statistics"]


@pytest.mark.parametrize("part", READS)
def test_a_read_of_one_data_set_costs_at_most_two_calls(stage: Stage, part: str) -> None:
    stage.register()
    stage.lake.load("in/orders/a.csv", b"id,name,amount\n1,a,1\n")
    calls = Calls(stage, "dynamodb")
    for name in ("orders", "sales", "absent"):
        calls.clear()
        stage.request("reader", "GET", f"/datasets/{name}{part}")
        writes = calls.count("PutItem") if part == "/statistics" else 0
        assert 1 <= len(calls.made) - writes <= 2, calls.made


def test_what_ingestion_counted_is_read_only_where_it_is_shown(stage: Stage) -> None:
    stage.register()
    stage.lake.load("in/orders/a.csv", b"id,name,amount\n1,a,1\n")
    query = stage.query("writer", "select id from orders")["id"]
    upload = stage.upload("writer", "a.csv", b"id\n1\n", "orders")["id"]
    kinds: set[str] = set()

    def note(params: Any, **_: Any) -> None:
        kinds.update(key["sk"]["S"] for asked in params["RequestItems"].values() for key in asked["Keys"])

    stage.platform.services.dynamodb.meta.events.register("before-parameter-build.dynamodb.BatchGetItem", note)
    shown = {"/datasets/orders", "/datasets/orders/statistics"}
    others = {f"/datasets/orders{part}" for part in READS} - shown
    for path in {*shown, *others, f"/queries/{query}", f"/datasets/orders/uploads/{upload}"}:
        kinds.clear()
        assert stage.request("writer", "GET", path).status in {200, 202}
        assert kinds == ({"DOCUMENT", "DATASET"} if path in shown else {"DOCUMENT"}), path


def test_a_listing_costs_one_query_a_group_and_one_batch(stage: Stage) -> None:
    more = Grant("more", read=Selector(tags=("domain=sales",)))
    stage.use(access=(*GRANTS, more))
    for number in range(12):
        stage.register(id=f"set{number:02}")
    stage.gateway.sign_in("of two", claims("of two", "shop-readers,more,unknown"))
    for _ in range(3):  # until the groups' items are made and settled
        stage.request("of two", "GET", "/datasets")
    calls = Calls(stage, "dynamodb")
    for query in ("", "?limit=5", "?tag=domain=sales", "?owner=shop&prefix=set"):
        calls.clear()
        found = stage.request("of two", "GET", f"/datasets{query}")
        assert found.json["datasets"]
        assert calls.made == ["Query", "Query", "BatchGetItem"]
    calls.clear()
    assert stage.request("nobody", "GET", "/datasets").json["datasets"] == []
    assert calls.made == []


def test_a_query_costs_one_batch_and_one_write(stage: Stage) -> None:
    calls = Calls(stage, "dynamodb")
    started = stage.request("reader", "POST", "/queries", {"sql": "select a.id from orders a, orders b"})
    assert calls.made == ["BatchGetItem", "PutItem"]
    calls.clear()
    stage.request("reader", "GET", f"/queries/{started.json['id']}")
    assert calls.made == ["GetItem", "BatchGetItem"]


def test_nothing_is_ever_scanned(stage: Stage) -> None:
    stage.register()
    calls = Calls(stage, "dynamodb")
    stage.use(access=(*GRANTS, Grant("all", read=Selector(datasets=("*",)))))
    stage.gateway.sign_in("of all", claims("of all", "all"))
    assert {each["id"] for each in stage.request("of all", "GET", "/datasets").json["datasets"]} >= {"orders", "sales"}
    for _ in range(2):
        stage.request("of all", "GET", "/datasets?limit=1")
    assert calls.made
    assert calls.count("Scan", "ExecuteStatement", "ParallelScan") == 0
