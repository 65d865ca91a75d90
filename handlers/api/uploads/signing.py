"""URLs that take exactly the bytes they were made for: size and SHA-256 are part of what is signed."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from .bodies import PART_BYTES, UploadPart

if TYPE_CHECKING:
    from collections.abc import Collection

    from types_boto3_s3.client import S3Client

    from ...common.attributes import Item

# S3 asks whether a URL has expired when the request begins, so a slow line may take longer.
WHOLE_SECONDS = 900
PART_SECONDS = 3_600


def sizes(size: int) -> list[int]:
    """Return the sizes of a file's parts."""
    full, rest = divmod(size, PART_BYTES)
    return [PART_BYTES] * full + ([rest] if rest else [])


def seconds(upload: Item) -> int:
    """Return how long the URLs of an upload hold."""
    return PART_SECONDS if upload["multipart"] else WHOLE_SECONDS


def parts(s3: S3Client, upload: Item, arrived: Collection[int], *, signed: bool) -> list[UploadPart]:
    """Return the parts of an upload, with URLs for those that have not arrived."""
    made = []
    for number, (size, sha256) in enumerate(zip(sizes(upload["size"]), upload["sha256"], strict=True), start=1):
        headers = {"x-amz-checksum-sha256": in_base64(sha256)}
        if not upload["multipart"]:
            headers["x-amz-meta-upload"] = upload["id"]
        is_due = signed and number not in arrived
        url = _url(s3, upload, number, size, sha256) if is_due else None
        made.append(UploadPart(number, size, sha256, number in arrived, url, headers if is_due else {}))
    return made


def in_base64(sha256: str) -> str:
    """Return a checksum as S3 writes it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _url(s3: S3Client, upload: Item, number: int, size: int, sha256: str) -> str:
    what = {
        "Bucket": upload["bucket"],
        "Key": upload["key"],
        "ContentLength": size,
        "ChecksumSHA256": in_base64(sha256),
    }
    if upload["multipart"]:
        what |= {"UploadId": upload["multipart"], "PartNumber": number}
        return s3.generate_presigned_url("upload_part", Params=what, ExpiresIn=PART_SECONDS)
    what["Metadata"] = {"upload": upload["id"]}
    return s3.generate_presigned_url("put_object", Params=what, ExpiresIn=WHOLE_SECONDS)
