"""The Dataset API's function: API Gateway's events, routed to the operations that are declared in `routes/`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver, CORSConfig, Response

from . import dispatch, platform
from .problems import Problem
from .routes import OPERATIONS, docs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .operations import Operation

_REQUEST_HEADERS = ["Idempotency-Key", "If-Match"]
_ANSWER_HEADERS = ["ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-Id"]


def cors(origins: list[str]) -> CORSConfig | None:
    """Return which pages of other origins may call, None for none."""
    if not origins:
        return None
    return CORSConfig(
        allow_origin=origins[0],
        extra_origins=origins[1:],
        allow_headers=_REQUEST_HEADERS,
        expose_headers=_ANSWER_HEADERS,
        max_age=600,
    )


def build(operations: Iterable[Operation], origins: list[str]) -> APIGatewayRestResolver:
    """Return what routes events to the operations."""
    app = APIGatewayRestResolver(cors=cors(origins))
    for operation in operations:
        rule = operation.path.replace("{", "<").replace("}", ">")
        app.route(rule, operation.method, operation_id=operation.id)(_routed(app, operation))

    def not_found(_: Exception) -> Response[str]:
        detail = "There is no such route, or it does not take this method."
        return _sent(dispatch.refusal(Problem("not-found", detail), app.current_event.raw_event))

    app.not_found(not_found)
    return app


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request."""
    return APP.resolve(dict(event), context)


def _routed(app: APIGatewayRestResolver, operation: Operation) -> Callable[..., Response[str]]:
    def run(**path: str) -> Response[str]:
        return _sent(dispatch.respond(operation, app.current_event.raw_event, path, platform.current))

    return run


def _sent(response: dispatch.Response) -> Response[str]:
    return Response(response.status, response.media_type, response.body, dict(response.headers))


def offered(environment: Mapping[str, str]) -> list[Operation]:
    """Return the operations, with those of the API's own description where `API_DOCS` is `true`."""
    return [*OPERATIONS, *(docs.routes if environment.get("API_DOCS", "").lower() == "true" else ())]


APP = build(offered(os.environ), platform.listed(os.environ.get("CORS_ORIGINS", "")))
