"""What the function is told of the platform: its environment and the settings document."""

from __future__ import annotations

import dataclasses
import functools
import os
from typing import TYPE_CHECKING

import msgspec

from ..common.settings import parse
from ..common.table import MetadataTable
from .services import Services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..common.settings import Settings

_GIBIBYTE = 1024**3


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a stack may set."""

    upload_bytes: int = 5 * _GIBIBYTE
    query_rows: int = 10_000
    statistics_seconds: int = 86_400
    """Age after which statistics are computed anew, if the data changed."""
    purge_allowed: bool = False


@dataclasses.dataclass(frozen=True)
class Platform:
    """Names, grants and limits, and the clients to act with."""

    settings: Settings
    services: Services
    issuer: str
    clients: Mapping[str, str]
    """By id: a machine's name, or none for that of people."""
    databases: Mapping[str, str]
    workgroup: str
    results_bucket: str
    results_prefix: str
    url: str = ""
    limits: Limits = Limits()

    @functools.cached_property
    def table(self) -> MetadataTable:
        """Return the metadata table."""
        return MetadataTable(self.services.dynamodb, self.settings.metadata_table.name)

    def bucket(self, zone: str) -> str:
        """Return the bucket of a zone."""
        return self.settings.zones[zone].bucket

    def link(self, path: str) -> str:
        """Return where a path of the API is found; relative where the API does not know its own address."""
        return f"{self.url.rstrip('/')}{path}"


@functools.cache
def current() -> Platform:
    """Return the platform that the environment names, loaded once in the life of the process."""
    return load(os.environ)


def load(environment: Mapping[str, str]) -> Platform:
    """Read the environment and fetch the settings document it names; raises KeyError for a variable that is missing."""
    services = Services()
    version = environment.get("SETTINGS_VERSION")
    document = services.s3.get_object(
        Bucket=environment["SETTINGS_BUCKET"],
        Key=environment["SETTINGS_KEY"],
        **({"VersionId": version} if version else {}),  # type: ignore[arg-type]
    )
    standard = Limits()
    return Platform(
        settings=parse(document["Body"].read()),
        services=services,
        issuer=environment["API_ISSUER"],
        clients=dict.fromkeys(listed(environment["API_CLIENTS"]), "")
        | msgspec.json.decode(environment.get("API_MACHINES") or "{}", type=dict[str, str]),
        databases=msgspec.json.decode(environment["DATABASES"], type=dict[str, str]),
        workgroup=environment["ATHENA_WORKGROUP"],
        results_bucket=environment["RESULTS_BUCKET"],
        results_prefix=environment["RESULTS_PREFIX"],
        url=environment.get("API_URL", ""),
        limits=Limits(
            upload_bytes=int(environment.get("UPLOAD_LIMIT") or standard.upload_bytes),
            query_rows=int(environment.get("QUERY_ROW_LIMIT") or standard.query_rows),
            statistics_seconds=int(environment.get("STATISTICS_MAX_AGE") or standard.statistics_seconds),
            purge_allowed=environment.get("PURGE_ALLOWED", "").lower() == "true",
        ),
    )


def listed(text: str) -> list[str]:
    """Return the values of a variable that holds several, divided by commas."""
    return [part for each in text.split(",") if (part := each.strip())]
