"""A stand-in for Cognito's hosted UI: a page to sign in on, codes with PKCE, tokens, renewal, revocation, sign-out.

It is as strict as Cognito: one redirect address, S256 only, a code works once, a renewed refresh token works no more.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.handlers.api.gateway import PORTAL, Answer, claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.handlers.api.gateway import Gateway

PASSWORD = "correct horse battery staple"
SCOPES = ("openid", "email", "profile", "datasets/read", "datasets/write", "datasets/admin")
_SECONDS = 3_600


class HostedUi:
    """Signs people in: `people` are their groups by their e-mail address. `seconds`: how long access tokens live."""

    def __init__(self, gateway: Gateway, people: Mapping[str, str], home: str) -> None:
        self._gateway, self._people, self._home = gateway, people, home
        self._codes: dict[str, dict[str, str]] = {}
        self._refresh: dict[str, str] = {}
        self._access: list[str] = []
        self.seconds = _SECONDS
        self.asked: list[str] = []

    def end_sessions(self) -> None:
        """Let nobody's tokens work any more."""
        self._refresh.clear()
        self.end_access()

    def end_access(self) -> None:
        """Let access tokens work no more; they can be renewed."""
        while self._access:
            self._gateway.sign_out(self._access.pop())

    def answer_http(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request."""
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query)) | dict(parse_qsl(body.decode()))
        self.asked.append(f"{method} {parts.path}")
        match method, parts.path:
            case "GET", "/oauth2/authorize":
                return self._authorize(given)
            case "POST", "/login":
                return self._login(given)
            case "POST", "/oauth2/token":
                return self._token(given)
            case "POST", "/oauth2/revoke":
                self._refresh.pop(given["token"], None)
                return Answer(200, {}, b"")
            case "GET", "/logout":
                is_known = (given.get("client_id"), given.get("logout_uri")) == (PORTAL, self._home)
                return Answer(302, {"location": self._home}, b"") if is_known else _page("Unknown logout_uri", 400)
        return _page("Not found", 404)

    def _authorize(self, given: Mapping[str, str]) -> Answer:
        wanted = {
            "response_type": "code",
            "client_id": PORTAL,
            "redirect_uri": self._home,
            "code_challenge_method": "S256",
            "scope": " ".join(SCOPES),
        }
        wrong = [name for name, value in wanted.items() if given.get(name) != value]
        if wrong or len(given.get("state", "")) < 40 or len(given.get("code_challenge", "")) != 43:
            return _page(f"Bad request: {wrong}", 400)
        kept = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(given[name])}">'
            for name in ("state", "code_challenge")
        )
        form = (
            f'<form method="post" action="/login">{kept}<label>E-mail <input name="email"></label>'
            '<label>Password <input name="password" type="password"></label><button>Sign in</button></form>'
        )
        return _page(form)

    def _login(self, given: Mapping[str, str]) -> Answer:
        if given["email"] not in self._people or given["password"] != PASSWORD:
            return _page("Incorrect username or password.", 400)
        code = secrets.token_hex(16)
        self._codes[code] = {"email": given["email"], "challenge": given["code_challenge"]}
        return Answer(302, {"location": f"{self._home}?{urlencode({'code': code, 'state': given['state']})}"}, b"")

    def _token(self, given: Mapping[str, str]) -> Answer:
        email = None
        if given.get("client_id") != PORTAL:
            return _json({"error": "invalid_client"}, 400)
        if given["grant_type"] == "authorization_code" and given["redirect_uri"] == self._home:
            known = self._codes.pop(given["code"], None)
            digest = hashlib.sha256(given["code_verifier"].encode()).digest()
            email = known["email"] if known and known["challenge"] == _base64url(digest) else None
        elif given["grant_type"] == "refresh_token":
            email = self._refresh.pop(given["refresh_token"], None)
        if email is None:
            return _json({"error": "invalid_grant"}, 400)
        return _json(self._tokens(email))

    def _tokens(self, email: str) -> dict[str, Any]:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._gateway.sign_in(access, claims(email, self._people[email], " ".join(SCOPES)))
        self._access.append(access)
        self._refresh[refresh] = email
        parts = [{"alg": "none"}, {"email": email, "cognito:username": email}]
        identity = ".".join(_base64url(json.dumps(part).encode()) for part in parts) + "."
        made = {"access_token": access, "refresh_token": refresh, "id_token": identity}
        return {**made, "expires_in": self.seconds}


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(document: Any, status: int = 200) -> Answer:
    # Cognito answers the token endpoint to pages of every origin.
    headers = {"content-type": "application/json", "access-control-allow-origin": "*"}
    return Answer(status, headers, json.dumps(document).encode())


def _page(body: str, status: int = 200) -> Answer:
    document = f'<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="data:,">{body}'
    return Answer(status, {"content-type": "text/html; charset=utf-8"}, document.encode())
