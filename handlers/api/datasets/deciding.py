"""Registering, changing and archiving: whether it may be, before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from ...common import registered
from ...common.registered import definition
from ...common.table import dataset_key, document_key
from .. import access
from ..problems import Problem
from . import changing, documents

if TYPE_CHECKING:
    from ...common.attributes import Item
    from ...common.settings import Dataset
    from ..access import Found
    from ..operations import Request
    from .bodies import Change, Registration


def register(request: Request) -> Found:
    """Register a data set.

    Raises:
        Problem: 400 for a definition that is wrong, 403 if the caller may not write it, 409 if the id is taken.

    """
    registration: Registration = request.body
    dataset = documents.defined(registration)
    _require_write(request, dataset)
    if any(_collides(dataset, other) for other in request.platform.settings.datasets):
        raise changing.name_taken(dataset.id)
    items = request.platform.table.batch_get([document_key(dataset.id), dataset_key(dataset.id)])
    before = items.get((f"DATASET#{dataset.id}", "DOCUMENT"))
    if before and before["status"] != registered.CREATING:
        if before.get("created_token") != request.token:
            raise changing.name_taken(dataset.id)
        return _found(request, before, None)
    step = changing.Step(request, "registered", before, dataset, registered.ACTIVE)
    return _found(request, changing.take(step), items.get((f"DATASET#{dataset.id}", "DATASET")))


def change(request: Request) -> Found:
    """Change a registered data set, or bring it back from the archive.

    Raises:
        Problem: as `register`, and 412 or 428 for the version.

    """
    patch: Change = request.body
    found = request.dataset
    before = _changeable(request)
    restored = patch.status is not UNSET
    if found.status != registered.ACTIVE and not restored:
        raise Problem("conflict", 'It is archived; bring it back with `{"status": "active"}`.')
    dataset = documents.changed(found.dataset, patch)
    _require_write(request, dataset)
    if dataset == found.dataset and found.status == registered.ACTIVE:
        return found
    action = "restored" if found.status != registered.ACTIVE else "changed"
    return _found(
        request,
        changing.take(changing.Step(request, action, before, dataset, registered.ACTIVE)),
        found.totals,
    )


def archive(request: Request) -> None:
    """Archive a registered data set; one that is archived stays so.

    Raises:
        Problem: 409 for one that is configured, 412 or 428 for the version.

    """
    before = _changeable(request)
    if request.dataset.status == registered.ACTIVE:
        dataset = request.dataset.dataset
        changing.take(changing.Step(request, "archived", before, dataset, registered.ARCHIVED))


def _changeable(request: Request) -> Item:
    """Return the document that a change starts from; raises Problem if there is none or it is another version's.

    The version that this very request made is no other one: its answer was lost, and nothing changes any more, which
    https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 lets a server answer.
    """
    before = request.dataset.document
    if before is None:
        raise documents.configured(request.dataset.dataset.id)
    if before.get("token") != request.token:
        documents.require_match(request.headers.get("if-match"), before["revision"])
    if before["status"] == registered.PURGING:
        raise Problem("conflict", "It is being purged.")
    return before


def _require_write(request: Request, dataset: Dataset) -> None:
    if access.level_on(request.caller, request.platform, dataset) < access.Level.WRITE:
        detail = (
            f"You may not write a data set of owner `{dataset.owner}` with these tags; your groups' grants say which."
        )
        raise Problem("forbidden", detail)


def _collides(dataset: Dataset, other: Dataset) -> bool:
    """Say whether a configured data set has the same name, or files where the new one would have its own."""
    if dataset.id == other.id:
        return True
    nested = dataset.prefix.startswith(other.prefix) or other.prefix.startswith(dataset.prefix)
    return other.zone == dataset.zone and nested


def _found(request: Request, document: Item, totals: Item | None) -> Found:
    dataset = definition(document)
    return access.Found(dataset, access.level_on(request.caller, request.platform, dataset), document, totals)
