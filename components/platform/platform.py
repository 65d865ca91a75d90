"""The platform: the components that a stack config asks for, composed."""

import pulumi

from ..account import AccountSettings
from ..catalog import Catalog
from ..compute import Artifacts, DependencyLayers
from ..config import PlatformConfig
from ..core import Component, EncryptionKey, Tags
from ..ingestion import Ingestion
from ..messaging import Topic
from ..storage import DataLake, MetadataTable


class Platform(Component, domain="platform"):
    """A lake, its catalog, the metadata table and ingestion, under one key, as a PlatformConfig says.

    Creates: EncryptionKey, Topic (alarms), DataLake, Catalog, MetadataTable, DependencyLayers, Ingestion, and
    AccountSettings where this stack owns them; each an attribute.

    - `config`: the stack's config. `artifacts`: where the handlers' archives lie, see `Artifacts.find`.

    Outputs: `lake` and `databases` by zone, `quarantine`, `athenaWorkgroup`, `metadataTable`, `functions`, `keyArn`.
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
        self.ingestion: Ingestion | None = None
        if any(dataset.source for dataset in config.datasets):
            found = artifacts or Artifacts.find()
            self.layers = DependencyLayers(
                self._child("layers"), handlers=["ingest"], artifacts=found, tags=tags, opts=own
            )
            self.ingestion = Ingestion(
                self._child("ingestion"),
                lake=self.lake,
                metadata=self.metadata,
                datasets=config.datasets,
                memory=config.ingestion.memory,
                timeout=config.ingestion.timeout,
                disk=config.ingestion.disk,
                max_concurrency=config.ingestion.max_concurrency,
                notify=self.alarms,
                log_retention_days=config.logs.retention_days,
                layers=self.layers,
                artifacts=found,
                tags=tags,
                opts=own,
            )
        self.outputs: dict[str, pulumi.Input[object]] = {
            "lake": self.lake.bucket_names,
            "quarantine": self.lake.quarantine.bucket_name,
            "databases": self.catalog.database_names,
            "athenaWorkgroup": self.catalog.workgroup.workgroup_name,
            "metadataTable": self.metadata.table_name,
            "functions": {"ingest": self.ingestion.function.function_name} if self.ingestion else {},
            "keyArn": self.key.arn,
        }
        self.register_outputs(self.outputs)
