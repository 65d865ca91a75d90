from .access import Datasets, Grant
from .catalog import Catalog
from .crawler import Crawler, FilesIn, TablesOf
from .dataset import Column, Dataset, Source
from .partition import DateProjection, EnumProjection, IntegerProjection, Partition
from .workgroup import Workgroup

__all__ = [
    "Catalog",
    "Column",
    "Crawler",
    "Dataset",
    "Datasets",
    "DateProjection",
    "EnumProjection",
    "FilesIn",
    "Grant",
    "IntegerProjection",
    "Partition",
    "Source",
    "TablesOf",
    "Workgroup",
]
