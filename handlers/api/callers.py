"""Who calls: the claims of the access token that API Gateway verified, checked once more.

API Gateway hands claims on as texts: groups joined with commas, times as `Tue Apr 04 18:39:39 UTC 2023`.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

from .problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

MACHINE = "machine:"
"""What the group of a machine begins with; its name follows. Groups of people that begin so are not taken."""


@dataclasses.dataclass(frozen=True)
class Caller:
    """A person or a machine: what tells it from all others, how it is called, its groups and its token's scopes."""

    id: str
    name: str
    groups: frozenset[str]
    scopes: frozenset[str]


def authenticate(
    event: Mapping[str, Any], issuer: str, clients: Mapping[str, str], now: datetime.datetime | None = None
) -> Caller:
    """Return who calls; `clients` are the API's, each with its machine's name or, that of people, with none.

    Raises:
        Problem: 401, if the request came around the authorizer or its token is not an access token of the API's.

    """
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    claims = authorizer.get("claims")
    if not isinstance(claims, dict) or not claims.get("sub"):
        raise _refused("Send an access token: `Authorization: Bearer <token>`.")
    if claims.get("token_use") != "access":
        raise _refused("This is not an access token; an ID token says who you are, not what you may do.")
    if not issuer or claims.get("iss") != issuer:
        raise _refused("The token is of another issuer.")
    if claims.get("client_id") not in clients:
        raise _refused("The token was issued to an application that this API does not know.")
    expires = _moment(claims.get("exp"))
    if expires is None or expires <= (now or datetime.datetime.now(datetime.UTC)):
        raise _refused("The token has expired; refresh it.")
    return _caller(claims, clients)


def _caller(claims: Mapping[str, Any], clients: Mapping[str, str]) -> Caller:
    scopes = frozenset(str(claims.get("scope") or "").split())
    client, subject = str(claims["client_id"]), str(claims["sub"])
    if subject == client and not claims.get("username"):
        machine = clients[client]
        return Caller(f"client:{client}", machine or client, frozenset([MACHINE + machine] if machine else []), scopes)
    given = claims.get("cognito:groups") or ""
    listed = given if isinstance(given, list) else str(given).split(",")
    groups = frozenset(name for each in listed if (name := str(each).strip()) and not name.startswith(MACHINE))
    return Caller(f"user:{subject}", str(claims.get("username") or subject), groups, scopes)


def _moment(value: Any) -> datetime.datetime | None:
    text = str(value or "")
    try:
        if text.isdecimal():
            return datetime.datetime.fromtimestamp(int(text), datetime.UTC)
        return datetime.datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _refused(detail: str) -> Problem:
    return Problem("unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="datasets"'})
