"""What happened to a data set: what ingestion made of its files, and who changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ...common.table import LAST
from .. import cursors
from ..datasets import audit
from ..moments import Moment

if TYPE_CHECKING:
    from ...common.attributes import Item
    from ...common.table import Page
    from ..operations import Request

_MOST_FILES_SHOWN = 50


class Paging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of a list."""

    limit: cursors.Limit = 50
    cursor: cursors.Given | None = None


class Reason(msgspec.Struct, frozen=True):
    """Why a file was quarantined; docs/guides/ingestion.md has the codes and what to do."""

    code: str
    message: str


class Version(msgspec.Struct, frozen=True):
    """What ingestion made of one version of a raw object."""

    committed_at: Moment
    key: Annotated[str, Meta(description="Of the raw object.")]
    version_id: str | None
    status: Annotated[str, Meta(description="committed, quarantined or removed.")]
    rows: int | None
    rejected_rows: int | None
    bytes: int | None
    files: int | None
    reason: Reason | None


class VersionPage(msgspec.Struct, frozen=True):
    """Some of what ingestion did, the latest first."""

    versions: list[Version]
    cursor: cursors.Next | None


class RawObject(msgspec.Struct, frozen=True):
    """A raw object, and the files that came of it."""

    key: str
    version_id: str | None
    status: Annotated[str, Meta(description="Of its newest version: committed, quarantined or removed.")]
    checksum: Annotated[str | None, Meta(description="Of the version in use, as sha256:<hexadecimal>.")]
    committed_at: Moment
    rows: int
    bytes: int
    file_count: int
    files: Annotated[list[str], Meta(description=f"The keys of the first {_MOST_FILES_SHOWN}.")]
    source_deleted_at: Moment | None


class Place(msgspec.Struct, frozen=True):
    """A prefix of a zone."""

    zone: str
    prefix: str


class Lineage(msgspec.Struct, frozen=True):
    """Where a data set comes from."""

    source: Annotated[Place | None, Meta(description="Where its files arrive; null: it is not made from files.")]
    target: Place
    objects: list[RawObject]
    cursor: cursors.Next | None


class ChangeEntry(msgspec.Struct, frozen=True):
    """Who changed what."""

    at: Moment
    by: str
    request_id: Annotated[str, Meta(description="The `X-Request-Id` of the request.")]
    action: Literal["registered", "changed", "archived", "restored", "purge-requested", "purge-confirmed", "purged"]
    revision: int
    changes: Annotated[dict[str, Any], Meta(description="Each field that changed, `before` and `after`.")]


class ChangePage(msgspec.Struct, frozen=True):
    """Some changes, the latest first."""

    changes: list[ChangeEntry]
    cursor: cursors.Next | None


def versions(request: Request) -> VersionPage:
    """Return what ingestion did, the latest first."""
    attributes = ("committed_at", "key", "version_id", "status", "rows", "rejected_rows", "bytes", "files", "reason")
    page, cursor = _page(request, "versions", "VERSION#", f"VERSION#{LAST}", attributes, descending=True)
    return VersionPage([_version(item) for item in page.items], cursor)


def lineage(request: Request) -> Lineage:
    """Return the raw objects that a data set is made of, by key."""
    attributes = ("key", "version_id", "status", "checksum", "committed_at", "rows", "bytes", "files")
    page, cursor = _page(request, "lineage", "OBJECT#", f"OBJECT#{LAST}", (*attributes, "source_deleted_at"))
    dataset = request.dataset.dataset
    source = Place(dataset.source.zone, dataset.source.prefix) if dataset.source else None
    return Lineage(source, Place(dataset.zone, dataset.prefix), [_raw_object(item) for item in page.items], cursor)


def changes(request: Request) -> ChangePage:
    """Return the audit trail, the latest first; a configured data set has none here."""
    document = request.dataset.document
    if document is None:
        cursors.decode(f"changes {request.dataset.dataset.id}", request.query.cursor)
        return ChangePage([], None)
    low, high = audit.sort_range(document["created_at"])
    page, cursor = _page(request, "changes", low, high, descending=True)
    fields = ("at", "by", "request_id", "action", "revision", "changes")
    return ChangePage([ChangeEntry(**{name: item[name] for name in fields}) for item in page.items], cursor)


def _page(
    request: Request, kind: str, low: str, high: str, attributes: tuple[str, ...] = (), *, descending: bool = False
) -> tuple[Page, str | None]:
    """Read one page of a data set's items, in one call, and return the cursor to go on with."""
    wanted: Paging = request.query
    purpose = f"{kind} {request.dataset.dataset.id}"
    after = cursors.decode(purpose, wanted.cursor)
    page = request.platform.table.page(
        f"DATASET#{request.dataset.dataset.id}",
        low,
        high,
        wanted.limit,
        after=after,
        descending=descending,
        attributes=attributes,
    )
    return page, cursors.encode(purpose, page.last)


def _version(item: Item) -> Version:
    reason = item.get("reason")
    return Version(
        committed_at=item["committed_at"],
        key=item["key"],
        version_id=item.get("version_id"),
        status=item["status"],
        rows=item.get("rows"),
        rejected_rows=item.get("rejected_rows"),
        bytes=item.get("bytes"),
        files=len(item["files"]) if "files" in item else None,
        reason=Reason(reason["code"], reason["message"]) if reason else None,
    )


def _raw_object(item: Item) -> RawObject:
    return RawObject(
        key=item["key"],
        version_id=item.get("version_id"),
        status=item["status"],
        checksum=item.get("checksum"),
        committed_at=item["committed_at"],
        rows=item["rows"],
        bytes=item["bytes"],
        file_count=len(item["files"]),
        files=item["files"][:_MOST_FILES_SHOWN],
        source_deleted_at=item.get("source_deleted_at"),
    )
