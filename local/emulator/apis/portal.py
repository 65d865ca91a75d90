"""A distribution's files at a path of the emulated AWS, since no browser resolves CloudFront's own names to here.

`/_portal/` is the first distribution that is enabled, `/_portal/<id>/` a certain one. What is served is what CloudFront
would: its default page, error pages and response headers, from a bucket whose policy lets it read. In `config.json` the
sign-in's address at Amazon becomes this machine's, as a name server would do.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ..answers import Application

PATH = "/_portal"
_SIGN_IN = re.compile(rb"https://[a-z0-9-]+\.auth\.[a-z0-9-]+\.amazoncognito\.com")
_METHODS = ("GET", "HEAD")


def with_portal(
    served: Application, cloudfront: Any, endpoint: str, pin_origin: Callable[[str, bool], None]
) -> Application:
    """Answer that path; leave all others to the emulated AWS.

    `pin_origin` says of a request from which address it comes, and whether by TLS, as which loopback counts.
    """

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or (path != PATH and not path.startswith(f"{PATH}/")):
            await served(scope, receive, send)
        elif path == PATH:
            await _send(send, 308, {"Location": f"{PATH}/"}, b"")
        else:
            pin_origin("127.0.0.1", True)
            await _send(send, *await _answer(scope, path.removeprefix(PATH), cloudfront, endpoint))

    return application


async def _answer(scope: dict[str, Any], path: str, cloudfront: Any, endpoint: str) -> tuple[int, Any, bytes]:
    found, rest = _distribution(cloudfront, path)
    if found is None:
        return 404, {"Content-Type": "text/plain; charset=utf-8"}, b"This stack has no portal.\n"
    if scope["method"] not in _METHODS:
        return 405, {"Allow": ", ".join(_METHODS)}, b""
    query = scope.get("query_string", b"").decode()
    headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    # CloudFront is asked by its own name.
    asked = {**headers, "host": found["DomainName"], "x-forwarded-proto": "https"}
    status, answered, body = await cloudfront.handle_viewer_request(
        found, scope["method"], rest, rest, query, asked, b"", parse_qs(query)
    )
    if rest == "/config.json" and status == 200:
        body = _SIGN_IN.sub(endpoint.encode(), body)
        answered = {name: value for name, value in answered.items() if name.lower() not in ("content-length", "etag")}
    return status, answered, body


def _distribution(cloudfront: Any, path: str) -> tuple[Any, str]:
    """Return the distribution that a path below ours is of, and the path in it."""
    identifier, _, rest = path.strip("/").partition("/")
    named = cloudfront._distributions.get(identifier)
    if named is not None:
        return named, f"/{rest}"
    enabled = (each for each in cloudfront._distributions.values() if _enabled(cloudfront, each))
    return next(enabled, None), path


def _enabled(cloudfront: Any, distribution: Any) -> bool:
    return str(cloudfront._text(cloudfront._dist_config_el(distribution), "Enabled")).lower() == "true"


async def _send(send: Any, status: int, headers: Mapping[str, Any], body: bytes) -> None:
    lines = [
        (name.encode(), str(value).encode())
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
        if name.lower() != "content-length"
    ]
    lines.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
