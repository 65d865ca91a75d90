"""The API's description in a browser, where it can be tried: Swagger UI, which the API serves to who has a token.

No browser sends a token to an address that a person opens. So a server of this machine asks the API in the browser's
place, with the caller's token, for as long as the command runs. It lets in who has opened its address, which nobody
else knows, and no page of another origin: those may send requests to the loopback, too.
"""

import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ..errors import CommandError
from .client import Api, refusal

PAGE = "/docs"
_COOKIE = "watershed-docs"
_SENT = ("Accept", "Content-Type", "If-Match", "Idempotency-Key")
_TOLD = (
    *("Content-Type", "Content-Security-Policy", "Cache-Control", "ETag", "Location", "Link"),
    *("Idempotency-Replayed", "Retry-After", "X-Request-Id"),
)
_MOST_BYTES = 10_000_000
"""Of a request (Amazon API Gateway quotas)."""


class DocsServer(ThreadingHTTPServer):
    """Listens on a free port of the loopback. `address`: what to open."""

    daemon_threads = True

    def __init__(self, api: Api) -> None:
        found = api.send("GET", PAGE)
        if found.status == 404:
            raise CommandError(
                "This API does not serve its description.", fix="Set `docs: true` under `watershed:api`, and deploy."
            )
        if found.status >= 300:
            raise refusal(found)
        super().__init__(("127.0.0.1", 0), _Visit)
        self.api, self.key = api, secrets.token_urlsafe(32)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.address = f"{self.origin}/?key={self.key}"


class _Visit(BaseHTTPRequestHandler):
    """One request of the browser's."""

    server: DocsServer

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path != "/":
            self._pass_on()
        elif not self._is_from_here() or not self._is_key(parse_qs(asked.query).get("key", [""])[0]):
            self._refuse()
        else:
            cookie = f"{_COOKIE}={self.server.key}; Path=/; HttpOnly; SameSite=Strict"
            self._answer(303, {"Location": PAGE, "Set-Cookie": cookie, "Referrer-Policy": "no-referrer"}, b"")

    def do_POST(self) -> None:
        self._pass_on()

    def do_PATCH(self) -> None:
        self._pass_on()

    def do_DELETE(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if not self._is_from_here() or not self._is_key(self._cookie()) or length > _MOST_BYTES:
            self._refuse()
            return
        body = self.rfile.read(length) if length else None
        sent = {name: self.headers[name] for name in _SENT if self.headers.get(name)}
        try:
            found = self.server.api.send(self.command, self.path, body, sent)
        except CommandError as error:
            self._answer(502, {"Content-Type": "text/plain; charset=utf-8"}, str(error).encode())
            return
        told = {name: found.headers[name] for name in _TOLD if name in found.headers}
        self._answer(found.status, told, found.data)

    def _is_from_here(self) -> bool:
        """Whether this server was asked by its own name and, if the browser says by whom, by its own page."""
        if self.headers.get("Host") != self.server.origin.removeprefix("http://"):
            return False
        return self.headers.get("Origin", self.server.origin) == self.server.origin and self.headers.get(
            "Sec-Fetch-Site", "none"
        ) in ("none", "same-origin")

    def _cookie(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(_COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def _is_key(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.server.key.encode())

    def _refuse(self) -> None:
        self.close_connection = True
        self._answer(403, {"Content-Type": "text/plain; charset=utf-8"}, b"Open the address that the command printed.")

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The address is nothing for a log."""
