"""Athena as the API uses it: statements with names in full, started once a token, in the stack's workgroup.

Where a query, its result or a cursor is gone, Athena answers as to any request that is wrong: it has no other error of
the caller's. https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .platform import Platform

CATALOG = "awsdatacatalog"
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
FINISHED = {"succeeded", "failed", "cancelled"}
# https://aws.amazon.com/athena/pricing/: a terabyte of what is scanned, by megabytes, at least ten of them a query.
_DOLLARS_A_TERABYTE = 5.0
_MEGABYTE = 1_048_576
_LEAST_MEGABYTES = 10


class RefusedError(Exception):
    """Athena does not take a statement; the message is its own."""


@dataclasses.dataclass(frozen=True)
class Execution:
    """A query as Athena knows it; `output` is where its rows lie, as an S3 URL."""

    id: str
    state: State
    reason: str | None
    bytes_scanned: int
    milliseconds: int
    output: str

    @property
    def dollars(self) -> float:
        """Return what it cost by the list price of most regions; what failed is not charged."""
        if self.state not in {"succeeded", "cancelled"}:
            return 0.0
        megabytes = max(_LEAST_MEGABYTES, -(-self.bytes_scanned // _MEGABYTE))
        return round(megabytes * _DOLLARS_A_TERABYTE / _MEGABYTE, 8)


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a result, with Athena's type."""

    name: str
    type: str
    precision: int
    scale: int


@dataclasses.dataclass(frozen=True)
class ResultPage:
    """Some rows as texts; `next` is Athena's own cursor."""

    columns: list[Column]
    rows: list[list[str | None]]
    next: str | None


def start(platform: Platform, sql: str, token: str, parameters: Sequence[str] = ()) -> str:
    """Start a statement and return its id; the same token (32 to 128 characters) starts it once.

    No database is named, so that a table which is not fully named is none of the platform's.

    Raises:
        RefusedError: if Athena does not take it.

    """
    more: dict[str, Any] = {"ExecutionParameters": list(parameters)} if parameters else {}
    athena = platform.services.athena
    try:
        answer = athena.start_query_execution(
            QueryString=sql, ClientRequestToken=token, WorkGroup=platform.workgroup, **more
        )
    except athena.exceptions.InvalidRequestException as error:
        raise RefusedError(str(error.response["Error"].get("Message", ""))) from error
    return answer["QueryExecutionId"]


def look(platform: Platform, identity: str) -> Execution:
    """Return how far a query is.

    Raises:
        LookupError: for a query that Athena does not know (any more).

    """
    athena = platform.services.athena
    try:
        found: Any = athena.get_query_execution(QueryExecutionId=identity)["QueryExecution"]
    except athena.exceptions.InvalidRequestException as error:
        raise LookupError(identity) from error
    status, numbers = found["Status"], found.get("Statistics", {})
    return Execution(
        id=identity,
        state=status["State"].lower(),
        reason=status.get("StateChangeReason") or None,
        bytes_scanned=numbers.get("DataScannedInBytes", 0),
        milliseconds=numbers.get("TotalExecutionTimeInMillis", 0),
        output=found.get("ResultConfiguration", {}).get("OutputLocation", ""),
    )


def stop(platform: Platform, identity: str) -> None:
    """Cancel a query; one that is over, or that Athena does not know any more, stays as it is."""
    athena = platform.services.athena
    with contextlib.suppress(athena.exceptions.InvalidRequestException):
        athena.stop_query_execution(QueryExecutionId=identity)


def results(platform: Platform, identity: str, limit: int, after: str | None = None) -> ResultPage:
    """Return some rows of a query that succeeded; the first page has one fewer, since its first row is the header.

    Raises:
        LookupError: for a query, a result or a cursor that Athena does not know (any more).

    """
    more: dict[str, Any] = {"NextToken": after} if after else {}
    athena = platform.services.athena
    try:
        answer: Any = athena.get_query_results(QueryExecutionId=identity, MaxResults=max(limit, 2), **more)
    except athena.exceptions.InvalidRequestException as error:
        raise LookupError(identity) from error
    described = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    columns = [
        Column(each["Name"], each["Type"].lower(), each.get("Precision", 0), each.get("Scale", 0)) for each in described
    ]
    rows = [[cell.get("VarCharValue") for cell in row.get("Data", [])] for row in answer["ResultSet"]["Rows"]]
    return ResultPage(columns, rows if after else rows[1:], answer.get("NextToken"))


def place(url: str) -> tuple[str, str]:
    """Return the bucket and the key of an S3 URL."""
    found = re.fullmatch(r"s3://([^/]+)/(.+)", url)
    if not found:
        raise ValueError(url)
    return found[1], found[2]
