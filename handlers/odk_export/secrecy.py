"""Nothing that is printed holds a secret: standard output and standard error are looked through for them.

The export prints none by itself; but what libraries and servers say ends up in errors, and errors end up in logs.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

from ..common.telemetry import logger

HIDDEN = "***"
# Hiding shorter ones would hide half of the words; Central takes no password of fewer than 10 characters.
_LEAST = 6


class Secrets:
    """The secrets of this process, in every spelling they may be printed in."""

    def __init__(self) -> None:
        self._spellings: set[str] = set()

    def add_login(self, username: str, password: str) -> None:
        """Hide a password, and the header that it makes together with its user."""
        self.add(password)
        self.add(base64.b64encode(f"{username}:{password}".encode()).decode())

    def add(self, secret: str) -> None:
        """Hide a secret from now on."""
        spellings = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
        self._spellings |= {each for each in spellings if len(each) >= _LEAST}

    def hide(self, text: str) -> str:
        """Return a text without them."""
        for spelling in sorted(self._spellings, key=len, reverse=True):
            text = text.replace(spelling, HIDDEN)
        return text


class _Veiled:
    """A text stream that hides secrets in what is written; all else is the stream's."""

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets

    def write(self, text: str) -> int:
        self._stream.write(self._secrets.hide(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def veil(secrets: Secrets) -> None:
    """Hide these secrets in everything that this process prints, the log first of all."""
    sys.stdout = _Veiled(sys.stdout, secrets)
    sys.stderr = _Veiled(sys.stderr, secrets)
    logger.registered_handler.setStream(sys.stdout)  # type: ignore[attr-defined]
