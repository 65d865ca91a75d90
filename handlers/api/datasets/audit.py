"""The audit trail of a data set: who changed what, when and by which request, written with the change itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ...common.table import LAST
from ..moments import written

if TYPE_CHECKING:
    import datetime

    from ...common.attributes import Item
    from ...common.settings import Dataset
    from ..callers import Caller


def entry(
    dataset: str,
    action: str,
    revision: int,
    caller: Caller,
    now: datetime.datetime,
    request_id: str,
    changes: dict[str, Any],
) -> Item:
    """Return the item of one change; later ones sort after it."""
    moment = written(now)
    return {
        "pk": f"DATASET#{dataset}",
        "sk": f"CHANGE#{moment}#{request_id}",
        "at": moment,
        "by": caller.name,
        "by_id": caller.id,
        "request_id": request_id,
        "action": action,
        "revision": revision,
        "changes": changes,
    }


def differences(before: Dataset | None, after: Dataset) -> dict[str, Any]:
    """Return the fields that differ, each as it was and as it is; of columns only those that differ."""
    old = msgspec.to_builtins(before) if before else {}
    new = msgspec.to_builtins(after)
    changes = {name: {"before": old.get(name), "after": value} for name, value in new.items() if old.get(name) != value}
    if before and "columns" in changes:
        changes["columns"] = {
            side: [column for column in mine["columns"] if column not in other["columns"]]
            for side, mine, other in (("before", old, new), ("after", new, old))
        }
    return changes if before else {"definition": {"before": None, "after": new}}


def sort_range(since: str) -> tuple[str, str]:
    """Return the sort keys between which the changes lie of a data set that was registered at `since`.

    An earlier data set of the same name that was purged has left its own, which are nobody's business here.
    """
    return f"CHANGE#{since}", f"CHANGE#{LAST}"
