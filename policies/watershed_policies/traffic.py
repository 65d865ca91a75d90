"""What security groups and network ACLs let through, whichever of pulumi-aws's resources says so."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .resource import Resource, Stack, aws
from .values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Properties

GROUP = aws("ec2", "SecurityGroup")
DEFAULT_GROUP = aws("ec2", "DefaultSecurityGroup")
GROUP_RULE = aws("ec2", "SecurityGroupRule")
INGRESS_RULE = aws("vpc", "SecurityGroupIngressRule")
EGRESS_RULE = aws("vpc", "SecurityGroupEgressRule")
SEPARATE_RULES = (GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
GROUP_TYPES = (GROUP, DEFAULT_GROUP, *SEPARATE_RULES)
PREFIX_LIST = aws("ec2", "ManagedPrefixList")
PREFIX_LIST_ENTRY = aws("ec2", "ManagedPrefixListEntry")

ALL_PROTOCOLS = ("-1", "all")
# Names and numbers of the protocols that have ports: https://www.iana.org/assignments/protocol-numbers/
WITH_PORTS = ("tcp", "6", "udp", "17")
PINGS = ("icmp", "1", "icmpv6", "58")
PORTS = (0, 65_535)
# Wider than any network that one owner has, so two halves of the internet count as the whole.
WIDEST_OWNED = 8
PRIVATE_IPV6 = ipaddress.IPv6Network("fc00::/7")
PREFIX_LIST_PROPERTIES = ("prefixListIds", "prefixListId")
CIDR_PROPERTIES = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6", "cidrBlock", "ipv6CidrBlock")


@dataclass(frozen=True)
class Opening:
    """One rule of a security group or an entry of a network ACL."""

    inbound: bool
    properties: Properties
    # The CIDR blocks in the prefix lists that it names, as far as they are in the stack.
    listed: tuple[str, ...] = ()

    @property
    def protocol(self) -> str:
        """The protocol in small letters; `-1` is all of them."""
        value = self.properties.get("ipProtocol" if self.properties.is_set("ipProtocol") else "protocol")
        return str(int(value) if isinstance(value, float) else value).lower()

    @property
    def is_for_all_protocols(self) -> bool:
        """Say whether the ports do not matter."""
        return self.protocol in ALL_PROTOCOLS

    @property
    def ports(self) -> tuple[int, int] | None:
        """The first and the last port, None for a protocol that has none."""
        if self.is_for_all_protocols:
            return PORTS
        if self.protocol not in WITH_PORTS:
            return None
        first, last = self.properties.number("fromPort"), self.properties.number("toPort")
        if first is None or last is None or first < 0:
            return PORTS
        return int(first), int(last)

    @property
    def networks(self) -> list[str]:
        """The CIDR blocks that are known by now."""
        found = []
        for name in CIDR_PROPERTIES:
            if not self.properties.is_unknown(name):
                found += self.properties.texts(name)
        return [*found, *self.listed]

    @property
    def everyone(self) -> str | None:
        """The block that stands for the whole internet, if there is one."""
        return next((block for block in self.networks if is_everyone(block)), None)

    def reaches(self, port: int) -> bool:
        """Say whether a port is among those let through."""
        ports = self.ports
        return ports is not None and ports[0] <= port <= ports[1]

    def shown(self) -> str:
        """The ports as a person says them."""
        ports = self.ports
        if ports is None:
            return self.protocol
        if ports == PORTS:
            return "every port"
        return f"port {ports[0]}" if ports[0] == ports[1] else f"ports {ports[0]} to {ports[1]}"


def of_group(resource: Resource) -> Iterator[Opening]:
    """Yield what a security group, or a rule beside it, lets through."""
    properties = resource.properties
    if resource.type == INGRESS_RULE:
        yield Opening(True, properties)
    elif resource.type == EGRESS_RULE:
        yield Opening(False, properties)
    elif resource.type == GROUP_RULE:
        yield Opening(properties.get("type") == "ingress", properties)
    else:
        yield from _inline(properties)


def groups_of(resource: Resource, stack: Stack) -> list[Resource]:
    """Return the groups of the stack that a resource is, or is a rule of."""
    if resource.type not in SEPARATE_RULES:
        return [resource]
    return [
        group for group in stack.of_type(GROUP) if resource in stack.naming(group, "securityGroupId", resource.type)
    ]


def by_prefix_lists(resource: Resource, stack: Stack) -> Iterator[Opening]:
    """Yield what a security group lets through to the prefix lists of the stack, beyond what it says by itself."""
    lists = stack.of_type(PREFIX_LIST)
    for opening in of_group(resource) if lists else ():
        named = [list_ for list_ in lists if opening.everyone is None and _names(resource, opening, list_)]
        blocks = tuple(block for list_ in named for block in _blocks(list_, stack))
        if blocks:
            yield Opening(opening.inbound, opening.properties, blocks)


def of_acl(resource: Resource) -> Iterator[Opening]:
    """Yield the inline entries of a network ACL, or the single one of a resource beside it."""
    if resource.type == aws("ec2", "NetworkAclRule"):
        yield Opening(not resource.properties.is_true("egress"), resource.properties)
    else:
        yield from _inline(resource.properties)


def is_everyone(block: str) -> bool:
    """Say whether a CIDR block is the internet, or a part of it that no owner has."""
    try:
        network = ipaddress.ip_network(block.strip(), strict=False)
    except ValueError:
        return False
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(PRIVATE_IPV6):
        return False
    return network.prefixlen < WIDEST_OWNED


def _names(resource: Resource, opening: Opening, list_: Resource) -> bool:
    """Say whether an opening names a prefix list; while its id is unknown, what the rule depends on decides."""
    for name in PREFIX_LIST_PROPERTIES:
        is_unknown = opening.properties.is_unknown(name)
        given = UNKNOWN if is_unknown else opening.properties.get(name)
        ids = given if isinstance(given, list) else [given]
        if any(isinstance(id_, str) and id_ in list_.identities() for id_ in ids):
            return True
        needed = {urn for key in (name, "ingress", "egress") for urn in resource.dependencies.get(key, ())}
        if any(id_ is UNKNOWN for id_ in ids) and list_.urn in needed:
            return True
    return False


def _blocks(list_: Resource, stack: Stack) -> Iterator[str]:
    entries = [] if list_.properties.is_unknown("entries") else list_.properties.each("entries")
    beside = [entry.properties for entry in stack.naming(list_, "prefixListId", PREFIX_LIST_ENTRY)]
    for entry in (*entries, *beside):
        if not entry.is_unknown("cidr"):
            yield from entry.texts("cidr")


def _inline(properties: Properties) -> Iterator[Opening]:
    for name, inbound in (("ingress", True), ("egress", False)):
        if properties.is_unknown(name):
            continue
        for entry in properties.each(name):
            if not entry.is_unknown():
                yield Opening(inbound, entry)
