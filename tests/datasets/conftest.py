"""A portal, its API and the S3 behind it, as small as clients need them, on a port of this machine."""

import base64
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest


class Portal:
    """What it knows, what it was asked, and what it is told to do wrong."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        """By method and path: each answer once, the last for ever."""
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.files: dict[str, bytes] = {}
        self.breaks_off: Counter[str] = Counter()
        """How often a file ends in its middle, or a PUT is refused."""
        self.tokens = {"id": "secret"}
        self.given: list[str] = []
        """The access tokens that the sign-in gives, one after the other; else they are named by their grant."""
        self.url = ""

    def answer(self, what: str, *documents: Any) -> None:
        """Say what a request gets: documents, or (status, document)."""
        self.answers[what] = [each if isinstance(each, tuple) else (200, each) for each in documents]

    def requests(self, method: str, path: str) -> list[tuple[dict[str, str], bytes]]:
        """What was sent there."""
        return [(headers, body) for made, where, headers, body in self.asked if (made, where) == (method, path)]


class Handler(BaseHTTPRequestHandler):
    portal: Portal

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/config.json":
            here = self.portal.url
            scopes = ["openid", "datasets/read"]
            self._say(200, {"apiUrl": f"{here}/api", "signInUrl": here, "clientId": "people", "scopes": scopes})
        elif path.startswith("/s3/"):
            self._file(path)
        else:
            self._api()

    def do_POST(self) -> None:
        if self.path == "/oauth2/token":
            self._token()
        else:
            self._api()

    def do_PATCH(self) -> None:
        self._api()

    def do_DELETE(self) -> None:
        self._api()

    def do_PUT(self) -> None:
        body = self._body()
        path = urlsplit(self.path).path
        if self.portal.breaks_off[path] > 0:
            self.portal.breaks_off[path] -= 1
            self._say(503, {})
            return
        sent = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if self.headers["x-amz-checksum-sha256"] != sent:
            self._say(400, {})
            return
        self.portal.files[path] = body
        self._say(200, None)

    def _api(self) -> None:
        path, body = urlsplit(self.path).path.removeprefix("/api"), self._body()
        self.portal.asked.append((self.command, path, dict(self.headers), body))
        answers = self.portal.answers.get(f"{self.command} {path}")
        if answers is None:
            self._say(404, {"title": "There is no such thing", "status": 404, "detail": path, "requestId": "r1"})
            return
        status, document = answers.pop(0) if len(answers) > 1 else answers[0]
        self._say(status, document(body) if callable(document) else document)

    def _token(self) -> None:
        form = dict(parse_qsl(self._body().decode()))
        self.portal.asked.append(("POST", "/oauth2/token", dict(self.headers), json.dumps(form).encode()))
        basic = self.headers.get("Authorization", "").removeprefix("Basic ")
        client, _, secret = base64.b64decode(basic).decode().partition(":")
        known = self.portal.tokens.get(client) == secret or form["grant_type"] != "client_credentials"
        if not known or form.get("refresh_token") == "old":
            self._say(400, {"error": "invalid_client"})
        else:
            token = self.portal.given.pop(0) if self.portal.given else f"token-{form['grant_type']}"
            self._say(200, {"access_token": token, "expires_in": 3600, "refresh_token": "next"})

    def _file(self, path: str) -> None:
        whole = self.portal.files[path]
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.portal.asked.append(("GET", path, dict(self.headers), b""))
        body = whole[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.portal.breaks_off[path] > 0:
            self.portal.breaks_off[path] -= 1
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _say(self, status: int, document: Any) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Portal]:
    made = Portal()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"portal": made}))
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    monkeypatch.setenv("WATERSHED_PORTAL", made.url)
    monkeypatch.setenv("WATERSHED_CLIENT_ID", "id")
    monkeypatch.setenv("WATERSHED_CLIENT_SECRET", "secret")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "140")
    yield made
    server.shutdown()
    server.server_close()
