"""Route tables, their routes and the subnets that they serve, each a resource of its own."""

from typing import Any

from ..ec2_tags import EC2_TAGS
from ..table import Call, Part, Resource, State

_ARN = "arn:{partition}:ec2:{region}:{account}"
_TARGETS = ("gatewayId", "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId")
_ELSEWHERE = "the local stage's routes lead to internet, NAT and transit gateways and to peered VPCs"
_IPV4 = "the local stage's routes are of IPv4: give destinationCidrBlock"


def _one_target(state: State) -> list[tuple[str, str]]:
    given = [name for name in _TARGETS if state.get(name) is not None]
    problems = [] if state.get("destinationCidrBlock") else [("destinationCidrBlock", "is required")]
    if len(given) != 1:
        problems.append(("", f"needs exactly one of {', '.join(_TARGETS)}; given: {', '.join(given) or 'none'}"))
    return problems


def _route(answer: dict[str, Any], state: State) -> State | None:
    """The route to the destination, out of its table."""
    wanted = state["destinationCidrBlock"]
    found = next((each for each in answer["Routes"] if each.get("DestinationCidrBlock") == wanted), None)
    if found is None:
        return None
    targets = {name: found.get(f"{name[0].upper()}{name[1:]}") for name in _TARGETS}
    return {
        **{name: value for name, value in targets.items() if value},
        "destinationCidrBlock": wanted,
        "origin": found["Origin"],
        "state": found["State"],
    }


def _of_the_association(parameters: dict[str, Any], state: State) -> None:
    parameters["Filters"] = [{"Name": "association.route-table-association-id", "Values": [state["id"]]}]


def _association(answer: dict[str, Any], state: State) -> State | None:
    found = next((each for each in answer["Associations"] if each["RouteTableAssociationId"] == state["id"]), None)
    return found and {"routeTableId": found["RouteTableId"], "subnetId": found.get("SubnetId")}


ROUTE_TABLE = Resource(
    "aws:ec2/routeTable:RouteTable",
    service="ec2",
    id="{id}",
    create=Call("CreateRouteTable", result="RouteTable"),
    read=(Call("DescribeRouteTables", takes=("id",), result="RouteTables"),),
    parts=(EC2_TAGS,),
    delete=(Call("DeleteRouteTable", takes=("id",)),),
    rename={"id": ("RouteTableId", "RouteTableIds")},
    computed={"arn": f"{_ARN}:route-table/{{id}}"},
    unsupported={
        "propagatingVgws": "the local stage has no virtual private gateways",
        "routes": "use an aws.ec2.Route for each route",
    },
)

ROUTE = Resource(
    "aws:ec2/route:Route",
    service="ec2",
    id="{routeTableId}_{destinationCidrBlock}",
    create=Call("CreateRoute"),
    read=(Call("DescribeRouteTables", takes=("routeTableId",), result="RouteTables", adopt=_route),),
    parts=(Part(properties=_TARGETS, put=Call("ReplaceRoute")),),
    delete=(Call("DeleteRoute"),),
    unsupported={
        "carrierGatewayId": _ELSEWHERE,
        "coreNetworkArn": _ELSEWHERE,
        "destinationIpv6CidrBlock": _IPV4,
        "destinationPrefixListId": _IPV4,
        "egressOnlyGatewayId": _ELSEWHERE,
        "localGatewayId": _ELSEWHERE,
        "networkInterfaceId": _ELSEWHERE,
        "odbNetworkArn": _ELSEWHERE,
        "vpcEndpointId": _ELSEWHERE,
    },
    check=_one_target,
)

ASSOCIATION = Resource(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    id="{id}",
    # A subnet has one table: the old association goes first.
    identity=("subnetId",),
    create=Call("AssociateRouteTable"),
    read=(
        Call(
            "DescribeRouteTables",
            takes=("id",),
            rename={"id": ()},
            adjust=_of_the_association,
            result="RouteTables",
            adopt=_association,
        ),
    ),
    delete=(Call("DisassociateRouteTable", takes=("id",)),),
    rename={"id": "AssociationId"},
    unsupported={"gatewayId": "the local stage's gateways have no route tables"},
)

RESOURCES = (ROUTE_TABLE, ROUTE, ASSOCIATION)
