"""The network of a stack config."""

from ..compute import Subnets, TaskNetwork
from ..config.jobs import NetworkConfig
from .parts import Parts


def network(parts: Parts, config: NetworkConfig) -> TaskNetwork:
    """Return where containers run."""
    assert config.vpc_id
    return Subnets(config.vpc_id, config.subnets)
