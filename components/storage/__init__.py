from .access_logs import AccessLogs
from .bucket import Bucket
from .lake import DataLake
from .lifecycle import Lifecycle
from .metadata_table import MetadataTable
from .state_table import StateTable
from .zone import Zone

__all__ = ["AccessLogs", "Bucket", "DataLake", "Lifecycle", "MetadataTable", "StateTable", "Zone"]
