from .artifacts import Artifacts
from .fargate_cluster import FargateCluster
from .fargate_job import FargateJob
from .function import LambdaFunction
from .glue_connection import JdbcConnection
from .glue_job import GlueJob
from .image import Image
from .image_cache import ImageCache
from .image_repository import ImageRepository
from .layer import DependencyLayers
from .private_network import Egress, Subnets, TaskNetwork
from .secret import Secret, SecretField
from .secret_rotation import Rotation

__all__ = [
    "Artifacts",
    "DependencyLayers",
    "Egress",
    "FargateCluster",
    "FargateJob",
    "GlueJob",
    "Image",
    "ImageCache",
    "ImageRepository",
    "JdbcConnection",
    "LambdaFunction",
    "Rotation",
    "Secret",
    "SecretField",
    "Subnets",
    "TaskNetwork",
]
