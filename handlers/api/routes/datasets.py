"""Finding, registering, changing and destroying data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..access import Level, Scope
from ..datasets import bodies, deciding, listing, purging, views
from ..operations import MERGE_PATCH, Answer, Routes

if TYPE_CHECKING:
    from ..operations import Request

routes = Routes()


@routes.add("GET", "/datasets", scope=Scope.READ, query=listing.Filter, answers={200: views.DatasetPage})
def list_datasets(request: Request) -> Answer:
    """List the data sets that you may read, by name.

    Filters go together. A page may be shorter than `limit`, also empty, while `cursor` says that there is more.
    """
    return Answer(200, listing.page(request))


@routes.add(
    "POST",
    "/datasets",
    scope=Scope.WRITE,
    body=bodies.Registration,
    answers={201: views.DatasetDocument},
    refusals=(403, 409),
)
def register_dataset(request: Request) -> Answer:
    """Register a data set, and make its table.

    You must be allowed to write what it would be, by its owner, tags or name. Its files arrive by uploads. The answer
    has its `Location` and its `ETag`.
    """
    found = deciding.register(request)
    location = {"Location": request.platform.link(f"/datasets/{found.dataset.id}"), "ETag": views.etag(found)}
    return Answer(201, views.whole(found), location)


@routes.add(
    "GET",
    "/datasets/{id}",
    scope=Scope.READ,
    needs=Level.READ,
    totals=True,
    answers={200: views.DatasetDocument},
)
def show_dataset(request: Request) -> Answer:
    """Show a data set: its definition, and what ingestion counted."""
    return Answer(200, views.whole(request.dataset), {"ETag": views.etag(request.dataset)})


@routes.add(
    "PATCH",
    "/datasets/{id}",
    scope=Scope.WRITE,
    needs=Level.WRITE,
    totals=True,
    body=bodies.Change,
    media_type=MERGE_PATCH,
    answers={200: views.DatasetDocument},
    refusals=(403, 409, 412, 428),
)
def change_dataset(request: Request) -> Answer:
    """Change a registered data set, by a merge patch.

    `If-Match` names the version that you read. Columns may be added at the end, and comments changed. You must be
    allowed to write what it becomes. `{"status": "active"}` brings an archived one back.
    """
    found = deciding.change(request)
    return Answer(200, views.whole(found), {"ETag": views.etag(found)})


@routes.add(
    "DELETE",
    "/datasets/{id}",
    scope=Scope.WRITE,
    needs=Level.WRITE,
    answers={204: None},
    refusals=(403, 409, 412, 428),
)
def archive_dataset(request: Request) -> Answer:
    """Archive a registered data set: its table goes, its files and what is known of it stay.

    `If-Match` names the version that you read.
    """
    deciding.archive(request)
    return Answer(204)


@routes.add(
    "POST",
    "/datasets/{id}/purge",
    scope=Scope.ADMIN,
    needs=Level.ADMIN,
    answers={200: purging.Purging, 202: purging.Purging},
    refusals=(403, 409),
    is_replayed=False,
)
def purge_dataset(request: Request) -> Answer:
    """Ask to destroy an archived data set, or confirm it, or go on with it.

    Two keys: one administrator asks, another confirms within a day. 202 while something is to be done still, 200 once
    it is gone.
    """
    return purging.purge(request)
