"""What is there after a load: data sets as the API lists them, their changes, their tables, the queries that ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.privileges.exercise.administrators import Administrator

    from .load import Written
    from .served import Served


def listed(administrator: Administrator, prefix: str) -> dict[str, dict[str, Any]]:
    """Return the data sets that clients have registered, by name; each is listed once."""
    found: dict[str, dict[str, Any]] = {}
    for each in administrator.datasets(prefix=prefix, limit=100):
        assert each["id"] not in found, each["id"]
        found[each["id"]] = each
    return found


def tables(served: Served, prefix: str) -> dict[str, dict[str, Any]]:
    """Return the tables of registered data sets, by name."""
    glue = served.clients("glue")
    databases = [each["Name"] for each in glue.get_databases()["DatabaseList"] if each["Name"].endswith("_curated")]
    (database,) = databases
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
    found = {table["Name"]: table for page in pages for table in page["TableList"]}
    return {name: table for name, table in found.items() if name.startswith(prefix)}


def assert_changed(administrator: Administrator, name: str, times: int) -> None:
    """Fail unless a data set was registered and then changed so often, each time once."""
    told = administrator.ask("GET", f"/datasets/{name}/changes").document["changes"]
    assert [each["revision"] for each in told] == list(range(times + 1, 0, -1))
    assert [each["action"] for each in told] == ["changed"] * times + ["registered"]
    tags = {"changed": str(times)} if times else {}
    assert administrator.ask("GET", f"/datasets/{name}").document["tags"] == tags


def assert_answered(administrator: Administrator, written: Written) -> None:
    """Fail unless every query was started once and has its result."""
    assert len(set(written.queries)) == len(written.queries) > 0
    for query in written.queries:
        answer = administrator.ask("GET", f"/queries/{query}").document
        assert answer["status"] == "succeeded", answer
