"""How far an upload is: what its item says, what S3 has of its parts, and what ingestion made of the file."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ...common.registered import ACTIVE
from ...common.table import LAST, object_key
from ..contents.history import Reason
from ..moments import written
from ..operations import ID
from ..problems import Problem
from . import signing
from .bodies import MOST_PARTS, Outcome, Upload

if TYPE_CHECKING:
    from collections.abc import Collection

    from types_boto3_s3.client import S3Client

    from ...common.attributes import Item
    from ..operations import Request

PENDING, COMPLETING, UPLOADED, ABORTED = "pending", "completing", "uploaded", "aborted"


def key(identity: str) -> Item:
    """Return the key of an upload's item."""
    return {"pk": f"UPLOAD#{identity}", "sk": "UPLOAD"}


def find(request: Request) -> Item:
    """Return the upload that the path names, if it is one of its data set."""
    identity = request.path["upload"]
    found = request.platform.table.get(key(identity)) if ID.fullmatch(identity) else None
    if found is None or found["dataset"] != request.dataset.dataset.id:
        raise Problem("not-found", "This data set has no such upload; they are forgotten after a week.")
    return found


def move(request: Request, upload: Item, status: str) -> Item:
    """Write the next status, if nobody has given the upload up, or completed it, in the meantime."""
    moved = request.platform.table.update(
        key(upload["id"]),
        "SET #status = :status",
        "#status IN (:pending, :completing)" if status != ABORTED else "#status = :pending",
        {":status": status, ":pending": PENDING, **({":completing": COMPLETING} if status != ABORTED else {})},
        {"#status": "status"},
    )
    known = {**upload, "status": status} if moved else find(request)
    if known["status"] != status and ABORTED in {status, known["status"]}:
        raise Problem("conflict", f"The upload is {known['status']} by now.")
    return known


def shown(request: Request, upload: Item) -> Upload:
    """Return an upload as the API shows it, with URLs for what is missing."""
    s3 = request.platform.services.s3
    outcome = outcome_of(request, upload)
    status: Any = upload["status"]
    if outcome:
        status = outcome["status"]
    elif status == COMPLETING:
        status = PENDING
    arrived: Collection[int] = ()
    if status in {UPLOADED, "committed", "quarantined"}:
        arrived = range(1, len(upload["sha256"]) + 1)
    elif status == PENDING and upload["multipart"]:
        arrived = arrived_parts(s3, upload)
    takes = status == PENDING and request.dataset.status == ACTIVE
    expires = request.now + datetime.timedelta(seconds=signing.seconds(upload))
    return Upload(
        id=upload["id"],
        dataset=upload["dataset"],
        name=upload["name"],
        key=upload["key"],
        size=upload["size"],
        status=status,
        parts=signing.parts(s3, upload, arrived, signed=takes),
        expires_at=written(expires),
        outcome=_told(outcome) if outcome else None,
        created_at=upload["created_at"],
        created_by=upload["created_by"],
    )


def arrived_parts(s3: S3Client, upload: Item) -> dict[int, Any]:
    """Return the parts that have arrived as they should be, by number."""
    where = {"Bucket": upload["bucket"], "Key": upload["key"], "UploadId": upload["multipart"]}
    try:
        listed = s3.list_parts(**where, MaxParts=MOST_PARTS).get("Parts", [])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchUpload":
            return {}
        raise
    wanted = dict(enumerate(zip(signing.sizes(upload["size"]), upload["sha256"], strict=True), start=1))
    return {
        part["PartNumber"]: part
        for part in listed
        if part["PartNumber"] in wanted
        and (part["Size"], part.get("ChecksumSHA256"))
        == (wanted[part["PartNumber"]][0], signing.in_base64(wanted[part["PartNumber"]][1]))
    }


def outcome_of(request: Request, upload: Item) -> Item | None:
    """Return what ingestion made of the upload: by the object's state, or by the history if a newer file came since."""
    table, dataset = request.platform.table, upload["dataset"]
    state = table.get(object_key(dataset, upload["key"]))
    if state is None or state.get("upload") == upload["id"]:
        return state
    low = f"VERSION#{upload['created_at']}"
    attributes = ("upload", "status", "rows", "rejected_rows", "files", "reason", "committed_at")
    after: str | None = None
    while True:
        page = table.page(f"DATASET#{dataset}", low, f"VERSION#{LAST}", after=after, attributes=attributes)
        found = next((item for item in page.items if item.get("upload") == upload["id"]), None)
        if found or page.last is None:
            return found
        after = page.last


def _told(item: Item) -> Outcome:
    reason = item.get("reason")
    committed = item["status"] == "committed"
    return Outcome(
        rows=item["rows"] if committed else None,
        rejected_rows=item["rejected_rows"] if committed else None,
        files=len(item["files"]) if committed else None,
        reason=Reason(reason["code"], reason["message"]) if reason else None,
        at=item["committed_at"],
    )
