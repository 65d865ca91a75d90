"""Statistics of a data set as the API shows them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...common.column_statistics import TEXT_CHARACTERS
from ..moments import Moment


class Histogram(msgspec.Struct, frozen=True):
    """How many values lie between two edges; the last bar includes its upper edge."""

    edges: Annotated[list[float], Meta(description="One more than counts.")]
    counts: list[int]


class ColumnProfile(msgspec.Struct, frozen=True):
    """Statistics of one column; values are texts, since a column's numbers may be wider than JSON's."""

    name: str
    type: str
    nulls: int
    distinct: Annotated[int, Meta(description="About so many.")]
    min: Annotated[str | None, Meta(description=f"Texts are cut after {TEXT_CHARACTERS} characters.")]
    max: str | None
    quantiles: Annotated[dict[str, str] | None, Meta(description="Of numbers: p05, p25, p50, p75, p95; about.")]
    histogram: Annotated[Histogram | None, Meta(description="Of numbers; null where it was not computed.")]


class Statistics(msgspec.Struct, frozen=True):
    """Statistics of a data set.

    current: of the data as they are. stale: of the data as they were at `computed_at`, and too young to be computed
    anew. computing: being computed; what is known meanwhile stands here. failed: could not be computed, `detail` says
    why; what ingestion knows stands here. unknown: nothing has arrived, or there is no table.
    """

    id: str
    status: Literal["current", "stale", "computing", "failed", "unknown"]
    source: Annotated[
        Literal["athena", "ingestion"] | None,
        Meta(description="ingestion: nulls are exact, min and max are bounds, distinct is a lower bound."),
    ]
    rows: int | None
    computed_at: Moment | None
    columns: list[ColumnProfile]
    detail: str | None
