"""Cursors: where a list goes on, as a text that means nothing to its holder and goes with one request only.

A cursor gives no right: whatever it leads to is decided anew. Its checksum tells one that was changed, or that belongs
to another list, from a good one, so that both are an error and never a wrong page.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from .problems import invalid

if TYPE_CHECKING:
    from .problems import Problem

Limit = Annotated[int, Meta(ge=1, le=100, description="At most so many; a page may be shorter.")]
Given = Annotated[str, Meta(max_length=4_000)]
Next = Annotated[str, Meta(description="Where to go on, as `cursor` of the next request; null: this was all.")]
_CHECK_BYTES = 9


def encode(purpose: str, place: str | None) -> str | None:
    """Return a cursor to a place in the list that `purpose` tells from others; None where there is no more."""
    if place is None:
        return None
    content = place.encode()
    return base64.urlsafe_b64encode(_check(purpose, content) + content).decode().rstrip("=")


def decode(purpose: str, cursor: str | None) -> str | None:
    """Return the place that a cursor leads to; None, the beginning, for none.

    Raises:
        Problem: 400 if it was changed or is of another list.

    """
    if not cursor:
        return None
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = whole[_CHECK_BYTES:].decode()
    except ValueError as error:
        raise astray() from error
    if encode(purpose, place) != cursor:
        raise astray()
    return place


def astray() -> Problem:
    """Return the problem of a cursor that leads nowhere, or nowhere any more."""
    return invalid([("query.cursor", "is not a cursor of this list, or not any more; begin anew without one")])


def _check(purpose: str, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=hashlib.sha256(purpose.encode()).digest(), digest_size=_CHECK_BYTES).digest()
