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
    "DateProjection",
    "EnumProjection",
    "FilesIn",
    "IntegerProjection",
    "Partition",
    "Source",
    "TablesOf",
    "Workgroup",
]
