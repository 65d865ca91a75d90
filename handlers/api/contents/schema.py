"""The columns of a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from ...common.settings import Projection

if TYPE_CHECKING:
    from ...common.settings import Dataset


class SchemaColumn(msgspec.Struct, frozen=True):
    """A typed column; partition columns come last, as queries give them."""

    name: str
    type: Annotated[str, Meta(description="Athena's.")]
    comment: str | None
    is_partition: bool
    projection: Annotated[Projection | None, Meta(description="The only values that queries look for.")]


class Schema(msgspec.Struct, frozen=True):
    """The columns of a data set, in the order of its table."""

    id: str
    table: Annotated[str, Meta(description="Its name in queries.", examples=["curated.orders"])]
    columns: list[SchemaColumn]
    partitioned_by: list[str]


def schema(dataset: Dataset) -> Schema:
    """Return the columns of a data set as its table has them."""
    by_name = {column.name: column for column in dataset.columns}
    names = [name for name in by_name if name not in dataset.partitioned_by] + list(dataset.partitioned_by)
    columns = [
        SchemaColumn(
            name,
            by_name[name].type,
            by_name[name].comment,
            name in dataset.partitioned_by,
            dataset.projections.get(name),
        )
        for name in names
    ]
    return Schema(dataset.id, f"{dataset.zone}.{dataset.id}", columns, list(dataset.partitioned_by))
