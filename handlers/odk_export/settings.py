"""What the export is told by its environment.

| variable | what it says |
| --- | --- |
| `ODK_URL` | the server, `https://odk.example.org`; plain http only on this machine |
| `ODK_PROJECT` | the project's number |
| `ODK_FORMS` | the forms' ids, with commas between them |
| `ODK_USERNAME`, `ODK_PASSWORD` | a web user who may read the project's submissions; injected from Secrets Manager |
| `LANDING_BUCKET`, `LANDING_PREFIX` | where the tables go, for ingestion; the prefix defaults to `odk/` |
| `ATTACHMENTS_BUCKET`, `ATTACHMENTS_PREFIX` | where the attachments go; default the same bucket, `attachments/` |
| `STATE_TABLE` | the DynamoDB table of the state (keys `pk` and `sk`) |
| `OVERLAP_MINUTES` | how far before the watermark changes are looked for again, default 60 |
| `PAGE_ROWS` | submissions a request, default 250 |
| `SLICE_ROWS` | submissions of a day that become one object, default 2,000: what is in memory at a time |
| `RUN_PARAMETERS` | the run's parameters as JSON: `{"full": true}` reads everything again |
| `RUN_ID`, `RUN_PIPELINE`, `RUN_DATE`, `RUN_STAGE` | which run it is: for the log, and to tell a retry from a new run |
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .problems import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Place:
    """A prefix of a bucket."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


@dataclass(frozen=True)
class Settings:
    """The environment, read."""

    url: str
    project: int
    forms: tuple[str, ...]
    username: str
    password: str = field(repr=False)
    landing: Place
    attachments: Place
    state_table: str
    overlap: timedelta = timedelta(hours=1)
    page_rows: int = 250
    slice_rows: int = 2_000
    full: bool = False
    run: Mapping[str, str] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """The server's name, as messages call it."""
        return urlsplit(self.url).netloc


def read(environment: Mapping[str, str]) -> Settings:
    """Read the environment.

    Raises:
        SettingsError: naming everything that is missing or wrong.

    """
    problems: list[str] = []
    needed = ("ODK_URL", "ODK_PROJECT", "ODK_FORMS", "ODK_USERNAME", "ODK_PASSWORD", "LANDING_BUCKET", "STATE_TABLE")
    missing = [name for name in needed if not environment.get(name, "").strip()]
    if missing:
        problems.append(f"{', '.join(missing)}: not set")
    bucket = environment.get("LANDING_BUCKET", "")
    settings = Settings(
        url=_url(environment.get("ODK_URL", "").strip(), problems),
        project=_number(environment, "ODK_PROJECT", 1, 1, problems),
        forms=tuple(
            dict.fromkeys(name.strip() for name in environment.get("ODK_FORMS", "").split(",") if name.strip())
        ),
        username=environment.get("ODK_USERNAME", ""),
        password=environment.get("ODK_PASSWORD", ""),
        landing=Place(bucket, _prefix(environment, "LANDING_PREFIX", "odk/", problems)),
        attachments=Place(
            environment.get("ATTACHMENTS_BUCKET") or bucket,
            _prefix(environment, "ATTACHMENTS_PREFIX", "attachments/", problems),
        ),
        state_table=environment.get("STATE_TABLE", ""),
        overlap=timedelta(minutes=_number(environment, "OVERLAP_MINUTES", 60, 1, problems)),
        page_rows=_number(environment, "PAGE_ROWS", 250, 2, problems),
        slice_rows=_number(environment, "SLICE_ROWS", 2_000, 1, problems),
        full=_full(environment.get("RUN_PARAMETERS", ""), problems),
        run={name: environment.get(f"RUN_{name.upper()}", "") for name in ("pipeline", "date", "id", "stage")},
    )
    if problems:
        raise SettingsError("The environment is not complete:\n" + "\n".join(f"- {problem}" for problem in problems))
    return settings


def _url(text: str, problems: list[str]) -> str:
    parts = urlsplit(text)
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if text and (parts.username or parts.password):
        problems.append("ODK_URL: holds a user or password; give them as ODK_USERNAME and ODK_PASSWORD")
    elif text and not (parts.hostname and (parts.scheme == "https" or local)):
        problems.append("ODK_URL: give the server's address with https://, as the password goes there")
    return text.rstrip("/").removesuffix("/v1")


def _number(environment: Mapping[str, str], name: str, default: int, least: int, problems: list[str]) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < least:
        problems.append(f"{name}: {text!r} is not a whole number from {least} on")
        return default
    return int(text)


def _prefix(environment: Mapping[str, str], name: str, default: str, problems: list[str]) -> str:
    text = environment.get(name, default)
    if text and (text.startswith("/") or not text.endswith("/") or "//" in text):
        problems.append(f"{name}: {text!r} has to end with a slash, not to begin with one, and to hold no two in a row")
    return text


def _full(text: str, problems: list[str]) -> bool:
    try:
        parameters = json.loads(text or "{}")
    except ValueError:
        problems.append("RUN_PARAMETERS: not JSON")
        return False
    # Typed on a command line, a parameter is a text.
    full = str(parameters.get("full", False)).lower() if isinstance(parameters, dict) else ""
    if full not in ("true", "false"):
        problems.append('RUN_PARAMETERS: "full" is true or false')
    return full == "true"
