"""Two hundred clients for a minute: nobody meets an error, and what was answered as written is there, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .afterwards import assert_answered, assert_changed, listed, tables
from .load import BUSY, Written, load

if TYPE_CHECKING:
    from local.privileges.exercise.administrators import Administrator

    from .served import Served

CLIENTS, SECONDS = 200, 60
PREFIX = "load"
# What a machine of few cores, busy with other tests, answers in a second is tried first: clients that ask for more only
# wait in its queue, until the gateway's 29 seconds are over.
TRIED_CLIENTS, TRIED_SECONDS, SHARE = 10, 8, 0.6


@pytest.fixture(scope="module")
def administrator(served: Served) -> Administrator:
    return served.signed_in(served.person("load", "data-platform"))


@pytest.fixture(scope="module")
def written(served: Served, administrator: Administrator) -> Written:
    at, token = served.api, administrator.token
    # The first requests start the function.
    load(at, token, clients=TRIED_CLIENTS, seconds=1, looks=0, prefix="warm")
    tried = load(at, token, clients=TRIED_CLIENTS, seconds=TRIED_SECONDS, looks=0, prefix="tried")
    looks = CLIENTS / (SHARE * len(tried.seconds) / TRIED_SECONDS)
    found = load(at, token, clients=CLIENTS, seconds=SECONDS, looks=looks, prefix=PREFIX)
    print(
        f"{len(found.seconds)} requests by {CLIENTS} clients, the slowest in {max(found.seconds):.1f} s: "
        f"{dict(found.answers)}; before, {TRIED_CLIENTS} had {len(tried.seconds)} answers in {TRIED_SECONDS} s"
    )
    return found


def test_no_client_meets_an_error(written: Written) -> None:
    assert written.wrong == []
    assert {status for _, status in written.answers} <= {200, 201, 202, BUSY}
    assert len(written.seconds) > CLIENTS


def test_what_was_registered_is_there_once_and_nothing_else_is(written: Written, administrator: Administrator) -> None:
    assert set(listed(administrator, PREFIX)) == set(written.registered)
    assert len(written.registered) > CLIENTS / 10


def test_every_change_was_made_once(written: Written, administrator: Administrator) -> None:
    changed = {name: times for name, times in written.registered.items() if times}
    assert changed
    for name, times in changed.items():
        assert_changed(administrator, name, times)


def test_every_data_set_has_its_table(written: Written, served: Served) -> None:
    assert set(tables(served, PREFIX)) == set(written.registered)


def test_every_query_was_started_once_and_has_its_result(written: Written, administrator: Administrator) -> None:
    assert_answered(administrator, written)
