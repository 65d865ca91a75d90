"""The event of one raw object, as S3 sends it through EventBridge and SQS."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class ObjectEvent:
    """An object was created or deleted; `version_id` is None in a bucket without versions."""

    bucket: str
    key: str
    version_id: str | None
    etag: str
    size: int
    sequencer: str
    deletion: str | None = None
    expired: bool = False

    @property
    def removes_one_version(self) -> bool:
        """Say whether the event is the permanent deletion of one version, rather than of the object as it is seen."""
        return self.deletion == "Permanently Deleted" and self.version_id is not None


class MalformedEventError(ValueError):
    """A message that is not an S3 object event; it stays in the queue and ends, whole, in the dead-letter queue."""


def parse(body: str) -> ObjectEvent:
    """Read the body of a queue message.

    Raises:
        MalformedEventError: naming what is missing.

    """
    try:
        event = json.loads(body)
        detail = event["detail"]
        kind = event["detail-type"]
        raw = detail["object"]
        bucket, key, sequencer = detail["bucket"]["name"], raw["key"], raw["sequencer"]
    except (ValueError, KeyError, TypeError) as error:
        message = f"Not an S3 object event from EventBridge: {type(error).__name__} {error}"
        raise MalformedEventError(message) from error
    if kind not in {"Object Created", "Object Deleted"}:
        message = f"Events of type `{kind}` are not for this function; the rule may send only created and deleted."
        raise MalformedEventError(message)
    return ObjectEvent(
        bucket=bucket,
        key=key,
        version_id=_version(raw),
        etag=str(raw.get("etag", "")).strip('"'),
        size=int(raw.get("size", 0)),
        sequencer=comparable(sequencer),
        deletion=detail.get("deletion-type", "Permanently Deleted") if kind == "Object Deleted" else None,
        expired=detail.get("reason") == "Lifecycle Expiration",
    )


def comparable(sequencer: str) -> str:
    """Bring a sequencer to a form in which plain string comparison tells which event of a key came first.

    S3's rule: pad the shorter one with zeros on the right, then compare. Without trailing zeros the order is the same,
    whatever the lengths. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    try:
        int(sequencer, 16)
    except (ValueError, TypeError) as error:
        message = f"The event's sequencer `{sequencer}` is not a hexadecimal number."
        raise MalformedEventError(message) from error
    return sequencer.upper().rstrip("0")


def _version(raw: Mapping[str, Any]) -> str | None:
    version = raw.get("version-id")
    return version if version and version != "null" else None
