"""Take the ingestion through every path that makes calls of its own, so that what it never calls is never needed.

The samples that `up` loads are the plain path. Here: a message that fails, bad rows, a new version, a duplicate, a
file that is no table, a version that is gone, a deletion, and a file of no data set. Each ends when the function has
said what became of it.
"""

import csv
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...aws import Clients
from ...errors import StageError
from ...stage.diagnosis import log_lines
from ...stage.ingestion import Lake, has_dataset
from ...stage.progress import Progress
from ...stage.samples import SAMPLES, Sample
from .polling import poll

SECONDS = 60.0
ROWS = 300
# In the order of an object's events: before all others.
OLDEST = "0"
_LOGS = "See what it logged: watershed local logs ingest."


def exercise_ingestion(clients: Clients, lake: Lake, progress: Progress) -> None:
    """Do all of it for the first sample's data set that the stack has; nothing where it has none."""
    sample = next((each for each in SAMPLES if has_dataset(clients, lake, each.dataset)), None)
    function = lake.functions.get("ingest")
    if sample is None or function is None:
        return
    _Ingestion(clients, function, lake.buckets[sample.zone], sample, progress).take_all_paths()


@dataclass(frozen=True)
class _Ingestion:
    clients: Clients
    function: str
    bucket: str
    sample: Sample
    progress: Progress

    def take_all_paths(self) -> None:
        prefix = self.sample.key.rpartition("/")[0]
        key = f"{prefix}/least-privilege.csv"
        self._fail()
        self._put(key, _some_rows(self.sample, bad=1), "committed")
        first = self._put(key, _some_rows(self.sample, bad=0), "committed")
        self._send(self._event(key, first, sequencer=OLDEST), key, "outdated")
        self._put(f"{prefix}/no-table.csv", b"\x00 this is no table", "quarantined")
        gone = f"{prefix}/gone.csv"
        self._send(self._event(gone, str(uuid.uuid4()), sequencer=OLDEST), gone, "gone")
        self._delete(key, "source-deleted")
        self._put("of-no-data-set.csv", b"a\n1\n", "unassigned")

    def _put(self, key: str, body: bytes, becomes: str) -> str:
        before = self._said(key)
        version = self.clients("s3").put_object(Bucket=self.bucket, Key=key, Body=body).get("VersionId", "")
        self._wait(key, before, becomes)
        return str(version)

    def _delete(self, key: str, becomes: str) -> None:
        before = self._said(key)
        self.clients("s3").delete_object(Bucket=self.bucket, Key=key)
        self._wait(key, before, becomes)

    def _send(self, event: dict[str, Any], key: str, becomes: str) -> None:
        """Deliver an event as EventBridge would."""
        before = self._said(key)
        self._message(json.dumps(event))
        self._wait(key, before, becomes)

    def _fail(self) -> None:
        """Deliver what is no event: the function fails, and says when it is to come again."""
        self.progress.doing("waiting for a message to fail")
        message = self._message("no event")
        failed = poll(lambda: any(entry.get("message_id") == message for entry in self._logged()), bool, SECONDS)
        if not failed:
            raise StageError(f"The ingestion did not say in {SECONDS:.0f} s that a message failed.", fix=_LOGS)

    def _message(self, body: str) -> str:
        """Put a message into the function's queue; returns its id."""
        mappings = self.clients("lambda").list_event_source_mappings(FunctionName=self.function)
        queue = str(mappings["EventSourceMappings"][0]["EventSourceArn"]).rpartition(":")[2]
        url = self.clients("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        return str(self.clients("sqs").send_message(QueueUrl=url, MessageBody=body)["MessageId"])

    def _event(self, key: str, version: str, *, sequencer: str) -> dict[str, Any]:
        thing = {"key": key, "size": 1, "etag": "0" * 32, "version-id": version, "sequencer": sequencer}
        return {"detail-type": "Object Created", "detail": {"bucket": {"name": self.bucket}, "object": thing}}

    def _wait(self, key: str, before: list[str], becomes: str) -> None:
        self.progress.doing(f"waiting for {key} to be {becomes}")
        said = poll(lambda: self._said(key)[len(before) :], bool, SECONDS)
        if said[-1:] != [becomes]:
            is_now = said[-1] if said else f"not spoken of in {SECONDS:.0f} s"
            raise StageError(f"{key} should be {becomes} by the ingestion, and is {is_now}.", fix=_LOGS)

    def _said(self, key: str) -> list[str]:
        """Return what became of an object, each time the function logged it."""
        return [entry["status"] for entry in self._logged() if entry.get("key") == key and "status" in entry]

    def _logged(self) -> Iterator[dict[str, Any]]:
        return _entries(log_lines(self.clients, self.function))


def _entries(lines: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _some_rows(sample: Sample, *, bad: int) -> bytes:
    """Return the first rows of the sample, and after them rows whose numbers are none."""
    content, _ = sample.open()
    with content:
        rows = csv.reader(io.TextIOWrapper(content, "utf-8"))
        header = next(rows)
        some = [next(rows) for _ in range(ROWS)]
    some += [["no number", *some[0][1:]]] * bad
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *some])
    return text.getvalue().encode()
