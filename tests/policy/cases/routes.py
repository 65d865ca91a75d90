"""Routes of a VPC."""

from __future__ import annotations

from tests.policy.cases import bad, good
from tests.policy.resources import make

ROUTE = "aws:ec2/route:Route"
TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
EVERYONE = "0.0.0.0/0"
EVERYONE_IPV6 = "::/0"

peering = make(PEERING, "peering", vpcId="vpc-1", peerVpcId="vpc-2")

CASES = [
    bad(
        "VPC-PEERING-ROUTE",
        "every address",
        make(ROUTE, routeTableId="rtb-1", destinationCidrBlock=EVERYONE, vpcPeeringConnectionId=peering),
    ),
    bad(
        "VPC-PEERING-ROUTE",
        "every address of IPv6",
        make(ROUTE, routeTableId="rtb-1", destinationIpv6CidrBlock=EVERYONE_IPV6, vpcPeeringConnectionId="pcx-1"),
    ),
    bad(
        "VPC-PEERING-ROUTE",
        "half of them",
        make(ROUTE, routeTableId="rtb-1", destinationCidrBlock="128.0.0.0/1", vpcPeeringConnectionId="pcx-1"),
    ),
    bad(
        "VPC-PEERING-ROUTE",
        "within a table",
        make(
            TABLE,
            vpcId="vpc-1",
            routes=[
                {"cidrBlock": EVERYONE, "natGatewayId": "nat-1"},
                {"ipv6CidrBlock": EVERYONE_IPV6, "vpcPeeringConnectionId": "pcx-1"},
            ],
        ),
    ),
    bad(
        "VPC-PEERING-ROUTE",
        "within the default table",
        make(
            DEFAULT_TABLE,
            defaultRouteTableId="rtb-1",
            routes=[{"cidrBlock": EVERYONE, "vpcPeeringConnectionId": "pcx-1"}],
        ),
    ),
    good(
        "VPC-PEERING-ROUTE",
        "the peer's network",
        make(ROUTE, routeTableId="rtb-1", destinationCidrBlock="10.1.0.0/16", vpcPeeringConnectionId=peering),
    ),
    good(
        "VPC-PEERING-ROUTE",
        "a whole private range",
        make(ROUTE, routeTableId="rtb-1", destinationCidrBlock="10.0.0.0/8", vpcPeeringConnectionId=peering),
    ),
    good(
        "VPC-PEERING-ROUTE",
        "to the internet",
        make(ROUTE, routeTableId="rtb-1", destinationCidrBlock=EVERYONE, natGatewayId="nat-1"),
    ),
    good(
        "VPC-PEERING-ROUTE",
        "both within a table",
        make(
            TABLE,
            vpcId="vpc-1",
            routes=[
                {"cidrBlock": EVERYONE, "natGatewayId": "nat-1"},
                {"cidrBlock": "10.1.0.0/16", "vpcPeeringConnectionId": "pcx-1"},
            ],
        ),
    ),
]
