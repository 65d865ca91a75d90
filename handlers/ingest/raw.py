"""The raw object on the function's own disk: downloaded once, checksummed and decompressed on the way."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import zlib
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .problems import Gone, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from types_boto3_s3.client import S3Client

    from .events import ObjectEvent

_CHUNK = 1 << 20
# What the Parquet files and DuckDB's spilling need beside the file itself.
_DISK_SHARE = 0.6


@dataclasses.dataclass(frozen=True)
class Opened:
    """A version of a raw object, not read yet; `upload` is the one of the Dataset API that it came of, if any."""

    size: int
    chunks: Iterable[bytes]
    upload: str | None


@dataclasses.dataclass(frozen=True)
class RawFile:
    """A raw object's content on disk, decompressed and without a byte order mark."""

    path: Path
    size: int
    checksum: str
    head: bytes


def open_version(s3: S3Client, event: ObjectEvent) -> Opened:
    """Begin to download exactly the version the event speaks of.

    Raises:
        Gone: that version is not there any more.

    """
    exact: dict[str, Any] = {"VersionId": event.version_id} if event.version_id else {"IfMatch": event.etag}
    try:
        answer = s3.get_object(Bucket=event.bucket, Key=event.key, **exact)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in {
            "NoSuchKey",
            "NoSuchVersion",
            "PreconditionFailed",
            "404",
            "412",
        }:
            message = f"s3://{event.bucket}/{event.key} is no longer what the event speaks of."
            raise Gone(message) from error
        raise
    upload = (answer.get("Metadata") or {}).get("upload")
    return Opened(answer["ContentLength"], answer["Body"].iter_chunks(_CHUNK), upload)


def fetch(opened: Opened, folder: Path) -> RawFile:
    """Download a raw object.

    Raises:
        Unreadable: it does not fit on the disk, or its compression is broken.

    """
    room = int(shutil.disk_usage(folder).free * _DISK_SHARE)
    if opened.size > room:
        raise _too_large(opened.size, room)
    return store(opened.chunks, folder / "raw", room)


def store(chunks: Iterable[bytes], path: Path, room: int) -> RawFile:
    """Write the content to disk as it comes, at most `room` bytes of it."""
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    written, head = 0, b""
    with path.open("wb") as file:
        for chunk in _without_mark(_decompressed(counted())):
            head = head or chunk[:4]
            written += len(chunk)
            if written > room:
                raise _too_large(written, room)
            file.write(chunk)
    return RawFile(path, size, f"sha256:{digest.hexdigest()}", head)


def _decompressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Undo gzip or zstd, told by the content's first bytes: extensions and headers are often wrong."""
    first = next(chunks, b"")
    if first[:2] == b"\x1f\x8b":
        yield from _gunzipped(first, chunks)
    elif first[:4] == b"\x28\xb5\x2f\xfd":
        yield from _unzstded(first, chunks)
    else:
        yield first
        yield from chunks


def _gunzipped(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    # 16: expect gzip's header. A file may be several gzip members one after the other.
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        for chunk in _all(first, rest):
            data, more = chunk, True
            while more:
                if stream.eof:
                    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
                content = stream.decompress(data, _CHUNK)
                yield content
                data = stream.unused_data if stream.eof else stream.unconsumed_tail
                more = bool(data) or (len(content) == _CHUNK and not stream.eof)
    except zlib.error as error:
        raise _broken("gzip", str(error)) from error
    if not stream.eof:
        raise _broken("gzip", "it ends too early")


def _unzstded(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:  # before Python 3.14
        from backports import zstd  # type: ignore[import-not-found, unused-ignore]
    stream = zstd.ZstdDecompressor()
    try:
        for chunk in _all(first, rest):
            data = chunk
            while data or not (stream.needs_input or stream.eof):
                if stream.eof:
                    stream = zstd.ZstdDecompressor()
                yield stream.decompress(data, _CHUNK)
                data = stream.unused_data if stream.eof else b""
    except zstd.ZstdError as error:
        raise _broken("zstd", str(error)) from error
    if not stream.eof:
        raise _broken("zstd", "it ends too early")


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Take away UTF-8's byte order mark, refuse UTF-16's; the first chunk given on has at least four bytes, if any."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= 4:
            break
    if first[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Unreadable("encoding", "The file is UTF-16; text must be UTF-8. Convert it and upload it again.")
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from chunks


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _broken(compression: str, why: str) -> Unreadable:
    return Unreadable("compression", f"The file is {compression}, but broken: {why}. Upload it again.")


def _too_large(size: int, room: int) -> Unreadable:
    return Unreadable(
        "too-large",
        f"The file needs {size:,} bytes or more on the function's temporary disk, which has room for {room:,}. "
        "Split the file, or give the function more ephemeral storage and replay it.",
    )
