"""What the export remembers of a form, in DynamoDB: all items of a form have one partition key.

| item | `sk` | what it holds |
| --- | --- | --- |
| the form | `FORM` | `watermark`, `noted`, `full_run`, `fields`, `tables` |
| a slice | `SLICE#<its beginning>` | `rows`, `waiting` as written last; `due`, `full` while it is to be written |
| an attachment | `ATTACHMENT#<instance>/<name>` | what was downloaded, for two weeks |

`watermark`: whatever changed before it, less the overlap, is in the lake. It moves when a run has written everything.
`noted`: whatever changed before it, less the overlap, is in the lake or its slice is due. A killed run has moved only
this one: the next run asks for the changes since, and goes on with the slices that are due.
`due` is a new text whenever a slice becomes due, and whenever somebody is about to write it (`claim`). Only who claimed
it last takes it away (`finish`): if two runs write a slice at once, or one ends before it has finished, it stays due.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..common.table import MetadataTable, sort_key
from .problems import ChangedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..common.attributes import Item

_DOWNLOADS_ARE_KEPT = 14 * 24 * 3600
_NAMES = {f"#{name}": name for name in ("start", "rows", "waiting", "due", "full")}


@dataclass(frozen=True)
class Slice:
    """What is known of a slice: when it begins, what it had when it was written last, and whether it is due."""

    start: str
    rows: int
    waiting: int
    due: str | None
    full: bool
    """Whether all its attachments are to be compared with the server's, too."""


@dataclass(frozen=True)
class FormState:
    """The state of one form and the places it goes to."""

    table: MetadataTable
    partition: str

    def form(self) -> Item:
        """Return the form's item; empty before the first run."""
        return self.table.get(self._key("FORM")) or {}

    def slices(self, day: str = "") -> list[Slice]:
        """Return all slices in order, or those of one day."""
        return [_slice(item) for item in self.table.query(self.partition, f"SLICE#{day}")]

    def slice(self, start: str) -> Slice | None:
        """Return one slice as it is now."""
        item = self.table.get(self._key(f"SLICE#{start}"))
        return _slice(item) if item else None

    def make_due(self, starts: Collection[str], *, full: bool = False) -> None:
        """Say that slices are to be written; those there are not yet begin to be."""
        for start in sorted(starts):
            values = {":start": start, ":zero": 0, ":due": uuid.uuid4().hex}
            self.table.update(
                self._key(f"SLICE#{start}"),
                "SET #start = :start, #rows = if_not_exists(#rows, :zero), #waiting = if_not_exists(#waiting, :zero), "
                + ("#due = :due, #full = :full" if full else "#due = :due"),
                None,
                {**values, ":full": True} if full else values,
                _NAMES if full else {name: _NAMES[name] for name in _NAMES if name != "#full"},
            )

    def claim(self, due: Slice) -> Slice:
        """Say that a slice is about to be written.

        Raises:
            ChangedError: it became due again, or was claimed or finished, since it was read.

        """
        claimed = replace(due, due=uuid.uuid4().hex)
        values = {":old": due.due, ":new": claimed.due}
        if not self.table.update(self._slice_key(due), "SET #due = :new", "#due = :old", values, {"#due": "due"}):
            raise ChangedError
        return claimed

    def finish(self, claimed: Slice, *, rows: int, waiting: int) -> None:
        """Say that a slice was written.

        Raises:
            ChangedError: it became due again, or was claimed by another; it is due in any case.

        """
        done = self.table.update(
            self._slice_key(claimed),
            "SET #rows = :rows, #waiting = :waiting REMOVE #due, #full",
            "#due = :due",
            {":rows": rows, ":waiting": waiting, ":due": claimed.due},
            {name: _NAMES[name] for name in _NAMES if name != "#start"},
        )
        if not done:
            self.make_due([claimed.start], full=claimed.full)
            raise ChangedError

    def note(self, moment: str) -> None:
        """Move `noted` on."""
        self._move("noted", moment)

    def advance(self, moment: str) -> None:
        """Move the watermark on, unless another run has moved it further."""
        self._move("watermark", moment)

    def remember(self, **values: Any) -> None:
        """Set attributes of the form's item."""
        self.table.update(
            self._key("FORM"),
            "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            None,
            {f":{name}": value for name, value in values.items()},
            {f"#{name}": name for name in values},
        )

    def downloaded(self, instance: str, name: str) -> Item | None:
        """Return what was noted of an attachment when it was downloaded."""
        return self.table.get(self._key(f"ATTACHMENT#{instance}/{name}"))

    def note_download(self, instance: str, name: str, details: Mapping[str, Any]) -> None:
        """Note that an attachment is in the lake, before the slice that lists it is."""
        expires = int(time.time()) + _DOWNLOADS_ARE_KEPT
        self.table.put({**self._key(f"ATTACHMENT#{instance}/{name}"), **details, "expires_at": expires})

    def _move(self, name: str, moment: str) -> None:
        self.table.update(
            self._key("FORM"),
            "SET #name = :moment",
            "attribute_not_exists(#name) OR #name < :moment",
            {":moment": moment},
            {"#name": name},
        )

    def _slice_key(self, each: Slice) -> Item:
        return self._key(f"SLICE#{each.start}")

    def _key(self, sort: str) -> Item:
        return {"pk": self.partition, "sk": sort_key(sort)}


def partition_key(server: str, project: int, form: str, places: Sequence[str]) -> str:
    """Return the key of a form's state: other places in the lake begin from nothing."""
    return "#".join(("ODK", server, str(project), form, *places))


def _slice(item: Item) -> Slice:
    return Slice(item["start"], item["rows"], item["waiting"], item.get("due"), item.get("full", False))
