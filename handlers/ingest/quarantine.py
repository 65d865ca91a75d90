"""Where what cannot be ingested is kept: whole files with the reason beside them, and single rows.

`<data set>/<raw key>/<version>/object` with `reason.json` beside it, and `<data set>/rows/<raw key>/<version>.jsonl`.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .problems import Gone, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3.client import S3Client

    from ..common.settings import Dataset, Settings
    from .events import ObjectEvent

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html: larger ones are copied in parts.
_COPY_BYTES = 5 * 1024**3
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_KEY_BYTES = 1_024
_OWN_BYTES = 150


@dataclasses.dataclass(frozen=True)
class QuarantinePlace:
    """The quarantine of one data set."""

    s3: S3Client
    bucket: str
    prefix: str

    def keep_file(self, event: ObjectEvent, dataset: Dataset, problem: Unreadable) -> str:
        """Copy the raw object, whole, and write the reason beside it; returns where it is."""
        folder = f"{self.prefix}{_short(event.key)}/{version_name(event)}/"
        self._copy(event, folder + "object")
        reason = {
            "dataset": dataset.id,
            "bucket": event.bucket,
            "key": event.key,
            "version_id": event.version_id,
            "etag": event.etag,
            "size": event.size,
            "sequencer": event.sequencer,
            "reason": problem.reason(),
            "quarantined_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }
        body = json.dumps(reason, ensure_ascii=False, indent=2, default=str).encode()
        self.s3.put_object(
            Bucket=self.bucket, Key=folder + "reason.json", Body=body, ContentType="application/json; charset=utf-8"
        )
        return folder + "object"

    def keep_rows(self, event: ObjectEvent, rejects: Path) -> str:
        """Write the bad rows of a file aside; returns where they are."""
        key = f"{self.prefix}rows/{_short(event.key)}/{version_name(event)}.jsonl"
        with rejects.open("rb") as body:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/x-ndjson")
        return key

    def _copy(self, event: ObjectEvent, key: str) -> None:
        source: dict[str, str] = {"Bucket": event.bucket, "Key": event.key}
        if event.version_id:
            source["VersionId"] = event.version_id
        try:
            if event.size > _COPY_BYTES:
                self.s3.copy(source, self.bucket, key)  # type: ignore[arg-type]
                return
            exact: dict[str, Any] = {} if event.version_id else {"CopySourceIfMatch": event.etag}
            # As a copy in parts does: with the tags, S3 would ask for permission to read and to write them, and refuse.
            exact["TaggingDirective"] = "REPLACE"
            # Copying the object's tags too would take permissions on tags, on both sides.
            exact["TaggingDirective"] = "REPLACE"
            self.s3.copy_object(Bucket=self.bucket, Key=key, CopySource=source, **exact)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "NoSuchVersion", "PreconditionFailed"}:
                message = f"s3://{event.bucket}/{event.key} went away before it could be quarantined."
                raise Gone(message) from error
            raise


def place_for(settings: Settings, dataset: Dataset, s3: S3Client) -> QuarantinePlace:
    """Return the quarantine of a data set."""
    return QuarantinePlace(s3, settings.quarantine.bucket, f"{settings.quarantine.prefix}{dataset.id}/")


def replay(s3: S3Client, bucket: str, key: str) -> str:
    """Put a quarantined object back where it came from, as a new version, which is then ingested; returns its raw key.

    `key` is that of the object or of the reason beside it.
    """
    folder = key.rpartition("/")[0]
    reason = json.loads(s3.get_object(Bucket=bucket, Key=f"{folder}/reason.json")["Body"].read())
    s3.copy({"Bucket": bucket, "Key": f"{folder}/object"}, reason["bucket"], reason["key"])
    raw_key: str = reason["key"]
    return raw_key


def version_name(event: ObjectEvent) -> str:
    """Return the name of an object's version: its id, or in a bucket without versions the place in their order."""
    return event.version_id or f"at-{event.sequencer}"


def _short(key: str) -> str:
    """Return a raw key that, with what stands around it, is not longer than S3 allows."""
    if len(key.encode()) <= _KEY_BYTES - _OWN_BYTES - 255:
        return key
    return "long-key-" + hashlib.sha256(key.encode()).hexdigest()
