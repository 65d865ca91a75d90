"""Watershed: secure data platform components for AWS, on Pulumi."""

from .account import AccountSettings
from .api import DatasetApi, Domain, Machine, Portal
from .catalog import (
    Catalog,
    Column,
    Crawler,
    Dataset,
    Datasets,
    DateProjection,
    EnumProjection,
    FilesIn,
    Grant,
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
from .events import EventBus, EventPattern, ObjectCreated, PipelineSucceeded, Schedule, ScheduledStart, Trigger
from .ingestion import Ingestion, SettingsDocument
from .messaging import DeadLetterQueue, Queue, Sender, Topic
from .network import FARGATE_ENDPOINTS, GLUE_ENDPOINTS, HEARTBEAT_ENDPOINTS, SECRET_ENDPOINTS, Network
from .orchestration import (
    Choice,
    ColumnCheck,
    CrawlerStage,
    FargateStage,
    ForEach,
    GlueStage,
    LambdaStage,
    Parallel,
    Pipeline,
    QualityStage,
    RowCount,
    RunLedger,
    S3Keys,
    SqlStage,
    WaitForData,
    When,
)
from .platform import Platform
from .storage import AccessLogs, Bucket, DataLake, Lifecycle, MetadataTable, StateTable, Zone

__all__ = [
    "FARGATE_ENDPOINTS", "GLUE_ENDPOINTS", "HEARTBEAT_ENDPOINTS", "SECRET_ENDPOINTS", "AccessLogs", "AccountSettings",
    "Artifacts", "Bucket", "Catalog", "Choice", "Column", "ColumnCheck", "Component", "Crawler", "CrawlerStage",
    "DataLake", "Dataset", "DatasetApi", "Datasets", "DateProjection", "DeadLetterQueue", "DependencyLayers", "Domain",
    "Egress", "EncryptionKey", "EnumProjection", "EventBus", "EventPattern", "FargateCluster", "FargateJob",
    "FargateStage", "FilesIn", "ForEach", "GlueJob", "GlueStage", "Grant", "Grantee", "Image", "ImageCache",
    "ImageRepository", "Ingestion", "IntegerProjection", "JdbcConnection", "LambdaFunction", "LambdaStage", "Lifecycle",
    "Machine", "MetadataTable", "Network", "ObjectCreated", "Parallel", "Partition", "Pipeline", "PipelineSucceeded",
    "Platform", "PlatformConfig", "Portal", "QualityStage", "Queue", "Role", "Rotation", "RowCount", "RunLedger",
    "S3Keys", "Schedule", "ScheduledStart", "Secret", "Sender", "SettingsDocument", "Source", "SqlStage", "StateTable",
    "Statement", "Subnets", "TablesOf", "Tags", "Topic", "Trigger", "WaitForData", "When", "Workgroup", "Zone",
]  # fmt: skip
