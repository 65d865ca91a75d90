"""VPCs and their subnets."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from ..ec2_tags import EC2_TAGS
from ..table import Call, Part, Resource, Session, State

_ARN = "arn:{partition}:ec2:{region}:{account}"
_IPV6 = "the local stage's networks are of IPv4"
_IPAM = "the local stage has no IPAM: give cidrBlock"
_OUTPOST = "the local stage has no Outposts"
_SIZES = range(16, 29)
"""Amazon VPC User Guide, "VPC CIDR blocks": from /16 to /28, of subnets too."""


def _attributes(operation: str, owner: str, members: Mapping[str, str]) -> Callable[[State, State, Session], None]:
    """Change what EC2 takes one attribute a call: property -> its member."""

    def change(old: State, new: State, session: Session) -> None:
        for name, member in members.items():
            value = new.get(name)
            if value is not None and value != old.get(name):
                session.call("ec2", operation, {owner: new["id"], member: {"Value": value}})

    return change


def _block(state: State) -> list[tuple[str, str]]:
    """What EC2 says of a CIDR block; it would clear the bits of a host without a word."""
    text = state.get("cidrBlock")
    if not isinstance(text, str):
        return []
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        return [("cidrBlock", f"is {text!r}: {error}")]
    if network.prefixlen in _SIZES:
        return []
    return [("cidrBlock", f"is a /{network.prefixlen}, but AWS accepts /{_SIZES[0]} to /{_SIZES[-1]}")]


def _no_ipv6(state: State) -> list[tuple[str, str]]:
    if state.get("assignIpv6AddressOnCreation"):
        return [("assignIpv6AddressOnCreation", f"is true, but {_IPV6}")]
    return _block(state)


def _attribute(name: str) -> Call:
    """One attribute of a VPC, which EC2 answers as a structure of its own."""
    member = f"{name[0].upper()}{name[1:]}"

    def adopt(answer: dict[str, Any], state: State) -> State:
        return {name: answer[member]["Value"]}

    return Call("DescribeVpcAttribute", takes=("id",), fixed={"Attribute": name}, adopt=adopt)


def _of_the_vpc(state: State, session: Session) -> State:
    """What AWS makes with a VPC."""
    mine = {"Name": "vpc-id", "Values": [state["id"]]}

    def first(operation: str, result: str, name: str, value: str) -> dict[str, Any]:
        filters = [mine, {"Name": name, "Values": [value]}]
        return next(iter(session.call("ec2", operation, {"Filters": filters})[result]), {})

    table = first("DescribeRouteTables", "RouteTables", "association.main", "true").get("RouteTableId")
    group = first("DescribeSecurityGroups", "SecurityGroups", "group-name", "default").get("GroupId")
    acl = first("DescribeNetworkAcls", "NetworkAcls", "default", "true").get("NetworkAclId")
    found = {
        "defaultNetworkAclId": acl,
        "defaultRouteTableId": table,
        "defaultSecurityGroupId": group,
        "mainRouteTableId": table,
    }
    return {name: value for name, value in found.items() if value}


VPC = Resource(
    "aws:ec2/vpc:Vpc",
    service="ec2",
    id="{id}",
    create=Call("CreateVpc", result="Vpc"),
    read=(
        Call("DescribeVpcs", takes=("id",), result="Vpcs"),
        _attribute("enableDnsSupport"),
        _attribute("enableDnsHostnames"),
    ),
    parts=(
        Part(
            properties=("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"),
            code=_attributes(
                "ModifyVpcAttribute",
                "VpcId",
                {
                    "enableDnsSupport": "EnableDnsSupport",
                    "enableDnsHostnames": "EnableDnsHostnames",
                    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
                },
            ),
            initially={"enableDnsSupport": True},
        ),
        EC2_TAGS,
    ),
    delete=(Call("DeleteVpc", takes=("id",)),),
    rename={"id": ("VpcId", "VpcIds")},
    computed={"arn": f"{_ARN}:vpc/{{id}}"},
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    reset={"enableDnsHostnames": False, "enableNetworkAddressUsageMetrics": False},
    unread=("enableNetworkAddressUsageMetrics",),
    unsupported={
        "assignGeneratedIpv6CidrBlock": _IPV6,
        "ipv6CidrBlock": _IPV6,
        "ipv6CidrBlockNetworkBorderGroup": _IPV6,
        "ipv6IpamPoolId": _IPV6,
        "ipv6NetmaskLength": _IPV6,
        "ipv4IpamPoolId": _IPAM,
        "ipv4NetmaskLength": _IPAM,
    },
    check=_block,
    after_read=_of_the_vpc,
)

SUBNET = Resource(
    "aws:ec2/subnet:Subnet",
    service="ec2",
    id="{id}",
    create=Call("CreateSubnet", result="Subnet"),
    read=(Call("DescribeSubnets", takes=("id",), result="Subnets"),),
    parts=(
        Part(
            properties=("assignIpv6AddressOnCreation", "mapPublicIpOnLaunch"),
            code=_attributes(
                "ModifySubnetAttribute",
                "SubnetId",
                {
                    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
                    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
                },
            ),
            initially={"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
        ),
        EC2_TAGS,
    ),
    delete=(Call("DeleteSubnet", takes=("id",)),),
    rename={"id": ("SubnetId", "SubnetIds")},
    computed={"arn": f"{_ARN}:subnet/{{id}}"},
    defaults={"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
    unsupported={
        "customerOwnedIpv4Pool": _OUTPOST,
        "enableDns64": _IPV6,
        "enableLniAtDeviceIndex": _OUTPOST,
        "enableResourceNameDnsARecordOnLaunch": "the local stage has no instances",
        "enableResourceNameDnsAaaaRecordOnLaunch": "the local stage has no instances",
        "ipv4IpamPoolId": _IPAM,
        "ipv4NetmaskLength": _IPAM,
        "ipv6CidrBlock": _IPV6,
        "ipv6IpamPoolId": _IPV6,
        "ipv6Native": _IPV6,
        "ipv6NetmaskLength": _IPV6,
        "mapCustomerOwnedIpOnLaunch": _OUTPOST,
        "outpostArn": _OUTPOST,
        "privateDnsHostnameTypeOnLaunch": "the local stage has no instances",
    },
    check=_no_ipv6,
)

RESOURCES = (VPC, SUBNET)
