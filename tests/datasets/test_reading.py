"""Lists of data sets, and one of them."""

import json

from cli.datasets.render import sparkline

from .command import run
from .conftest import Portal
from .documents import SUMMARY


def test_all_pages_are_listed(portal: Portal) -> None:
    second = {"datasets": [{**SUMMARY, "id": "orders", "rows": None}], "cursor": None}
    portal.answer("GET /datasets", {"datasets": [SUMMARY], "cursor": "next"}, second)
    shown = run("list", "--tag", "domain=aviation").output
    assert "flights" in shown
    assert "336,776" in shown
    assert "orders" in shown
    assert portal.requests("GET", "/datasets")[0][0]["Authorization"] == "Bearer token-client_credentials"


def test_a_listing_for_machines_is_the_apis_own(portal: Portal) -> None:
    portal.answer("GET /datasets", {"datasets": [SUMMARY], "cursor": None})
    assert json.loads(run("list", "--json").stdout) == [SUMMARY]


def test_a_data_set_is_shown_with_its_statistics(portal: Portal) -> None:
    column = {"name": "delay", "type": "int"}
    profile = {**column, "nulls": 3, "distinct": 5, "min": "-1", "max": "9", "histogram": {"counts": [0, 1, 8]}}
    portal.answer(
        "GET /datasets/flights",
        {
            **SUMMARY,
            "table": "curated.flights",
            "classification": "public",
            "tags": {"domain": "aviation"},
            "partitioned_by": ["month"],
            "columns": [column, {"name": "later", "type": "int"}],
            "totals": {"rows": 7},
        },
    )
    statistics = {"status": "current", "computed_at": "2026-11-28T00:00:00Z", "columns": [profile]}
    portal.answer("GET /datasets/flights/statistics", (202, statistics))
    shown = run("show", "flights").output
    for text in ("curated.flights", "domain=aviation", "▁▁█", "later"):
        assert text in shown


def test_a_histogram_is_a_line_of_bars() -> None:
    assert sparkline({"counts": [0, 1, 4, 8]}) == "▁▁▄█"
    assert sparkline({"counts": [0, 0]}) == sparkline(None) == ""
