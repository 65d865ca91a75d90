"""Many clients at once: each reads, registers, changes and asks, looks at the answer, and remembers what it wrote.

A client that is told to come again does so, under the same key or `If-Match`. What a gateway refused (429) has written
nothing, and may be given up when the time is over; a 503 does not say, so it is asked again for longer.
"""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import urllib3

# What a client is told when it asks too often, and when a service behind the API is busy.
BUSY, UNAVAILABLE = 429, 503
PAUSE_SECONDS = 1.0
_MORE_SECONDS = 150
"""A hold of a data set, which a request may leave that cannot take it back, runs out after 60 seconds."""
_ANSWER_SECONDS = 35
"""API Gateway gives up after 29 seconds."""
_COLUMNS = [{"name": "id", "type": "bigint"}]


@dataclass
class Written:
    """What clients were told is written, and how often each status was answered."""

    registered: dict[str, int] = field(default_factory=dict)
    """Data sets, and how often each was changed."""
    given_up: set[str] = field(default_factory=set)
    """Data sets whose registration or change was answered 503 to the end."""
    queries: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Written) -> None:
        """Take in what another client did."""
        self.registered |= other.registered
        self.given_up |= other.given_up
        self.queries += other.queries
        self.answers += other.answers
        self.seconds += other.seconds
        self.wrong += other.wrong


def load(
    api: str, token: str, *, clients: int, seconds: float, looks: float, prefix: str, busy: bool = False
) -> Written:
    """Let so many clients work for so long, each ending what it has begun; data sets are named by the prefix.

    A client looks at an answer for `looks` seconds on average. `busy`: services behind the API are, so that 503 is an
    answer; it is wrong otherwise.
    """
    until = time.monotonic() + seconds
    pool = urllib3.PoolManager(num_pools=1, maxsize=clients, block=True)
    workers = [_Client(api, token, f"{prefix}{number}", pool, until, looks, busy) for number in range(clients)]
    threads = [threading.Thread(target=each.work, daemon=True) for each in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Written()
    for each in workers:
        found.add(each.written)
    return found


class _Client:
    """One of them."""

    def __init__(
        self, api: str, token: str, name: str, pool: urllib3.PoolManager, until: float, looks: float, busy: bool
    ) -> None:
        self.written = Written()
        self._api, self._token, self._name, self._pool = api, token, name, pool
        self._until, self._looks, self._busy = until, looks, busy
        self._random = random.Random(name)

    def work(self) -> None:
        deeds = [self._read, self._list, self._register, self._change, self._ask]
        try:
            time.sleep(self._looks * self._random.random())
            while time.monotonic() < self._until:
                self._random.choices(deeds, weights=(8, 4, 3, 3, 2))[0]()
                time.sleep(self._looks * (0.5 + self._random.random()))
        except Exception as error:
            self.written.wrong.append(f"client {self._name}: {error!r}")

    def _read(self) -> None:
        self._request("GET", "/datasets/flights", expects=200)

    def _list(self) -> None:
        self._request("GET", "/datasets?limit=20", expects=200)

    def _register(self) -> None:
        name = f"{self._name}_{len(self.written.registered)}"
        body = {"id": name, "owner": "load", "columns": _COLUMNS}
        if self._request("POST", "/datasets", body, expects=201, key=uuid.uuid4().hex):
            self.written.registered[name] = 0

    def _change(self) -> None:
        if not self.written.registered:
            self._register()
            return
        name = self._random.choice(list(self.written.registered))
        found = self._request("GET", f"/datasets/{name}", expects=200)
        if not found:
            return
        times = str(self.written.registered[name] + 1)
        # Every other change is one of the table in the catalog, too.
        changes = {"tags": {"changed": times}, **({"description": times} if int(times) % 2 else {})}
        if self._request("PATCH", f"/datasets/{name}", changes, expects=200, match=found.headers["etag"]):
            self.written.registered[name] += 1

    def _ask(self) -> None:
        asked = {"sql": "SELECT count(*) AS n FROM flights WHERE month = ?", "parameters": [1]}
        found = self._request("POST", "/queries", asked, expects=202, key=uuid.uuid4().hex)
        if found:
            self.written.queries.append(found.json()["id"])

    def _request(
        self, method: str, path: str, body: Any = None, *, expects: int, key: str = "", match: str = ""
    ) -> urllib3.BaseHTTPResponse | None:
        """Send it until it is answered as expected; nothing where there is no time left, or another answer came."""
        headers = {"Authorization": f"Bearer {self._token}"}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": match} if match else {}
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        content = None if body is None else json.dumps(body)
        is_again = False
        while True:
            started = time.monotonic()
            found = self._pool.request(
                method, self._api + path, body=content, headers=headers, retries=False, timeout=_ANSWER_SECONDS
            )
            self.written.answers[f"{method} {path.split('?')[0].split('/')[1]}", found.status] += 1
            pause = self._told_to_wait(found, is_again=is_again)
            if pause is None:
                break
            is_again = is_again or found.status != BUSY
            is_unclear = is_again and method != "GET"
            if time.monotonic() > self._until + (_MORE_SECONDS if is_unclear else 0):
                if is_unclear:
                    self.written.given_up.add(body.get("id") or path.rpartition("/")[2])
                return None
            time.sleep(pause * (0.5 + self._random.random()))
        self.written.seconds.append(time.monotonic() - started)
        if found.status != expects:
            self.written.wrong.append(f"{method} {path}: {found.status} {found.data[:300]!r}")
            return None
        return found

    def _told_to_wait(self, found: urllib3.BaseHTTPResponse, *, is_again: bool) -> float | None:
        """Return after how many seconds to come again, or nothing where the answer is one to keep."""
        if found.status == BUSY:
            return PAUSE_SECONDS
        if not self._busy or "retry-after" not in found.headers:
            return None
        # The key is claimed still by the request that could not let it go.
        is_claimed = is_again and found.status == 409 and found.json()["type"].endswith(":in-progress")
        return float(found.headers["retry-after"]) if found.status == UNAVAILABLE or is_claimed else None
