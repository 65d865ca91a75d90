"""Where a Dataset API is: its portal's `config.json` says so, on AWS and on this machine alike."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from ..errors import USAGE, CommandError
from ..local import workspace_of
from ..siblings import sibling

_TLS_OR_HERE = re.compile(r"https://|http://(localhost|127\.0\.0\.1|\[::1\])[:/]")
PORTAL_VARIABLE = "WATERSHED_PORTAL"


@dataclass(frozen=True)
class Service:
    """What a client must know."""

    portal: str
    """With a slash at its end; people come back to it from the sign-in."""
    api_url: str
    sign_in_url: str
    client_id: str
    scopes: tuple[str, ...]
    demo: Any = None
    """The local stage's DemoUser, where the API is that of the local stage."""


def find_service(project: Path, portal: str | None) -> Service:
    """Return the API of a portal: the one that is named, that of WATERSHED_PORTAL, or that of the local stage.

    Raises CommandError where none says, or there is no portal at the address.
    """
    named = portal or os.environ.get(PORTAL_VARIABLE)
    if named:
        return _read(named)
    workspace = workspace_of(project)
    emulator = sibling("local.emulator.lifecycle").find(workspace)
    if emulator is None:
        raise CommandError(
            "Which API? The local stage is down.",
            fix=f"Start it (make up), or name a portal: --portal https://data.example.com, or {PORTAL_VARIABLE}=...",
            exit_code=USAGE,
        )
    user = sibling("local.stage.demo_user").kept_demo_user(workspace)
    return _read(f"{emulator.endpoint}{sibling('local.emulator.apis.portal').PATH}", user)


def _read(portal: str, user: Any = None) -> Service:
    address = portal.rstrip("/") + "/"
    if not _TLS_OR_HERE.match(address):
        raise CommandError(f"{portal}: a portal's address begins with https://", exit_code=USAGE)
    try:
        answer = urllib3.request("GET", f"{address}config.json", timeout=20, retries=3)
        config = json.loads(answer.data)
        return Service(
            portal=address,
            api_url=config["apiUrl"].rstrip("/"),
            sign_in_url=config["signInUrl"].rstrip("/"),
            client_id=config["clientId"],
            scopes=tuple(config["scopes"]),
            demo=user,
        )
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(
            f"There is no portal of data sets at {address}", fix="Give the address that people open in a browser."
        ) from error
