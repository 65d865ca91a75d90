"""What registering and changing a data set takes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ...common.settings import COLUMN_TYPE, Format, Projection
from ..access import NAME

COLUMN_NAME = r"^[a-z_][a-z0-9_]{0,127}$"
TEXT = r"^[\w .:/=+\-@]{1,255}$"
TAG_KEY = r"^(?![aA][wW][sS]:)[\w .:/+\-@]{1,128}$"
MOST_COLUMNS = 1_000
MOST_TAGS = 15
"""With these, the groups of the settings document and the rest, a registration fits DynamoDB's 100 writes at once."""

Name = Annotated[
    str,
    Meta(pattern=NAME.pattern, description="Also the name of its table in SQL.", examples=["orders"]),
]
Owner = Annotated[str, Meta(pattern=TEXT, description="The team that answers for it.", examples=["shop"])]
Description = Annotated[str, Meta(max_length=2_048)]
Classification = Literal["public", "internal", "confidential", "restricted"]
TagValue = Annotated[str, Meta(pattern=TEXT)]
Tags = Annotated[
    dict[str, TagValue],
    Meta(max_length=MOST_TAGS, description="Keys are of the same characters as values, without =."),
]
ErrorShare = Annotated[
    float,
    Meta(ge=0, le=1, description="A file with a greater share of malformed rows is quarantined whole."),
]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What bodies have in common: nothing unknown in them."""


class ColumnBody(_Body, frozen=True):
    """A typed column."""

    name: Annotated[str, Meta(pattern=COLUMN_NAME)]
    type: Annotated[str, Meta(pattern=COLUMN_TYPE, description="A type of Athena: bigint, decimal(12,2), ...")] = (
        "string"
    )
    comment: Annotated[str, Meta(max_length=255, description="What it holds, with its unit; one line.")] | None = None


class SourceBody(_Body, frozen=True):
    """How its files are written."""

    format: Annotated[Format | None, Meta(description="null: by the file's extension.")] = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1, description="Neither a quote nor a line's end.")] = ","
    header: bool = True
    null_values: Annotated[tuple[str, ...], Meta(max_length=100, description='CSV texts that mean "no value".')] = ("",)
    on_delete: Annotated[
        Literal["keep", "remove"], Meta(description="What deleting a file does to the rows that came of it.")
    ] = "keep"


Columns = Annotated[tuple[ColumnBody, ...], Meta(min_length=1, max_length=MOST_COLUMNS)]
Projections = Annotated[
    dict[str, Projection],
    Meta(description="For each partition column, the only values that it may have: queries look for no others."),
]


class Registration(_Body, frozen=True):
    """A data set to be registered."""

    id: Name
    owner: Owner
    columns: Columns
    description: Description = ""
    classification: Classification = "internal"
    tags: Tags = {}
    partitioned_by: Annotated[
        tuple[str, ...], Meta(max_length=10, description="Columns that files are laid out by, outermost first.")
    ] = ()
    projections: Projections = {}
    source: SourceBody = SourceBody()
    max_error_share: ErrorShare = 0.01


class Change(_Body, frozen=True):
    """A merge patch (RFC 7396) of a data set: what is left out stays."""

    owner: Owner | UnsetType = UNSET
    columns: (
        Annotated[Columns, Meta(description="All of them: those there are, with any comments, then new ones.")]
        | UnsetType
    ) = UNSET
    description: Description | UnsetType = UNSET
    classification: Classification | UnsetType = UNSET
    tags: Annotated[dict[str, TagValue | None], Meta(description="null takes a tag away.")] | UnsetType = UNSET
    projections: (
        Annotated[dict[str, Projection], Meta(description="Of these columns; a projection may be widened.")] | UnsetType
    ) = UNSET
    source: SourceBody | UnsetType = UNSET
    max_error_share: ErrorShare | UnsetType = UNSET
    status: Annotated[Literal["active"], Meta(description="Brings an archived data set back.")] | UnsetType = UNSET
