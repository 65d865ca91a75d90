"""Snowflake's way to storage: bucket by bucket, and by an integration instead of keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..resource import Resource, Stack, aws
from ..rule import Finding, Rule, Severity
from .snowflake import snowflake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

INTEGRATIONS = ("StorageIntegration", "StorageIntegrationAws")
BUCKETS = (aws("s3", "Bucket"), aws("s3", "BucketV2"))
S3_BUCKET = re.compile(r"s3(?:gov|china)?://([^*?/\s]+)", re.IGNORECASE)
FIX_LOCATIONS = 'storage_allowed_locations=[pulumi.Output.format("s3://{0}/", bucket.id)]'
STAGES = ("Stage", "StageExternalS3", "StageExternalS3Compatible")
# A named bucket, and whatever prefix: https://docs.snowflake.com/en/sql-reference/sql/create-storage-integration
NAMED_LOCATION = re.compile(r"(s3|s3gov|s3china|gcs)://[^*?/\s]+(/[^*]*)?|azure://[^*/\s]+/[^*]+", re.IGNORECASE)

NAMED_BUCKETS = Rule(
    id="SNOWFLAKE-STORAGE-LOCATIONS",
    title="Storage integrations name their buckets",
    severity=Severity.HIGH,
    why="With `*`, whoever may make a stage unloads tables into any bucket that the role reaches.",
    frameworks=("NIST 800-53 AC-4", "NIST 800-53 AC-6"),
)
STAGE_CREDENTIALS = Rule(
    id="SNOWFLAKE-STAGE-CREDENTIALS",
    title="Stages use a storage integration, not keys",
    severity=Severity.HIGH,
    why="AWS keys in a stage do not expire, and go around the locations of the integration.",
    frameworks=("NIST 800-53 IA-5(7)",),
)


@NAMED_BUCKETS.on(*snowflake(*INTEGRATIONS))
def integration_names_buckets(integration: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no locations, and locations that leave the bucket open."""
    if not integration.properties.is_set("storageAllowedLocations"):
        yield Finding("names no location", FIX_LOCATIONS)
        return
    yield from _open_locations(integration.properties.texts("storageAllowedLocations"))


@NAMED_BUCKETS.across(*snowflake(*INTEGRATIONS))
def buckets_are_ours(integration: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse a bucket that is not the stack's, where the stack has buckets and their names are known."""
    buckets = stack.of_type(*BUCKETS)
    names = [bucket.outputs.get("bucket", bucket.values.get("bucket")) for bucket in buckets]
    if not names or not all(isinstance(name, str) and name for name in names):
        return
    for place in integration.properties.texts("storageAllowedLocations"):
        bucket = S3_BUCKET.match(place.strip())
        if bucket and not any(_is_named(bucket[1], name, ours.name) for name, ours in zip(names, buckets, strict=True)):
            yield Finding(f'allows the bucket "{bucket[1]}", which is not one of this stack', FIX_LOCATIONS)


@NAMED_BUCKETS.on(*snowflake("ExternalVolume"))
def volume_names_buckets(volume: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a volume that leaves the bucket open."""
    for location in volume.properties.each("storageLocations"):
        if not location.is_unknown("storageBaseUrl"):
            yield from _open_locations(location.texts("storageBaseUrl"))


@STAGE_CREDENTIALS.on(*snowflake(*STAGES))
def stage_has_no_keys(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS keys in a stage."""
    if _holds_keys(stage.properties):
        yield Finding("holds AWS keys", "storage_integration=integration.name, without credentials")


def _is_named(place: str, bucket: str, logical_name: str) -> bool:
    """Say whether a location is a bucket's, by its name, or as a program that writes names out may shorten it."""
    return place == bucket or logical_name.lower() in place.lower() or place in bucket


def _open_locations(places: list[str]) -> Iterator[Finding]:
    for place in places:
        if not NAMED_LOCATION.fullmatch(place.strip()):
            yield Finding(
                f'allows the location "{place}", which names no bucket',
                FIX_LOCATIONS,
            )


def _holds_keys(properties: Properties) -> bool:
    if not properties.is_set("credentials") or properties.is_unknown("credentials"):
        return False
    credentials = properties.get("credentials")
    if isinstance(credentials, str):
        return any(key in credentials.upper() for key in ("AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN"))
    return any(properties.section("credentials").is_set(key) for key in ("awsKeyId", "awsSecretKey"))
