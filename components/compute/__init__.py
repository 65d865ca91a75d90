from .artifacts import Artifacts
from .function import LambdaFunction
from .layer import DependencyLayers

__all__ = ["Artifacts", "DependencyLayers", "LambdaFunction"]
