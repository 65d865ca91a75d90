"""The network of a stack config."""

from ..compute import TaskNetwork
from ..config.jobs import NetworkConfig
from ..network import FARGATE_ENDPOINTS, SECRET_ENDPOINTS, Network
from .parts import Parts


def network(parts: Parts, config: NetworkConfig) -> TaskNetwork:
    """Return where containers run: a network that exists, or one with the endpoints that they need without a NAT."""
    if config.vpc_id:
        return Network(
            parts.child("network"),
            vpc_id=config.vpc_id,
            private_subnet_ids=config.private_subnet_ids,
            tags=parts.tags,
            opts=parts.opts,
        )
    secrets = SECRET_ENDPOINTS if parts.config.secrets else ()
    return Network(
        parts.child("network"),
        key=parts.key,
        cidr=config.cidr,
        zones=config.zones,
        nat=config.nat,
        endpoints=tuple(dict.fromkeys((*FARGATE_ENDPOINTS, *secrets))) if config.nat == "none" else (),
        flow_log_days=config.flow_log_days,
        tags=parts.tags,
        opts=parts.opts,
    )
