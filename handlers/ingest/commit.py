"""The one place where an object's state changes: conditionally, all at once, and last.

A version of a raw object is tried under an attempt: an item that lists the files about to be written. Then the files
are written, and then one transaction sets the object's state, adds to the history, moves the data set's totals by the
difference and deletes the attempt. Whoever comes later, a retry or the next version, finds in the state and in the
attempts left behind which files nobody needs. docs/decisions/0002-exactly-once-ingestion.md has the reasoning.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import random
import time
import uuid
from typing import TYPE_CHECKING, Any

from ..common import registered
from ..common.table import MetadataTable, dataset_key, object_key, tag_items, tag_key, version_key
from . import metadata

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from ..common.attributes import Item
    from ..common.settings import Dataset
    from .events import ObjectEvent

_TRIES = 12
# No Lambda function runs longer than this, so no worker can still be at an attempt that is older.
_LONGEST_RUN = datetime.timedelta(minutes=15)
_ATTEMPTS_ARE_KEPT = datetime.timedelta(days=30)
_KEYS_A_DELETE = 1_000


class BusyError(RuntimeError):
    """Other workers kept changing the data set's item; the queue tries again."""


@dataclasses.dataclass(frozen=True)
class Ledger:
    """The states of the raw objects of one data set."""

    table: MetadataTable
    s3: S3Client
    dataset: Dataset
    curated_bucket: str

    def state(self, key: str) -> Item | None:
        """Return the current state of a raw object."""
        return self.table.get(object_key(self.dataset.id, key))

    def begin(self, event: ObjectEvent, files: list[str]) -> Item:
        """Write down which files are about to be written; returns the attempt."""
        now = _now()
        attempt = {
            **self._attempt_key(event.key, f"{event.sequencer}#{uuid.uuid4().hex[:8]}"),
            "key": event.key,
            "sequencer": event.sequencer,
            "files": files,
            "started_at": now.isoformat(),
            "expires_at": int((now + _ATTEMPTS_ARE_KEPT).timestamp()),
        }
        self.table.put(attempt)
        return attempt

    def commit(self, event: ObjectEvent, outcome: Item, attempt: Item | None = None) -> bool:
        """Make `outcome` the state of the event's object, unless a newer event did so already; say whether.

        A quarantined version makes no files: those of the newest good version stay, also if that one comes later.
        """
        for number in range(_TRIES):
            old = self.state(event.key)
            if not is_needed(event, old, serves="files" in outcome):
                return False
            known = self.table.get(dataset_key(self.dataset.id))
            if self.table.transact(self._writes(event, old, known, outcome, attempt)):
                return True
            time.sleep(random.uniform(0, min(1.0, 0.02 * 2**number)))  # noqa: S311 -- jitter, not a secret
        message = f"Data set `{self.dataset.id}` is being changed by many at once; gave up after {_TRIES} tries."
        raise BusyError(message)

    def sweep(self, event: ObjectEvent, attempt: Item | None = None) -> int:
        """Delete the files of this object that its state does not need; returns how many were named.

        Only ever files of attempts at the version in use or older ones, and of the version that it replaced.
        """
        state = self.state(event.key)
        if state is None:
            return 0
        attempts = [
            item
            for item in self.table.query(**self._attempts(event.key))
            if item["key"] == event.key and item["sequencer"] <= state["served_sequencer"]
        ]
        named = {file for item in (state, *attempts) for file in item.get("superseded", []) + _own(item)}
        doomed = sorted(named - set(state["files"]))
        self._delete_files(doomed)
        if state.get("superseded"):
            self.table.update(
                object_key(self.dataset.id, event.key),
                "REMOVE superseded",
                "#attempt = :attempt",
                {":attempt": state["attempt"]},
                {"#attempt": "attempt"},
            )
        over = (_now() - _LONGEST_RUN).isoformat()
        mine = attempt["sk"] if attempt else None
        self.table.delete(
            {"pk": item["pk"], "sk": item["sk"]} for item in attempts if item["sk"] == mine or item["started_at"] < over
        )
        return len(doomed)

    def mark_deleted_at_source(self, event: ObjectEvent) -> bool:
        """Note in the state that the raw object is gone, if that is newer than the state."""
        return self.table.update(
            object_key(self.dataset.id, event.key),
            "SET source_deleted_at = :now, source_deleted_by = :event",
            "#sequencer < :event AND (attribute_not_exists(source_deleted_by) OR source_deleted_by < :event)",
            {":now": _now().isoformat(timespec="microseconds"), ":event": event.sequencer},
            {"#sequencer": "sequencer"},
        )

    def _writes(
        self, event: ObjectEvent, old: Item | None, known: Item | None, outcome: Item, attempt: Item | None
    ) -> list[dict[str, Any]]:
        new = self._state(event, old, outcome)
        history_digest = hashlib.sha256(f"{event.key}\n{event.version_id}\n{event.sequencer}".encode()).hexdigest()
        history: Item = {
            **version_key(self.dataset.id, new["committed_at"], history_digest),
            **{name: new[name] for name in ("dataset", "bucket", "key", "committed_at")},
            "version_id": event.version_id,
            "etag": event.etag,
            "sequencer": event.sequencer,
            # Statistics stand once, in the state.
            **{name: value for name, value in outcome.items() if name != "statistics"},
        }
        dataset = metadata.dataset_item(self.dataset, known, old, new)
        writes: list[dict[str, Any]] = [
            {"Put": {"Item": metadata.fitting(new), **_unchanged("attempt", old)}},
            {"Put": {"Item": history}},
            {"Put": {"Item": dataset, **_unchanged("revision", known)}},
        ]
        if attempt:
            writes.append({"Delete": {"Key": {"pk": attempt["pk"], "sk": attempt["sk"]}}})
        # The tags of a registered data set are written by the Dataset API, with its document.
        if not registered.is_registered(self.dataset) and (
            not known or known.get("definition") != dataset["definition"]
        ):
            wanted = tag_items(self.dataset)
            keys = {item["sk"] for item in wanted}
            stale = [tag_key(self.dataset.id, f"{k}={v}") for k, v in ((known or {}).get("tags") or {}).items()]
            writes += [{"Put": {"Item": item}} for item in wanted]
            writes += [{"Delete": {"Key": key}} for key in stale if key["sk"] not in keys]
        return writes

    def _state(self, event: ObjectEvent, old: Item | None, outcome: Item) -> Item:
        """Return the new state: the newest event, what became of it, and the files now in use."""
        newest = {
            "version_id": event.version_id,
            "etag": event.etag,
            "sequencer": event.sequencer,
            **{name: value for name, value in outcome.items() if name not in NOTHING_SERVED},
        }
        served = {name: value for name, value in outcome.items() if name in NOTHING_SERVED}
        if old and event.sequencer < old["sequencer"]:
            newest = {name: old[name] for name in _NEWEST if name in old}
        if not served:
            served = {name: old[name] for name in NOTHING_SERVED} if old else NOTHING_SERVED
        new: Item = {
            **object_key(self.dataset.id, event.key),
            "dataset": self.dataset.id,
            "bucket": event.bucket,
            "key": event.key,
            "committed_at": _now().isoformat(timespec="microseconds"),
            "attempt": uuid.uuid4().hex,
            **newest,
            **served,
        }
        # What an earlier sweep did not come to is still named by the old state.
        before = {*(old or {}).get("files", []), *(old or {}).get("superseded", [])}
        new["superseded"] = sorted(before - set(new["files"]))
        return new

    def _delete_files(self, keys: list[str]) -> None:
        for start in range(0, len(keys), _KEYS_A_DELETE):
            batch = [{"Key": key} for key in keys[start : start + _KEYS_A_DELETE]]
            answer = self.s3.delete_objects(Bucket=self.curated_bucket, Delete={"Objects": batch, "Quiet": True})  # type: ignore[typeddict-item]
            if answer.get("Errors"):
                message = f"Files that nobody needs could not be deleted: {answer['Errors'][:3]}"
                raise RuntimeError(message)

    def _attempt_key(self, key: str, rest: str) -> Item:
        where = self._attempts(key)
        return {"pk": where["partition"], "sk": where["sort_prefix"] + rest}

    def _attempts(self, key: str) -> dict[str, str]:
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return {"partition": f"DATASET#{self.dataset.id}", "sort_prefix": f"ATTEMPT#{digest}#"}


# The part of a state that describes the newest event, and the part that describes the files in use.
_NEWEST = ("version_id", "etag", "sequencer", "status", "reason", "quarantined_to", "upload")
NOTHING_SERVED: Item = {
    "served_version": None,
    "served_sequencer": "",
    "rows": 0,
    "bytes": 0,
    "raw_bytes": 0,
    "rejected_rows": 0,
    "rejects": None,
    "checksum": None,
    "format": None,
    "files": [],
    "columns_left_out": [],
    "statistics": [],
}


def is_needed(event: ObjectEvent, state: Item | None, *, serves: bool = True) -> bool:
    """Say whether an event can still change the state of its object.

    One that makes files is needed if it is newer than the files in use; one that makes none, if it is the newest.
    """
    if state is None or event.sequencer > state["sequencer"]:
        return True
    return serves and state["served_sequencer"] < event.sequencer < state["sequencer"]


def _own(item: Item) -> list[str]:
    files: list[str] = item["files"]
    return files


def _unchanged(attribute: str, item: Item | None) -> Item:
    """Return the condition that an item is still what was read."""
    if item is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#known = :known",
        "ExpressionAttributeNames": {"#known": attribute},
        "ExpressionAttributeValues": {":known": item[attribute]},
    }


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
