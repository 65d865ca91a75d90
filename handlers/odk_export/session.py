"""The HTTP session: pyodk's, with patience.

pyodk would try three times, over https only and not while a body is read, and would keep the session's token in a file.
Here nothing is written, and whatever may pass by itself (throttling, a server that is not up, a connection that breaks
off) is tried again, with pauses that grow and differ. What does not pass is one of the errors of `problems.py`.
"""

from __future__ import annotations

import email.utils
import itertools
import logging
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pyodk._utils.session import Adapter, Session
from requests import exceptions

from ..common.telemetry import logger
from .problems import CredentialsError, GoneError, UnavailableError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response

    from .secrecy import Secrets
    from .settings import Settings

# pyodk logs the server's answers, with tracebacks; whatever goes wrong is told once, by this program.
logging.getLogger("pyodk").addHandler(logging.NullHandler())
logging.getLogger("pyodk").propagate = False

_PASSING = {408, 429, 500, 502, 503, 504}
BROKEN = (
    exceptions.ConnectionError,
    exceptions.Timeout,
    exceptions.ChunkedEncodingError,
    exceptions.ContentDecodingError,
)
_CONNECT_SECONDS, _READ_SECONDS = 10, 120


@dataclass(frozen=True)
class Patience:
    """How often a request is tried, and how long is waited in between, in seconds."""

    attempts: int = 8
    base: float = 1.0
    most: float = 60.0
    most_asked: float = 300.0
    """The longest wait that a server may ask for (Retry-After)."""
    sleep: Callable[[float], None] = time.sleep

    def pause(self, attempt: int, asked: float | None) -> None:
        """Wait after a failed attempt: any time up to a limit that doubles, on top of what the server asks for."""
        limit = min(self.most, self.base * 2 ** (attempt - 1))
        jitter = random.uniform(0, limit)  # noqa: S311 -- jitter, not a secret
        self.sleep(min(asked or 0.0, self.most_asked) + jitter)


class PatientSession(Session):  # type: ignore[misc]
    """A session with one server; logs in when it has to, and again when the session has ended."""

    def __init__(self, settings: Settings, secrets: Secrets, patience: Patience) -> None:
        super().__init__(settings.url, "v1", settings.username, settings.password, cache_path=None)
        for scheme in ("https://", "http://"):
            self.mount(scheme, Adapter(timeout=(_CONNECT_SECONDS, _READ_SECONDS), max_retries=0))
        self._server = settings.server
        self._secrets = secrets
        self._patience = patience
        self._login = threading.RLock()
        self.now = datetime.now(UTC)
        """The server's time when it last answered."""

    def log_in(self) -> None:
        """Begin a session, unless there is one."""
        with self._login:
            header = self.auth.login()
            self._secrets.add(header.removeprefix("Bearer "))

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """Return an answer that is good (or says "not modified"), however many attempts it takes.

        Raises:
            CredentialsError, GoneError, UnavailableError, UnsupportedError: as the server says.

        """
        logging_in = method.upper() == "POST" and url.endswith("sessions")
        if not logging_in:
            self.log_in()
        renewed = False
        for attempt in itertools.count(1):
            asked = None
            used = self.headers.get("Authorization")
            try:
                response = super().request(method, url, *args, **options)
            except exceptions.SSLError as error:
                raise UnavailableError(f"{self._server}: no trusted TLS connection: {error}") from error
            except BROKEN as error:
                why = f"the connection broke off ({type(error).__name__})"
            else:
                self.now = _date(response) or datetime.now(UTC)
                if response.status_code == 401 and not logging_in and not renewed:
                    renewed = True
                    self._renew(used)
                    continue
                if response.status_code not in _PASSING and not _is_cut(response):
                    return self._checked(response, logging_in=logging_in, as_json=not options.get("stream"))
                why = f"it answered {response.status_code}" if response.status_code in _PASSING else "its answer is cut"
                asked = _retry_after(response)
                response.close()
            if attempt >= self._patience.attempts:
                message = f"{self._server} cannot be read: {why}, after {attempt} attempts. The next run goes on here."
                raise UnavailableError(message)
            logger.info("Trying again", extra={"server": self._server, "why": why, "attempt": attempt})
            self._patience.pause(attempt, asked)
        raise AssertionError

    def _renew(self, used: str | bytes | None) -> None:
        """Log in again, unless another thread has done so since."""
        with self._login:
            if self.headers.get("Authorization") == used:
                self.headers.pop("Authorization", None)
            self.log_in()

    def _checked(self, response: Response, *, logging_in: bool, as_json: bool) -> Response:
        if response.ok and as_json and not _is_json(response):
            message = (
                f"{self._server} answers {_path(response)} with something else than JSON: correct ODK_URL, the address "
                "of an ODK Central server without a path."
            )
            raise UnsupportedError(message)
        if response.ok:  # 304 is, too
            return response
        response.close()
        if response.status_code == 401 and logging_in:
            message = (
                f"{self._server} refuses the login: wrong user name or password, or no logins by password (single "
                "sign-on). Correct the secret that ODK_USERNAME and ODK_PASSWORD come from."
            )
            raise CredentialsError(message)
        if response.status_code in (401, 403):
            message = (
                f"{self._server} does not let this user read {_path(response)}. "
                "Give the web user the role Project Viewer, or Project Manager, in the project."
            )
            raise CredentialsError(message)
        if response.status_code == 404:
            raise GoneError(f"{self._server} has no {_path(response)}")
        message = (
            f"{self._server} refuses {_path(response)} with {response.status_code}. "
            "The export needs ODK Central 2024.3 or newer."
        )
        raise UnsupportedError(message)


def _path(response: Response) -> str:
    """Return what was asked for, without the query, and not where a redirection led: such an address may be signed."""
    first = response.history[0] if response.history else response
    return str(first.request.path_url).partition("?")[0]


def _is_cut(response: Response) -> bool:
    """Tell an answer that promises JSON and does not end like it; a proxy may cut it without telling."""
    return _is_json(response) and not response.content.rstrip().endswith((b"}", b"]"))


def _is_json(response: Response) -> bool:
    kind = str(response.headers.get("Content-Type", ""))
    return response.status_code == 200 and kind.startswith("application/json")


def _retry_after(response: Response) -> float | None:
    """Read `Retry-After`: seconds, or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    now = _date(response) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _date(response: Response) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None
