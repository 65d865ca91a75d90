"""Watershed: secure data platform components for AWS, on Pulumi."""

from .account import AccountSettings
from .catalog import (
    Catalog,
    Column,
    Dataset,
    DateProjection,
    EnumProjection,
    IntegerProjection,
    Partition,
    Source,
    Workgroup,
)
from .compute import Artifacts, DependencyLayers, LambdaFunction
from .config import PlatformConfig
from .core import Component, EncryptionKey, Grantee, Role, Statement, Tags
from .events import Schedule, ScheduledStart
from .ingestion import Ingestion
from .messaging import DeadLetterQueue, Queue, Sender, Topic
from .platform import Platform
from .storage import AccessLogs, Bucket, DataLake, Lifecycle, MetadataTable, Zone

__all__ = [
    "AccessLogs", "AccountSettings", "Artifacts", "Bucket", "Catalog", "Column", "Component", "DataLake", "Dataset",
    "DateProjection", "DeadLetterQueue", "DependencyLayers", "EncryptionKey", "EnumProjection", "Grantee", "Ingestion",
    "IntegerProjection", "LambdaFunction", "Lifecycle", "MetadataTable", "Partition", "Platform", "PlatformConfig",
    "Queue", "Role", "Schedule", "ScheduledStart", "Sender", "Source", "Statement", "Tags", "Topic", "Workgroup",
    "Zone",
]  # fmt: skip
