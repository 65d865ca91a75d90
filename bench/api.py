"""The Dataset API's function: what importing it costs, and how long it takes for each route, without AWS.

The import is that of a new process, beside bare Python, the least of several; its time of the processor is told too,
since a busy machine only adds to the other. The routes are called in this process as API Gateway calls them, on a small
emulated stage; the time that passes in HTTP requests to the emulator is taken out.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402
from botocore.httpsession import URLLib3Session  # noqa: E402

from local.emulator import lifecycle  # noqa: E402
from local.workspace import Workspace  # noqa: E402
from tests.handlers.api.gateway import PORTAL, Gateway, claims, event  # noqa: E402
from tests.handlers.api.stage import EVERYTHING, LEDGER, ORDERS, REGISTRATION, Stage  # noqa: E402
from tests.handlers.lake import Lake  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BARS = {"import_milliseconds": 350}
STATEMENTS = {"bare Python": "pass", "api": "import handlers.api.app"}
DATASETS = 60
CONTENT = b"id,name,amount\n1,ann,1.5\n"
SQL = "select name, sum(amount) as total from orders where id > ? group by 1 order by 2 desc limit 100"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9, help="processes of each (default 9); the fastest counts")
    options.add_argument("--requests", type=int, default=150, help="requests of each route (default 150)")
    options.add_argument("--json", action="store_true", help="print the result as JSON")
    chosen = options.parse_args()
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "python": sys.version.split()[0],
        "cores": os.cpu_count(),
        "import_milliseconds": imports(chosen.rounds),
        "datasets": DATASETS,
        "requests": chosen.requests,
        "routes": routes(chosen.requests),
        "bars": BARS,
    }
    result["within_bars"] = result["import_milliseconds"]["above"] <= BARS["import_milliseconds"]
    print(json.dumps(result, indent=2) if chosen.json else table(result))
    sys.exit(0 if result["within_bars"] else 1)


def imports(rounds: int) -> dict[str, int]:
    fastest = dict.fromkeys(STATEMENTS, float("inf"))
    processor = dict.fromkeys(STATEMENTS, float("inf"))
    for _ in range(rounds):
        for name, statement in STATEMENTS.items():
            started, before = time.perf_counter(), children_seconds()
            subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT)
            fastest[name] = min(fastest[name], time.perf_counter() - started)
            processor[name] = min(processor[name], children_seconds() - before)
    found = {name: round(1000 * taken) for name, taken in fastest.items()}
    above = processor["api"] - processor["bare Python"]
    return {**found, "above": found["api"] - found["bare Python"], "processor_above": round(1000 * above)}


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Outside:
    """The time that passes in HTTP requests."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        send: Callable[..., Any] = URLLib3Session.send

        def timed(session: URLLib3Session, request: Any) -> Any:
            started = time.perf_counter()
            try:
                return send(session, request)
            finally:
                self.seconds += time.perf_counter() - started

        patch.setattr(URLLib3Session, "send", timed)


@contextlib.contextmanager
def stage() -> Iterator[tuple[Stage, Outside]]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        workspace = Workspace(Path(folder))
        try:
            endpoint = lifecycle.start(workspace, 0, region="us-east-1").endpoint
            for name, value in {
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": endpoint,
                "POWERTOOLS_LOG_LEVEL": "WARNING",
            }.items():
                patch.setenv(name, value)
            yield Stage(Lake(endpoint, ORDERS, LEDGER), patch), Outside(patch)
        finally:
            lifecycle.stop(workspace)


