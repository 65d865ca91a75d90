"""Files that arrive in the lake become typed, partitioned Parquet."""

from collections.abc import Sequence

import pulumi

from ..catalog import Dataset
from ..compute import Artifacts, DependencyLayers, LambdaFunction
from ..core import Component, Tags
from ..messaging import Queue, Topic
from ..observability import LogRetention
from ..storage import DataLake, MetadataTable
from .settings_document import SettingsDocument


class Ingestion(Component, domain="ingestion"):
    """Turns each file that arrives for a data set into Parquet in its zone, and writes down what is known of it.

    Creates: the function (handler `ingest`), its queues and event rules (one for each zone that files arrive in), the
    settings document, and the grants that go with them.

    - `lake`, `metadata`: where files arrive, Parquet goes, and metadata is kept.
    - `datasets`: those with a `source` are ingested; the rest is only described to handlers.
    - `memory`, `timeout`, `disk`: of the function, in MB, seconds and MB; default 2,048, 300 and 2,048. A file must fit
      on the disk twice.
    - `max_concurrency`: files at a time, 2 to 1,000, default 4.
    - `settings`: the document that tells the function of all this, where others read it too; default its own.
    - `notify`, `log_retention_days`, `layers`, `artifacts`: as for LambdaFunction.

    Attributes: `function`, `queues` by zone, `settings`. Errors: KeyError for a source zone the lake lacks.
    """

    def __init__(
        self,
        name: str,
        *,
        lake: DataLake,
        metadata: MetadataTable,
        datasets: Sequence[Dataset],
        memory: int = 2_048,
        timeout: int = 300,
        disk: int = 2_048,
        max_concurrency: int = 4,
        settings: SettingsDocument | None = None,
        notify: Topic | None = None,
        log_retention_days: LogRetention = 30,
        layers: DependencyLayers | None = None,
        artifacts: Artifacts | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.settings = settings or SettingsDocument(
            self._child("settings"),
            lake=lake,
            metadata=metadata,
            datasets=datasets,
            tags=self.tags,
            opts=self._options(),
        )
        self.function = LambdaFunction(
            self._child("function"),
            handler="ingest",
            key=lake.key,
            memory=memory,
            timeout=timeout,
            disk=disk,
            environment=self.settings.environment,
            notify=notify,
            log_retention_days=log_retention_days,
            layers=layers,
            artifacts=artifacts,
            tags=self.tags,
            opts=self._options(),
        )
        self.settings.grant_read(self.function)
        # In parts too: a file of more than 5 GiB is copied so.
        lake.quarantine.grant_write(self.function)
        metadata.grant_read(self.function)
        metadata.grant_write(self.function)
        # The record of an attempt, and tags a data set lost, are deleted with the commit.
        metadata.grant_delete(self.function)
        arriving = [dataset for dataset in datasets if dataset.source]
        for zone in sorted({dataset.zone for dataset in arriving}):
            lake.grant_put(self.function, zone=zone)
            lake.grant_delete(self.function, zone=zone)
        source_zones = sorted({dataset.source.zone for dataset in arriving if dataset.source})
        for zone in source_zones:
            lake.grant_read_versions(self.function, zone=zone)
            lake.grant_list(self.function, zone=zone)
        # After every grant: a message that comes earlier would fail, and come again only half an hour later.
        self.queues: dict[str, Queue] = {
            zone: self.function.on_objects(lake.zone(zone), name=zone, max_concurrency=max_concurrency)
            for zone in source_zones
        }
        self.register_outputs({"function_name": self.function.function_name})
