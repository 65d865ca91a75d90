"""What API Gateway answers by itself, as problem documents like the handler's (RFC 9457)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .parts import Parts

CONTENT_TYPE = "application/problem+json"
REQUEST_ID = "X-Request-Id"
EXPOSED = (REQUEST_ID, "Retry-After")
"""Headers that a page of another origin may read of such an answer."""


@dataclass(frozen=True)
class Problem:
    """One of API Gateway's own answers: its kind there, and its status, title and detail here."""

    kind: str
    status: int | None
    title: str
    detail: str | None = None
    """None: what API Gateway says."""
    retry_after: int | None = None
    """Seconds."""


_NO_ROUTE = "There is no such route, or it does not take this method."
PROBLEMS = (
    # What has no answer of its own keeps its status, which a template cannot tell: WAF's and the quotas', for example.
    Problem("DEFAULT_4XX", None, "Request refused"),
    Problem("DEFAULT_5XX", None, "Internal server error", "The request failed; it may be tried again."),
    Problem("BAD_REQUEST_BODY", 400, "Bad Request", "The body is not the JSON document that this route takes."),
    Problem("BAD_REQUEST_PARAMETERS", 400, "Bad Request"),
    Problem("UNAUTHORIZED", 401, "Unauthorized", "Give an access token with the route's scope: Authorization: Bearer"),
    Problem("ACCESS_DENIED", 403, "Forbidden"),
    # Whoever asks for an unknown route is told that a token is missing (Amazon API Gateway Developer Guide, "Gateway
    # response types"); no route of ours is signed with AWS's keys.
    Problem("MISSING_AUTHENTICATION_TOKEN", 404, "Not Found", _NO_ROUTE),
    # Where no authorizer is, a bearer's token is taken for such a signature, which it is not.
    Problem("INVALID_SIGNATURE", 404, "Not Found", _NO_ROUTE),
    Problem("RESOURCE_NOT_FOUND", 404, "Not Found", _NO_ROUTE),
    Problem("REQUEST_TOO_LARGE", 413, "Content Too Large", "A request may have 10 MB; upload files by an upload."),
    Problem("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type"),
    Problem("THROTTLED", 429, "Too Many Requests", "The API takes fewer requests than this.", retry_after=1),
    Problem("QUOTA_EXCEEDED", 429, "Too Many Requests", retry_after=3_600),
    Problem("INTEGRATION_TIMEOUT", 504, "Gateway Timeout", "The answer took longer than 29 seconds.", retry_after=5),
    Problem("INTEGRATION_FAILURE", 504, "Gateway Timeout", "The API could not be reached.", retry_after=5),
)


def gateway_responses(
    parts: Parts, name: str, rest_api: pulumi.Input[str], *, cors_origins: Sequence[str], opts: pulumi.ResourceOptions
) -> None:
    """Make the answers, one for each kind that is told apart (AWS's own are not JSON that says what went wrong)."""
    headers = _headers(cors_origins)
    for problem in PROBLEMS:
        parts.make(
            aws.apigateway.Response,
            f"{name}-{problem.kind.lower().replace('_', '-')}",
            rest_api_id=rest_api,
            response_type=problem.kind,
            status_code=str(problem.status) if problem.status else None,
            response_parameters={
                f"gatewayresponse.header.{header}": value
                for header, value in {
                    **headers,
                    **({"Retry-After": f"'{problem.retry_after}'"} if problem.retry_after else {}),
                }.items()
            },
            response_templates={"application/json": template(problem)},
            opts=opts,
        )


def template(problem: Problem) -> str:
    """Return the document of a problem, in which API Gateway fills in what only it knows.

    `$context.error.messageString` has its own quotes. There is nothing else that these templates could do: they are no
    Velocity (Amazon API Gateway Developer Guide, "Gateway responses for REST APIs").
    """
    document = {
        "type": "about:blank",
        "title": problem.title,
        **({"status": problem.status} if problem.status else {}),
        "detail": problem.detail or "$MESSAGE",
        "instance": "urn:uuid:$context.requestId",
        "requestId": "$context.requestId",
    }
    return json.dumps(document).replace('"$MESSAGE"', "$context.error.messageString")


def _headers(cors_origins: Sequence[str]) -> dict[str, str]:
    """Return the headers of every such answer.

    A static value names one origin at most. With several, whoever asks is let read the refusal, which holds nothing but
    what every refusal says; no cookie or other credential of the browser's own goes with a request.
    """
    headers = {
        "Content-Type": f"'{CONTENT_TYPE}'",
        "Cache-Control": "'no-store'",
        REQUEST_ID: "context.requestId",
    }
    if not cors_origins:
        return headers
    origin = f"'{cors_origins[0]}'" if len(cors_origins) == 1 else "method.request.header.Origin"
    exposed = ",".join(EXPOSED)
    return {
        **headers,
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": f"'{exposed}'",
        "Vary": "'Origin'",
    }
