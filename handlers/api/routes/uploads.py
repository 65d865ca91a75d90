"""Sending files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..access import Level, Scope
from ..operations import Answer, Routes
from ..uploads import bodies, uploading

if TYPE_CHECKING:
    from ..operations import Request

routes = Routes()


@routes.add(
    "POST",
    "/datasets/{id}/uploads",
    scope=Scope.WRITE,
    needs=Level.WRITE,
    body=bodies.UploadBody,
    answers={201: bodies.Upload},
    refusals=(403, 409),
    is_replayed=False,
)
def begin_upload(request: Request) -> Answer:
    """Begin to upload a file.

    Send each part by `PUT` to its URL with its headers; the URL takes exactly the bytes of the size and SHA-256 that
    you named. A file up to 64 MiB has one part. Then complete the upload.
    """
    upload = uploading.begin(request)
    path = f"/datasets/{upload.dataset}/uploads/{upload.id}"
    return Answer(201, upload, {"Location": request.platform.link(path)})


@routes.add(
    "GET",
    "/datasets/{id}/uploads/{upload}",
    scope=Scope.WRITE,
    needs=Level.WRITE,
    answers={200: bodies.Upload},
    refusals=(403,),
)
def show_upload(request: Request) -> Answer:
    """Show how far an upload is, with new URLs for what is missing, and what ingestion made of it."""
    return Answer(200, uploading.show(request))


@routes.add(
    "POST",
    "/datasets/{id}/uploads/{upload}/complete",
    scope=Scope.WRITE,
    needs=Level.WRITE,
    body=bodies.Completion,
    answers={200: bodies.Upload},
    refusals=(403, 409),
    is_replayed=False,
)
def complete_upload(request: Request) -> Answer:
    """Say that all parts are sent: they become the file, and ingestion takes it."""
    return Answer(200, uploading.complete(request))


@routes.add(
    "DELETE",
    "/datasets/{id}/uploads/{upload}",
    scope=Scope.WRITE,
    needs=Level.WRITE,
    answers={204: None},
    refusals=(403, 409),
)
def abort_upload(request: Request) -> Answer:
    """Give an upload up. A URL that was given out for a whole file holds until it expires."""
    uploading.abort(request)
    return Answer(204)
