"""One program for each component, as a user would write it, and the whole platform as each shipped stack deploys it."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import yaml

from components import (
    AccessLogs,
    AccountSettings,
    Bucket,
    Catalog,
    Column,
    DataLake,
    Dataset,
    DeadLetterQueue,
    DependencyLayers,
    EncryptionKey,
    Ingestion,
    IntegerProjection,
    LambdaFunction,
    MetadataTable,
    Partition,
    Platform,
    PlatformConfig,
    Queue,
    Role,
    Schedule,
    ScheduledStart,
    SettingsDocument,
    Source,
    StateTable,
    Topic,
    Workgroup,
)
from components.compute import Artifacts
from tests.unit import apis, events, jobs, networks
from tests.unit.pipelines import ledger, pipeline, small_pipeline

ROOT = Path(__file__).parents[2]
STACKS = ("local", "dev", "stage", "prod")
ACCOUNT = "123456789012"
CONFIG = {"aws:region": "eu-west-1", "aws:allowedAccountIds": json.dumps([ACCOUNT])}
ORDERS = Dataset(
    name="orders",
    columns=(Column(name="id", type="bigint"), Column(name="year", type="int", comment="Of the order")),
    partitioned_by=(Partition(name="year", projection=IntegerProjection(first=2020, last=2040)),),
    source=Source(prefix="orders/"),
)


def artifacts(folder: Path) -> Artifacts:
    """Archives as a build leaves them, with next to nothing in them."""
    for name in ("ingest.zip", "duckdb.zip"):
        (folder / name).write_bytes(b"PK")
    archive = {"sha256": "00" * 32, "bytes": 2, "unpacked_bytes": 2}
    manifest = {
        "version": 1,
        "target": "aws",
        "python": "3.13",
        "architecture": "arm64",
        "deployables": {
            name: {**archive, "archive": "ingest.zip", "entry": f"handlers.{name}.app.handler", "layers": ["duckdb"]}
            for name in ("api", "await-ingestion", "ingest", "runs")
        },
        "layers": {"duckdb": {**archive, "archive": "duckdb.zip"}},
        "containers": {
            name: {**archive, "archive": "ingest.zip", "tag": "0" * 20}
            for name in ("carrier-delays", "delay-summary", "odk-export")
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return Artifacts.find(folder)


def key() -> EncryptionKey:
    return EncryptionKey("key")


def lake() -> DataLake:
    return DataLake("lake", key=key())


def bucket() -> Bucket:
    return Bucket("bucket", key=key(), access_logs=AccessLogs("logs"))


def role() -> Role:
    return Role("role", service="scheduler.amazonaws.com", description="Tried in tests")


def function() -> LambdaFunction:
    return LambdaFunction("function", handler="ingest", key=key())


def started_function() -> LambdaFunction:
    made = lake()
    started = LambdaFunction("function", handler="ingest", key=made.key)
    started.on_objects(made.zone("raw"), prefix="orders/")
    started.on_queue(Queue("queue", key=made.key, visibility_timeout=360))
    started.on_schedule(Schedule(cron="0 6 * * ? *", timezone="Europe/Rome"), payload="{}")
    return started


def scheduled_start() -> ScheduledStart:
    made = function()
    return ScheduledStart("once", target=made, schedule=Schedule(at=datetime(2027, 1, 31, 6), timezone="Europe/Rome"))


def catalog() -> Catalog:
    return Catalog("catalog", lake=lake(), datasets=[ORDERS])


def read_catalog() -> Catalog:
    made, analyst = catalog(), role()
    made.grant_read(analyst, ORDERS)
    made.workgroup.grant_query(analyst)
    return made


def ingestion() -> Ingestion:
    made = lake()
    return Ingestion("ingestion", lake=made, metadata=MetadataTable("metadata", key=made.key), datasets=[ORDERS])


def granted_lake() -> DataLake:
    made, reader = lake(), role()
    for grant in (
        *(made.grant_read, made.grant_read_versions, made.grant_list),
        *(made.grant_put, made.grant_write, made.grant_delete),
    ):
        grant(reader, zone="curated")
        grant(reader, zone="curated", prefix="orders/")
    return made


def granted_metadata() -> MetadataTable:
    made, clerk = MetadataTable("metadata", key=key()), role()
    made.grant_read(clerk)
    made.grant_search(clerk)
    made.grant_write(clerk)
    made.grant_delete(clerk)
    return made


def granted_state() -> StateTable:
    made, clerk = StateTable("state", key=key()), role()
    made.grant_use(clerk)
    made.grant_delete(clerk)
    made.grant_put(Role("writer", service="lambda.amazonaws.com", description="Tried in tests"), keys="DAY#*")
    made.grant_read(Role("reader", service="lambda.amazonaws.com", description="Tried in tests"))
    return made


def settings_document() -> SettingsDocument:
    data = lake()
    made = SettingsDocument("settings", lake=data, metadata=MetadataTable("metadata", key=data.key), datasets=[ORDERS])
    made.grant_read(role())
    return made


def granted_messaging() -> Queue:
    made, clerk = Queue("queue", key=key()), role()
    made.grant_send(clerk)
    made.grant_receive(clerk)
    made.dead_letters.grant_send(clerk)
    Topic("topic", key=EncryptionKey("other-key"), emails=["a@example.com"]).grant_publish(clerk)
    return made


PROGRAMS: dict[str, Callable[[], object]] = {
    "EncryptionKey": key,
    "Role": role,
    "AccessLogs": lambda: AccessLogs("logs"),
    "Bucket": bucket,
    "DataLake": lake,
    "DataLake with grants": granted_lake,
    "SettingsDocument": settings_document,
    "MetadataTable": lambda: MetadataTable("metadata", key=key()),
    "StateTable with grants": granted_state,
    "MetadataTable with grants": granted_metadata,
    "Catalog": catalog,
    "Catalog with grants": read_catalog,
    "Workgroup": lambda: Workgroup("queries", results=lake().results, key=EncryptionKey("other-key")),
    "DependencyLayers": lambda: DependencyLayers("layers", handlers=["ingest"]),
    "LambdaFunction": function,
    "LambdaFunction with event sources": started_function,
    "ScheduledStart": scheduled_start,
    "Pipeline": pipeline,
    "Pipeline with one stage": small_pipeline,
    "RunLedger": ledger,
    "Ingestion": ingestion,
    "Queue": lambda: Queue("queue", key=key()),
    "DeadLetterQueue": lambda: DeadLetterQueue("dead", key=key()),
    "Topic": lambda: Topic("topic", key=key(), emails=["a@example.com"]),
    "Queue and Topic with grants": granted_messaging,
    **apis.PROGRAMS,
    **events.PROGRAMS,
    **jobs.PROGRAMS,
    **networks.PROGRAMS,
    "AccountSettings": lambda: AccountSettings("account", key=key()),
}


def stack_config(stack: str) -> dict[str, str]:
    """Return the config of a shipped stack as the engine passes it to the program."""
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8"))["config"]
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in config.items()}


def platform() -> Platform:
    """The program of `__main__.py`."""
    return Platform("watershed", config=PlatformConfig.from_stack(ROOT))
