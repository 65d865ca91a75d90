"""From an event of API Gateway to an answer: who calls, what is asked, may it be, do it, and what it became."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from ..common.telemetry import logger
from . import access, callers, idempotency, problems, reading
from .operations import JSON, Answer, Request
from .problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .operations import Operation
    from .platform import Platform

_FIXED_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclasses.dataclass(frozen=True)
class Response:
    """What is sent: all there is of an HTTP response."""

    status: int
    headers: dict[str, str]
    body: str
    media_type: str | None


def respond(
    operation: Operation, event: Mapping[str, Any], path: Mapping[str, str], platform: Callable[[], Platform]
) -> Response:
    """Do what is asked; whatever goes wrong becomes a problem document."""
    request_id = request_id_of(event)
    try:
        answer = _answer(operation, event, path, platform, request_id)
    except Problem as problem:
        return refusal(problem, event)
    except Exception as error:
        logger.exception("Request failed", extra={"request_id": request_id, "operation": operation.id})
        return refusal(problems.of_error(error), event)
    return _sent(answer, request_id)


def refusal(problem: Problem, event: Mapping[str, Any]) -> Response:
    """Return a problem as it is sent."""
    request_id = request_id_of(event)
    document = problem.document(str(event.get("path") or "/"), request_id)
    headers = {**_FIXED_HEADERS, "X-Request-Id": request_id, **problem.headers}
    return Response(problem.status, headers, msgspec.json.encode(document).decode(), problems.MEDIA_TYPE)


def request_id_of(event: Mapping[str, Any]) -> str:
    """Return the id that API Gateway gave the request."""
    return str((event.get("requestContext") or {}).get("requestId") or "none")


def _answer(
    operation: Operation,
    event: Mapping[str, Any],
    path: Mapping[str, str],
    platform: Callable[[], Platform],
    request_id: str,
) -> tuple[Answer, bytes] | idempotency.Kept:
    now = datetime.datetime.now(datetime.UTC)
    if operation.scope is None:
        return _encoded(operation.run(_bare_request(request_id, now)))
    known = platform()
    caller = callers.authenticate(event, known.issuer, known.clients, now)
    access.require_scope(caller, operation.scope)
    headers = reading.headers_of(event)
    content = reading.body_of(event)
    key = idempotency.key_of(headers) if operation.takes_key else None
    identity = f"{operation.method} {event.get('path')}".encode() + b"\0" + content
    request = Request(
        platform=known,
        caller=caller,
        id=request_id,
        now=now,
        token=idempotency.token(caller, key if operation.takes_key else headers.get("if-match"), identity),
        path=path,
        headers=headers,
        query=reading.read_query(event, operation.query),
        body=reading.read_body(content, operation.media_type, headers.get("content-type"), operation.body)
        if operation.body
        else None,
    )
    if operation.needs is not None:
        found = access.find(caller, known, path["id"], operation.needs, totals=operation.totals)
        request = dataclasses.replace(request, found=found)
    logger.info(
        "Request", extra={"request_id": request_id, "operation": operation.id, "caller": caller.id, "path": dict(path)}
    )

    def run() -> tuple[Answer, bytes]:
        return _encoded(operation.run(request))

    if key is None:
        return run()
    return idempotency.once(known.table, caller, key, identity, now, run, is_replayed=operation.is_replayed)


def _encoded(answer: Answer) -> tuple[Answer, bytes]:
    if isinstance(answer.body, bytes):
        return answer, answer.body
    return answer, b"" if answer.body is None else msgspec.json.encode(answer.body)


def _sent(answer: tuple[Answer, bytes] | idempotency.Kept, request_id: str) -> Response:
    if isinstance(answer, idempotency.Kept):
        status, own, body = answer.status, {**answer.headers, "Idempotent-Replayed": "true"}, answer.body
        media_type = JSON
    else:
        status, own, body = answer[0].status, dict(answer[0].headers), answer[1]
        media_type = answer[0].media_type
    headers = {**_FIXED_HEADERS, "X-Request-Id": request_id, **own}
    return Response(status, headers, body.decode(), media_type if body else None)


def _bare_request(request_id: str, now: datetime.datetime) -> Request:
    nobody: Any = None
    return Request(platform=nobody, caller=nobody, id=request_id, now=now, token="", path={}, headers={})
