"""The data sets that a caller may read, by name: one query for each of its groups, and one batch of items."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from ...common.registered import ACTIVE
from ...common.table import BATCH_KEYS, dataset_key, document_key
from .. import access, cursors
from ..problems import invalid, unavailable
from . import groups, views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...common.attributes import Item
    from ...common.settings import Dataset, Grant
    from ..operations import Request

# Of a group, by one page, where a filter leaves some out; an item has some 400 bytes.
_FILTERED_ITEMS = 500
_READ_AT_MOST = 3
# Of totals, documents and markers; schemas and statistics stay where they are.
_ATTRIBUTES = (
    *("rows", "bytes", "updated_at", "definition", "status", "revision", "created_at"),
    *("digest", "made_at", "settled"),
)


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which data sets to list."""

    tag: Annotated[tuple[str, ...], Meta(description="`key=value`; several: all of them.", max_length=15)] = ()
    owner: str | None = None
    zone: str | None = None
    prefix: Annotated[str, Meta(description="What the name begins with.", max_length=60)] = ""
    archived: Annotated[bool, Meta(description="Those that are archived too.")] = False
    limit: cursors.Limit = 50
    cursor: cursors.Given | None = None

    def admits(self, dataset: Mapping[str, object], status: str) -> bool:
        """Say whether a data set, or what is known of it, is to be listed."""
        tags = dataset.get("tags") or {}
        pairs = {f"{key}={value}" for key, value in tags.items()} if isinstance(tags, dict) else set()
        return (
            (self.archived or status == ACTIVE)
            and (self.owner is None or dataset.get("owner") == self.owner)
            and (self.zone is None or dataset.get("zone") == self.zone)
            and pairs >= set(self.tag)
        )

    @property
    def most_items(self) -> int:
        """Return how many of a group's items one page reads at most."""
        return _FILTERED_ITEMS if self.tag or self.owner or self.zone else self.limit

    @property
    def purpose(self) -> str:
        """Return what tells this list from others."""
        return f"datasets {self.tag} {self.owner} {self.zone} {self.prefix} {self.archived}"


def page(request: Request) -> views.DatasetPage:
    """Return a page of the data sets that the caller may read.

    Raises:
        Problem: 400 for a filter or a cursor that is none.

    """
    wanted: Filter = request.query
    for number, tag in enumerate(wanted.tag):
        if "=" not in tag:
            raise invalid([(f"query.tag[{number}]", "a tag is given as key=value")])
    after = cursors.decode(wanted.purpose, wanted.cursor)
    granted = [grant for grant in request.platform.settings.access if grant.group in request.caller.groups]
    for _ in range(_READ_AT_MOST):
        found, more = _read(request, wanted, granted, after)
        if found is not None:
            return views.DatasetPage([views.summary(each) for each in found], cursors.encode(wanted.purpose, more))
    raise unavailable("The list is being made anew; try again in a moment.")


def _read(
    request: Request, wanted: Filter, granted: list[Grant], after: str | None
) -> tuple[list[access.Found] | None, str | None]:
    """Read one page, and the name to go on after; None instead, if groups' items had to be made anew first."""
    names, horizon = _candidates(request, wanted, granted, after)
    keys = [groups.marker_key(grant.group) for grant in granted]
    configured = {dataset.id for dataset in request.platform.settings.datasets}
    chosen: list[str] = []
    for name in names:
        own = [dataset_key(name)] if name in configured else [dataset_key(name), document_key(name)]
        if len(chosen) == wanted.limit or len(keys) + len(own) > BATCH_KEYS:
            horizon = chosen[-1]
            break
        chosen.append(name)
        keys += own
    items = request.platform.table.batch_get(keys, _ATTRIBUTES)
    if _renew(request, granted, items):
        return None, None
    found = access.assemble(request.caller, request.platform, chosen, items)
    listed = [each for each in found.values() if wanted.admits(msgspec.structs.asdict(each.dataset), each.status)]
    return listed, horizon


def _candidates(
    request: Request, wanted: Filter, granted: list[Grant], after: str | None
) -> tuple[list[str], str | None]:
    """Return the names that may be listed, in order, and up to which one they are complete (None: the last)."""
    names = {dataset.id for dataset in _configured(request, wanted)}
    low, high = groups.sort_range(wanted.prefix)
    horizons: list[str] = []
    for grant in granted:
        start = f"DATASET#{after}" if after else None
        found = request.platform.table.page(f"GROUP#{grant.group}", low, high, wanted.most_items, after=start)
        names |= {each["sk"][8:] for each in found.items if wanted.admits(each, each["status"])}
        if found.last:
            horizons.append(found.last[8:])
    horizon = min(horizons, default=None)
    later = (name for name in sorted(names) if after is None or name > after)
    return list(itertools.takewhile(lambda name: horizon is None or name <= horizon, later)), horizon


def _configured(request: Request, wanted: Filter) -> Iterator[Dataset]:
    for dataset in request.platform.settings.datasets:
        if (
            dataset.id.startswith(wanted.prefix)
            and wanted.admits(msgspec.structs.asdict(dataset), ACTIVE)
            and access.level_on(request.caller, request.platform, dataset)
        ):
            yield dataset


def _renew(request: Request, granted: list[Grant], items: Mapping[tuple[str, str], Item]) -> bool:
    """Make the items anew of groups whose grants are others than they were made by; say whether there were any."""
    now = request.now.timestamp()
    renewed = False
    for grant in granted:
        marker = items.get((f"GROUP#{grant.group}", "ACCESS"))
        if not groups.is_current(marker, grant, now):
            groups.rebuild(request.platform.table, grant, marker, now)
            renewed = True
    return renewed
