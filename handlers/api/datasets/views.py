"""Data sets as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...common.settings import Column, Projection, Source
from .. import cursors
from ..moments import Moment
from . import documents

if TYPE_CHECKING:
    from ...common.attributes import Item
    from ..access import Found

May = Literal["read", "write", "admin"]
Status = Literal["active", "archived", "purging"]


class Totals(msgspec.Struct, frozen=True):
    """What ingestion counted."""

    rows: int
    bytes: Annotated[int, Meta(description="Of the Parquet files.")]
    raw_bytes: Annotated[int, Meta(description="Of the files as they arrived.")]
    files: int
    objects: Annotated[int, Meta(description="Raw objects in use.")]
    rejected_rows: int
    quarantined: Annotated[int, Meta(description="Raw objects whose newest version could not be read.")]
    updated_at: Moment


class Summary(msgspec.Struct, frozen=True):
    """A data set in a list."""

    id: str
    kind: Annotated[Literal["configured", "registered"], Meta(description="By the stack's configuration, or here.")]
    status: Status
    description: str | None
    owner: str | None
    tags: dict[str, str]
    classification: str | None
    zone: str
    rows: int | None
    bytes: int | None
    updated_at: Moment | None
    may: Annotated[May, Meta(description="What you may do with it; each includes those before.")]


class DatasetPage(msgspec.Struct, frozen=True):
    """Some data sets, by name."""

    datasets: list[Summary]
    cursor: cursors.Next | None


class Purge(msgspec.Struct, frozen=True):
    """A wish to destroy a data set, which a second administrator confirms."""

    asked_by: str
    asked_at: Moment
    expires_at: Moment


class DatasetDocument(msgspec.Struct, frozen=True):
    """A data set, all that was defined of it, and what ingestion counted."""

    id: str
    kind: Annotated[Literal["configured", "registered"], Meta(description="By the stack's configuration, or here.")]
    status: Status
    revision: Annotated[int | None, Meta(description="null: configured, changed by a deploy only.")]
    description: str | None
    owner: str | None
    tags: dict[str, str]
    classification: str | None
    zone: str
    prefix: Annotated[str, Meta(description="Where its files lie in its zone.")]
    table: Annotated[str, Meta(description="Its name in queries.", examples=["curated.orders"])]
    columns: list[Column]
    partitioned_by: list[str]
    projections: dict[str, Projection]
    source: Annotated[Source | None, Meta(description="Where its files arrive; null: it is not made from files.")]
    max_error_share: float
    totals: Annotated[Totals | None, Meta(description="null: nothing has arrived yet.")]
    may: May
    created_at: Moment | None
    created_by: str | None
    updated_at: Moment | None
    updated_by: str | None
    purge: Annotated[Purge | None, Meta(description="Asked for and not confirmed yet.")]


def summary(found: Found) -> Summary:
    """Return a data set as it stands in a list."""
    dataset, known = found.dataset, found.totals or {}
    return Summary(
        id=dataset.id,
        kind=_kind(found),
        status=_status(found),
        description=dataset.description,
        owner=dataset.owner,
        tags=dataset.tags,
        classification=dataset.classification,
        zone=dataset.zone,
        rows=known.get("rows"),
        bytes=known.get("bytes"),
        updated_at=known.get("updated_at") or (found.document or {}).get("updated_at"),
        may=may(found),
    )


def whole(found: Found) -> DatasetDocument:
    """Return a data set with all that is known of it."""
    dataset, item = found.dataset, found.document or {}
    return DatasetDocument(
        id=dataset.id,
        kind=_kind(found),
        status=_status(found),
        revision=item.get("revision"),
        description=dataset.description,
        owner=dataset.owner,
        tags=dataset.tags,
        classification=dataset.classification,
        zone=dataset.zone,
        prefix=dataset.prefix,
        table=f"{dataset.zone}.{dataset.id}",
        columns=list(dataset.columns),
        partitioned_by=list(dataset.partitioned_by),
        projections=dataset.projections,
        source=dataset.source,
        max_error_share=dataset.max_error_share,
        totals=totals(found.totals),
        may=may(found),
        created_at=item.get("created_at"),
        created_by=item.get("created_by"),
        updated_at=item.get("updated_at"),
        updated_by=item.get("updated_by"),
        purge=_purge(item.get("purge")),
    )


def etag(found: Found) -> str:
    """Return the entity tag of a data set; a configured one has that of its definition."""
    if found.document:
        return documents.etag(found.document["revision"])
    return documents.etag_of_definition(found.dataset)


def totals(item: Item | None) -> Totals | None:
    """Return what ingestion counted."""
    return Totals(**{name: item[name] for name in Totals.__struct_fields__}) if item else None


def _purge(asked: Item | None) -> Purge | None:
    return Purge(asked["asked_by"], asked["asked_at"], asked["expires_at"]) if asked else None


def may(found: Found) -> May:
    """Return what the caller may do, in a word."""
    word: Any = found.level.name.lower()
    return word  # type: ignore[no-any-return]


def _kind(found: Found) -> Literal["configured", "registered"]:
    return "registered" if found.is_registered else "configured"


def _status(found: Found) -> Status:
    status: Any = found.status
    return status  # type: ignore[no-any-return]
