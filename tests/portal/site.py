"""The page as CloudFront would serve it, and its API as API Gateway lets a page of another origin call it."""

from __future__ import annotations

import dataclasses
import json
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from components.api.page_headers import PLAIN, content_security_policy
from components.api.preflight import preflight_headers
from tests.handlers.api.gateway import PORTAL, Answer, Gateway
from tests.portal.hosted_ui import SCOPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path(__file__).parents[2] / "portal"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
    **{name.lower(): value for name, value in PLAIN.items()},
}
_METHODS = ("DELETE", "GET", "PATCH", "POST")


class Site:
    """The files of the portal's folder. `config`: what config.json has, None for no such file."""

    def __init__(self) -> None:
        self.config: dict[str, Any] | None = None
        self._connect: Sequence[str] = ()

    def tell(self, api: str, sign_in: str, zones: Sequence[str], buckets: Sequence[str]) -> None:
        """Write config.json as components/api/portal.py does, and let the page connect to these places alone."""
        addresses = {"apiUrl": api, "signInUrl": sign_in}
        self.config = {**addresses, "clientId": PORTAL, "scopes": list(SCOPES), "zones": list(zones)}
        self._connect = [f"{api}/", f"{sign_in}/oauth2/", *buckets]

    def answer_http(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request."""
        common = {**_HEADERS, "content-security-policy": content_security_policy(self._connect)}
        name = urlsplit(url).path.removeprefix("/") or "index.html"
        if name == "config.json" and self.config is not None:
            return Answer(200, {**common, "content-type": "application/json"}, json.dumps(self.config).encode())
        file = FOLDER / name
        status, found = (200, file) if file.is_file() else (404, FOLDER / "404.html")
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        kind = "text/javascript" if found.suffix == ".js" else kind
        return Answer(status, {**common, "content-type": kind}, found.read_bytes())


class Front(Gateway):
    """The gateway, with answers to what browsers ask before they call, and troubles that tests make."""

    origin = ""

    def __init__(self, handler: Any) -> None:
        super().__init__(handler)
        self.troubles: list[tuple[str, Answer]] = []

    def trouble(self, path: str, status: int, title: str, kind: str = "about:blank", **headers: str) -> None:
        """Answer the next request for a path by itself, as a service in trouble would."""
        document = {"type": kind, "title": title, "status": status, "detail": "Made by the test."}
        document |= {"instance": path, "requestId": "request-of-the-test"}
        given = {"content-type": "application/problem+json", **headers}
        self.troubles.append((path, Answer(status, given, json.dumps(document).encode())))

    def answer_http(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request; API Gateway's own answers let the page read them too."""
        allowed = {"access-control-allow-origin": self.origin, "vary": "Origin"}
        if method == "OPTIONS":
            preflight = preflight_headers(_METHODS, [self.origin])
            return Answer(204, {name.lower(): value.strip("'") for name, value in preflight.items()}, b"")
        exposed = {"access-control-expose-headers": "X-Request-Id,Retry-After"}
        path = urlsplit(url).path
        for trouble in self.troubles:
            if trouble[0] == path:
                self.troubles.remove(trouble)
                return dataclasses.replace(trouble[1], headers={**trouble[1].headers, **allowed, **exposed})
        answer = super().answer_http(method, url, headers, body)
        if answer.headers["x-request-id"] == "gateway":
            return dataclasses.replace(answer, headers={**answer.headers, **allowed, **exposed})
        return answer
