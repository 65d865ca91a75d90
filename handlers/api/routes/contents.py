"""What is in a data set, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...common import registered
from ..access import Level, Scope
from ..contents import files, history, preview, schema
from ..operations import Answer, Routes
from ..problems import Problem
from ..statistics import bodies as statistics
from ..statistics import computing

if TYPE_CHECKING:
    from ..operations import Request

routes = Routes()


@routes.add("GET", "/datasets/{id}/schema", scope=Scope.READ, needs=Level.READ, answers={200: schema.Schema})
def show_schema(request: Request) -> Answer:
    """Show the columns, in the order of the table."""
    return Answer(200, schema.schema(request.dataset.dataset))


@routes.add(
    "GET",
    "/datasets/{id}/versions",
    scope=Scope.READ,
    needs=Level.READ,
    query=history.Paging,
    answers={200: history.VersionPage},
)
def list_versions(request: Request) -> Answer:
    """List what ingestion made of the files that arrived, the latest first."""
    return Answer(200, history.versions(request))


@routes.add(
    "GET",
    "/datasets/{id}/lineage",
    scope=Scope.READ,
    needs=Level.READ,
    query=history.Paging,
    answers={200: history.Lineage},
)
def show_lineage(request: Request) -> Answer:
    """Show which raw objects the data set is made of, and which files came of each."""
    return Answer(200, history.lineage(request))


@routes.add(
    "GET",
    "/datasets/{id}/changes",
    scope=Scope.READ,
    needs=Level.READ,
    query=history.Paging,
    answers={200: history.ChangePage},
)
def list_changes(request: Request) -> Answer:
    """List who changed the definition and how, the latest first.

    A configured data set has no changes here: they are in the history of the stack's configuration.
    """
    return Answer(200, history.changes(request))


@routes.add(
    "GET",
    "/datasets/{id}/files",
    scope=Scope.READ,
    needs=Level.READ,
    query=history.Paging,
    answers={200: files.FilePage},
)
def list_files(request: Request) -> Answer:
    """List the Parquet files, each with a URL that fetches it for five minutes."""
    return Answer(200, files.page(request))


@routes.add(
    "GET",
    "/datasets/{id}/preview",
    scope=Scope.READ,
    needs=Level.READ,
    query=preview.Rows,
    answers={200: preview.Preview},
    refusals=(409,),
)
def preview_dataset(request: Request) -> Answer:
    """Show the first rows of one file."""
    if request.dataset.status == registered.PURGING:
        raise Problem("conflict", "It is being purged.")
    return Answer(200, preview.preview(request))


@routes.add(
    "GET",
    "/datasets/{id}/statistics",
    scope=Scope.READ,
    needs=Level.READ,
    totals=True,
    answers={200: statistics.Statistics, 202: statistics.Statistics},
)
def show_statistics(request: Request) -> Answer:
    """Show statistics of every column, with histograms of numbers.

    They are computed when they are asked for and the data have changed: 202 while they are, with what is known so far;
    ask again after `Retry-After`.
    """
    found = computing.statistics(request)
    return Answer(202, found, {"Retry-After": "2"}) if found.status == "computing" else Answer(200, found)
