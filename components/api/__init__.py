from .dataset_api import DatasetApi
from .names import Domain, Machine
from .portal import Portal

__all__ = ["DatasetApi", "Domain", "Machine", "Portal"]
