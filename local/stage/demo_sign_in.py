"""Signing in at the emulated page, as a browser does for a person: its form is filled in and sent."""

import html
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from ..errors import StageError
from ..web import ask
from .demo_user import DemoUser

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def come_back(address: str, user: DemoUser) -> dict[str, str]:
    """Sign in at an address of the sign-in; returns what the page comes back with, raises StageError if it does not."""
    page = ask("GET", address).body.decode()
    fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
    fields |= {"username": user.email, "password": user.password}
    answer = ask("POST", urljoin(address, "/login"), headers=_FORM, body=urlencode(fields).encode())
    came = dict(parse_qsl(urlsplit(answer.headers.get("location", "")).query))
    if "code" not in came:
        raise StageError(
            f"The sign-in of the local stage does not let {user.email} in: status {answer.status}.",
            fix="Start it anew: make down, make up.",
        )
    return came
