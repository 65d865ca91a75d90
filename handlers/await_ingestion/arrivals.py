"""Raw objects, and what ingestion has made of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..common.table import MetadataTable, object_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from types_boto3_s3.client import S3Client

    from ..common.settings import Dataset, Settings

_TOLD = 5


class IngestionPendingError(RuntimeError):
    """Objects that ingestion had not come to when the time was over."""

    def __init__(self, pending: list[Arrival]) -> None:
        keys = ", ".join(each.key for each in pending[:_TOLD])
        super().__init__(
            f"{len(pending)} objects are not ingested yet ({keys}): give the stage more time, or see the dead-letter "
            "queue of the ingest function"
        )


class QuarantinedError(RuntimeError):
    """An object could not be ingested."""


class NotIngestedError(ValueError):
    """A data set that there is not, or that has no source."""


@dataclass(frozen=True)
class Arrival:
    """One version of a raw object."""

    dataset: str
    key: str
    etag: str


@dataclass(frozen=True)
class Arrivals:
    """Finds objects in S3, and their states in the metadata table."""

    known: Settings
    s3: S3Client
    table: MetadataTable

    def recent(self, datasets: Iterable[str], hours: float) -> list[Arrival]:
        """Return the objects that were written for the data sets in the last hours, in their present version."""
        since = datetime.now(UTC) - timedelta(hours=hours)
        return [arrival for name in datasets for arrival in self._of(self._dataset(name), since)]

    def still_pending(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Return those that ingestion has not come to; raises QuarantinedError for one that it could not read."""
        pending = []
        for arrival in arrivals:
            state = self.table.get(object_key(arrival.dataset, arrival.key))
            if state is None or state.get("etag") != arrival.etag:
                pending.append(arrival)
            elif state["status"] == "quarantined":
                message = (
                    f"{arrival.key} of {arrival.dataset} is in quarantine ({state.get('quarantined_to')}): "
                    f"{state.get('reason')}"
                )
                raise QuarantinedError(message)
        return pending

    def _of(self, dataset: Dataset, since: datetime) -> Iterator[Arrival]:
        assert dataset.source
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.known.zones[dataset.source.zone].bucket, Prefix=dataset.source.prefix
        )
        for page in pages:
            for each in page.get("Contents", []):
                if each["LastModified"] >= since and each["Size"]:
                    yield Arrival(dataset.id, each["Key"], each["ETag"].strip('"'))

    def _dataset(self, name: str) -> Dataset:
        found = next((each for each in self.known.datasets if each.id == name and each.source), None)
        if found is None:
            there = ", ".join(each.id for each in self.known.datasets if each.source) or "none"
            message = f"{name!r} is no data set that files arrive for ({there})"
            raise NotIngestedError(message)
        return found
