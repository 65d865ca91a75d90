"""Exactly one effect of every version, whatever the queue does: duplicates, disorder, races and deaths at any call."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common.settings import Source
from tests.handlers.faults import Death, Faults, die
from tests.handlers.lake import Lake, dataset

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CALLS = 13


def csv(*names: str) -> bytes:
    return b"id,name,amount\n" + "".join(f"{number},{name},1\n" for number, name in enumerate(names)).encode()


def partitioned() -> Any:
    return dataset(partitioned_by=("name",))


def test_a_duplicate_event_changes_nothing(lake: Lake) -> None:
    message = lake.put("in/orders/a.csv", csv("x"))
    lake.ingest(message)
    before = (lake.item(), lake.state("in/orders/a.csv"), lake.files())
    assert lake.ingest(message).status == "duplicate"
    assert (lake.item(), lake.state("in/orders/a.csv"), lake.files()) == before


def test_an_older_event_that_comes_later_changes_nothing(lake: Lake) -> None:
    older, newer = lake.put("in/orders/a.csv", csv("old")), lake.put("in/orders/a.csv", csv("new"))
    lake.ingest(newer)
    before = (lake.item(), lake.state("in/orders/a.csv"), lake.files())
    assert lake.ingest(older).status == "outdated"
    assert (lake.item(), lake.state("in/orders/a.csv"), lake.files()) == before


def test_a_good_version_that_comes_after_a_newer_bad_one_is_still_used(lake: Lake) -> None:
    good, bad = lake.put("in/orders/a.csv", csv("good")), lake.put("in/orders/a.csv", b"")
    lake.ingest(bad)
    assert lake.ingest(good).status == "committed"
    state = lake.state("in/orders/a.csv")
    assert state
    assert (state["status"], state["rows"], lake.item()["quarantined"]) == ("quarantined", 1, 1)
    assert [row["name"] for row in lake.rows()] == ["good"]


def test_a_deleted_raw_object_leaves_its_rows_and_is_marked(lake: Lake) -> None:
    lake.load("in/orders/a.csv", csv("x"))
    assert lake.ingest(lake.delete("in/orders/a.csv")).status == "source-deleted"
    state = lake.state("in/orders/a.csv")
    assert state
    assert state["source_deleted_at"]
    assert len(lake.rows()) == 1


def removing(**changes: Any) -> Any:
    return dataset(source=Source("raw", "in/orders/", on_delete="remove"), **changes)


def test_a_data_set_may_follow_deletions(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(removing())
    lake.load("in/orders/a.csv", csv("x"))
    lake.load("in/orders/b.csv", csv("y"))
    assert lake.ingest(lake.delete("in/orders/a.csv")).status == "removed"
    assert [row["name"] for row in lake.rows()] == ["y"]
    assert (lake.item()["rows"], lake.item()["objects"]) == (1, 1)


def test_expiry_of_the_raw_object_never_removes_rows(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(removing())
    lake.load("in/orders/a.csv", csv("x"))
    assert lake.ingest(lake.delete("in/orders/a.csv", "Lifecycle Expiration")).status == "source-deleted"
    assert len(lake.rows()) == 1


def test_the_end_of_an_old_version_does_not_touch_the_current_one(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(removing())
    old = lake.s3.put_object(Bucket=lake.raw, Key="in/orders/a.csv", Body=csv("old"))["VersionId"]
    lake.load("in/orders/a.csv", csv("new"))
    gone = {"deletion-type": "Permanently Deleted", "reason": "DeleteObject"}
    assert lake.ingest(lake.message("in/orders/a.csv", 0, "", old, **gone)).status == "outdated"
    assert [row["name"] for row in lake.rows()] == ["new"]


def test_a_creation_that_comes_after_its_deletion_brings_nothing_back(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(removing())
    created = lake.put("in/orders/a.csv", csv("x"))
    lake.ingest(lake.delete("in/orders/a.csv"))
    assert lake.ingest(created).status == "outdated"
    assert lake.rows() == []


def test_files_of_a_former_layout_go_when_a_death_lies_between(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(partitioned())
    message = lake.put("in/orders/a.csv", csv("x", "y"))
    die_at(lake, message, call="transact_write_items")
    assert len(lake.files()) == 2
    lake.use(dataset())
    lake.ingest(message)
    assert_consistent(lake, {"in/orders/a.csv": ["x", "y"]})


def test_a_death_of_the_version_before_leaves_no_files(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(partitioned())
    die_at(lake, lake.put("in/orders/a.csv", csv("x", "y")), call="transact_write_items")
    lake.load("in/orders/a.csv", csv("z"))
    assert_consistent(lake, {"in/orders/a.csv": ["z"]})


def die_at(lake: Lake, message: str, call: str) -> None:
    client = lake.dynamodb

    def killed(**_: Any) -> None:
        raise Death

    name = "before-call.dynamodb.TransactWriteItems"
    assert call == "transact_write_items"
    client.meta.events.register_first(name, killed)
    with pytest.raises(Death):
        lake.ingest(message)
    client.meta.events.unregister(name, killed)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, MOST_CALLS + 1))
def test_a_death_at_any_call_loses_and_doubles_nothing(
    make_lake: Callable[..., Lake], call: int, *, after: bool
) -> None:
    lake = make_lake(partitioned())
    lake.load("in/orders/a.csv", csv("old", "older"))
    lake.load("in/orders/b.csv", csv("other"))
    message = lake.put("in/orders/a.csv", csv("new", "newer"))
    faults = Faults(lake.s3, lake.dynamodb)
    faults.at(call, die, after=after)
    with contextlib.suppress(Death):
        lake.ingest(message)
    faults.clear()
    lake.ingest(message)
    assert_consistent(lake, {"in/orders/a.csv": ["new", "newer"], "in/orders/b.csv": ["other"]})


RIVALS = ["the same event", "the version before", "the next version", "another object"]


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("call", range(1, MOST_CALLS + 1))
def test_another_worker_at_any_call_loses_and_doubles_nothing(
    make_lake: Callable[..., Lake], call: int, rival: str
) -> None:
    lake = make_lake(partitioned())
    before = lake.put("in/orders/a.csv", csv("old", "older"))
    lake.ingest(before)
    message = lake.put("in/orders/a.csv", csv("new", "newer"))
    following = lake.put("in/orders/a.csv", csv("newest"))
    other = lake.put("in/orders/b.csv", csv("other", "others", "more"))
    theirs = dict(zip(RIVALS, [message, before, following, other], strict=True))[rival]
    interrupted: list[str] = []

    def interrupt() -> None:
        interrupted.append(theirs)
        Rival(lake).ingest(theirs)

    faults = Faults(lake.s3, lake.dynamodb)
    faults.at(call, interrupt, after=False)
    lake.ingest(message)
    faults.clear()
    newest: dict[str, list[str] | None] = {
        "in/orders/a.csv": ["newest"] if following in interrupted else ["new", "newer"]
    }
    if other in interrupted:
        newest["in/orders/b.csv"] = ["other", "others", "more"]
    assert_consistent(lake, newest)


def test_no_ingestion_makes_more_calls_than_are_tried(make_lake: Callable[..., Lake]) -> None:
    lake = make_lake(partitioned())
    lake.load("in/orders/a.csv", csv("old", "older"))
    faults = Faults(lake.s3, lake.dynamodb)
    faults.at(1_000, die, after=False)
    lake.load("in/orders/a.csv", csv("new", "newer"))
    assert 8 <= faults.calls <= MOST_CALLS


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One delivery of a message: undisturbed, or with something happening at one of its calls."""

    message: int
    trouble: str = "none"
    call: int = 1
    other: int = 0


