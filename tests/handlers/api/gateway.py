"""API Gateway in front of a handler, for tests: requests become proxy events with a verified token's claims.

`Gateway(handler)` calls in this process; `serve(gateway)` puts it on a port, for clients that speak HTTP. Tokens are
names of callers: whose claims they stand for is told by `Gateway.sign_in`, as an authorizer would find them in a token
that it has verified. Every answer of the handler is checked against the API's own description.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import http.server
import itertools
import json
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.handlers.api import description

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example"
PORTAL, MACHINE = "portalclient", "machineclient"
STAGE = "v1"
_numbers = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Answer:
    """An HTTP response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def claims(name: str, groups: str = "", scopes: str = "datasets/read datasets/write", **changed: Any) -> dict[str, Any]:
    """Claims of a person's access token as API Gateway hands them on: all of them texts."""
    moment = time.gmtime(time.time() + 3_600)
    given = {
        "sub": f"00000000-0000-4000-8000-{abs(hash(name)) % 10**12:012}",
        "cognito:groups": groups,
        "iss": ISSUER,
        "client_id": PORTAL,
        "token_use": "access",
        "scope": scopes,
        "exp": time.strftime("%a %b %d %H:%M:%S UTC %Y", moment),
        "username": name,
        **changed,
    }
    return {key: value for key, value in given.items() if value not in (None, "")}


def machine_claims(client: str = MACHINE, scopes: str = "datasets/read datasets/write") -> dict[str, Any]:
    """Claims of a machine's access token: of client credentials."""
    return claims(client, scopes=scopes, sub=client, client_id=client, username=None)


def event(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    of: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The proxy event of a request (Amazon API Gateway Developer Guide, "Input format of a Lambda function")."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    several: dict[str, list[str]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    path = unquote(parts.path)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": several or None,
        "pathParameters": None,
        "stageVariables": None,
        "body": text or None,
        "isBase64Encoded": encoded,
        "requestContext": {
            "requestId": f"request-{next(_numbers)}",
            "stage": STAGE,
            "path": f"/{STAGE}{path}",
            "httpMethod": method,
            "identity": {"sourceIp": "127.0.0.1"},
            **({"authorizer": {"claims": dict(of)}} if of is not None else {}),
        },
    }


class Server(Protocol):
    """What answers requests that come over HTTP."""

    def answer_http(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


class Gateway:
    """A handler behind an authorizer. `checked`: whether answers are held against the API's description."""

    def __init__(self, handler: Callable[[dict[str, Any], Any], dict[str, Any]], *, checked: bool = True) -> None:
        self._handler = handler
        self._lock = threading.Lock()
        self._claims: dict[str, Mapping[str, Any]] = {}
        self._checked = checked

    def sign_in(self, name: str, of: Mapping[str, Any]) -> None:
        """Let a token (a name) stand for claims."""
        self._claims[name] = of

    def sign_out(self, name: str) -> None:
        """Let a token stand for nothing any more."""
        self._claims.pop(name, None)

    def request(
        self,
        caller: str | None,
        method: str,
        url: str,
        json_body: Any = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a request as a caller who has signed in (None: without a token)."""
        given = dict(headers or {})
        if json_body is not None:
            kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
            given.setdefault("Content-Type", kind)
            body = json.dumps(json_body).encode()
        if caller is not None:
            given["Authorization"] = f"Bearer {caller}"
        return self.forward(event(method, url, given, body or b"", self._claims[caller] if caller else None))

    def forward(self, given: dict[str, Any]) -> Answer:
        """Let the handler answer an event; one at a time, as in Lambda."""
        with self._lock:
            answer = self._handler(given, None)
        headers = {name.lower(): ", ".join(values) for name, values in answer["multiValueHeaders"].items()}
        raw = answer["body"] or ""
        content = base64.b64decode(raw) if answer["isBase64Encoded"] else raw.encode()
        made = Answer(answer["statusCode"], headers, content)
        if self._checked:
            description.check(given["httpMethod"], given["path"], made.status, made.headers, made.body)
        return made

    def answer_http(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request that came over HTTP: the authorizer refuses tokens that it does not know."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        known = self._claims.get(token) if kind.lower() == "bearer" else None
        if known is None and urlsplit(url).path != "/health":
            refused = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "Give an access token"}
            own = {"content-type": "application/problem+json", "x-request-id": "gateway"}
            refused |= {"instance": "urn:uuid:gateway", "requestId": "gateway"}
            return Answer(401, {**own, "www-authenticate": "Bearer"}, json.dumps(refused).encode())
        return self.forward(event(method, url, headers, body, known))


@contextlib.contextmanager
def serve(gateway: Server) -> Iterator[str]:
    """Answer HTTP on a free port of this machine; gives the address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made = gateway.answer_http(self.command, self.path, headers, body)
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, quote(value, safe="".join(map(chr, range(32, 127)))))
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = do_OPTIONS = do_HEAD = answer  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
