"""Asking data sets by SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..access import Scope
from ..operations import Answer, Routes
from ..queries import bodies, running

if TYPE_CHECKING:
    from ..operations import Request

routes = Routes()


@routes.add(
    "POST",
    "/queries",
    scope=Scope.READ,
    body=bodies.QueryBody,
    answers={202: bodies.Query},
    refusals=(404, 409),
)
def start_query(request: Request) -> Answer:
    """Start one SELECT on data sets that you may read.

    The answer has its `Location`: look there how far it is. Values go into `parameters`, which are bound and never
    pasted. The result has at most as many rows as the stack says.
    """
    query = running.start(request)
    return Answer(202, query, {"Location": request.platform.link(f"/queries/{query.id}"), "Retry-After": "1"})


@routes.add(
    "GET",
    "/queries/{id}",
    scope=Scope.READ,
    query=bodies.ResultWanted,
    answers={200: bodies.Query},
    refusals=(404, 409, 413),
)
def show_query(request: Request) -> Answer:
    """Show how far your query is, what it scanned and cost, and a page of its rows.

    `format` also gives a URL that downloads the result: CSV, in which cells that spreadsheets would take for formulas
    begin with an apostrophe, or Parquet.
    """
    return Answer(200, running.show(request))


@routes.add("DELETE", "/queries/{id}", scope=Scope.READ, answers={204: None}, refusals=(404,))
def cancel_query(request: Request) -> Answer:
    """Cancel your query; one that is over stays as it is."""
    running.cancel(request)
    return Answer(204)
