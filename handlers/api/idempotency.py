"""The same answer to the same request: `Idempotency-Key` on every POST, kept for a day.

A key is claimed before the work and holds the answer after it. Whoever comes with it meanwhile is told so; a claim that
outlives its function is taken over, and the work is then done again under the same token, which has one effect only.
Each attempt signs its claim: one that was written although the answer was lost is its own, and no other's is let go.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import re
import uuid
from typing import TYPE_CHECKING

from ..common.telemetry import logger
from .problems import Problem, invalid

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping

    from ..common.attributes import Item
    from ..common.table import MetadataTable
    from .callers import Caller
    from .operations import Answer

HEADER = "idempotency-key"
KEPT_SECONDS = 86_400
# No request of the API runs longer: API Gateway gives it 29 seconds.
_CLAIM_SECONDS = 35
_MOST_BYTES = 300_000
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclasses.dataclass(frozen=True)
class Kept:
    """An answer as it was sent the first time."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def key_of(headers: Mapping[str, str]) -> str | None:
    """Return the key that a request carries.

    Raises:
        Problem: 400 if it is not one.

    """
    key = headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise invalid([("header.Idempotency-Key", "1 to 255 visible ASCII characters")])
    return key


def token(caller: Caller, key: str | None, request: bytes) -> str:
    """Return what is the same for repetitions of a request and for nothing else: 64 hexadecimal digits.

    `key`: the idempotency key, or the version that a change names, which another follows once. `request`: its route and
    body, since what was made by a token outlives the day for which its key is kept.
    """
    who = "\0".join((caller.id, key or uuid.uuid4().hex)).encode()
    return hashlib.sha256(who + b"\0" + request).hexdigest()


def once(
    table: MetadataTable,
    caller: Caller,
    key: str,
    request: bytes,
    now: datetime.datetime,
    run: Callable[[], tuple[Answer, bytes]],
    *,
    is_replayed: bool,
) -> tuple[Answer, bytes] | Kept:
    """Do the work of a request under a key, or return the answer that it had; `request` tells requests apart.

    Raises:
        Problem: 422 if the key was another request's, 409 while the same is being done, and what the work raises.

    """
    digest = hashlib.sha256(request).hexdigest()
    item = {"pk": f"IDEMPOTENCY#{caller.id}#{key}", "sk": "POST"}
    seconds, attempt = int(now.timestamp()), uuid.uuid4().hex
    expiring = {"until": seconds + _CLAIM_SECONDS, "expires_at": seconds + KEPT_SECONDS}
    claim = {**item, "digest": digest, "attempt": attempt, **expiring}
    try:
        other = _claimed(table, claim, seconds)
        if other is None:
            answer, body = run()
    except Exception:
        with contextlib.suppress(Exception):
            table.delete_if(item, "attempt", attempt)
        raise
    if other is not None:
        return _kept(other, digest)
    try:
        table.put(_finished(claim, answer, body) if is_replayed and len(body) <= _MOST_BYTES else {**claim, "until": 0})
    except Exception:
        # It is done, and doing it again under the same token changes nothing.
        logger.exception("An answer could not be kept under its idempotency key")
    return answer, body


def _claimed(table: MetadataTable, claim: Item, seconds: int) -> Item | None:
    """Claim a key, or return the claim or the answer of another attempt."""
    known = table.put_unless(
        claim,
        "attribute_not_exists(pk) OR expires_at <= :now OR (#digest = :digest AND #until <= :now)",
        {":now": seconds, ":digest": claim["digest"]},
        {"#digest": "digest", "#until": "until"},
    )
    return known if known is not None and known.get("attempt") != claim["attempt"] else None


def _kept(known: Item, digest: str) -> Kept:
    if known["digest"] != digest:
        raise Problem("idempotency-key-reused", "This key was used for another request; take a new one.")
    if "status" not in known:
        raise Problem("in-progress", "This request is being worked on.", headers={"Retry-After": "2"})
    return Kept(known["status"], known["headers"], base64.b64decode(known["body"]))


def _finished(claim: Item, answer: Answer, body: bytes) -> Item:
    """Return the claim with the answer; without `until`, it is not taken over."""
    kept = {"status": answer.status, "headers": dict(answer.headers), "body": base64.b64encode(body).decode()}
    return {**{name: value for name, value in claim.items() if name != "until"}, **kept}
