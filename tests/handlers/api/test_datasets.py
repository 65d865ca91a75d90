"""Registering, finding, changing, archiving and purging data sets."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from handlers.api import app
from handlers.api.datasets import groups, listing
from handlers.api.platform import Limits
from handlers.common.registered import definition
from handlers.common.settings import Grant, Selector
from handlers.common.table import document_key
from tests.handlers.api.calls import Calls
from tests.handlers.api.gateway import claims, event
from tests.handlers.api.stage import GRANTS, ORDERS, PEOPLE, REGISTRATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage

SALES = "/datasets/sales"


def change(stage: Stage, patch: dict[str, Any], etag: str | None = None, caller: str = "writer") -> Answer:
    return stage.request(caller, "PATCH", SALES, patch, headers={"If-Match": etag or stage.etag()})


def archive(stage: Stage) -> None:
    assert stage.request("writer", "DELETE", SALES, headers={"If-Match": stage.etag()}).status == 204


def names(stage: Stage, query: str = "", caller: str = "reader") -> list[str]:
    """The names of all pages of a list."""
    found: list[str] = []
    cursor = ""
    while True:
        mark = "&" if query else ""
        page = stage.request(caller, "GET", f"/datasets?{query}{mark}{cursor}").json
        found += [each["id"] for each in page["datasets"]]
        if page["cursor"] is None:
            return found
        cursor = f"cursor={page['cursor']}"


def test_a_registered_data_set_has_a_document_a_table_and_a_place_in_lists(stage: Stage) -> None:
    answer = stage.request("writer", "POST", "/datasets", REGISTRATION)
    assert (answer.status, answer.headers["location"], answer.headers["etag"]) == (201, SALES, '"1"')
    read = stage.request("reader", "GET", SALES)
    assert read.json == {**answer.json, "may": "read"}
    assert (read.json["kind"], read.json["table"], read.json["may"]) == ("registered", "curated.sales", "read")
    table: Any = stage.table()
    assert table["Parameters"]["projection.year.range"] == "2020,2030"
    assert table["StorageDescriptor"]["Location"] == f"s3://{stage.lake.curated}/sales/"
    assert names(stage) == ["orders", "sales"]


def test_its_files_are_ingested_and_queried(stage: Stage) -> None:
    stage.register(partitioned_by=[], projections={})
    stage.lake.load("registered/sales/a.csv", b"id,name,amount,year\n1,a,2.50,2024\n")
    assert stage.request("reader", "GET", SALES).json["totals"]["rows"] == 1
    assert stage.query("reader", "select id, amount from sales")["rows"] == [[1, "2.50"]]


def test_a_name_that_is_taken_is_so_for_everyone_alike(stage: Stage) -> None:
    stage.register()
    said = {
        stage.request(caller, "POST", "/datasets", {**REGISTRATION, "id": name, "owner": owner})
        .json["detail"]
        .replace(name, "NAME")
        for caller, name, owner in (
            ("writer", "sales", "shop"),
            ("writer", "orders", "shop"),
            ("writer", "ledger", "shop"),
            ("stranger", "sales", "finance"),
        )
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"id": "Sales"}, "$.id"),
        ({"id": "sales\n"}, "$.id"),
        ({"id": "../x"}, "$.id"),
        ({"id": "a" * 61}, "$.id"),
        ({"owner": ""}, "$.owner"),
        ({"owner": "shop#x"}, "$.owner"),
        ({"columns": []}, "$.columns"),
        ({"columns": [{"name": "id", "type": "integer"}]}, "$.columns[0].type"),
        ({"columns": [{"name": "id; drop", "type": "int"}]}, "$.columns[0].name"),
        ({"columns": [{"name": "id"}, {"name": "id"}]}, "$.columns[1].name"),
        ({"partitioned_by": ["absent"]}, "$.partitioned_by[0]"),
        ({"projections": {}}, "$.projections.year"),
        ({"projections": {"year": {"type": "integer", "first": 5, "last": 1}}}, "$.projections.year"),
        ({"tags": {"aws:x": "y"}}, "$.tags"),
        ({"tags": {f"k{number}": "v" for number in range(16)}}, "$.tags"),
        ({"source": {"delimiter": '"'}}, "$.source.delimiter"),
        ({"unknown": 1}, "$"),
        ({"max_error_share": 2}, "$.max_error_share"),
    ],
    ids=str,
)
def test_a_definition_that_is_wrong_is_refused_with_the_place(
    shared: Stage, changed: dict[str, Any], path: str
) -> None:
    answer = shared.request("writer", "POST", "/datasets", {**REGISTRATION, **changed})
    assert answer.status == 400
    assert any(each["path"].startswith(path) for each in answer.json["errors"]), answer.json


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"id": "x"', b'{"id": 1e999}', b"[" * 50_000])
def test_what_is_no_json_object_is_refused(shared: Stage, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert shared.request("writer", "POST", "/datasets", body=body, headers=headers).status == 400


def test_a_body_of_another_kind_is_refused(shared: Stage) -> None:
    headers = {"Content-Type": "text/plain"}
    assert shared.request("writer", "POST", "/datasets", body=b"{}", headers=headers).status == 415


def test_a_change_names_the_version_that_it_changes(stage: Stage) -> None:
    stage.register()
    assert stage.request("writer", "PATCH", SALES, {"description": "x"}).status == 428
    assert change(stage, {"description": "First"}, '"1"').headers["etag"] == '"2"'
    late = change(stage, {"description": "Second"}, '"1"')
    assert (late.status, late.headers["etag"]) == (412, '"2"')
    assert stage.request("reader", "GET", SALES).json["description"] == "First"
    assert change(stage, {"description": "Second"}, "*").status == 200


def test_two_who_change_the_same_version_do_not_lose_either(stage: Stage) -> None:
    stage.register()
    etag = stage.etag()
    answers = [change(stage, {"description": text}, etag).status for text in ("One", "Two")]
    assert answers == [200, 412]


def test_columns_are_added_at_the_end_and_never_taken_away(stage: Stage) -> None:
    stage.register()
    columns = stage.request("reader", "GET", SALES).json["columns"]
    more = [{**columns[0], "comment": "Key"}, *columns[1:], {"name": "note", "type": "string"}]
    assert change(stage, {"columns": more}).status == 200
    table: Any = stage.table()
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["id", "name", "amount", "note"]
    assert change(stage, {"columns": more[1:]}).status == 400
    assert change(stage, {"columns": [{**more[0], "type": "string"}, *more[1:]]}).status == 400
    narrowed = {"projections": {"year": {"type": "integer", "first": 2021, "last": 2030}}}
    assert change(stage, narrowed).status == 400


def test_tags_are_merged_and_followed_by_filters_and_rights(stage: Stage) -> None:
    stage.register()
    assert change(stage, {"tags": {"domain": None, "level": "gold"}}).json["tags"] == {"level": "gold"}
    assert names(stage, "tag=level=gold") == ["sales"]
    assert names(stage, "tag=domain=sales") == ["orders"]
    assert names(stage, caller="machine") == ["orders"]


def test_a_data_set_that_goes_to_another_owner_goes_from_its_readers(stage: Stage) -> None:
    stage.use(access=(*GRANTS, Grant("both", write=Selector(owners=("shop", "finance")))))
    stage.gateway.sign_in("both", claims("both", "both"))
    stage.register()
    assert change(stage, {"owner": "finance"}, caller="both").status == 200
    assert stage.request("reader", "GET", SALES).status == 404
    assert "sales" not in names(stage)
    assert "sales" in names(stage, caller="stranger")


def test_the_history_tells_who_changed_what(stage: Stage) -> None:
    stage.register()
    changed = change(stage, {"description": "Other"})
    archive(stage)
    entries = stage.request("reader", "GET", f"{SALES}/changes").json["changes"]
    assert [entry["action"] for entry in entries] == ["archived", "changed", "registered"]
    assert entries[1]["changes"] == {"description": {"before": "Sales of all shops", "after": "Other"}}
    assert (entries[1]["by"], entries[1]["request_id"]) == ("writer", changed.headers["x-request-id"])


def test_an_archived_data_set_has_no_table_and_can_be_brought_back(stage: Stage) -> None:
    stage.register()
    archive(stage)
    assert stage.table() is None
    assert (names(stage), names(stage, "archived=true")) == (["orders"], ["orders", "sales"])
    assert change(stage, {"description": "x"}).status == 409
    assert change(stage, {"status": "active"}).json["status"] == "active"
    assert stage.table() is not None
    assert names(stage) == ["orders", "sales"]


def test_configured_data_sets_are_changed_by_a_deploy_only(stage: Stage) -> None:
    etag = stage.etag("orders")
    for method, body in (("PATCH", {"description": "x"}), ("DELETE", None)):
        answer = stage.request("admin", method, "/datasets/orders", body, headers={"If-Match": etag})
        assert (answer.status, "watershed:datasets" in answer.json["detail"]) == (409, True)
    assert stage.request("admin", "POST", "/datasets/orders/purge").status == 409


def test_purging_takes_two_administrators(stage: Stage) -> None:
    stage.register(partitioned_by=[], projections={})
    stage.lake.load("registered/sales/a.csv", b"id,name,amount,year\n1,a,2.5,2024\n")
    stage.lake.load("in/orders/a.csv", b"id,name,amount\n1,a,1\n")
    assert stage.request("admin", "POST", f"{SALES}/purge").status == 409
    archive(stage)
    for _ in range(2):
        asked = stage.request("admin", "POST", f"{SALES}/purge")
        assert (asked.status, asked.json["status"]) == (202, "purge-requested")
    assert stage.request("reader", "GET", SALES).json["purge"]["asked_by"] == "admin"
    done = stage.request("admin too", "POST", f"{SALES}/purge")
    assert (done.status, done.json["status"]) == (200, "purged")
    assert stage.request("admin", "GET", SALES).status == 404
    assert [key for key in stage.lake.files() if key.startswith("sales/")] == []
    assert [key for key in stage.lake.files() if key.startswith("orders/")] != []
    left = {kind for kind in "ACDOSTV" if stage.lake.table.query("DATASET#sales", kind)}
    assert left == {"C"}  # the audit trail
    assert "sales" not in names(stage, "archived=true")


def test_a_name_that_was_purged_starts_anew(stage: Stage) -> None:
    stage.register()
    archive(stage)
    for caller in ("admin", "admin too"):
        stage.request(caller, "POST", f"{SALES}/purge")
    stage.register(description="Another")
    read = stage.request("reader", "GET", SALES).json
    assert (read["revision"], read["totals"], read["description"]) == (1, None, "Another")
    assert len(stage.request("reader", "GET", f"{SALES}/changes").json["changes"]) == 1


def test_a_wish_to_purge_runs_out_and_a_change_takes_it_back(stage: Stage) -> None:
    stage.register()
    archive(stage)
    stage.request("admin", "POST", f"{SALES}/purge")
    change(stage, {"status": "active"})
    archive(stage)
    assert stage.request("admin too", "POST", f"{SALES}/purge").json["status"] == "purge-requested"


def test_what_a_change_that_died_left_held_can_be_purged(stage: Stage) -> None:
    stage.register()
    archive(stage)
    document: Any = stage.lake.table.get(document_key("sales"))
    stage.lake.table.put({**document, "pending": {"token": "of a function that died", "until": 1}})
    assert stage.request("admin", "POST", f"{SALES}/purge").json["status"] == "purge-requested"
    assert stage.request("admin too", "POST", f"{SALES}/purge").json["status"] == "purged"


def test_a_wish_to_purge_is_refused_while_another_change_is_under_way_or_was_faster(stage: Stage) -> None:
    stage.register()
    archive(stage)
    document: Any = stage.lake.table.get(document_key("sales"))
    stage.lake.table.put({**document, "pending": {"token": "of another", "until": 2**40}})
    assert stage.request("admin", "POST", f"{SALES}/purge").status == 503
    stage.lake.table.put(document)

    def change_first(**_: Any) -> None:
        stage.lake.table.put({**document, "revision": document["revision"] + 1})

    events = stage.platform.services.dynamodb.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", change_first)
    refused = stage.request("admin", "POST", f"{SALES}/purge")
    assert (refused.status, "ask again" in refused.json["detail"]) == (409, True)


def test_a_stack_may_forbid_purging(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(limits=Limits(purge_allowed=False))
    stage.register()
    archive(stage)
    assert stage.request("admin", "POST", f"{SALES}/purge").status == 403


def test_a_list_is_filtered_and_comes_in_pages_without_gaps(stage: Stage) -> None:
    wanted = sorted(f"set{number:02}" for number in range(23))
    for name in wanted:
        stage.register(id=name, tags={"domain": "sales", "odd": str(int(name[3:]) % 2)})
    assert names(stage, "prefix=set&limit=4") == wanted
    assert names(stage, "tag=odd=1&tag=domain=sales&limit=5") == wanted[1::2]
    assert names(stage, "owner=finance") == []
    assert names(stage, "zone=curated&prefix=set2") == ["set20", "set21", "set22"]
    assert names(stage, "zone=analytics") == []


def test_a_page_reads_no_more_items_than_it_may_whatever_there_are(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FILTERED_ITEMS", 3)
    wanted = [f"set{number:02}" for number in range(11)]
    for name in wanted:
        stage.register(id=name, tags={"domain": "sales", "odd": str(int(name[3:]) % 2)})
    names(stage)
    read: list[int] = []
    events = stage.platform.services.dynamodb.meta.events
    events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"]))
    assert names(stage, "limit=4") == ["orders", *wanted]
    assert max(read) == 4
    read.clear()
    assert names(stage, "tag=odd=1&limit=4") == wanted[1::2]
    assert max(read) == 3


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "tag=x", "unknown=1", "owner=a&owner=b", "cursor=x", "archived=maybe"]
)
def test_a_filter_that_is_none_is_refused(shared: Stage, query: str) -> None:
    assert shared.request("reader", "GET", f"/datasets?{query}").status == 400


def test_a_cursor_is_of_one_list(stage: Stage) -> None:
    stage.register()
    cursor = stage.request("reader", "GET", "/datasets?limit=1").json["cursor"]
    assert cursor
    assert stage.request("reader", "GET", f"/datasets?limit=1&prefix=s&cursor={cursor}").status == 400
    assert stage.request("reader", "GET", f"/datasets/orders/versions?cursor={cursor}").status == 400


def test_new_grants_are_followed_by_lists_at_once(stage: Stage) -> None:
    stage.register()
    assert names(stage, caller="nobody") == []
    stage.gateway.sign_in("newcomer", claims("newcomer", "newcomers"))
    stage.use(access=(*GRANTS, Grant("newcomers", read=Selector(tags=("domain=sales",)))))
    assert names(stage, caller="newcomer") == ["orders", "sales"]
    stage.use(access=(*GRANTS, Grant("newcomers", read=Selector(datasets=("ledger",)))))
    assert names(stage, caller="newcomer") == ["ledger"]
    stage.use(access=(*GRANTS, Grant("newcomers", read=Selector(datasets=("*",)))))
    assert names(stage, caller="newcomer") == ["ledger", "orders", "sales"]


def test_what_is_registered_while_a_groups_items_are_made_is_listed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = groups._named
    met: list[int] = []
    headers = {"content-type": "application/json"}
    given = event("POST", "/datasets", headers, json.dumps(REGISTRATION).encode(), PEOPLE["writer"])

    def registered_meanwhile(*arguments: Any) -> set[str]:
        found = named(*arguments)
        if not met:
            met.append(app.handler(given, None)["statusCode"])
        return found

    monkeypatch.setattr(groups, "_named", registered_meanwhile)
    names(stage)
    assert met == [201]
    assert names(stage) == ["orders", "sales"]


def test_what_the_indexes_do_not_tell_of_yet_stays_listed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.register()
    monkeypatch.setattr(groups, "_named", lambda *_: set())
    assert names(stage) == ["orders", "sales"]


def test_items_that_are_there_are_not_made_anew(stage: Stage) -> None:
    stage.register()
    calls = Calls(stage)
    names(stage)
    assert calls.count("PutItem") == 1  # the marker


def test_a_data_set_that_is_being_registered_is_no_error_for_who_is_granted_its_name(stage: Stage) -> None:
    stage.lake.table.put({**document_key("sales"), "status": "creating", "revision": 0})
    stage.gateway.sign_in("newcomer", claims("newcomer", "newcomers"))
    stage.use(access=(*GRANTS, Grant("newcomers", read=Selector(datasets=("sales", "orders")))))
    assert names(stage, caller="newcomer") == ["orders"]


def test_items_of_a_group_give_no_right(stage: Stage) -> None:
    stage.register()
    names(stage, caller="stranger")
    document: Any = stage.lake.table.get(document_key("sales"))
    stage.lake.table.put(groups.item("finance", definition(document), "active", 9))
    assert "sales" not in names(stage, caller="stranger")


def test_configured_ones_are_found_before_anything_has_arrived(stage: Stage) -> None:
    read = stage.request("reader", "GET", "/datasets/orders").json
    assert (read["kind"], read["totals"], read["revision"], read["owner"]) == ("configured", None, None, ORDERS.owner)


def test_links_carry_the_apis_address_where_it_is_known(stage: Stage) -> None:
    stage.platform = dataclasses.replace(stage.platform, url="https://api.example.com/v1/")
    answer = stage.request("writer", "POST", "/datasets", REGISTRATION)
    assert answer.headers["location"] == "https://api.example.com/v1/datasets/sales"
