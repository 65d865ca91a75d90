"""What a query takes, and what it is."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ..cursors import Given
from ..moments import Moment
from ..values import Value

MOST_CHARACTERS = 100_000
"""Of SQL; Athena takes 262,144 bytes (Service Quotas), and names grow when they are written in full."""
MOST_PARAMETERS = 100
Parameter = int | float | str | bool | None


class QueryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One SELECT."""

    sql: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MOST_CHARACTERS,
            description="One SELECT in Athena's SQL. Tables are data sets: `orders` or `curated.orders`.",
            examples=["SELECT name, sum(amount) AS total FROM orders WHERE id > ? GROUP BY 1"],
        ),
    ]
    parameters: Annotated[
        tuple[Parameter, ...],
        Meta(
            max_length=MOST_PARAMETERS,
            description="What the question marks stand for, in their order; Athena takes them in WHERE.",
        ),
    ] = ()


class ResultWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of the result."""

    limit: Annotated[int, Meta(ge=1, le=500, description="At most so many rows; a page may be shorter.")] = 100
    cursor: Given | None = None
    format: Annotated[
        Literal["csv", "parquet"] | None, Meta(description="Also gives a URL that downloads the whole result.")
    ] = None


class QueryColumn(msgspec.Struct, frozen=True):
    """A column of the result."""

    name: str
    type: Annotated[str, Meta(description="Athena's.")]


class Download(msgspec.Struct, frozen=True):
    """The whole result as a file."""

    format: Literal["csv", "parquet"]
    url: Annotated[str, Meta(description="Fetches it, without a token, until `expires_at`.")]
    expires_at: Moment


class Query(msgspec.Struct, frozen=True):
    """A query and its result."""

    id: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    sql: str
    datasets: list[str]
    row_limit: Annotated[int, Meta(description="The result has no more rows, whatever the query would give.")]
    reason: Annotated[str | None, Meta(description="Why it failed or was cancelled.")]
    bytes_scanned: int
    cost_usd: Annotated[
        float, Meta(description="By the list price of most regions: 5 USD a terabyte, at least 10 MB a query.")
    ]
    milliseconds: int
    columns: list[QueryColumn] | None
    rows: Annotated[list[list[Value]] | None, Meta(description="null: it has not succeeded (yet).")]
    cursor: Annotated[str | None, Meta(description="Where to go on; null: these were the last rows.")]
    download: Download | None
    created_at: Moment
    created_by: str
