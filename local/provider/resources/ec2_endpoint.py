"""VPC endpoints of both kinds: gateways in route tables, and interfaces in subnets."""

from typing import Any

from ..ec2_tags import EC2_TAGS
from ..table import Call, Part, Resource, Session, State

_ARN = "arn:{partition}:ec2:{region}:{account}"
_LISTS = {"routeTableIds": "RouteTableIds", "securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}
_NOT_FOR = {"Gateway": ("privateDnsEnabled", "securityGroupIds", "subnetIds"), "Interface": ("routeTableIds",)}
_LATTICE = "the local stage has no VPC Lattice"


def _change(old: State, new: State, session: Session) -> None:
    """Lists change by what is added and what is removed; the rest is sent whole."""
    parameters: dict[str, Any] = {"VpcEndpointId": new["id"]}
    for name, member in _LISTS.items():
        before, after = set(old.get(name) or ()), set(new.get(name) or ())
        changes = {f"Add{member}": sorted(after - before), f"Remove{member}": sorted(before - after)}
        parameters |= {change: ids for change, ids in changes.items() if ids}
    if old.get("policy") != new.get("policy"):
        policy = new.get("policy")
        parameters |= {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    if old.get("privateDnsEnabled") != new.get("privateDnsEnabled"):
        parameters["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
    session.call("ec2", "ModifyVpcEndpoint", parameters)


def _of_its_kind(state: State) -> list[tuple[str, str]]:
    """Amazon EC2 API Reference, "CreateVpcEndpoint": what each type of endpoint takes."""
    kind = str(state.get("vpcEndpointType"))
    return [(name, f"is not for {kind} endpoints") for name in _NOT_FOR.get(kind, ()) if state.get(name)]


def _prefix_list(state: State, session: Session) -> State:
    """The addresses of a gateway endpoint's service, for rules of security groups."""
    if state.get("vpcEndpointType") != "Gateway":
        return {}
    filters = [{"Name": "prefix-list-name", "Values": [state["serviceName"]]}]
    found = session.call("ec2", "DescribePrefixLists", {"Filters": filters})["PrefixLists"]
    return {"prefixListId": found[0]["PrefixListId"], "cidrBlocks": found[0]["Cidrs"]} if found else {}


ENDPOINT = Resource(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    id="{id}",
    create=Call("CreateVpcEndpoint", result="VpcEndpoint"),
    read=(
        Call(
            "DescribeVpcEndpoints",
            takes=("id",),
            result="VpcEndpoints",
            until={"State": ("available",)},
            gone={"State": "deleted"},
        ),
    ),
    parts=(Part(properties=(*_LISTS, "policy", "privateDnsEnabled"), code=_change), EC2_TAGS),
    delete=(Call("DeleteVpcEndpoints", takes=("id",)),),
    rename={"id": ("VpcEndpointId", "VpcEndpointIds"), "policy": "PolicyDocument"},
    computed={"arn": f"{_ARN}:vpc-endpoint/{{id}}"},
    defaults={"vpcEndpointType": "Gateway"},
    # ministack takes them and does not answer them.
    unread=("policy", "privateDnsEnabled", "securityGroupIds"),
    local=("autoAccept",),
    policies=("policy",),
    unsupported={
        "dnsOptions": "the local stage's endpoints have their private names alone",
        "ipAddressType": "the local stage's networks are of IPv4",
        "resourceConfigurationArn": _LATTICE,
        "serviceNetworkArn": _LATTICE,
        "serviceRegion": "the local stage has one region",
        "subnetConfigurations": "the local stage gives no addresses: use subnetIds",
    },
    check=_of_its_kind,
    after_read=_prefix_list,
)

RESOURCES = (ENDPOINT,)