def routes(count: int) -> dict[str, dict[str, float]]:
    """The median and the 99th percentile of each route, in milliseconds, and of how much of it the emulator had."""
    with stage() as (made, outside):
        from handlers.api import app

        made.gateway = Gateway(app.handler, checked=False)
        everything = claims("bench", "shop-admins", EVERYTHING, client_id=PORTAL)
        made.gateway.sign_in("bench", everything)
        made.request = made.gateway.request
        made.catalog(ORDERS, LEDGER)
        made.lake.load("in/orders/a.csv", CONTENT)
        for number in range(DATASETS):
            made.register("bench", id=f"set{number:03}")
        query = made.query("bench", SQL, 0)["id"]
        upload = made.upload("bench", "a.csv", CONTENT)["id"]
        made.wait(
            lambda: made.request("bench", "GET", "/datasets/orders/statistics").status, lambda status: status == 200
        )
        figures = {}
        for name, request in requests(query, upload).items():
            figures[name] = measured(app.handler, [request(number) for number in range(count)], everything, outside)
        return figures


def requests(query: str, upload: str) -> dict[str, Callable[[int], tuple[str, str, Any, dict[str, str]]]]:
    """What is asked, by name: method, path, body and headers of the n-th request."""

    def get(path: str) -> Callable[[int], tuple[str, str, Any, dict[str, str]]]:
        return lambda _number: ("GET", path, None, {})

    sha256 = [hashlib.sha256(CONTENT).hexdigest()]
    parts = ("", "/schema", "/versions", "/lineage", "/changes", "/files", "/preview", "/statistics")
    return {
        "GET /health": get("/health"),
        "GET /datasets": get("/datasets"),
        "POST /datasets": lambda number: ("POST", "/datasets", {**REGISTRATION, "id": f"new{number:04}"}, {}),
        "PATCH /datasets/{id}": lambda number: (
            *("PATCH", "/datasets/set001", {"description": f"Number {number}"}),
            {"If-Match": "*"},
        ),
        **{f"GET /datasets/{{id}}{part}": get(f"/datasets/orders{part}") for part in parts},
        "POST /datasets/{id}/uploads": lambda number: (
            *("POST", "/datasets/orders/uploads", {"name": f"{number}.csv", "size": len(CONTENT), "sha256": sha256}),
            {},
        ),
        "GET /datasets/{id}/uploads/{upload}": get(f"/datasets/orders/uploads/{upload}"),
        "POST /queries": lambda number: ("POST", "/queries", {"sql": SQL, "parameters": [number]}, {}),
        "GET /queries/{id}": get(f"/queries/{query}"),
    }


def measured(
    handler: Callable[[dict[str, Any], Any], dict[str, Any]],
    wanted: list[tuple[str, str, Any, dict[str, str]]],
    of: dict[str, Any],
    outside: Outside,
) -> dict[str, float]:
    own, others = [], []
    for method, path, body, headers in wanted:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        content = json.dumps(body).encode() if body is not None else b""
        given = event(method, path, {"Content-Type": kind, **headers}, content, of)
        outside.seconds = 0.0
        started = time.perf_counter()
        status = handler(given, None)["statusCode"]
        taken = time.perf_counter() - started
        if status >= 300:
            sys.exit(f"{method} {path} was answered {status}.")
        own.append(taken - outside.seconds)
        others.append(outside.seconds)
    return {
        "p50": percentile(own, 0.5),
        "p99": percentile(own, 0.99),
        "emulator_p50": percentile(others, 0.5),
    }


def percentile(seconds: list[float], share: float) -> float:
    return round(1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))], 2)


def table(result: dict[str, Any]) -> str:
    found = result["import_milliseconds"]
    lines = [f"the Dataset API's function, Python {result['python']}, {result['cores']} cores, {result['date']}"]
    verdict = "within" if result["within_bars"] else "ABOVE"
    lines.append(
        f"  import {found['above']} ms above bare Python's {found['bare Python']} ms "
        f"({verdict} the bar: {BARS['import_milliseconds']} ms), {found['processor_above']} ms of a processor"
    )
    lines.append(f"  {result['requests']} requests a route, {result['datasets']} data sets; ms without the emulator's")
    lines.append(f"  {'':40} {'p50':>7} {'p99':>7} {'emulator':>9}")
    for name, one in result["routes"].items():
        lines.append(f"  {name:40} {one['p50']:7.2f} {one['p99']:7.2f} {one['emulator_p50']:9.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
