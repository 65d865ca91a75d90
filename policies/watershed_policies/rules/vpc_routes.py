"""VPCs: routes lead no further than they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from ..traffic import is_everyone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

ROUTE = aws("ec2", "Route")
TABLES = (aws("ec2", "RouteTable"), aws("ec2", "DefaultRouteTable"))
# A route of its own names its destination otherwise than one within a table.
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock")

PEERING_ROUTE = Rule(
    id="VPC-PEERING-ROUTE",
    title="Routes to a peered VPC lead to networks of its own",
    severity=Severity.MEDIUM,
    why="A route for every address sends all that has no better one to somebody else's network.",
    frameworks=("CIS AWS 5.5", "NIST 800-53 AC-4"),
    peers=("Checkov CKV2_AWS_44",),
)


@PEERING_ROUTE.on(ROUTE, *TABLES)
def peering_route_is_narrow(holder: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse every address as the destination of a route to a peered VPC, by itself or within its table."""
    for route in [holder.properties] if holder.type == ROUTE else holder.properties.each("routes"):
        if not route.is_set("vpcPeeringConnectionId"):
            continue
        for destination in (
            block for name in DESTINATIONS if not route.is_unknown(name) for block in route.texts(name)
        ):
            if is_everyone(destination):
                field = "destination_cidr_block" if holder.type == ROUTE else "cidr_block"
                yield Finding(
                    f"sends every address ({destination}) to a peered VPC",
                    f"{field}=peer.cidr_block, or the subnets that are needed",
                )
