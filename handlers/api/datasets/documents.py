"""Documents of registered data sets as items: made of a registration, changed by a patch, told apart by a revision.

Beside the definition an item has what indexes and the audit trail need. `pending` is a change that is under way: until
it is committed, everybody sees the document as it was.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from ...common.registered import SOURCE_ZONE, ZONE, source_prefix
from ...common.settings import Column, Dataset, Source
from ...common.table import document_key
from ..moments import written
from ..problems import Problem, invalid
from . import checks

if TYPE_CHECKING:
    import datetime

    from ...common.attributes import Item
    from ..callers import Caller
    from .bodies import Change, ColumnBody, Registration, SourceBody


def defined(registration: Registration) -> Dataset:
    """Return the data set that a registration defines.

    Raises:
        Problem: 400, naming everything that is wrong with it.

    """
    dataset = Dataset(
        id=registration.id,
        zone=ZONE,
        prefix=f"{registration.id}/",
        columns=_columns(registration.columns),
        source=_source(registration.id, registration.source),
        partitioned_by=registration.partitioned_by,
        projections=registration.projections,
        max_error_share=registration.max_error_share,
        description=registration.description,
        owner=registration.owner,
        tags=registration.tags,
        classification=registration.classification,
    )
    return _checked(dataset)


def changed(dataset: Dataset, change: Change) -> Dataset:
    """Return a data set as a patch makes it.

    Raises:
        Problem: 400, naming everything that is wrong with it, or that may not be changed.

    """
    names = ("owner", "description", "classification", "max_error_share")
    new: dict[str, Any] = {name: getattr(change, name) for name in names if getattr(change, name) is not UNSET}
    if change.columns is not UNSET:
        new["columns"] = _columns(change.columns)
    if change.tags is not UNSET:
        merged = {**dataset.tags, **change.tags}
        new["tags"] = {key: value for key, value in merged.items() if value is not None}
    if change.projections is not UNSET:
        new["projections"] = {**dataset.projections, **change.projections}
    if change.source is not UNSET:
        new["source"] = _source(dataset.id, change.source)
    after = _checked(msgspec.structs.replace(dataset, **new))
    narrowed = list(checks.narrowings(dataset, after))
    if narrowed:
        raise invalid(narrowed)
    return after


def document(
    dataset: Dataset, status: str, revision: int, caller: Caller, now: datetime.datetime, before: Item | None
) -> Item:
    """Return the item of a data set in a new revision; `before` is the one it follows."""
    moment = written(now)
    first = before or {"created_at": moment, "created_by": caller.name}
    return {
        **document_key(dataset.id),
        "gsi1pk": f"OWNER#{dataset.owner}",
        "gsi1sk": dataset.id,
        "gsi2pk": "DOCUMENT",
        "gsi2sk": dataset.id,
        "id": dataset.id,
        "status": status,
        "revision": revision,
        "definition": msgspec.to_builtins(dataset),
        "created_at": first["created_at"],
        "created_by": first["created_by"],
        "updated_at": moment,
        "updated_by": caller.name,
    }


def etag(revision: int) -> str:
    """Return a revision as an entity tag."""
    return f'"{revision}"'


def etag_of_definition(dataset: Dataset) -> str:
    """Return the entity tag of a data set that has no revisions: another definition, another tag."""
    return f'"{hashlib.sha256(msgspec.json.encode(dataset)).hexdigest()[:16]}"'


def configured(name: str) -> Problem:
    """Return the problem of changing a data set that the stack's configuration defines."""
    return Problem(
        "conflict", f"`{name}` is defined by the stack's configuration (`watershed:datasets`); change it there."
    )


def require_match(given: str | None, revision: int) -> None:
    """Raise Problem unless a request names the version it changes: 428 where it names none, 412 where another."""
    if given is None:
        detail = "Send `If-Match` with the ETag of what you read, so that nobody else's change is lost."
        raise Problem("precondition-required", detail)
    named = {each.strip().removeprefix("W/") for each in given.split(",")}
    if etag(revision) not in named and "*" not in named:
        detail = f"It is at {etag(revision)} by now; read it again, and send its new ETag."
        raise Problem("stale", detail, headers={"ETag": etag(revision)})


def _checked(dataset: Dataset) -> Dataset:
    wrong = list(checks.problems(dataset))
    if wrong:
        raise invalid(wrong)
    return dataset


def _columns(given: tuple[ColumnBody, ...]) -> tuple[Column, ...]:
    return tuple(Column(each.name, checks.normal_type(each.type), each.comment) for each in given)


def _source(name: str, given: SourceBody) -> Source:
    return Source(
        zone=SOURCE_ZONE,
        prefix=source_prefix(name),
        format=given.format,
        delimiter=given.delimiter,
        header=given.header,
        null_values=given.null_values,
        on_delete=given.on_delete,
    )
