"""Files sent to a data set through the API: whole, in parts, with bad rows, unreadable, and given up."""

import hashlib
from typing import Any

from ...errors import StageError
from ...web import ask
from .administrators import Administrator
from .polling import poll

SECONDS = 180.0
# The API has larger files sent in parts of as much.
PART_BYTES = 64 * 1024**2
ROWS = 300
WIDTH = 4_000
_HEADER = b"id,text\n"


def exercise_uploads(administrator: Administrator, dataset: str) -> None:
    """Do all of it, for a data set of the columns `id` and `text`."""
    uploads = _Uploads(administrator, dataset)
    some, many = _rows(ROWS, width=10), _rows(PART_BYTES // WIDTH + 1, width=WIDTH)
    whole = uploads.begin("whole.csv", some)
    uploads.send(whole, some)
    uploads.complete(whole, becomes="committed")
    uploads.give_up(uploads.begin("given-up.csv", some))
    spoilt = some + b"no number,text\n"
    bad_rows = uploads.begin("bad-rows.csv", spoilt)
    uploads.send(bad_rows, spoilt)
    uploads.complete(bad_rows, becomes="committed")
    unreadable = uploads.begin("no-table.csv", b"\x00 this is no table")
    uploads.send(unreadable, b"\x00 this is no table")
    uploads.complete(unreadable, becomes="quarantined")
    broken_off = uploads.begin("broken-off.csv", many)
    uploads.send(broken_off, many, parts=1)
    uploads.give_up(broken_off)
    in_parts = uploads.begin("in-parts.csv", many)
    uploads.send(in_parts, many)
    uploads.complete(in_parts, becomes="committed")


class _Uploads:
    """The uploads of one data set."""

    def __init__(self, administrator: Administrator, dataset: str) -> None:
        self._administrator = administrator
        self._path = f"/datasets/{dataset}/uploads"

    def begin(self, name: str, content: bytes) -> dict[str, Any]:
        """Begin an upload."""
        digests = [hashlib.sha256(part).hexdigest() for part in _parts(content)]
        body = {"name": name, "size": len(content), "sha256": digests}
        return self._administrator.post_twice(self._path, body, expects=201)

    def send(self, upload: dict[str, Any], content: bytes, *, parts: int | None = None) -> None:
        """Send the first parts; default all of them."""
        for part, piece in list(zip(upload["parts"], _parts(content), strict=True))[:parts]:
            sent = ask("PUT", part["url"], headers=part["headers"], body=piece)
            if sent.status != 200:
                raise StageError(f"Part {part['number']} of {upload['name']} is refused: {sent.status} {sent.body!r}")

    def complete(self, upload: dict[str, Any], *, becomes: str) -> None:
        """Complete it, and wait for what ingestion makes of it."""
        path = f"{self._path}/{upload['id']}"
        self._administrator.ask("POST", f"{path}/complete", {})
        status = poll(
            lambda: self._administrator.ask("GET", path).document["status"], lambda now: now != "uploaded", SECONDS
        )
        if status != becomes:
            raise StageError(
                f"The upload {upload['name']} is {status} and should be {becomes}.",
                fix="See what the ingestion logged: watershed local logs ingest.",
            )

    def give_up(self, upload: dict[str, Any]) -> None:
        """Look how far it is, and give it up."""
        path = f"{self._path}/{upload['id']}"
        self._administrator.ask("GET", path)
        self._administrator.ask("DELETE", path, expects=(204,))


def _parts(content: bytes) -> list[bytes]:
    return [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]


def _rows(count: int, *, width: int) -> bytes:
    return _HEADER + b"".join(b"%d,%s\n" % (number, b"a" * width) for number in range(1, count + 1))
