"""The files of a data set, each with a URL to fetch it by for five minutes."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import msgspec
from msgspec import Meta

from .. import cursors
from ..moments import Moment, written

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from ..operations import Request

URL_SECONDS = 300


class DataFile(msgspec.Struct, frozen=True):
    """One Parquet file."""

    key: str
    size: int
    modified_at: Moment
    url: Annotated[str, Meta(description="Fetches it, without a token, until `expires_at`.")]


class FilePage(msgspec.Struct, frozen=True):
    """Some files, by key."""

    files: list[DataFile]
    expires_at: Annotated[Moment, Meta(description="Until when the URLs hold.")]
    cursor: cursors.Next | None


def page(request: Request) -> FilePage:
    """Return some of a data set's files.

    Raises:
        Problem: 400 for a cursor that is none of this list.

    """
    wanted, dataset = request.query, request.dataset.dataset
    purpose = f"files {dataset.id}"
    after = cursors.decode(purpose, wanted.cursor)
    bucket, s3 = request.platform.bucket(dataset.zone), request.platform.services.s3
    more: dict[str, Any] = {"StartAfter": after} if after else {}
    answer = s3.list_objects_v2(Bucket=bucket, Prefix=dataset.prefix, MaxKeys=wanted.limit, **more)
    found = answer.get("Contents", [])
    files = [
        DataFile(
            entry["Key"],
            entry["Size"],
            written(entry["LastModified"]),
            download_url(s3, bucket, entry["Key"], entry["Key"].rpartition("/")[2]),
        )
        for entry in found
    ]
    cursor = cursors.encode(purpose, found[-1]["Key"] if answer.get("IsTruncated") and found else None)
    expires = request.now + datetime.timedelta(seconds=URL_SECONDS)
    return FilePage(files, written(expires), cursor)


def download_url(s3: S3Client, bucket: str, key: str, name: str) -> str:
    """Return a URL that a browser saves as a file of that name, for five minutes."""
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return s3.generate_presigned_url(
        "get_object",
        Params={"Bucket": bucket, "Key": key, "ResponseContentDisposition": disposition},
        ExpiresIn=URL_SECONDS,
    )
