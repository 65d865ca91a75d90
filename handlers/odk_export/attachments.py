"""A slice's attachments: streamed to the lake a part at a time, and listed in a table of their own.

Only submissions that changed are looked at; the others' rows are those of the slice as it was. What has been downloaded
is fetched again only if the server has other content by now, which its ETag tells (`full` asks for each).
The files lie at `<prefix><form>/<submission>/<name>`; names come from phones, so they are made safe (`landing.safe`).
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..common.telemetry import logger
from .landing import put, safe, with_condition
from .problems import ChangedError, GoneError, UnavailableError
from .session import BROKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from requests import Response
    from types_boto3_s3.client import S3Client

    from .central import Central, Row
    from .landing import Landed
    from .session import Patience
    from .settings import Place
    from .state import FormState

TABLE = "attachments"
PRESENT, MISSING = "present", "missing"
_AT_ONCE = 4
# An address that ends with these is that of something else.
_NO_NAMES = (".", "..")
_TRIES = 5
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: parts of 5 MiB or more, at most 10,000 of them.
_PART = 8 * 1024**2
_VERSION = ("__system_updatedAt", "__system_edits", "__system_attachmentsPresent", "__system_attachmentsExpected")


@dataclass(frozen=True)
class Attachments:
    """The attachments of one form."""

    central: Central
    s3: S3Client
    place: Place
    form: str
    state: FormState
    patience: Patience

    def gather(
        self, submissions: Mapping[str, Row], before: Landed | None, old: Landed | None, *, full: bool
    ) -> list[Row]:
        """Bring the attachments of a slice's submissions to the lake; returns the rows of the slice's table.

        `before` is the slice's table of attachments as it is, `old` that of its submissions.
        """
        known, versions = _by_submission(before), {row["__id"]: _version(row) for row in _read(old)}
        unchanged = [
            instance
            for instance, row in submissions.items()
            if not full and before is not None and versions.get(instance) == _version(row)
        ]
        found = {instance: known.get(instance, []) for instance in unchanged}
        with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
            pending = {
                instance: pool.submit(self._submission, instance, {each["name"]: each for each in known[instance]})
                for instance, row in submissions.items()
                if instance not in found and row.get("__system_attachmentsExpected")
            }
            try:
                found |= {instance: done.result() for instance, done in pending.items()}
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return [row for instance in submissions for row in found.get(instance, [])]

    def _submission(self, instance: str, known: Mapping[str, Row]) -> list[Row]:
        try:
            listed = self.central.attachments(self.form, instance)
        except GoneError:  # deleted since: the next round sees it
            return []
        return [
            self._attachment(instance, name, known.get(name))
            if exists and name not in _NO_NAMES
            else self._row(instance, name)
            for name, exists in sorted(listed.items())
        ]

    def _attachment(self, instance: str, name: str, known: Row | None) -> Row:
        details = known if known and known["status"] == PRESENT else self.state.downloaded(instance, name)
        for attempt in range(1, _TRIES + 1):
            try:
                with self.central.download(self.form, instance, name, details["etag"] if details else None) as content:
                    if content is None and details:
                        return self._row(instance, name, details)
                    if content is not None:
                        details = self._store(content, self._key(instance, name))
                self.state.note_download(instance, name, details or {})
                return self._row(instance, name, details)
            except GoneError:
                return self._row(instance, name)
            except ChangedError:
                details = None
            except BROKEN as error:
                logger.info("Trying again", extra={"attachment": name, "why": type(error).__name__, "attempt": attempt})
                self.patience.pause(attempt, None)
        message = f"The attachment {name!r} of {instance} cannot be downloaded: it broke off {_TRIES} times."
        raise UnavailableError(message)

    def _row(self, instance: str, name: str, details: Mapping[str, Any] | None = None) -> Row:
        found = details or {}
        if not details:
            logger.warning("Attachment missing on the server", extra={"submission": instance, "attachment": name})
        return {
            "__Submissions_id": instance,
            "name": name,
            "status": PRESENT if details else MISSING,
            "location": f"s3://{self.place.bucket}/{self._key(instance, name)}" if details else None,
            **{each: found.get(each) for each in ("bytes", "sha256", "content_type", "etag")},
        }

    def _key(self, instance: str, name: str) -> str:
        return f"{self.place.prefix}{safe(self.form)}/{safe(instance)}/{safe(name)}"

    def _store(self, response: Response, key: str) -> Row:
        """Stream an attachment to its place, in one call if it is small, else in parts; returns what is to be noted."""
        before = self._etag(key)
        kind = response.headers.get("Content-Type") or "application/octet-stream"
        digest, size = hashlib.sha256(), 0
        parts = _parts(response)
        first = next(parts, b"")
        second = next(parts, None)
        if second is None:
            digest.update(first)
            size = len(first)
            put(self.s3, self.place.bucket, key, before, Body=first, ContentType=kind)
        else:
            with _Upload(self.s3, self.place.bucket, key, kind) as upload:
                for part in _chained(first, second, parts):
                    digest.update(part)
                    size += len(part)
                    upload.add(part)
                upload.complete(before)
        etag = response.headers.get("ETag", "")
        return {"bytes": size, "sha256": digest.hexdigest(), "content_type": kind, "etag": etag}

    def _etag(self, key: str) -> str | None:
        try:
            return self.s3.head_object(Bucket=self.place.bucket, Key=key)["ETag"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
                return None
            raise


class _Upload:
    """An upload in parts that leaves nothing behind if it is not completed."""

    def __init__(self, s3: S3Client, bucket: str, key: str, content_type: str) -> None:
        self._s3 = s3
        self._object = {"Bucket": bucket, "Key": key}
        self._content_type = content_type
        self._parts: list[dict[str, Any]] = []

    def __enter__(self) -> _Upload:
        made = self._s3.create_multipart_upload(**self._object, ContentType=self._content_type)  # type: ignore[arg-type]
        self._object["UploadId"] = made["UploadId"]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._s3.abort_multipart_upload(**self._object)  # type: ignore[arg-type]

    def add(self, part: bytes) -> None:
        number = len(self._parts) + 1
        made = self._s3.upload_part(**self._object, PartNumber=number, Body=part)  # type: ignore[arg-type]
        self._parts.append({"PartNumber": number, "ETag": made["ETag"]})

    def complete(self, etag: str | None) -> None:
        parts = {"Parts": self._parts}
        with_condition(
            lambda condition: self._s3.complete_multipart_upload(**self._object, MultipartUpload=parts, **condition),  # type: ignore[arg-type]
            etag,
        )


def waiting(rows: Iterable[Row]) -> int:
    """Return how many attachments the server has not got yet."""
    return sum(row["status"] == MISSING for row in rows)


def _parts(response: Response) -> Iterator[bytes]:
    """Yield the content in parts of one size, the last one aside."""
    part = bytearray()
    for chunk in response.iter_content(256 * 1024):
        part += chunk
        if len(part) >= _PART:
            yield bytes(part[:_PART])
            del part[:_PART]
    if part:
        yield bytes(part)


def _chained(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest


def _version(row: Row) -> tuple[Any, ...]:
    """Return what tells whether a submission's attachments may have changed."""
    return tuple(row.get(name) for name in _VERSION)


def _read(landed: Landed | None) -> list[Row]:
    return [json.loads(line) for line in landed.content.splitlines()] if landed else []


def _by_submission(landed: Landed | None) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _read(landed):
        found[row["__Submissions_id"]].append(row)
    return found
