"""Waiting for what arrived to be ingested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.await_ingestion.app import handler
from handlers.await_ingestion.arrivals import IngestionPendingError, NotIngestedError, QuarantinedError
from tests.handlers.lake import dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.lake import Lake

ORDERS = b"id,name,amount\n1,a,2.5\n"


class Context:
    """So many milliseconds are left, less each time somebody asks; what happens meanwhile is done then."""

    def __init__(self, milliseconds: int, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.left = milliseconds
        self.meanwhile = meanwhile

    def get_remaining_time_in_millis(self) -> int:
        self.meanwhile()
        self.left -= 1_000
        return self.left


@pytest.fixture
def lake(make_lake: Callable[..., Lake], monkeypatch: pytest.MonkeyPatch) -> Lake:
    made = make_lake(dataset(), dataset(id="computed", source=None))
    made.s3.put_object(Bucket=made.system, Key="settings.json", Body=made.document)
    monkeypatch.setenv("SETTINGS_BUCKET", made.system)
    monkeypatch.setenv("SETTINGS_KEY", "settings.json")
    monkeypatch.setattr("handlers.await_ingestion.app._PAUSE", 0.01)
    return made


def wait(context: Context | None = None, **given: Any) -> dict[str, Any]:
    return handler({"input": {"datasets": ["orders"], **given}}, context or Context(6_000))


def test_it_ends_when_every_object_is_in_use(lake: Lake) -> None:
    for number in range(3):
        lake.load(f"in/orders/{number}.csv", ORDERS)
    assert wait() == {"objects": 3}


def test_where_nothing_arrived_there_is_nothing_to_wait_for(lake: Lake) -> None:
    assert wait() == {"objects": 0}


def test_it_waits_for_the_version_that_is_there_now(lake: Lake) -> None:
    lake.load("in/orders/a.csv", ORDERS)
    message = lake.put("in/orders/a.csv", ORDERS + b"2,b,3\n")
    with pytest.raises(IngestionPendingError, match=r"1 objects are not ingested yet \(in/orders/a\.csv\)"):
        wait()
    assert wait(Context(60_000, lambda: lake.ingest(message))) == {"objects": 1}


def test_an_object_in_quarantine_fails_the_stage_with_the_reason(lake: Lake) -> None:
    lake.load("in/orders/a.csv", b"\xff\xfe\x00 no text")
    with pytest.raises(QuarantinedError, match=r"in/orders/a\.csv of orders is in quarantine"):
        wait()


def test_objects_from_before_are_not_looked_at(lake: Lake) -> None:
    lake.put("in/orders/a.csv", ORDERS)
    assert wait(since_hours=-1) == {"objects": 0}


@pytest.mark.parametrize("name", ["ordres", "computed"])
def test_a_data_set_that_nothing_arrives_for_is_refused(lake: Lake, name: str) -> None:
    with pytest.raises(NotIngestedError, match=rf"'{name}' is no data set that files arrive for \(orders\)"):
        wait(datasets=[name])
