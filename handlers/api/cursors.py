"""Cursors: where a list goes on, as a text that means nothing to its holder and goes with one request only.

A cursor gives no right: whatever it leads to is decided anew. Its checksum tells one that was changed, or that belongs
to another list, from a good one, so that both are an error and never a wrong page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import msgspec

from .problems import invalid

_CHECK_BYTES = 9


def encode(purpose: str, place: Any) -> str:
    """Return a cursor to a place (anything of JSON) in the list that `purpose` tells from others."""
    content = msgspec.json.encode(place)
    return base64.urlsafe_b64encode(_check(purpose, content) + content).decode().rstrip("=")


def decode(purpose: str, cursor: str, kind: Any) -> Any:
    """Return the place that a cursor leads to.

    Raises:
        Problem: 400 if it was changed or is of another list.

    """
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        check, content = whole[:_CHECK_BYTES], whole[_CHECK_BYTES:]
        if check != _check(purpose, content) or encode(purpose, msgspec.json.decode(content)) != cursor:
            raise ValueError
        return msgspec.json.decode(content, type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        wrong = "is not a cursor of this list; begin anew without one"
        raise invalid([("query.cursor", wrong)]) from error


def _check(purpose: str, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=hashlib.sha256(purpose.encode()).digest(), digest_size=_CHECK_BYTES).digest()
