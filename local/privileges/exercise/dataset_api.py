"""Take the Dataset API through what each of its grants is for, as two administrators who are signed in.

Every data set is read in every way, and asked; one is registered, gets files whole, in parts and spoilt, changes, is
archived, brought back, archived and purged.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ...aws import Clients
from ...errors import StageError
from ...stage.progress import Progress
from ...web import ask
from .administrators import SECONDS, Administrator, sign_in_administrator
from .polling import poll
from .uploads import exercise_uploads

MERGE_PATCH = "application/merge-patch+json"
PAGE_ROWS = 10
_COLUMNS = [{"name": "id", "type": "bigint"}, {"name": "text", "type": "string"}]
_FINISHED = ("succeeded", "failed", "cancelled")


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
    for known in list(first.datasets(limit=5)):
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
    wanted = {"id": name, "owner": "exercise", "columns": _COLUMNS, "tags": {"made_for": "exercise"}}
    administrator.post_twice("/datasets", wanted, expects=201)


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
        confirms.ask("POST", path, later=(202,))
        asks.ask("GET", f"/datasets/{name}", expects=(404,))


def _read(administrator: Administrator, known: Mapping[str, Any]) -> None:
    """Read all that there is of a data set: statistics until they are computed, a file by its URL."""
    path = f"/datasets/{known['id']}"
    for part in ("", "/schema", "/versions", "/lineage", "/changes", "/preview"):
        administrator.ask("GET", path + part)
    files = administrator.ask("GET", f"{path}/files?limit=1").document["files"]
    _fetch(*(file["url"] for file in files))
    administrator.ask("GET", f"{path}/statistics", later=(202,))


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
    """Start a query, and return its path once it has succeeded."""
    started = administrator.post_twice("/queries", {"sql": sql, "parameters": parameters}, expects=202)
    path = f"/queries/{started['id']}"
    found = poll(lambda: administrator.ask("GET", path).document, lambda query: query["status"] in _FINISHED, SECONDS)
    if found["status"] != "succeeded":
        raise StageError(f"The query `{sql}` is {found['status']}: {json.dumps(found.get('reason'))}")
    return path


def _fetch(*urls: str) -> None:
    for url in urls:
        found = ask("GET", url)
        if found.status != 200:
            raise StageError(f"A URL of the API answers {found.status}: {found.body[:500].decode(errors='replace')}")
