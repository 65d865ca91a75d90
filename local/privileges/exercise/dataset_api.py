"""Take the Dataset API through what each of its grants is for, as two administrators who are signed in.

Every data set is read in every way, and asked; one is registered, gets files whole, in parts and spoilt, changes, is
archived, brought back, archived and purged.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from ...aws import Clients
from ...errors import StageError
from ...stage.progress import Progress
from ...web import ask
from .administrators import Administrator, sign_in_administrator
from .uploads import exercise_uploads

SECONDS = 120.0
POLL_SECONDS = 0.5
MERGE_PATCH = "application/merge-patch+json"
PAGE_ROWS = 10
_COLUMNS = [{"name": "id", "type": "bigint"}, {"name": "text", "type": "string"}]
_FINISHED = ("succeeded", "failed", "cancelled")
T = TypeVar("T")


def exercise_api(clients: Clients, outputs: Mapping[str, Any], progress: Progress) -> None:
    """Do all of it; nothing where the stack has no API."""
    api = outputs.get("api")
    if not api:
        return
    progress.doing("signing two administrators in at the API")
    first, second = (
        sign_in_administrator(clients, api, f"{which}-{secrets.token_hex(4)}") for which in ("asks", "confirms")
    )
    progress.doing("registering a data set through the API, and sending it files")
    name = f"exercise_{secrets.token_hex(4)}"
    _register(first, name)
    exercise_uploads(first, name)
    _change(first, name)
    progress.doing("reading all data sets through the API, and asking them")
    for known in list(_listed(first)):
        _read(first, known)
        _ask_for_all(first, known)
    _query(first, name)
    progress.doing("archiving and purging a data set through the API")
    _archive(first, name)
    _restore(first, name)
    _archive(first, name)
    _purge(first, second, name)
    progress.done("took the API through all that its grants are for")


def _register(administrator: Administrator, name: str) -> None:
    """Register it twice under one key, as a client does whose connection broke."""
    wanted = {"id": name, "owner": "exercise", "columns": _COLUMNS, "tags": {"made_for": "exercise"}}
    key = {"Idempotency-Key": secrets.token_hex(16)}
    first, again = (
        administrator.ask("POST", "/datasets", wanted, expects=(201,), headers=key).document for _ in range(2)
    )
    if first != again:
        raise StageError(f"Registering {name} twice under one key gives two answers: {first} and {again}.")


def _change(administrator: Administrator, name: str) -> None:
    """Change what stands in the document alone, then the table too."""
    more = [*_COLUMNS, {"name": "note", "type": "string"}]
    for patch in ({"tags": {"made_for": None, "since": "now"}}, {"columns": more}):
        _patch(administrator, name, patch)


def _archive(administrator: Administrator, name: str) -> None:
    administrator.ask("DELETE", f"/datasets/{name}", expects=(204,), headers=_match(administrator, name))


def _restore(administrator: Administrator, name: str) -> None:
    _patch(administrator, name, {"status": "active"})


def _patch(administrator: Administrator, name: str, patch: Mapping[str, Any]) -> None:
    headers = _match(administrator, name)
    administrator.ask("PATCH", f"/datasets/{name}", patch, media_type=MERGE_PATCH, headers=headers)


def _match(administrator: Administrator, name: str) -> dict[str, str]:
    """Return the header that names the version which is changed."""
    return {"If-Match": administrator.ask("GET", f"/datasets/{name}").headers["etag"]}


def _purge(asks: Administrator, confirms: Administrator, name: str) -> None:
    """Destroy it as two administrators, unless the stack lets nobody."""
    path = f"/datasets/{name}/purge"
    if asks.ask("POST", path, expects=(202, 403)).status == 202:
        _until(lambda: confirms.ask("POST", path, expects=(200, 202)).status == 200, f"{name} is purged")
        asks.ask("GET", f"/datasets/{name}", expects=(404,))


def _listed(administrator: Administrator) -> Iterator[dict[str, Any]]:
    """Return what is in the list, page by page."""
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = administrator.ask("GET", f"/datasets?{urlencode({'limit': 5, **more})}").document
        yield from page["datasets"]
        cursor = page["cursor"]
        if cursor is None:
            return


def _read(administrator: Administrator, known: Mapping[str, Any]) -> None:
    """Read all that there is of a data set: statistics until they are computed, a file by its URL."""
    path = f"/datasets/{known['id']}"
    for part in ("", "/schema", "/versions", "/lineage", "/changes", "/preview"):
        administrator.ask("GET", path + part)
    files = administrator.ask("GET", f"{path}/files?limit=1").document["files"]
    _fetch(*(file["url"] for file in files))
    _until(
        lambda: administrator.ask("GET", f"{path}/statistics", expects=(200, 202)).status == 200,
        f"the statistics of {known['id']} are computed",
    )


def _ask_for_all(administrator: Administrator, known: Mapping[str, Any]) -> None:
    _succeed(administrator, _select("count(*) AS n", known["id"]))


def _query(administrator: Administrator, name: str) -> None:
    """Page through a result, download it as what there is, and cancel a query."""
    path = _succeed(administrator, _select("id, length(text) AS letters", name, "WHERE id > ? ORDER BY id"), 0)
    page = administrator.ask("GET", f"{path}?limit={PAGE_ROWS}").document
    administrator.ask("GET", f"{path}?limit={PAGE_ROWS}&cursor={quote(page['cursor'], safe='')}")
    for kind in ("csv", "parquet"):
        # The second time the file is there.
        for _ in range(2):
            _fetch(administrator.ask("GET", f"{path}?format={kind}").document["download"]["url"])
    cancelled = administrator.ask("POST", "/queries", {"sql": _select("id", name)}, expects=(202,)).document
    administrator.ask("DELETE", f"/queries/{cancelled['id']}", expects=(204,))


def _select(what: str, name: str, where: str = "") -> str:
    return f'SELECT {what} FROM "{name}" {where}'  # noqa: S608 - names of data sets are checked by the API


def _succeed(administrator: Administrator, sql: str, *parameters: Any) -> str:
    """Start a query, twice under one key, and return its path once it has succeeded."""
    wanted = {"sql": sql, "parameters": parameters}
    key = {"Idempotency-Key": secrets.token_hex(16)}
    first, again = (
        administrator.ask("POST", "/queries", wanted, expects=(202,), headers=key).document for _ in range(2)
    )
    if first["id"] != again["id"]:
        raise StageError(f"One query under one key was started twice: {sql}")
    path = f"/queries/{first['id']}"

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = administrator.ask("GET", path).document
        return found if found["status"] in _FINISHED else None

    found = _until(ended, f"`{sql}` is answered")
    if found["status"] != "succeeded":
        raise StageError(f"The query `{sql}` is {found['status']}: {json.dumps(found['reason'])}")
    return path


def _fetch(*urls: str) -> None:
    for url in urls:
        found = ask("GET", url)
        if found.status != 200:
            raise StageError(f"A URL of the API answers {found.status}: {found.body[:500].decode(errors='replace')}")


def _until(found: Callable[[], T | None], what: str) -> T:
    deadline = time.monotonic() + SECONDS
    while not (value := found()):
        if time.monotonic() > deadline:
            raise StageError(
                f"Waited {SECONDS:.0f} s in vain: {what}.", fix="See what the API logged: watershed local logs api."
            )
        time.sleep(POLL_SECONDS)
    return value
