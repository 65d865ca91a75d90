"""The AWS services that a VPC reaches through endpoints of its own, and which of them each kind of job needs."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal, get_args

from ..core.deployment import Deployment

GatewayService = Literal["dynamodb", "s3"]
InterfaceService = Literal[
    "athena", "ecr.api", "ecr.dkr", "events", "glue", "kinesis-streams", "kms", "lambda", "logs", "monitoring",
    "secretsmanager", "sns", "sqs", "states", "sts", "xray",
]  # fmt: skip
"""What follows `com.amazonaws.<region>.`: AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink"."""

FARGATE_ENDPOINTS: tuple[InterfaceService, ...] = ("ecr.api", "ecr.dkr", "logs")
"""What ECS needs to start a FargateJob and to log: image, layers (from S3), log. Amazon ECR User Guide, "Amazon ECR
interface VPC endpoints". An image in ECR Public, or one that an ImageCache has not pulled yet, needs a NAT gateway."""

SECRET_ENDPOINTS: tuple[InterfaceService, ...] = ("secretsmanager",)
"""For jobs with `secrets`; Secrets Manager itself asks KMS. Amazon ECS Developer Guide, "interface VPC endpoints"."""

HEARTBEAT_ENDPOINTS: tuple[InterfaceService, ...] = ("states",)
"""For jobs that tell Step Functions they are alive, or end their stage themselves."""

GLUE_ENDPOINTS: tuple[InterfaceService, ...] = ("glue", "kms", "logs", "monitoring", "secretsmanager", "sts")
"""For a GlueJob or a Crawler with a JdbcConnection, whose traffic all goes through its subnet: catalog and bookmarks,
which are encrypted, log, metrics, the connection's secret. AWS Glue Developer Guide, "Connecting to a JDBC data store
in a VPC", "Setting up interface VPC endpoints"."""

_WITHOUT_POLICY = frozenset({"events"})
"""Whose guide says nothing of endpoint policies. Those of the others do, in their chapters on interface endpoints
(monitoring, xray: AWS PrivateLink Guide, "View endpoint policy support"); EC2 refuses a policy that a service lacks."""

_CHINA = frozenset(
    {"athena", "ecr.api", "ecr.dkr", "kinesis-streams", "lambda", "monitoring", "sqs", "states", "sts", "xray"}
)
"""Whose names begin with `cn.com.amazonaws` in both regions of China (AWS CDK, InterfaceVpcEndpointAwsService)."""


def checked(network: str, services: Iterable[str]) -> list[str]:
    """Return each service once, in order; raises ValueError for one that is not known here."""
    known: Mapping[str, None] = dict.fromkeys(get_args(InterfaceService))
    for service in services:
        if service in get_args(GatewayService):
            raise ValueError(f"network {network}: endpoint {service!r} is there anyway, as a gateway: leave it out")
        if service not in known:
            near = get_close_matches(service, known, n=1)
            meant = f" (was {near[0]!r} meant?)" if near else ""
            raise ValueError(f"network {network}: endpoint {service!r}{meant}: accepted are {', '.join(known)}")
    return sorted(set(services))


def service_name(service: str, deployment: Deployment) -> str:
    """Return the service's full name in the region."""
    china = deployment.partition == "aws-cn" and service in _CHINA
    return f"{'cn.' if china else ''}com.amazonaws.{deployment.region}.{service}"


def takes_policy(service: str) -> bool:
    """Return whether the service's endpoints have policies."""
    return service not in _WITHOUT_POLICY
