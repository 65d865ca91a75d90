from .dataset_api import DatasetApi
from .names import Domain, Machine

__all__ = ["DatasetApi", "Domain", "Machine"]
