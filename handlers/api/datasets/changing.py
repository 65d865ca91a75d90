"""A change of a registered data set: of its document and of its table in the catalog, both or neither.

Where only the document changes, one transaction does it. Where the table changes too, the document is held first
(`pending`, which nobody else may replace while it lasts), then the table is made, then the transaction commits and lets
go. What fails is taken back before the caller hears of it. A function that dies in between leaves the document as it
was and held; the next change, after the hold has run out, makes the table right first. Any answer of AWS may be lost
after the call took effect: each step can be sent again, and who made a document or a hold is told by its token.
docs/decisions/0071-tables-of-registered-data-sets.md has the reasoning.
"""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING, Any

from ...common import registered
from ...common.registered import definition
from ...common.table import document_key, tag_items, tag_key
from ..problems import Problem, unavailable
from . import audit, catalog, documents, groups
from .catalog_table import table_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...common.attributes import Item
    from ...common.settings import Dataset
    from ..operations import Request

_HOLD_SECONDS = 60
"""Longer than any request of the API runs."""
_PLACEHOLDER_SECONDS = 86_400


@dataclasses.dataclass(frozen=True)
class Step:
    """From one version of a data set to the next; `before` is None or a placeholder for one that is not there yet."""

    request: Request
    action: str
    before: Item | None
    dataset: Dataset
    status: str
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Further attributes of the document."""
    hold: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)
    """What tells its hold from those of all others, and of other functions with the same request."""

    @property
    def visible(self) -> Item | None:
        """Return the document that it changes, None where it makes the first one."""
        return self.before if self.before and self.before["status"] != registered.CREATING else None

    @property
    def revision(self) -> int:
        """Return the number of the version it makes."""
        return int(self.before["revision"]) + 1 if self.before else 1

    def document(self) -> Item:
        """Return the item it makes."""
        made = documents.document(
            self.dataset, self.status, self.revision, self.request.caller, self.request.now, self.visible
        )
        first = self.visible["created_token"] if self.visible else self.request.token
        return {**made, "token": self.request.token, "created_token": first, **self.extra}


def take(step: Step) -> Item:
    """Make a change; returns the new document.

    Raises:
        Problem: 503 while another change is under way, 409 if the catalog has another table of that name, 412 if the
            document was changed in the meantime (409 where the request named no version of it).

    """
    old, new = _table(step, step.before), _table(step, step.document())
    if old == new and not (step.before or {}).get("pending"):
        return _write(step)
    return _write_with_table(step, old, new)


def _write(step: Step) -> Item:
    try:
        if step.request.platform.table.transact(_writes(step, held=False)):
            return step.document()
    except Exception:
        if (found := _written(step)) is None:
            raise
        return found
    found = _written(step)
    if found is None:
        raise _overtaken(step)
    return found


def _write_with_table(step: Step, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Item:
    try:
        if _hold(step):
            _set_table(step, new)
            if step.request.platform.table.transact(_writes(step, held=True)):
                return step.document()
            raise _under_way()
    except Exception:
        if _take_back(step, old) or (found := _written(step)) is None:
            raise
        return found
    raise _overtaken(step)


def _table(step: Step, document: Item | None) -> dict[str, Any] | None:
    """Return the table that a document stands for: none of one that is archived or not there."""
    if document is None or document["status"] != registered.ACTIVE:
        return None
    dataset = definition(document)
    return table_input(dataset, step.request.platform.bucket(dataset.zone))


def _set_table(step: Step, wanted: dict[str, Any] | None) -> None:
    platform, dataset = step.request.platform, step.dataset
    location = f"s3://{platform.bucket(dataset.zone)}/{dataset.prefix}"
    catalog.set_table(platform.services.glue, platform.databases[dataset.zone], dataset.id, location, wanted)


def _hold(step: Step) -> bool:
    """Keep others from changing the document until the change is committed, taken back, or has run out; say whether."""
    seconds = int(step.request.now.timestamp())
    pending = {"token": step.hold, "until": seconds + _HOLD_SECONDS}
    table, names = step.request.platform.table, {"#pending": "pending", "#until": "until", "#token": "token"}
    # Its own hold is there already where the answer to the first attempt was lost.
    free = "#pending.#until <= :now OR #pending.#token = :token"
    if step.visible is None:
        placeholder = {
            **document_key(step.dataset.id),
            "status": registered.CREATING,
            "revision": 0,
            "pending": pending,
            "expires_at": seconds + _PLACEHOLDER_SECONDS,
        }
        known = table.put_unless(
            placeholder,
            f"attribute_not_exists(pk) OR (#status = :creating AND ({free}))",
            {":creating": registered.CREATING, ":now": seconds, ":token": step.hold},
            {**names, "#status": "status"},
        )
        return known is None
    return table.update(
        document_key(step.dataset.id),
        "SET #pending = :pending",
        f"#revision = :revision AND (attribute_not_exists(#pending) OR {free})",
        {":pending": pending, ":revision": step.visible["revision"], ":now": seconds, ":token": step.hold},
        {**names, "#revision": "revision"},
    )


def _take_back(step: Step, old: dict[str, Any] | None) -> bool:
    """Undo the change, unless it was committed after all (its answer may have been lost); says whether it is undone."""
    table, key = step.request.platform.table, document_key(step.dataset.id)
    names = {"#pending": "pending", "#token": "token"}
    undoing = f"{step.hold}-undone"
    # From here on the commit, should it still be on its way, finds another hold than its own.
    mine = {":undoing": undoing, ":token": step.hold}
    if not table.update(key, "SET #pending.#token = :undoing", "#pending.#token IN (:token, :undoing)", mine, names):
        return False
    _set_table(step, old)
    if step.visible is None:
        table.transact([{"Delete": {"Key": key, **_held_by(undoing)}}])
    else:
        table.update(key, "REMOVE #pending", "#pending.#token = :token", {":token": undoing}, names)
    return True


def _written(step: Step) -> Item | None:
    """Return the document if it is the one that this request makes, whose answer was lost."""
    found = step.request.platform.table.get(document_key(step.dataset.id))
    return found if found is not None and found.get("token") == step.request.token else None


def _writes(step: Step, *, held: bool) -> list[dict[str, Any]]:
    before = definition(step.visible) if step.visible else None
    request, dataset = step.request, step.dataset
    changes = audit.differences(before, dataset)
    if step.visible and step.visible["status"] != step.status:
        changes["status"] = {"before": step.visible["status"], "after": step.status}
    told = audit.entry(dataset.id, step.action, step.revision, request.caller, request.now, request.id, changes)
    condition = _held_by(step.hold) if held else _unheld(step.before)
    return [
        {"Put": {"Item": step.document(), **condition}},
        {"Put": {"Item": told}},
        *_tags(before, dataset),
        *groups.writes(request.platform.settings.access, before, dataset, step.status, step.revision),
    ]


def _tags(before: Dataset | None, after: Dataset) -> Iterator[dict[str, Any]]:
    kept = tag_items(after)
    names = {item["sk"] for item in kept}
    yield from ({"Put": {"Item": item}} for item in kept)
    for key, value in (before.tags if before else {}).items():
        gone = tag_key(after.id, f"{key}={value}")
        if gone["sk"] not in names:
            yield {"Delete": {"Key": gone}}


def _held_by(token: str) -> dict[str, Any]:
    return {
        "ConditionExpression": "#pending.#token = :token",
        "ExpressionAttributeNames": {"#pending": "pending", "#token": "token"},
        "ExpressionAttributeValues": {":token": token},
    }


def _unheld(before: Item | None) -> dict[str, Any]:
    if before is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#revision = :revision AND attribute_not_exists(#pending)",
        "ExpressionAttributeNames": {"#revision": "revision", "#pending": "pending"},
        "ExpressionAttributeValues": {":revision": before["revision"]},
    }


def _overtaken(step: Step) -> Problem:
    """Return what is told to whoever comes second: which of the two it is shows when it is asked for again."""
    found = step.request.platform.table.get(document_key(step.dataset.id)) or {}
    pending = found.get("pending")
    if pending and pending["until"] > step.request.now.timestamp():
        return _under_way()
    # Only another transaction was in the way, or a hold that is gone by now.
    if found.get("revision") == (step.before or {}).get("revision"):
        return _under_way()
    if step.visible is None:
        return name_taken(step.dataset.id)
    if "if-match" not in step.request.headers:
        return Problem("conflict", "It was changed in the meantime; look at it, and ask again.")
    return Problem("stale", "It was changed in the meantime; read it again, and send its new ETag.")


def _under_way() -> Problem:
    return unavailable("Another change of this data set is under way; try again in a moment.")


def name_taken(name: str) -> Problem:
    """Return the one answer for every name that is taken, whoever has it."""
    return Problem("conflict", f"The id `{name}` is taken; choose another.")
