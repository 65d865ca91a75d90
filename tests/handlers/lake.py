"""A small lake in the emulated AWS: three buckets, the metadata table, and the data sets a test names."""

from __future__ import annotations

import itertools
import json
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import duckdb
import msgspec

from handlers.common import settings
from handlers.common.settings import Column, Dataset, Settings, Source
from handlers.common.table import MetadataTable, dataset_key, object_key
from handlers.ingest import events
from handlers.ingest.ingest import Result, ingest

if TYPE_CHECKING:
    from handlers.common.attributes import Item

_sequence = itertools.count(0x10)
# Of the metadata table and its indexes (components/storage/metadata_table.py).
KEYS = {"": ("pk", "sk"), "by-group": ("gsi1pk", "gsi1sk"), "by-name": ("gsi2pk", "gsi2sk")}


def columns(**types: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in types.items())


def dataset(**changes: Any) -> Dataset:
    """Orders: an id, a text and an amount; not partitioned."""
    given: dict[str, Any] = {
        "id": "orders",
        "zone": "curated",
        "prefix": "orders/",
        "columns": columns(id="int", name="string", amount="double"),
        "source": Source(zone="raw", prefix="in/orders/"),
        "max_error_share": 0.5,
        "owner": "shop",
        **changes,
    }
    return Dataset(**given)


def key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


class Lake:
    """Buckets and a table of its own, in the emulator at `endpoint`."""

    def __init__(self, endpoint: str, *datasets: Dataset, versioned: bool = True) -> None:
        self.endpoint = endpoint
        name = uuid.uuid4().hex[:12]
        self.raw, self.curated, self.analytics, self.quarantine, self.system = (
            f"{zone}-{name}" for zone in ("raw", "curated", "analytics", "quarantine", "system")
        )
        self.s3 = self.client("s3")
        self.dynamodb = self.client("dynamodb")
        for bucket in (self.raw, self.curated, self.analytics, self.quarantine, self.system):
            self.s3.create_bucket(Bucket=bucket)
        if versioned:
            self.s3.put_bucket_versioning(Bucket=self.raw, VersioningConfiguration={"Status": "Enabled"})
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"} for pair in KEYS.values() for key in pair
            ],
            KeySchema=key_schema(*KEYS[""]),
            GlobalSecondaryIndexes=[
                {"IndexName": name, "KeySchema": key_schema(*pair), "Projection": {"ProjectionType": "ALL"}}
                for name, pair in KEYS.items()
                if name
            ],
        )
        self.table = MetadataTable(self.dynamodb, name)
        self.use(*(datasets or (dataset(),)))

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1")  # type: ignore[call-overload]

    def use(self, *datasets: Dataset) -> None:
        """Set the lake's data sets; the settings document is what the platform would write."""
        document = {
            "version": 1,
            "project": "watershed",
            "stack": "test",
            "zones": {zone: {"bucket": getattr(self, zone)} for zone in ("raw", "curated", "analytics")},
            "quarantine": {"bucket": self.quarantine, "prefix": "kept/"},
            "metadata_table": {"name": self.table.name},
            "datasets": msgspec.to_builtins(datasets),
        }
        self.document = json.dumps(document).encode()
        self.settings: Settings = settings.parse(self.document)

    def put(self, key: str, body: bytes) -> str:
        """Upload a raw object; returns the body of the queue message that S3's event would be."""
        answer = self.s3.put_object(Bucket=self.raw, Key=key, Body=body)
        return self.message(key, len(body), answer["ETag"], answer.get("VersionId"))

    def message(self, key: str, size: int, etag: str, version: str | None, **detail: Any) -> str:
        thing = {"key": key, "size": size, "etag": etag.strip('"'), "sequencer": f"{next(_sequence):018X}"}
        if version:
            thing["version-id"] = version
        kind = "Object Deleted" if "deletion-type" in detail else "Object Created"
        event = {"detail-type": kind, "detail": {"bucket": {"name": self.raw}, "object": thing, **detail}}
        return json.dumps(event)

    def delete(self, key: str, reason: str = "DeleteObject") -> str:
        answer = self.s3.delete_object(Bucket=self.raw, Key=key)
        marker = "Delete Marker Created" if answer.get("DeleteMarker") else "Permanently Deleted"
        return self.message(key, 0, "", answer.get("VersionId"), **{"deletion-type": marker, "reason": reason})

    def ingest(self, message: str) -> Result:
        return ingest(events.parse(message), self.settings, self.s3, self.dynamodb)

    def load(self, key: str, body: bytes) -> Result:
        return self.ingest(self.put(key, body))

    def files(self, bucket: str | None = None) -> dict[str, bytes]:
        bucket = bucket or self.curated
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: self.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def rows(self, *, prefix: str = "", hive: bool = False) -> list[dict[str, Any]]:
        """Read what is in the curated zone under a prefix, as a query engine that knows no metadata would."""
        files = {key: content for key, content in self.files().items() if key.startswith(prefix)}
        if not files:
            return []
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
            for key, content in files.items():
                path = Path(folder) / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            found = database.execute(
                f"FROM read_parquet('{folder}/**/*.parquet', hive_partitioning={hive}, union_by_name=true)"
            )
            names = [column[0] for column in found.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            return sorted(rows, key=lambda row: str(list(row.values())))

    def item(self, name: str = "orders") -> Item:
        found = self.table.get(dataset_key(name))
        assert found, f"no item for data set {name}"
        return found

    def state(self, key: str, name: str = "orders") -> Item | None:
        return self.table.get(object_key(name, key))

    def kept(self) -> dict[str, bytes]:
        """What is in quarantine."""
        return self.files(self.quarantine)

    def rejected(self) -> list[dict[str, Any]]:
        """The bad rows written aside."""
        return [
            json.loads(line)
            for key, content in self.kept().items()
            if key.endswith(".jsonl")
            for line in content.decode().splitlines()
        ]

    def reason(self) -> dict[str, Any]:
        """The only reason in quarantine."""
        ((_, content),) = [(key, content) for key, content in self.kept().items() if key.endswith("/reason.json")]
        found: dict[str, Any] = json.loads(content)
        return found
