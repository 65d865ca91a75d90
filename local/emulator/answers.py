"""Paths of our own beside the emulated AWS: whose emulator this is, what roles did, credentials of tasks, hooks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """A request to one of them: what follows the path, its headers (in lower case) and its body."""

    rest: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Answer = Callable[[Asked], Mapping[str, Any] | None]
"""What is answered, as JSON; nothing where there is no such thing."""


def with_answers(served: Application, answers: Mapping[str, Answer]) -> Application:
    """Answer these paths, and what lies below them; leave all others to the emulated AWS."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        found = max((each for each in answers if path == each or path.startswith(f"{each}/")), key=len, default=None)
        if scope["type"] != "http" or found is None:
            await served(scope, receive, send)
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        asked = Asked(path[len(found) :].strip("/"), headers, await _body(receive))
        document = await asyncio.to_thread(answers[found], asked)
        body = json.dumps(document if document is not None else {"message": "not found"}).encode()
        status = 404 if document is None else 200
        content_type = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": content_type})
        await send({"type": "http.response.body", "body": body})

    return application


async def _body(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
