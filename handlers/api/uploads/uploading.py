"""Uploads: begun, looked at, completed or given up; what becomes of the file, ingestion writes in the metadata table.

The function may write to the raw zone and not read it. That a file has come of an upload is known by its metadata
`upload`, which is part of the signed request, and which ingestion notes in the state of the object.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ...common import registered
from ..problems import Problem, invalid
from . import names, signing, state
from .bodies import MOST_PARTS, PART_BYTES, SHA256

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from ...common.attributes import Item
    from ...common.settings import Source
    from ..operations import Request
    from .bodies import Upload, UploadBody

# Unfinished uploads in parts are removed after as long (components/storage/lifecycle.py).
_KEPT = datetime.timedelta(days=7)


def begin(request: Request) -> Upload:
    """Begin an upload; the same request by its idempotency key gives the same upload, with new URLs.

    Raises:
        Problem: 400 for a name or checksums that do not fit, 409 for a data set that takes no files, 413 for a file
            that is too large.

    """
    body: UploadBody = request.body
    source = _source(request)
    name = names.normal(body.name)
    _check(request, body, name, source)
    table, identity = request.platform.table, request.new_id
    known = table.get(state.key(identity))
    if known is not None:
        return state.shown(request, known)
    s3, bucket = request.platform.services.s3, request.platform.bucket(source.zone)
    multipart: str | None = None
    if body.size > PART_BYTES:
        multipart = s3.create_multipart_upload(
            Bucket=bucket,
            Key=source.prefix + name,
            ChecksumAlgorithm="SHA256",
            ChecksumType="COMPOSITE",
            Metadata={"upload": identity},
        )["UploadId"]
    upload = {
        **state.key(identity),
        "id": identity,
        "dataset": request.dataset.dataset.id,
        "bucket": bucket,
        "key": source.prefix + name,
        "name": name,
        "size": body.size,
        "sha256": list(body.sha256),
        "multipart": multipart,
        "status": state.PENDING,
        "created_at": request.now.isoformat(timespec="microseconds"),
        "created_by": request.caller.name,
        "expires_at": int((request.now + _KEPT).timestamp()),
    }
    try:
        table.put(upload)
    except Exception:
        # Who repeats the request by its key may find it written after all, its answer having been lost.
        if multipart and "idempotency-key" not in request.headers:
            with contextlib.suppress(ClientError):
                s3.abort_multipart_upload(Bucket=bucket, Key=upload["key"], UploadId=multipart)
        raise
    return state.shown(request, upload)


def show(request: Request) -> Upload:
    """Return an upload as it stands."""
    return state.shown(request, state.find(request))


def complete(request: Request) -> Upload:
    """Put the parts of an upload together, or hear that a file has been sent whole; doing so again changes nothing.

    Raises:
        Problem: 409 if parts are missing, or it was given up.

    """
    upload = state.find(request)
    if upload["status"] == state.ABORTED:
        raise Problem("conflict", "This upload was given up; begin another.")
    if upload["status"] != state.UPLOADED:
        _source(request)
        if upload["multipart"]:
            _put_together(request, upload)
        upload = state.move(request, upload, state.UPLOADED)
    return state.shown(request, upload)


def abort(request: Request) -> None:
    """Give an upload up; what has arrived of its parts is removed.

    Raises:
        Problem: 409 if all of it has arrived.

    """
    upload = state.find(request)
    if upload["status"] == state.ABORTED:
        return
    if upload["status"] != state.PENDING or state.outcome_of(request, upload):
        raise Problem("conflict", "The file has arrived; its rows are in the data set, or will be.")
    if upload["multipart"]:
        _ignoring_gone(request.platform.services.s3, upload)
    state.move(request, upload, state.ABORTED)


def _source(request: Request) -> Source:
    dataset = request.dataset.dataset
    if request.dataset.status != registered.ACTIVE:
        raise Problem("conflict", f"`{dataset.id}` is {request.dataset.status} and takes no files.")
    if dataset.source is None:
        raise Problem("conflict", f"`{dataset.id}` is not made from files, but by a pipeline.")
    return dataset.source


def _check(request: Request, body: UploadBody, name: str, source: Source) -> None:
    most = min(request.platform.limits.upload_bytes, MOST_PARTS * PART_BYTES)
    if body.size > most:
        raise Problem("too-large", f"The file has {body.size:,} bytes; at most {most:,} are taken. Split it.")
    wrong = []
    unfit = names.problem(name, source.format)
    if unfit:
        wrong.append(("$.name", unfit))
    count = len(signing.sizes(body.size))
    if len(body.sha256) != count:
        wrong.append(("$.sha256", f"{len(body.sha256)} checksums; the file has {count} parts of {PART_BYTES:,} bytes"))
    wrong += [
        (f"$.sha256[{number}]", "64 hexadecimal digits, in lower case")
        for number, each in enumerate(body.sha256)
        if not re.fullmatch(SHA256, each)
    ]
    if wrong:
        raise invalid(wrong)


def _put_together(request: Request, upload: Item) -> None:
    s3 = request.platform.services.s3
    arrived = state.arrived_parts(s3, upload)
    missing = [number for number in range(1, len(upload["sha256"]) + 1) if number not in arrived]
    # An answer that was lost leaves no parts behind: then the object is there already.
    if upload["status"] == state.COMPLETING and not arrived:
        return
    if missing:
        wrong = [(f"parts[{number - 1}]", "has not arrived") for number in missing[:20]]
        raise Problem("conflict", f"{len(missing)} of {len(upload['sha256'])} parts have not arrived.", errors=wrong)
    state.move(request, upload, state.COMPLETING)
    s3.complete_multipart_upload(
        Bucket=upload["bucket"],
        Key=upload["key"],
        UploadId=upload["multipart"],
        MultipartUpload={
            "Parts": [
                {
                    "PartNumber": number,
                    "ETag": arrived[number]["ETag"],
                    "ChecksumSHA256": arrived[number]["ChecksumSHA256"],
                }
                for number in sorted(arrived)
            ]
        },
    )


def _ignoring_gone(s3: S3Client, upload: Item) -> None:
    try:
        s3.abort_multipart_upload(Bucket=upload["bucket"], Key=upload["key"], UploadId=upload["multipart"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchUpload":
            raise
