"""Queries: started, looked at and cancelled, by who started them and while they may read what they read."""

from __future__ import annotations

import contextlib
import datetime
from typing import TYPE_CHECKING

from ...common import registered
from .. import access, athena
from ..moments import written
from ..operations import ID
from ..problems import Problem, no_dataset
from . import results
from .bodies import Query, QueryBody, ResultWanted

if TYPE_CHECKING:
    from ...common.attributes import Item
    from ..operations import Request
    from .parsing import Asked

KEPT = datetime.timedelta(days=7)


def key(identity: str) -> Item:
    """Return the key of a query's item."""
    return {"pk": f"QUERY#{identity}", "sk": "QUERY"}


def start(request: Request) -> Query:
    """Start a query; the same request by its idempotency key is one query.

    Raises:
        Problem: 400 for what is not one SELECT that only reads, 404 for a data set that the caller may not read, 409
            for one that is archived.

    """
    from . import parsing, statements

    body: QueryBody = request.body
    platform, identity = request.platform, request.new_id
    has_key = "idempotency-key" in request.headers
    known = platform.table.get(key(identity)) if has_key else None
    if known is not None:
        return results.shown(request, known, ResultWanted())
    asked = parsing.read(body.sql, {*platform.databases, *platform.databases.values()})
    places = _places(request, asked)
    statement = statements.finish(asked, places, body.parameters, platform.limits.query_rows)
    try:
        execution = athena.start(platform, statement.sql, request.token, statement.parameters)
    except athena.RefusedError as error:
        raise Problem("query-refused", f"Athena does not take the query: {error}") from error
    item = {
        **key(identity),
        "id": identity,
        "by_id": request.caller.id,
        "by": request.caller.name,
        "sql": body.sql,
        "datasets": asked.names,
        "row_limit": statement.row_limit,
        "execution": execution,
        "created_at": written(request.now),
        "expires_at": int((request.now + KEPT).timestamp()),
    }
    try:
        platform.table.put(item)
    except Exception:
        # Who repeats the request by its key gets this very query, for which Athena knows the token.
        if not has_key:
            _stop_quietly(request, execution)
        raise
    return results.begun(item)


def show(request: Request) -> Query:
    """Return a query as it stands, with a page of its rows once it has succeeded.

    Raises:
        Problem: 404 if the caller did not start it or may no longer read what it reads, 400 for a cursor, 409 for a
            download of what has not succeeded.

    """
    item = _find(request)
    found = access.look_up(request.caller, request.platform, item["datasets"]) if item["datasets"] else {}
    if set(item["datasets"]) - set(found):
        raise _no_query()
    return results.shown(request, item, request.query)


def cancel(request: Request) -> None:
    """Cancel a query; one that is over stays as it is."""
    athena.stop(request.platform, _find(request)["execution"])


def _find(request: Request) -> Item:
    identity = request.path["id"]
    item = request.platform.table.get(key(identity)) if ID.fullmatch(identity) else None
    if item is None or item["by_id"] != request.caller.id:
        raise _no_query()
    return item


def _no_query() -> Problem:
    return Problem("not-found", "You have no such query; they are forgotten after a week.")


def _places(request: Request, asked: Asked) -> dict[str, str]:
    """Return the databases of a query's tables, by name; what the caller may not read is as if it were not there."""
    from . import parsing

    platform = request.platform
    names = [name for name in asked.names if access.NAME.fullmatch(name)]
    found = access.look_up(request.caller, platform, names) if names else {}
    places: dict[str, str] = {}
    for (database, name), references in asked.tables.items():
        known = found.get(name)
        where = platform.databases.get(known.dataset.zone) if known else None
        if known is None or where is None or database not in {"", known.dataset.zone, where}:
            line, column = parsing.position(references[0])
            missing = no_dataset(f"{database}.{name}" if database else name)
            raise Problem(missing.code, missing.detail, line=line, column=column)
        if known.status != registered.ACTIVE:
            raise Problem("conflict", f"Data set `{name}` is {known.status}; it has no table.")
        places[name] = where
    return places


def _stop_quietly(request: Request, execution: str) -> None:
    with contextlib.suppress(Exception):
        athena.stop(request.platform, execution)
