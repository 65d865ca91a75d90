"""The settings document: what handlers must know of zones and data sets, written by the platform on every deploy.

Its schema is `contract.json` beside this file; both sides are tested against it. The loader here refuses a wrong
document with the path and the reason of every problem, because a handler that guesses is a handler that loses data.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Format = Literal["csv", "json-lines", "parquet"]
Text = Annotated[str, msgspec.Meta(min_length=1)]
COLUMN_TYPE = r"^(string|int|bigint|smallint|tinyint|double|float|boolean|date|timestamp|binary|decimal\(\d+,\s*\d+\))$"


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all parts of the document have in common: immutable, and nothing unknown in them."""


class Column(_Strict, frozen=True):
    """A column as the catalog has it; the type is Glue's."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    type: Annotated[str, msgspec.Meta(pattern=COLUMN_TYPE)]
    comment: str | None = None


class Source(_Strict, frozen=True):
    """Where a data set's files arrive and how to read them; without a format the file's extension decides."""

    zone: Text
    prefix: str
    format: Format | None = None
    delimiter: Annotated[str, msgspec.Meta(pattern=r'^[^"\r\n]$')] = ","
    header: bool = True
    null_values: tuple[str, ...] = ("",)
    on_delete: Literal["keep", "remove"] = "keep"


class Projection(_Strict, frozen=True):
    """The only values of a partition column that Athena looks for (its "partition projection")."""

    type: Literal["integer", "enum", "date"]
    first: int | str | None = None
    last: int | str | None = None
    values: tuple[str, ...] = ()


class Dataset(_Strict, frozen=True):
    """One data set: its place in the lake, its columns, and where it comes from (nothing: it is not ingested)."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    zone: Text
    prefix: Annotated[str, msgspec.Meta(pattern=r"^([^/].*)?/$")]
    columns: Annotated[tuple[Column, ...], msgspec.Meta(min_length=1)]
    source: Source | None = None
    partitioned_by: tuple[str, ...] = ()
    projections: dict[str, Projection] = {}
    max_error_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.01
    description: str | None = None
    owner: str | None = None
    tags: dict[str, str] = {}
    classification: str | None = None


class Bucket(_Strict, frozen=True):
    """The bucket of a zone."""

    bucket: Text


class Quarantine(_Strict, frozen=True):
    """Where files and rows go that cannot be ingested."""

    bucket: Text
    prefix: str = ""


class Table(_Strict, frozen=True):
    """The metadata table."""

    name: Text


class Selector(_Strict, frozen=True):
    """The data sets of any of the owners, with any of the tags (`key=value`), or of any of the names (`*`: all)."""

    owners: tuple[Text, ...] = ()
    tags: tuple[Annotated[str, msgspec.Meta(pattern="^[^=]+=")], ...] = ()
    datasets: tuple[Text, ...] = ()

    def matches(self, dataset: str, owner: str | None, tags: Mapping[str, str]) -> bool:
        """Say whether a data set is one of them."""
        return (
            "*" in self.datasets
            or dataset in self.datasets
            or owner in self.owners
            or any(f"{key}={value}" in self.tags for key, value in tags.items())
        )


class Grant(_Strict, frozen=True):
    """What a group may do with which data sets; writing includes reading, and administering both."""

    group: Annotated[str, msgspec.Meta(pattern=r"^[^,\s]{1,140}$")]
    read: Selector = Selector()
    write: Selector = Selector()
    admin: Selector = Selector()


class Settings(_Strict, frozen=True):
    """The whole document."""

    version: Literal[1]
    project: str
    stack: str
    zones: dict[str, Bucket]
    quarantine: Quarantine
    metadata_table: Table
    datasets: tuple[Dataset, ...]
    access: Annotated[tuple[Grant, ...], msgspec.Meta(max_length=60)] = ()

    def dataset_for(self, bucket: str, key: str) -> Dataset | None:
        """Return the data set an arriving object belongs to: the one with the longest matching source prefix."""
        fitting = [
            (len(dataset.source.prefix), dataset)
            for dataset in self.datasets
            if dataset.source
            and self.zones[dataset.source.zone].bucket == bucket
            and key.startswith(dataset.source.prefix)
        ]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


