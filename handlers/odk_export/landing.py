"""The objects of the landing zone: one a table and slice, replaced whole, and only if nobody else did so meanwhile.

Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".
"""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .problems import ChangedError, ExportError
from .slices import name

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from .settings import Place

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: 1,024 bytes a key, of which three parts may be
# long; and which characters are safe ("!" is, and stands for an escape here).
_PART_CHARACTERS = 200
_SAFE = string.ascii_letters + string.digits + "-_.*'()"
_CONFLICTS = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409"}


@dataclass(frozen=True)
class Landed:
    """An object as it was read."""

    content: bytes
    etag: str


@dataclass(frozen=True)
class Landing:
    """The tables of one form in the landing zone."""

    s3: S3Client
    place: Place
    form: str

    def key(self, table: str, start: str) -> str:
        """Return the key of a table's slice."""
        return f"{self.place.prefix}{safe(self.form)}/{table}/{name(start)}.jsonl"

    def read(self, table: str, start: str) -> Landed | None:
        """Return what a slice's object holds, if there is one."""
        key = self.key(table, start)
        try:
            answer = self.s3.get_object(Bucket=self.place.bucket, Key=key)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code == "NoSuchKey":
                return None
            if code == "AccessDenied":
                message = (
                    f"The task may not read s3://{self.place.bucket}/{key}, or not learn that it is not there: "
                    "lake.grant_read for the prefix, and lake.grant_list for the zone."
                )
                raise ExportError(message) from error
            raise
        return Landed(answer["Body"].read(), answer["ETag"])

    def write(self, table: str, start: str, content: bytes, before: Landed | None) -> bool:
        """Make this the object's content, if it is not already; says whether it was written.

        Raises:
            ChangedError: it is not what it was `before`.

        """
        if content == (before.content if before else b""):
            return False
        put(
            self.s3,
            self.place.bucket,
            self.key(table, start),
            before.etag if before else None,
            Body=content,
            ContentType="application/x-ndjson",
        )
        return True


def put(s3: S3Client, bucket: str, key: str, etag: str | None, **what: Any) -> None:
    """Put an object if the one that is there has this ETag, or if there is none.

    Raises:
        ChangedError: it is not so.

    """
    with_condition(lambda condition: s3.put_object(Bucket=bucket, Key=key, **what, **condition), etag)


def with_condition(write: Any, etag: str | None) -> None:
    """Do a conditional write; a conflict is a ChangedError."""
    try:
        write({"IfMatch": etag} if etag else {"IfNoneMatch": "*"})
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _CONFLICTS:
            raise ChangedError from error
        raise


def safe(text: str) -> str:
    """Return a name as one part of a key, in characters that AWS calls safe; distinct for distinct names.

    Others, slashes among them, become `!` and two hexadecimal digits a byte, and so do the dots of `.` and `..`.
    """
    kept = _SAFE if text.strip(".") else ""
    parts = [each if each in kept else "".join(f"!{byte:02X}" for byte in _bytes(each)) for each in text]
    part = "".join(parts) or "!"
    if len(part) <= _PART_CHARACTERS:
        return part
    while parts and sum(map(len, parts)) > _PART_CHARACTERS:
        parts.pop()
    return f"{''.join(parts)}!-{hashlib.sha256(_bytes(text)).hexdigest()}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
