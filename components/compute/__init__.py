from .artifacts import Artifacts
from .fargate_cluster import FargateCluster
from .fargate_job import FargateJob
from .fargate_network import Egress, Subnets, TaskNetwork
from .function import LambdaFunction
from .image import Image
from .layer import DependencyLayers
from .secret import Secret, SecretField
from .secret_rotation import Rotation

__all__ = [
    "Artifacts",
    "DependencyLayers",
    "Egress",
    "FargateCluster",
    "FargateJob",
    "Image",
    "LambdaFunction",
    "Rotation",
    "Secret",
    "SecretField",
    "Subnets",
    "TaskNetwork",
]
