"""The Dataset API over HTTPS: its answers as Python values, its problem documents as errors for people."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from ..errors import CommandError
from .service import Service
from .signing_in import AccessToken

_RETRY = urllib3.Retry(
    total=6,
    backoff_factor=0.5,
    backoff_jitter=0.5,
    backoff_max=20,
    status_forcelist=(429, 502, 503, 504),
    # A POST has an Idempotency-Key, so that it may be sent again.
    allowed_methods=None,
    respect_retry_after_header=True,
    raise_on_status=False,
)
_CLAIM_SECONDS = 40
"""A request that got no answer holds its key for 35 (handlers/api/idempotency.py)."""
_CLAIM_PAUSE_SECONDS = 2


class Api:
    """Calls with a token, tried again where the API says so."""

    def __init__(self, service: Service, token: AccessToken) -> None:
        self._url = service.api_url
        self._token = token
        self.pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=10, read=60), retries=_RETRY)

    def get(self, *path: str, **query: Any) -> Any:
        """Return what is there."""
        return self._call("GET", path, query)

    def post(self, *path: str, body: Any, key: str | None = None) -> Any:
        """Send a document; the same `key` again gets the first answer again."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": "application/json"}
        return self._call("POST", path, {}, json.dumps(body).encode(), headers)

    def delete(self, *path: str) -> None:
        """Remove, or cancel."""
        self._call("DELETE", path, {})

    def pages(self, items: str, *path: str, **query: Any) -> Iterator[Any]:
        """Yield the items of all pages."""
        cursor: str | None = None
        while True:
            page = self.get(*path, **query, cursor=cursor)
            yield from page[items]
            cursor = page["cursor"]
            if cursor is None:
                return

    def _call(
        self,
        method: str,
        path: tuple[str, ...],
        query: dict[str, Any],
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        given = {name: value for name, value in query.items() if value not in (None, "", (), [], False)}
        where = "".join(f"/{quote(part, safe='')}" for part in path) + (
            f"?{urlencode(given, doseq=True)}" if given else ""
        )
        answer = self.send(method, where, body, headers)
        waited = 0.0
        while _is_in_progress(answer) and waited < _CLAIM_SECONDS:
            pause = min(_RETRY.get_retry_after(answer) or _CLAIM_PAUSE_SECONDS, _CLAIM_SECONDS - waited)
            time.sleep(pause)
            waited += pause
            answer = self.send(method, where, body, headers)
        if answer.status >= 300:
            raise refusal(answer)
        return json.loads(answer.data) if answer.data else None

    def send(
        self, method: str, where: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Send a request to a path of the API, with a token that counts, and return the answer as it is."""
        url, token = self._url + where, self._token.holding()
        answer = self._send(method, url, body, headers or {}, token)
        if answer.status != 401:
            return answer
        # A token holds for an hour, and uploads may take longer.
        return self._send(method, url, body, headers or {}, self._token.holding(rejected=token))

    def _send(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], token: str
    ) -> urllib3.BaseHTTPResponse:
        given = {"Authorization": f"Bearer {token}", **headers}
        try:
            return self.pool.request(method, url, body=body, headers=given, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise CommandError(f"The API does not answer: {error}", fix="Try again.") from error


def _is_in_progress(answer: urllib3.BaseHTTPResponse) -> bool:
    """Whether the same request is still being worked on: after a lost answer it is our own."""
    try:
        return answer.status == 409 and json.loads(answer.data)["type"].endswith(":in-progress")
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def refusal(answer: urllib3.BaseHTTPResponse) -> CommandError:
    """Return what a problem document says, for people."""
    try:
        problem = json.loads(answer.data)
        said = f"{problem['title']}: {problem.get('detail') or ''}".rstrip(": ")
    except (ValueError, KeyError, TypeError):
        problem, said = {}, f"The API answers with status {answer.status}."
    wrong = "; ".join(f"{each['path'] or 'the request'}: {each['message']}" for each in problem.get("errors") or [])
    number = problem.get("requestId") or answer.headers.get("x-request-id")
    return CommandError(f"{said} (status {answer.status}, request {number})", fix=wrong)
