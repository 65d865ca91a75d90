"""Every error is a problem document (RFC 9457): one exception that holds it, and what AWS's errors become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError, HTTPClientError

from ..common.table import UnprocessedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2

TITLES = {
    "invalid-request": (400, "The request is not valid"),
    "query-refused": (400, "The query is refused"),
    "unauthenticated": (401, "Sign in first"),
    "forbidden": (403, "You may not do this"),
    "not-found": (404, "There is no such thing, or you may not see it"),
    "conflict": (409, "The state of things does not allow it"),
    "in-progress": (409, "The same is being done already"),
    "stale": (412, "It was changed in the meantime"),
    "too-large": (413, "The request is too large"),
    "unsupported-media-type": (415, "The body is of another kind"),
    "idempotency-key-reused": (422, "The idempotency key is taken by another request"),
    "precondition-required": (428, "Say which version you change"),
    "throttled": (429, "Too many requests"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not now; try again"),
    "timeout": (504, "It took too long"),
}
"""What may go wrong: its status and its title."""

# What passes by itself: botocore has tried again by then.
_PASSING = {
    *("ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded"),
    *("ProvisionedThroughputExceededException", "SlowDown", "RequestThrottled", "RequestThrottledException"),
    *("InternalServerError", "InternalServerException", "InternalServiceException", "InternalError", "InternalFailure"),
    *("ServiceUnavailable", "ServiceUnavailableException", "OperationTimeoutException", "RequestTimeout"),
    *("ConcurrentModificationException", "ResourceNotReadyException", "TransactionInProgressException"),
    *("KMSThrottlingException", "LimitExceededException", "500", "502", "503", "504"),
}
_PASSING_REASONS = {"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"}


class InvalidPart(msgspec.Struct, frozen=True):
    """One thing that is wrong with the request, and where."""

    path: str
    message: str


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    requestId: str  # noqa: N815 -- the name of the contract
    errors: tuple[InvalidPart, ...] = ()
    line: int | None = None
    column: int | None = None


class Problem(Exception):  # noqa: N818 -- what is told to the caller, not a failure of the program
    """An answer that says what is wrong, where, and how to put it right; `code` is one of TITLES."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status, self.title = TITLES[code]
        self.detail = detail
        self.errors = tuple(InvalidPart(path, message) for path, message in errors)
        self.headers = dict(headers or {})
        self.line = line
        self.column = column

    def document(self, instance: str, request_id: str) -> ProblemDocument:
        """Return what is sent."""
        return ProblemDocument(
            type=f"urn:watershed:problem:{self.code}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            requestId=request_id,
            errors=self.errors,
            line=self.line,
            column=self.column,
        )


def invalid(errors: Iterable[tuple[str, str]]) -> Problem:
    """Return the problem of a request that is not valid: pairs of a path and what is wrong there."""
    listed = list(errors)
    return Problem("invalid-request", "; ".join(f"{path}: {message}" for path, message in listed), errors=listed)


def no_dataset(name: str) -> Problem:
    """Return the one answer for a data set that there is not and for one that the caller may not see."""
    return Problem("not-found", f"There is no data set {shown(name)} that you may read.")


def unavailable(detail: str) -> Problem:
    """Return the problem of what will work in a moment."""
    return Problem("unavailable", detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def of_error(error: Exception) -> Problem:
    """Return the problem that an error of AWS, or any other, is to the caller."""
    if is_passing(error):
        return unavailable("A service behind this one is busy. Nothing was left half done; try again in a moment.")
    return Problem("internal", "This is an error of the platform, not of your request. Its log has the request id.")


def is_passing(error: BaseException) -> bool:
    """Say whether an error passes by itself: throttling, an outage, a connection that broke."""
    if isinstance(error, HTTPClientError | UnprocessedError):
        return True
    if not isinstance(error, ClientError):
        return False
    response: Any = error.response
    reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
    return response["Error"]["Code"] in _PASSING or bool(reasons & _PASSING_REASONS)


def shown(text: str) -> str:
    """Return what a caller sent as a message quotes it."""
    return "`" + (text if len(text) <= 100 else text[:100] + "…") + "`"
