from .catalog import Catalog
from .dataset import Column, Dataset, Source
from .partition import DateProjection, EnumProjection, IntegerProjection, Partition
from .workgroup import Workgroup

__all__ = [
    "Catalog",
    "Column",
    "Dataset",
    "DateProjection",
    "EnumProjection",
    "IntegerProjection",
    "Partition",
    "Source",
    "Workgroup",
]
