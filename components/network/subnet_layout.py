"""How a VPC's addresses are divided: the same for two zones or three, with a NAT gateway or without."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

LARGEST, SMALLEST = 16, 25
"""Lengths of the VPC's prefix. Amazon VPC User Guide, "VPC CIDR blocks" and "Subnet CIDR blocks": /16 to /28; a subnet
has an eighth of its VPC here."""
_ZONE_BITS = 2
"""Room for four zones, so that one more moves no subnet: a subnet that moves is another one, and jobs run in it."""
_NAT_PREFIX = 28
"""The smallest subnet there is: nothing but a NAT gateway stands in a public one."""

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""RFC 1918, which AWS recommends, and RFC 6598. Others belong to somebody, whom jobs could then not reach."""


@dataclass(frozen=True)
class SubnetLayout:
    """The blocks of the subnets, one in each zone."""

    private: Sequence[str]
    public: Sequence[str]


def subnet_layout(network: str, cidr: str, zones: int) -> SubnetLayout:
    """Return the blocks: of a zone's quarter of the VPC, the first half is private, and public what follows.

    Raises ValueError for a block that is none, not private, or not of /16 to /25.
    """
    quarters = list(_block(network, cidr).subnets(_ZONE_BITS))[:zones]
    halves = [list(quarter.subnets(1)) for quarter in quarters]
    return SubnetLayout(
        private=[str(first) for first, _ in halves],
        public=[str(next(second.subnets(new_prefix=_NAT_PREFIX))) for _, second in halves],
    )


def _block(network: str, cidr: str) -> IPv4Network:
    try:
        block = IPv4Network(cidr)
    except ValueError as error:
        raise ValueError(f"network {network}: cidr {cidr!r}: {error}; write it as 10.0.0.0/16") from error
    if not LARGEST <= block.prefixlen <= SMALLEST:
        raise ValueError(f"network {network}: cidr {cidr!r}: choose a block of /{LARGEST} to /{SMALLEST}")
    if not any(block.subnet_of(private) for private in _PRIVATE):
        raise ValueError(f"network {network}: cidr {cidr!r}: choose one within {', '.join(map(str, _PRIVATE))}")
    return block
