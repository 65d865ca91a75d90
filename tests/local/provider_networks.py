"""The lives of what networks are made of: VPCs, subnets, gateways, routes, endpoints, flow logs."""

from typing import Any

from local.aws import Clients

from .provider_world import Case, Look, World, policy

VPC = "aws:ec2/vpc:Vpc"


def vpc(world: World, block: str = "10.9.0.0/16") -> str:
    """A VPC of one's own."""
    return world.made(VPC, "around", cidrBlock=block).id


def subnet(world: World) -> str:
    """A subnet in a VPC of its own."""
    return world.made("aws:ec2/subnet:Subnet", "within", vpcId=vpc(world), cidrBlock="10.9.1.0/24").id


def route_table(world: World) -> str:
    """A table in a VPC of its own."""
    return world.made("aws:ec2/routeTable:RouteTable", "routed", vpcId=vpc(world)).id


def gateway(world: World, name: str) -> str:
    """An internet gateway."""
    return world.made("aws:ec2/internetGateway:InternetGateway", name).id


def address(world: World) -> str:
    """An address for a NAT gateway."""
    return world.made("aws:ec2/eip:Eip", "seen").id


def described(operation: str, result: str, *members: str, ids: str) -> Look:
    """Look at members of what EC2 says of the resource with that id."""

    def look(clients: Clients, outputs: dict[str, Any]) -> Any:
        found = getattr(clients("ec2"), operation)(**{ids: [outputs["id"]]})[result][0]
        return [found.get(member) for member in members]

    return look


def dns_names(clients: Clients, outputs: dict[str, Any]) -> bool:
    """Whether the VPC gives names, which private names of endpoints need."""
    answer = clients("ec2").describe_vpc_attribute(VpcId=outputs["id"], Attribute="enableDnsHostnames")
    return bool(answer["EnableDnsHostnames"]["Value"])


def leads_to(clients: Clients, outputs: dict[str, Any]) -> str:
    """Where the route to everywhere leads."""
    (table,) = clients("ec2").describe_route_tables(RouteTableIds=[outputs["routeTableId"]])["RouteTables"]
    routes = {each["DestinationCidrBlock"]: str(each["GatewayId"]) for each in table["Routes"]}
    return routes["0.0.0.0/0"][:4]


def default_rules(clients: Clients, outputs: dict[str, Any]) -> Any:
    """The rules of a VPC's default group."""
    (group,) = clients("ec2").describe_security_groups(GroupIds=[outputs["id"]])["SecurityGroups"]
    return group["GroupName"], group["IpPermissions"], group["IpPermissionsEgress"], group.get("Tags", [])


def as_aws_makes_it(world: World) -> dict[str, Any]:
    """A VPC whose default group lets its members through, as AWS makes it and the emulated AWS does not."""
    made, ec2 = vpc(world), world.clients("ec2")
    filters = [{"Name": "vpc-id", "Values": [made]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    members = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group["GroupId"]}]}]
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=members)
    return {"vpcId": made, "tags": {"a": "b"}}


def route(world: World) -> dict[str, Any]:
    """A route to everywhere."""
    return {
        "routeTableId": route_table(world),
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": gateway(world, "first"),
    }


def interface_endpoint(world: World) -> dict[str, Any]:
    """An endpoint in a subnet."""
    group = world.made("aws:ec2/securityGroup:SecurityGroup", "endpoints", description="HTTPS", vpcId=vpc(world)).id
    return {
        "vpcId": vpc(world),
        "serviceName": "com.amazonaws.eu-central-1.logs",
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
        "subnetIds": [subnet(world)],
        "securityGroupIds": [group],
        "policy": policy("*"),
        "tags": {"a": "b"},
    }


def flow_log(world: World) -> dict[str, Any]:
    """The log of a VPC's traffic."""
    return {
        "vpcId": vpc(world),
        "trafficType": "ALL",
        "logDestination": "arn:aws:logs:eu-central-1:000000000000:log-group:flows",
        "iamRoleArn": world.role["arn"],
        "tags": {"a": "b"},
    }


