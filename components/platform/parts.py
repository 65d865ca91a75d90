"""What the parts of a platform share."""

from collections.abc import Callable
from dataclasses import dataclass

import pulumi

from ..catalog import Catalog, Dataset
from ..compute import Artifacts, DependencyLayers
from ..config import PlatformConfig
from ..core import EncryptionKey, Tags
from ..ingestion import SettingsDocument
from ..messaging import Topic
from ..storage import DataLake


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The components that jobs and pipelines are made with, and how they are named."""

    config: PlatformConfig
    key: EncryptionKey
    lake: DataLake
    catalog: Catalog
    settings: SettingsDocument
    alarms: Topic
    artifacts: Artifacts
    layers: DependencyLayers
    tags: Tags
    opts: pulumi.ResourceOptions
    child: Callable[[str], str]
    """Makes a component's name of its role in the platform."""

    def dataset(self, name: str) -> Dataset:
        """Return a data set of the config."""
        return next(dataset for dataset in self.config.datasets if dataset.name == name)
