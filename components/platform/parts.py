"""What the parts of a platform share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pulumi

from ..catalog import Catalog, Dataset
from ..compute import Artifacts, DependencyLayers
from ..config import PlatformConfig
from ..core import EncryptionKey, Tags
from ..ingestion import SettingsDocument
from ..messaging import Topic
from ..storage import DataLake, MetadataTable


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The components that jobs and pipelines are made with, and how they are named."""

    config: PlatformConfig
    key: EncryptionKey
    lake: DataLake
    catalog: Catalog
    metadata: MetadataTable
    settings: SettingsDocument
    alarms: Topic
    given_artifacts: Artifacts | None
    layers: DependencyLayers | None
    """Of all handlers of the stack, if it has any."""
    tags: Tags
    opts: pulumi.ResourceOptions
    child: Callable[[str], str]
    """Makes a component's name of its role in the platform."""

    @cached_property
    def artifacts(self) -> Artifacts:
        """What `watershed build` made, looked for when something needs it."""
        return self.given_artifacts or Artifacts.find()

    def dataset(self, name: str) -> Dataset:
        """Return a data set of the config."""
        return next(dataset for dataset in self.config.datasets if dataset.name == name)