class SettingsError(ValueError):
    """The settings document is not what `contract.json` describes; the message lists every problem with its path."""


def parse(document: bytes) -> Settings:
    """Read a settings document.

    Raises:
        SettingsError: naming the path, what is wrong and what is accepted.

    """
    try:
        settings = msgspec.json.decode(document, type=Settings)
    except msgspec.DecodeError as error:
        message = f"The settings document is refused: {error}. Its schema is handlers/common/contract.json."
        raise SettingsError(message) from error
    problems = list(_contradictions(settings))
    if problems:
        raise SettingsError("The settings document contradicts itself:\n" + "\n".join(f"- {p}" for p in problems))
    return settings


@functools.cache
def load(bucket: str, key: str, version: str | None) -> Settings:
    """Fetch and read the settings document, once in the life of the process."""
    # The Dataset API has clients of its own, and this is the time that importing the SDK takes.
    from . import clients

    exact = {"VersionId": version} if version else {}
    answer = clients.s3().get_object(Bucket=bucket, Key=key, **exact)  # type: ignore[arg-type]
    return parse(answer["Body"].read())


def _contradictions(settings: Settings) -> Iterator[str]:
    """Say what the schema's types cannot: references that lead nowhere and names that collide."""
    zones = ", ".join(sorted(settings.zones)) or "none"
    ids: set[str] = set()
    sources: dict[tuple[str, str], str] = {}
    for number, dataset in enumerate(settings.datasets):
        path = f"$.datasets[{number}]"
        if dataset.id in ids:
            yield f"{path}.id: `{dataset.id}` is taken by an earlier data set; ids are unique"
        ids.add(dataset.id)
        if dataset.zone not in settings.zones:
            yield f"{path}.zone: `{dataset.zone}` is not a zone; zones are: {zones}"
        if dataset.source:
            if dataset.source.zone not in settings.zones:
                yield f"{path}.source.zone: `{dataset.source.zone}` is not a zone; zones are: {zones}"
            other = sources.setdefault((dataset.source.zone, dataset.source.prefix), dataset.id)
            if other != dataset.id:
                yield f"{path}.source.prefix: data set `{other}` has the same source; give each its own prefix"
        yield from _column_contradictions(path, dataset)
    groups: set[str] = set()
    for number, grant in enumerate(settings.access):
        if grant.group in groups:
            yield f"$.access[{number}].group: `{grant.group}` has an entry already; write its grants into one"
        groups.add(grant.group)


def _column_contradictions(path: str, dataset: Dataset) -> Iterator[str]:
    names = [column.name.lower() for column in dataset.columns]
    for number, column in enumerate(dataset.columns):
        if names.index(column.name.lower()) != number:
            yield f"{path}.columns[{number}].name: `{column.name}` stands twice (upper and lower case are one)"
        decimal = re.match(r"decimal\((\d+),\s*(\d+)\)", column.type)
        if decimal and not 0 <= int(decimal[2]) <= int(decimal[1]) <= 38:
            yield f"{path}.columns[{number}].type: `{column.type}`: decimal(p,s) needs 0 <= s <= p <= 38"
    exact = {column.name for column in dataset.columns}
    for number, name in enumerate(dataset.partitioned_by):
        if name not in exact:
            yield f"{path}.partitioned_by[{number}]: `{name}` is not one of the columns"
    for name, projection in dataset.projections.items():
        if name not in dataset.partitioned_by:
            yield f"{path}.projections: `{name}` is not one of partitioned_by"
        if projection.type == "enum" and not projection.values:
            yield f"{path}.projections.{name}.values: an enum needs at least one value"
        if projection.type != "enum" and (projection.first is None or projection.last is None):
            yield f"{path}.projections.{name}: needs first and last"
    if exact <= set(dataset.partitioned_by):
        yield f"{path}.partitioned_by: at least one column must remain outside the partitions"
