"""People who may do all that groups of the stack may: made for the exercise, and signed in as a page signs them in."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ...aws import Clients
from ...errors import StageError
from ...stage.demo_sign_in import come_back
from ...stage.demo_user import DemoUser, join_every_group, make_user, new_password
from ...web import Answer, ask
from .polling import poll

SECONDS = 120.0
SCOPES = "openid datasets/read datasets/write datasets/admin"
# Throttled, or something behind the API is, for the moment.
_BUSY = (429, 503)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Administrator:
    """Somebody who is signed in at an API."""

    api: str
    token: str

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expects: tuple[int, ...] = (200,),
        later: tuple[int, ...] = (),
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request, again while its status says to come `later`; raises StageError unless one is expected."""
        content = None if body is None else json.dumps(body).encode()
        typed = {} if body is None else {"Content-Type": media_type}
        sent = {"Authorization": f"Bearer {self.token}", **typed, **(headers or {})}
        found = poll(
            lambda: ask(method, self.api + path, headers=sent, body=content),
            lambda answer: answer.status not in (*_BUSY, *later),
            SECONDS,
        )
        if found.status not in expects:
            raise StageError(
                f"{method} {path} answers {found.status} and should answer {' or '.join(map(str, expects))}: "
                f"{found.body[:500].decode(errors='replace')}",
                fix="See what the API logged: watershed local logs api.",
            )
        return found

    def datasets(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        """Return what is in the list, page by page."""
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = self.ask("GET", f"/datasets?{urlencode({**wanted, **more})}").document
            yield from page["datasets"]
            cursor = page["cursor"]
            if cursor is None:
                return

    def post_twice(self, path: str, body: Any, *, expects: int) -> dict[str, Any]:
        """Send what makes something twice under one key, as a client does whose connection broke: it is made once."""
        key = {"Idempotency-Key": secrets.token_hex(16)}
        first, again = (self.ask("POST", path, body, expects=(expects,), headers=key).document for _ in range(2))
        if first["id"] != again["id"]:
            raise StageError(f"POST {path} twice under one key made two: {first['id']} and {again['id']}.")
        return dict(first)


def sign_in(clients: Clients, api: Mapping[str, Any], user: DemoUser, scopes: str = SCOPES) -> Administrator:
    """Sign in as somebody, for these scopes, as the portal does."""
    client = clients("cognito-idp").describe_user_pool_client(
        UserPoolId=user.user_pool_id, ClientId=api["portalClientId"]
    )
    token = _access_token(clients.endpoint, client["UserPoolClient"], user, scopes)
    return Administrator(str(api["url"]).rstrip("/"), token)


def sign_in_administrator(clients: Clients, api: Mapping[str, Any], name: str) -> Administrator:
    """Make a person of every group of the API's user pool, and sign in as that person."""
    user = DemoUser(api["userPoolId"], f"{name}@example.com", new_password())
    make_user(clients, user)
    join_every_group(clients, user)
    return sign_in(clients, api, user)


def _access_token(endpoint: str, client: Mapping[str, Any], user: DemoUser, scopes: str) -> str:
    """Return an access token, by an authorization code with PKCE (RFC 7636) as the portal asks for it."""
    verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    digest = hashlib.sha256(verifier.encode()).digest()
    known = {"client_id": client["ClientId"], "redirect_uri": client["CallbackURLs"][0]}
    asked = {
        **known,
        "response_type": "code",
        "scope": scopes,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    came = come_back(f"{endpoint}/oauth2/authorize?{urlencode(asked)}", user)
    if came.get("state") != state:
        raise StageError(f"The sign-in came back to {user.email} with another state.")
    given = {**known, "grant_type": "authorization_code", "code": came["code"], "code_verifier": verifier}
    traded = ask("POST", f"{endpoint}/oauth2/token", headers=_FORM, body=urlencode(given).encode())
    if traded.status != 200:
        raise StageError(f"The sign-in gave {user.email} no token: {traded.status} {traded.body[:500]!r}.")
    return str(traded.document["access_token"])
