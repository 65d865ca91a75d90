from .endpoint_services import (
    FARGATE_ENDPOINTS,
    GLUE_ENDPOINTS,
    HEARTBEAT_ENDPOINTS,
    SECRET_ENDPOINTS,
    InterfaceService,
)
from .network import Nat, Network

__all__ = [
    "FARGATE_ENDPOINTS", "GLUE_ENDPOINTS", "HEARTBEAT_ENDPOINTS", "SECRET_ENDPOINTS", "InterfaceService", "Nat",
    "Network",
]  # fmt: skip