deliveries = st.builds(
    Delivery,
    message=st.integers(0, 9),
    trouble=st.sampled_from(["none", "none", "death before", "death after", "other before", "other after"]),
    call=st.integers(1, MOST_CALLS),
    other=st.integers(0, 9),
)
# What a key's versions hold, oldest first: names of rows, or None for a file that is quarantined.
versions = st.lists(st.one_of(st.none(), st.lists(st.sampled_from("abc"), max_size=3)), min_size=1, max_size=3)
BAD = b"id,nothing else\n1,2\n"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=versions, second=versions, plan=st.lists(deliveries, max_size=8), data=st.data())
def test_any_order_of_deliveries_deaths_and_races_ends_the_same(
    endpoint: str, first: list[Any], second: list[Any], plan: list[Delivery], data: st.DataObject
) -> None:
    lake, rival = Lake(endpoint, partitioned()), None
    rival = Rival(lake)
    keys = {"in/orders/a.csv": first, "in/orders/é b+c.csv": second}
    messages = [
        lake.put(key, BAD if names is None else csv(*names)) for key, contents in keys.items() for names in contents
    ]
    faults = Faults(lake.s3, lake.dynamodb)
    for delivery in plan:
        message, other = messages[delivery.message % len(messages)], messages[delivery.other % len(messages)]
        after = delivery.trouble.endswith("after")
        if delivery.trouble.startswith("death"):
            faults.at(delivery.call, die, after=after)
        elif delivery.trouble.startswith("other"):
            faults.at(delivery.call, lambda other=other: rival.ingest(other), after=after)  # type: ignore[misc]
        with contextlib.suppress(Death):
            lake.ingest(message)
        faults.clear()
    # Whatever failed comes again, and what was not delivered yet comes at last.
    for message in data.draw(st.permutations(messages)):
        lake.ingest(message)
    newest = {key: next((n for n in reversed(contents) if n is not None), None) for key, contents in keys.items()}
    assert_consistent(lake, newest)


class Rival:
    """Another worker: clients of its own, so that faults do not reach it."""

    def __init__(self, lake: Lake) -> None:
        self._lake = Lake.__new__(Lake)
        self._lake.__dict__.update(lake.__dict__)
        self._lake.s3, self._lake.dynamodb = lake.client("s3"), lake.client("dynamodb")

    def ingest(self, message: str) -> None:
        self._lake.ingest(message)


def assert_consistent(lake: Lake, newest: dict[str, list[str] | None]) -> None:
    """Rows are those of the newest good versions, files those the states name, totals the sums of the states."""
    states = [state for key in newest if (state := lake.state(key))]
    assert {state["key"] for state in states} == set(newest)
    assert sorted(file for state in states for file in state["files"]) == sorted(lake.files())
    wanted = sorted(number for names in newest.values() for number in range(len(names or [])))
    assert sorted(row["id"] for row in lake.rows(hive=False)) == wanted
    item = lake.item()
    assert item["rows"] == len(wanted)
    assert item["files"] == len(lake.files())
    assert item["bytes"] == sum(state["bytes"] for state in states)
    assert item["raw_bytes"] == sum(state["raw_bytes"] for state in states)
    assert item["objects"] == sum(names is not None for names in newest.values())
    assert item["quarantined"] == sum(state["status"] == "quarantined" for state in states)
    for state in states:
        names = newest[state["key"]]
        folders = {file.split("/")[1].removeprefix("name=") for file in state["files"] if "name=" in file}
        assert folders <= set(names or [])
        assert state["rows"] == len(names or [])
        assert "superseded" not in state or not state["superseded"]
    for column in item["statistics"]:
        assert column["nulls"] == 0