CASES = (
    Case(
        VPC,
        lambda world: {"cidrBlock": "10.8.0.0/16", "enableDnsHostnames": True, "tags": {"a": "b"}},
        {"enableDnsHostnames": False},
        dns_names,
        True,
        False,
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda world: {
            "vpcId": vpc(world),
            "cidrBlock": "10.9.2.0/24",
            "availabilityZone": "eu-central-1b",
            "mapPublicIpOnLaunch": True,
            "tags": {"a": "b"},
        },
        {"mapPublicIpOnLaunch": False},
        described("describe_subnets", "Subnets", "AvailabilityZone", "MapPublicIpOnLaunch", ids="SubnetIds"),
        ["eu-central-1b", True],
        ["eu-central-1b", False],
    ),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda world: {"vpcId": vpc(world), "tags": {"a": "b"}},
        {"vpcId": None},
        lambda clients, outputs: len(
            clients("ec2").describe_internet_gateways(InternetGatewayIds=[outputs["id"]])["InternetGateways"][0][
                "Attachments"
            ]
        ),
        1,
        0,
    ),
    Case(
        "aws:ec2/eip:Eip",
        lambda world: {"tags": {"a": "b"}},
        {"tags": {"a": "c"}},
        lambda clients, outputs: clients("ec2").describe_addresses(AllocationIds=[outputs["allocationId"]])[
            "Addresses"
        ][0]["Tags"][0]["Value"],
        "b",
        "c",
    ),
    Case(
        "aws:ec2/natGateway:NatGateway",
        lambda world: {"subnetId": subnet(world), "allocationId": address(world), "tags": {"a": "b"}},
        {"tags": {"a": "c"}},
        described("describe_nat_gateways", "NatGateways", "State", ids="NatGatewayIds"),
        ["available"],
        ["available"],
    ),
    Case(
        "aws:ec2/routeTable:RouteTable",
        lambda world: {"vpcId": vpc(world), "tags": {"a": "b"}},
        {"tags": {"a": "c"}},
    ),
    Case("aws:ec2/route:Route", route, lambda world: {"gatewayId": gateway(world, "second")}, leads_to, "igw-", "igw-"),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda world: {"subnetId": subnet(world), "routeTableId": route_table(world)},
    ),
    Case(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        as_aws_makes_it,
        {"tags": {}},
        default_rules,
        ("default", [], [], [{"Key": "a", "Value": "b"}]),
        ("default", [], [], []),
        stays=True,
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda world: {
            "vpcId": vpc(world),
            "serviceName": "com.amazonaws.eu-central-1.s3",
            "routeTableIds": [route_table(world)],
            "policy": policy("arn:aws:s3:::a/*"),
            "tags": {"a": "b"},
        },
        {"policy": policy("*"), "routeTableIds": None},
        lambda clients, outputs: (
            outputs["prefixListId"][:3],
            len(
                clients("ec2").describe_vpc_endpoints(VpcEndpointIds=[outputs["id"]])["VpcEndpoints"][0][
                    "RouteTableIds"
                ]
            ),
        ),
        ("pl-", 1),
        ("pl-", 0),
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        interface_endpoint,
        lambda world: {"privateDnsEnabled": False, "subnetIds": [subnet(world), subnet(world)]},
        lambda clients, outputs: len(
            clients("ec2").describe_vpc_endpoints(VpcEndpointIds=[outputs["id"]])["VpcEndpoints"][0]["SubnetIds"]
        ),
        1,
        2,
    ),
    Case(
        "aws:ec2/flowLog:FlowLog",
        flow_log,
        {"tags": {"a": "c"}},
        described("describe_flow_logs", "FlowLogs", "TrafficType", "FlowLogStatus", ids="FlowLogIds"),
        ["ALL", "ACTIVE"],
        ["ALL", "ACTIVE"],
    ),
)
