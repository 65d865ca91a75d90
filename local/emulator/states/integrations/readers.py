"""What a distributed Map goes over: a listing of S3, or the items in a file.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

import datetime
from collections.abc import Mapping
from typing import Any

from ..errors import StateError
from .api import Api
from .resources import parse

_LIST = parse("arn:aws:states:::aws-sdk:s3:listObjectsV2")
_GET = parse("arn:aws:states:::aws-sdk:s3:getObject")


def read_items(api: Api, engine: Any, resource: str, where: Mapping[str, Any], config: Mapping[str, Any]) -> list[Any]:
    """Return the items, under the role's permissions."""
    try:
        if resource.endswith(":s3:listObjectsV2"):
            return _listed(api, where)
        text = api.call(_GET, where)["Body"]
    except StateError as error:
        raise StateError("States.ItemReaderFailed", error.cause) from error
    items: list[Any] = engine._parse_reader_items(text, config)
    return items


def _listed(api: Api, where: Mapping[str, Any]) -> list[Any]:
    items: list[Any] = []
    token: Mapping[str, Any] = {}
    while True:
        page = api.call(_LIST, {**where, **token})
        items.extend(
            {
                "Etag": each["ETag"],
                "Key": each["Key"],
                "LastModified": _seconds(each["LastModified"]),
                "Size": each["Size"],
                "StorageClass": each.get("StorageClass", "STANDARD"),
            }
            for each in page.get("Contents", [])
        )
        if not page.get("IsTruncated"):
            return items
        token = {"ContinuationToken": page["NextContinuationToken"]}


def _seconds(moment: str) -> int:
    return int(datetime.datetime.fromisoformat(moment).timestamp())
