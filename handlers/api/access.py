"""Who may do what with which data set: the one place where that is decided, for every route.

A caller needs both: the scope of the route in the token, and a grant on the data set through one of its groups. A data
set without any grant for the caller is as if it were not there.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import TYPE_CHECKING

from ..common.registered import ACTIVE, CREATING, definition
from ..common.table import dataset_key, document_key
from .problems import Problem, no_dataset

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ..common.attributes import Item
    from ..common.settings import Dataset, Grant
    from .callers import Caller
    from .platform import Platform


NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
"""What data sets are called, those of the stack's configuration too (components/catalog/dataset.py)."""


class Level(enum.IntEnum):
    """What a caller may do with a data set; each includes those before it."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


class Scope(enum.StrEnum):
    """What a token allows; none includes another."""

    READ = "datasets/read"
    WRITE = "datasets/write"
    ADMIN = "datasets/admin"


@dataclasses.dataclass(frozen=True)
class Found:
    """A data set that the caller may see.

    `document` is the item of a registered one, None for one of the stack's configuration; `totals` is what ingestion
    wrote of it, if it did and if that was read.
    """

    dataset: Dataset
    level: Level
    document: Item | None
    totals: Item | None

    @property
    def is_registered(self) -> bool:
        """Say whether it was registered through the API."""
        return self.document is not None

    @property
    def status(self) -> str:
        """Return `active`, `archived` or `purging`."""
        return str(self.document["status"]) if self.document else ACTIVE


def level(
    groups: Collection[str], grants: Iterable[Grant], dataset: str, owner: str | None, tags: Mapping[str, str]
) -> Level:
    """Return the most that any of the groups may do with a data set."""
    most = Level.NONE
    for grant in grants:
        if grant.group not in groups:
            continue
        for allowed, selector in ((Level.READ, grant.read), (Level.WRITE, grant.write), (Level.ADMIN, grant.admin)):
            if allowed > most and selector.matches(dataset, owner, tags):
                most = allowed
    return most


def level_on(caller: Caller, platform: Platform, dataset: Dataset) -> Level:
    """Return what a caller may do with a data set."""
    return level(caller.groups, platform.settings.access, dataset.id, dataset.owner, dataset.tags)


def readers(grants: Iterable[Grant], dataset: Dataset) -> set[str]:
    """Return the groups that may at least read a data set."""
    return {grant.group for grant in grants if level([grant.group], [grant], dataset.id, dataset.owner, dataset.tags)}


def require_scope(caller: Caller, scope: Scope) -> None:
    """Raise Problem (403) unless the token has the scope."""
    if scope not in caller.scopes:
        header = {"WWW-Authenticate": f'Bearer realm="datasets", error="insufficient_scope", scope="{scope}"'}
        raise Problem("forbidden", f"The token lacks the scope `{scope}`.", headers=header)


def find(caller: Caller, platform: Platform, name: str, needed: Level, *, totals: bool = False) -> Found:
    """Return a data set, with its totals or without; one call is made, the same whether there is one or not.

    Raises:
        Problem: 404 if there is none that the caller may read, 403 if it may read but not do what is needed.

    """
    found = look_up(caller, platform, [name], totals=totals).get(name) if NAME.fullmatch(name) else None
    if found is None:
        raise no_dataset(name)
    if found.level < needed:
        may = "administer" if needed is Level.ADMIN else "change"
        raise Problem("forbidden", f"You may read data set `{name}`, but not {may} it.")
    return found


def look_up(caller: Caller, platform: Platform, names: Collection[str], *, totals: bool = False) -> dict[str, Found]:
    """Return those of the data sets that the caller may see, by name; at most 100, or 50 with totals, in one call.

    Totals hold statistics of every column, so they are read only for those who show them.
    """
    keys = [document_key(name) for name in names]
    keys += [dataset_key(name) for name in names if totals]
    return assemble(caller, platform, names, platform.table.batch_get(keys))


def assemble(
    caller: Caller, platform: Platform, names: Iterable[str], items: Mapping[tuple[str, str], Item]
) -> dict[str, Found]:
    """Return those of the data sets that the caller may see, of items that were read."""
    configured = {dataset.id: dataset for dataset in platform.settings.datasets}
    found: dict[str, Found] = {}
    for name in names:
        document = None if name in configured else items.get((f"DATASET#{name}", "DOCUMENT"))
        if document is not None and document["status"] == CREATING:
            continue
        dataset = configured.get(name) or (definition(document) if document else None)
        if dataset is None:
            continue
        may = level_on(caller, platform, dataset)
        if may:
            found[name] = Found(dataset, may, document, items.get((f"DATASET#{name}", "DATASET")))
    return found
