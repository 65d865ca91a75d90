"""Watershed: secure data platform components for AWS, on Pulumi."""

from .account import AccountSettings
from .catalog import (
    Catalog,
    Column,
    Crawler,
    Dataset,
    DateProjection,
    EnumProjection,
    FilesIn,
    IntegerProjection,
    Partition,
    Source,
    TablesOf,
    Workgroup,
)
from .compute import (
    Artifacts,
    DependencyLayers,
    Egress,
    FargateCluster,
    FargateJob,
    GlueJob,
    Image,
    ImageCache,
    ImageRepository,
    JdbcConnection,
    LambdaFunction,
    Rotation,
    Secret,
    Subnets,
)
from .config import PlatformConfig
from .core import Component, EncryptionKey, Grantee, Role, Statement, Tags
from .events import Schedule, ScheduledStart
from .ingestion import Ingestion
from .messaging import DeadLetterQueue, Queue, Sender, Topic
from .platform import Platform
from .storage import AccessLogs, Bucket, DataLake, Lifecycle, MetadataTable, Zone

__all__ = [
    "AccessLogs", "AccountSettings", "Artifacts", "Bucket", "Catalog", "Column", "Component", "Crawler", "DataLake",
    "Dataset", "DateProjection", "DeadLetterQueue", "DependencyLayers", "Egress", "EncryptionKey", "EnumProjection",
    "FargateCluster", "FargateJob", "FilesIn", "GlueJob", "Grantee", "Image", "ImageCache", "ImageRepository",
    "Ingestion", "IntegerProjection", "JdbcConnection", "LambdaFunction", "Lifecycle", "MetadataTable", "Partition",
    "Platform", "PlatformConfig", "Queue", "Role", "Rotation", "Schedule", "ScheduledStart", "Secret", "Sender",
    "Source", "Statement", "Subnets", "TablesOf", "Tags", "Topic", "Workgroup", "Zone",
]  # fmt: skip
