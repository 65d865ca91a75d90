"""What leads out of a VPC: internet gateways, NAT gateways and their addresses."""

from typing import Any

from ..ec2_tags import EC2_TAGS
from ..table import Call, Part, Resource, Session, State

_ARN = "arn:{partition}:ec2:{region}:{account}"
_ZONAL = "the local stage's NAT gateways stand in one subnet and have one address"
_ATTACHED = "the local stage's addresses are those of NAT gateways: give its allocationId to one"
_NO_POOL = "the local stage has no pools of addresses"


def _attach(old: State, new: State, session: Session) -> None:
    _detach(old, session)
    if new.get("vpcId"):
        parameters = {"InternetGatewayId": new["id"], "VpcId": new["vpcId"]}
        session.call("ec2", "AttachInternetGateway", parameters)


def _detach(old: State, session: Session) -> None:
    if old.get("vpcId"):
        parameters = {"InternetGatewayId": old["id"], "VpcId": old["vpcId"]}
        session.call("ec2", "DetachInternetGateway", parameters)


def _attachment(answer: dict[str, Any], state: State) -> State:
    attachments = answer.get("Attachments") or []
    return {"vpcId": attachments[0]["VpcId"]} if attachments else {}


def _subnet_of_a_public_gateway(state: State) -> list[tuple[str, str]]:
    """Amazon VPC User Guide, "NAT gateways": a public one in a subnet needs an Elastic IP address."""
    problems = [("subnetId", "is required")] if state.get("subnetId") is None else []
    if state.get("connectivityType", "public") == "public" and state.get("allocationId") is None:
        problems.append(("allocationId", "is required of a public NAT gateway"))
    return problems


def _public_address(state: State, session: Session) -> State:
    if not state.get("allocationId"):
        return {}
    found = session.call("ec2", "DescribeAddresses", {"AllocationIds": [state["allocationId"]]})["Addresses"]
    return {"publicIp": found[0]["PublicIp"]} if found else {}


INTERNET_GATEWAY = Resource(
    "aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    id="{id}",
    create=Call("CreateInternetGateway", result="InternetGateway"),
    read=(Call("DescribeInternetGateways", takes=("id",), result="InternetGateways", adopt=_attachment),),
    parts=(Part(properties=("vpcId",), code=_attach), EC2_TAGS),
    before_delete=_detach,
    delete=(Call("DeleteInternetGateway", takes=("id",)),),
    rename={"id": ("InternetGatewayId", "InternetGatewayIds")},
    computed={"arn": f"{_ARN}:internet-gateway/{{id}}"},
)

NAT_GATEWAY = Resource(
    "aws:ec2/natGateway:NatGateway",
    service="ec2",
    id="{id}",
    create=Call("CreateNatGateway", result="NatGateway"),
    read=(
        Call(
            "DescribeNatGateways",
            takes=("id",),
            result="NatGateways",
            until={"State": ("available",)},
            gone={"State": "deleted"},
        ),
    ),
    parts=(EC2_TAGS,),
    delete=(Call("DeleteNatGateway", takes=("id",)),),
    rename={"id": ("NatGatewayId", "NatGatewayIds")},
    defaults={"connectivityType": "public"},
    unread=("allocationId",),
    unsupported={
        "availabilityMode": _ZONAL,
        "availabilityZoneAddresses": _ZONAL,
        "privateIp": _ZONAL,
        "secondaryAllocationIds": _ZONAL,
        "secondaryPrivateIpAddressCount": _ZONAL,
        "secondaryPrivateIpAddresses": _ZONAL,
        "vpcId": _ZONAL,
    },
    check=_subnet_of_a_public_gateway,
    after_read=_public_address,
)

ADDRESS = Resource(
    "aws:ec2/eip:Eip",
    service="ec2",
    id="{id}",
    create=Call("AllocateAddress"),
    read=(Call("DescribeAddresses", takes=("id",), result="Addresses"),),
    parts=(EC2_TAGS,),
    delete=(Call("ReleaseAddress", takes=("id",)),),
    rename={"id": ("AllocationId", "AllocationIds")},
    computed={"arn": f"{_ARN}:elastic-ip/{{id}}"},
    defaults={"domain": "vpc"},
    unsupported={
        "address": _NO_POOL,
        "associateWithPrivateIp": _ATTACHED,
        "customerOwnedIpv4Pool": _NO_POOL,
        "instance": _ATTACHED,
        "ipamPoolId": _NO_POOL,
        "networkBorderGroup": _NO_POOL,
        "networkInterface": _ATTACHED,
        "publicIpv4Pool": _NO_POOL,
    },
)

RESOURCES = (INTERNET_GATEWAY, NAT_GATEWAY, ADDRESS)
