"""The platform: the components that a stack config asks for, composed."""

from typing import TYPE_CHECKING

import pulumi

from ..account import AccountSettings
from ..catalog import Catalog
from ..compute import Artifacts, DependencyLayers
from ..config import PlatformConfig
from ..core import Component, EncryptionKey, Tags
from ..ingestion import Ingestion, SettingsDocument
from ..messaging import Topic
from ..storage import DataLake, MetadataTable
from .api import dataset_api
from .jobs import Jobs, handlers_of
from .parts import Parts
from .pipelines import buses, pipelines, run_ledger

if TYPE_CHECKING:
    from ..events import EventBus
    from ..orchestration import Pipeline, RunLedger
    from .api import Served


class Platform(Component, domain="platform"):
    """What a PlatformConfig says: lake, catalog, metadata, ingestion, jobs, pipelines and API, under one key.

    Creates: EncryptionKey, Topic (alarms), DataLake, Catalog, MetadataTable, SettingsDocument; where the config has
    what takes them: DependencyLayers, Ingestion, `jobs` with their secrets, images and network, RunLedger, `pipelines`,
    DatasetApi and Portal (`served`), and AccountSettings where this stack owns them. Each is an attribute.

    - `config`: the stack's config. `artifacts`: where the handlers' archives lie, see `Artifacts.find`.

    Outputs: `lake` and `databases` by zone, `quarantine`, `athenaWorkgroup`, `metadataTable`, `functions`, `pipelines`
    and `secrets` (ARNs by name), `buses`, `runLedger`, `images` (addresses by container), `api` (its
    addresses and clients), `keyArn`.
    Errors: pulumi.RunError for a pipeline that could not run, saying which stage and why.
    """

    def __init__(
        self,
        name: str,
        *,
        config: PlatformConfig,
        artifacts: Artifacts | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        tags = Tags(owner=config.owner, classification=config.classification)
        super().__init__(name, tags=tags, opts=opts)
        own = self._options()
        self.key = EncryptionKey(
            self._child("key"),
            arn=config.key.arn,
            deletion_window_days=config.key.deletion_window_days,
            rotation_days=config.key.rotation_days,
            removable=config.key.removable,
            tags=tags,
            opts=own,
        )
        self.account: AccountSettings | None = None
        if config.owns_account_settings:
            self.account = AccountSettings(self._child("account"), key=self.key, tags=tags, opts=own)
        self.alarms = Topic(self._child("alarms"), key=self.key, emails=config.alarms.emails, tags=tags, opts=own)
        self.lake = DataLake(
            self._child("lake"),
            key=self.key,
            zones=config.lake.zones,
            access_log_days=config.lake.access_log_days,
            result_days=config.lake.result_days,
            quarantine_days=config.lake.quarantine_days,
            removable=config.lake.removable,
            tags=tags,
            opts=own,
        )
        self.catalog = Catalog(
            self._child("catalog"),
            lake=self.lake,
            datasets=config.datasets,
            account=self.account,
            bytes_scanned_limit=config.catalog.bytes_scanned_limit,
            removable=config.lake.removable,
            tags=tags,
            opts=own,
        )
        self.metadata = MetadataTable(
            self._child("metadata"),
            key=self.key,
            recovery_days=config.metadata.recovery_days,
            removable=config.metadata.removable,
            tags=tags,
            opts=own,
        )
        self.settings = SettingsDocument(
            self._child("settings"),
            lake=self.lake,
            metadata=self.metadata,
            datasets=config.datasets,
            access=config.api.access if config.api else (),
            tags=tags,
            opts=own,
        )
        self.layers: DependencyLayers | None = None
        self.ingestion: Ingestion | None = None
        self.ledger: RunLedger | None = None
        self.buses: dict[str, EventBus] = {}
        self.pipelines: dict[str, Pipeline] = {}
        parts = self._parts(config, artifacts, tags)
        if any(dataset.source for dataset in config.datasets):
            self.ingestion = self._ingest(parts)
        self.jobs = Jobs(parts)
        self.buses = buses(parts)
        if config.pipelines:
            self.ledger = run_ledger(parts)
            self.pipelines = pipelines(parts, self.jobs, self.ledger, self.buses)
        self.served: Served | None = None
        if config.api:
            self.served = dataset_api(parts, config.api, self.account)
        self.outputs = self._outputs()
        self.register_outputs(self.outputs)

    def _parts(self, config: PlatformConfig, artifacts: Artifacts | None, tags: Tags) -> Parts:
        handlers = handlers_of(config)
        if handlers:
            artifacts = artifacts or Artifacts.find()
            self.layers = DependencyLayers(
                self._child("layers"), handlers=handlers, artifacts=artifacts, tags=tags, opts=self._options()
            )
        return Parts(
            config=config,
            key=self.key,
            lake=self.lake,
            catalog=self.catalog,
            metadata=self.metadata,
            settings=self.settings,
            alarms=self.alarms,
            given_artifacts=artifacts,
            layers=self.layers,
            tags=tags,
            opts=self._options(),
            child=self._child,
        )

    def _ingest(self, parts: Parts) -> Ingestion:
        config = parts.config.ingestion
        return Ingestion(
            self._child("ingestion"),
            lake=self.lake,
            metadata=self.metadata,
            datasets=parts.config.datasets,
            memory=config.memory,
            timeout=config.timeout,
            disk=config.disk,
            max_concurrency=config.max_concurrency,
            settings=self.settings,
            notify=self.alarms,
            log_retention_days=parts.config.logs.retention_days,
            layers=self.layers,
            artifacts=parts.artifacts,
            tags=parts.tags,
            opts=self._options(),
        )

    def _outputs(self) -> dict[str, pulumi.Input[object]]:
        functions = {"ingest": self.ingestion.function.function_name} if self.ingestion else {}
        return {
            "lake": self.lake.bucket_names,
            "quarantine": self.lake.quarantine.bucket_name,
            "databases": self.catalog.database_names,
            "athenaWorkgroup": self.catalog.workgroup.workgroup_name,
            "metadataTable": self.metadata.table_name,
            "functions": functions | self.jobs.function_names,
            "pipelines": {name: pipeline.arn for name, pipeline in self.pipelines.items()},
            "buses": {name: bus.bus_name for name, bus in self.buses.items()},
            "runLedger": self.ledger.table_name if self.ledger else None,
            "secrets": {name: secret.arn for name, secret in self.jobs.secrets.items()},
            "images": self.jobs.images.built,
            "api": self.served.outputs if self.served else None,
            "keyArn": self.key.arn,
        }
