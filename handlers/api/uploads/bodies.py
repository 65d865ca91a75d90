"""What an upload takes, and what it is."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ..contents.history import Reason
from ..moments import Moment

PART_BYTES = 67_108_864
"""64 MiB: what is larger is uploaded in parts of this size, the last one with the rest."""
MOST_PARTS = 1_000
SHA256 = r"^[0-9a-f]{64}$"
Sha256 = Annotated[str, Meta(pattern=SHA256, description="In hexadecimal.")]


class UploadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file to be uploaded."""

    name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Its name, with the extension. A file of the same name replaces the rows of the former one.",
            examples=["2026-11.csv"],
        ),
    ]
    size: Annotated[int, Meta(ge=1, description="Bytes.")]
    sha256: Annotated[
        tuple[Sha256, ...],
        Meta(
            min_length=1,
            max_length=MOST_PARTS,
            description="The SHA-256 of each part of 64 MiB, in order; a file up to that size has one.",
        ),
    ]


class Completion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing: all that completing an upload needs is known."""


class UploadPart(msgspec.Struct, frozen=True):
    """A part to be sent: `PUT` its bytes to the URL with these headers, and no others that S3 knows."""

    number: int
    size: int
    sha256: Sha256
    is_uploaded: Annotated[bool, Meta(description="It has arrived, and need not be sent again.")]
    url: Annotated[str | None, Meta(description="Takes exactly these bytes, until `expires_at`; null: no more.")]
    headers: dict[str, str]


class Outcome(msgspec.Struct, frozen=True):
    """What ingestion made of the file."""

    rows: int | None
    rejected_rows: int | None
    files: int | None
    reason: Annotated[Reason | None, Meta(description="Why it was quarantined.")]
    at: Moment


class Upload(msgspec.Struct, frozen=True):
    """An upload and how far it is.

    pending: not all of it has arrived. uploaded: all of it has, ingestion will take it. committed: its rows are in the
    data set. quarantined: it could not be read. aborted: given up.
    """

    id: str
    dataset: str
    name: str
    key: Annotated[str, Meta(description="Of the raw object.")]
    size: int
    status: Literal["pending", "uploaded", "committed", "quarantined", "removed", "aborted"]
    parts: list[UploadPart]
    expires_at: Annotated[Moment, Meta(description="Until when the URLs hold; read the upload again for new ones.")]
    outcome: Outcome | None
    created_at: Moment
    created_by: str
