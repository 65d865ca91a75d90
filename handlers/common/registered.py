"""Data sets that were registered through the Dataset API: their documents in the metadata table.

The API writes them; ingestion and the API read them here. A registered data set lies in the curated zone under its own
name, and its files arrive in the raw zone under `registered/<name>/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .settings import Dataset
from .table import document_key

if TYPE_CHECKING:
    from .attributes import Item
    from .table import MetadataTable

ACTIVE, ARCHIVED, PURGING, CREATING = "active", "archived", "purging", "creating"
"""What a document's status may be; one that is being created is seen by nobody."""
ZONE = "curated"
SOURCE_ZONE = "raw"
SOURCE_PREFIX = "registered/"


def source_prefix(dataset: str) -> str:
    """Return where in the raw zone the files of a registered data set arrive."""
    return f"{SOURCE_PREFIX}{dataset}/"


def dataset_of(key: str) -> str | None:
    """Return the registered data set that a raw key names, if it names one."""
    if not key.startswith(SOURCE_PREFIX):
        return None
    name, slash, rest = key.removeprefix(SOURCE_PREFIX).partition("/")
    return name if name and slash and rest else None


def is_registered(dataset: Dataset) -> bool:
    """Say whether a data set is a registered one, rather than one of the settings document."""
    return dataset.source is not None and dataset.source.prefix == source_prefix(dataset.id)


def definition(document: Item) -> Dataset:
    """Return the data set that a document defines."""
    return msgspec.convert(document["definition"], Dataset)


def active_dataset(table: MetadataTable, name: str) -> Dataset | None:
    """Read the definition of a registered data set that takes files: not one that is archived, or being registered."""
    document = table.get(document_key(name))
    return definition(document) if document and document["status"] == ACTIVE else None
