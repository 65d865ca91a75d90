"""An access token of the API's user pool: of a program, of a person in a browser, or of the local stage's demo user.

A program has WATERSHED_CLIENT_ID and WATERSHED_CLIENT_SECRET (client credentials). A person signs in on Cognito's page,
which comes back to this machine (authorization code with PKCE, RFC 8252), and once for as long as the refresh token
holds: it is kept in a file that only its owner reads.
"""

import base64
import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3

from ..errors import CommandError
from ..siblings import sibling
from .service import Service

CLIENT, SECRET = "WATERSHED_CLIENT_ID", "WATERSHED_CLIENT_SECRET"
RETURN = "http://localhost:8765/"
"""Where people come back to: one of the stack's `callbackUrls`, which Cognito compares to the letter."""
_WAIT_SECONDS = 300
_LEAST_SECONDS = 60
_SECONDS = 20


class AccessToken:
    """The token of a command that runs for longer than a token holds, and calls from several threads."""

    def __init__(self, service: Service, tell: Callable[[str], None]) -> None:
        self._service, self._tell = service, tell
        self._known: str | None = None
        self._lock = threading.Lock()

    def holding(self, rejected: str | None = None) -> str:
        """Return a token; `rejected` is one that the API has just refused. Raises CommandError as access_token does."""
        with self._lock:
            # Requests that are refused together renew once: a refresh token may work only once.
            if self._known in (None, rejected):
                self._known = access_token(self._service, self._tell, rejected)
            return self._known


def access_token(service: Service, tell: Callable[[str], None], rejected: str | None = None) -> str:
    """Return a token, not the one that was rejected; `tell` is called with what a person must do.

    Raises CommandError where nobody is let in.
    """
    if os.environ.get(CLIENT) and os.environ.get(SECRET):
        return _of_program(service)
    if service.demo:
        return _of_demo_user(service)
    kept = Kept.of(service)
    known = kept.read()
    if known.get("expires", 0) > time.time() + _LEAST_SECONDS and known["access_token"] != rejected:
        return str(known["access_token"])
    answer = _renewed(service, known) or _of_person(service, tell)
    kept.write({**known, **answer, "expires": time.time() + answer["expires_in"]})
    return str(answer["access_token"])


class Kept:
    """A person's tokens for one API, in the user's cache folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, service: Service) -> "Kept":
        """Return those for a service."""
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "watershed" / "sign-in"
        name = hashlib.sha256("\n".join([service.portal, service.client_id]).encode()).hexdigest()[:16]
        return cls(folder / f"{name}.json")

    def read(self) -> dict[str, Any]:
        """Return what is kept; nothing where there is none, or where it cannot be read."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, tokens: Mapping[str, Any]) -> None:
        """Keep tokens, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(tokens, file)
        new.replace(self._path)


def _of_program(service: Service) -> str:
    client, secret = os.environ[CLIENT], os.environ[SECRET]
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    answer = _form(
        f"{service.sign_in_url}/oauth2/token", {"grant_type": "client_credentials"}, Authorization=f"Basic {basic}"
    )
    return str(
        _tokens(answer, f"Cognito refuses the program {client}", f"Correct {CLIENT} and {SECRET}.")["access_token"]
    )


def _renewed(service: Service, known: Mapping[str, Any]) -> dict[str, Any] | None:
    if not known.get("refresh_token"):
        return None
    given = {"grant_type": "refresh_token", "client_id": service.client_id, "refresh_token": known["refresh_token"]}
    answer = _form(f"{service.sign_in_url}/oauth2/token", given)
    return json.loads(answer.data) if answer.status == 200 else None


def _of_person(service: Service, tell: Callable[[str], None]) -> dict[str, Any]:
    code = _Code(service, RETURN)
    tell(f"Sign in: {code.address}")
    return code.trade(_came_back(code.state))


def _of_demo_user(service: Service) -> str:
    code = _Code(service, service.portal)
    came = sibling("local.stage.demo_sign_in").come_back(code.address, service.demo)
    return str(code.trade(came)["access_token"])


class _Code:
    """One sign-in: its address, and the code that comes back for tokens."""

    def __init__(self, service: Service, comes_back_to: str) -> None:
        self._service, self._return = service, comes_back_to
        self._verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(24)
        digest = hashlib.sha256(self._verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": service.client_id,
            "redirect_uri": comes_back_to,
            "scope": " ".join(service.scopes),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        self.address = f"{service.sign_in_url}/oauth2/authorize?{urlencode(asked)}"

    def trade(self, came: Mapping[str, str]) -> dict[str, Any]:
        """Return the tokens for what came back; raises CommandError for another sign-in's."""
        if not secrets.compare_digest(came.get("state", ""), self.state):
            raise CommandError("What came back belongs to another sign-in.", fix="Sign in again.")
        given = {
            "grant_type": "authorization_code",
            "client_id": self._service.client_id,
            "redirect_uri": self._return,
            "code": came["code"],
            "code_verifier": self._verifier,
        }
        return _tokens(
            _form(f"{self._service.sign_in_url}/oauth2/token", given), "Cognito gives no token", "Sign in again."
        )


def _came_back(state: str) -> dict[str, str]:
    """Wait for the browser on the loopback; what belongs to another sign-in is passed over."""
    came: dict[str, str] = {}

    class Receiver(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            mine = query.get("state") == state
            if mine:
                came.update(query)
            text = "You are signed in: close this page." if mine and "code" in query else "Nobody is signed in."
            body = f"<!doctype html><title>Watershed</title><p>{text}</p>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A code is nothing for a log."""

    where = urlsplit(RETURN)
    try:
        server = HTTPServer((where.hostname or "localhost", where.port or 80), Receiver)
    except OSError as error:
        raise CommandError(f"{RETURN} is taken: {error}", fix="End the program that listens there.") from error
    ends = time.monotonic() + _WAIT_SECONDS
    with server:
        server.timeout = 1
        while not came and time.monotonic() < ends:
            server.handle_request()
    if "code" not in came:
        said = came.get("error_description") or came.get("error") or f"nobody signed in within {_WAIT_SECONDS} s"
        raise CommandError(
            f"Nobody is signed in: {said}", fix=f"Try again; the stack's callbackUrls must have {RETURN}"
        )
    return came


def _form(address: str, fields: Mapping[str, str], **headers: str) -> urllib3.BaseHTTPResponse:
    try:
        return urllib3.request(
            "POST",
            address,
            body=urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            redirect=False,
            timeout=_SECONDS,
            retries=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise CommandError(f"The sign-in does not answer: {error}", fix="Try again.") from error


def _tokens(answer: urllib3.BaseHTTPResponse, problem: str, fix: str) -> dict[str, Any]:
    try:
        said = json.loads(answer.data)
    except ValueError:
        said = {}
    if answer.status != 200 or "access_token" not in said:
        raise CommandError(f"{problem}: {said.get('error', f'status {answer.status}')}.", fix=fix)
    found: dict[str, Any] = said
    return found
