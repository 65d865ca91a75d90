"""HTTP as browsers and programs speak it to the stage: nothing is followed, and every status is an answer."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """What came back; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """Return the JSON in it."""
        return json.loads(self.body)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing, so that the answer that leads elsewhere is seen."""


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())


def ask(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
    """Send one request."""
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)  # noqa: S310 - the stage's own
    try:
        with _OPENER.open(request, timeout=SECONDS) as found:
            return _read(found)
    except urllib.error.HTTPError as refused:
        with refused:
            return _read(refused)


def _read(found: Any) -> Answer:
    return Answer(found.status, {name.lower(): value for name, value in found.headers.items()}, found.read())
