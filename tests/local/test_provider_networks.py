"""What the provider refuses, and replaces, of the things that networks are made of."""

from typing import Any

import pytest

from local.provider.server import AwsProvider

from .provider_stage import REGION, Life, Refusal

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE = "aws:ec2/route:Route"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"


@pytest.fixture(scope="module")
def offline() -> AwsProvider:
    return AwsProvider(None, REGION)


def route(**given: Any) -> dict[str, Any]:
    return {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", **given}


def endpoint(**given: Any) -> dict[str, Any]:
    return {"vpcId": "vpc-1", "serviceName": "com.amazonaws.eu-central-1.s3", **given}


def flow_log(**given: Any) -> dict[str, Any]:
    return {"vpcId": "vpc-1", "trafficType": "ALL", "logDestination": "arn", "iamRoleArn": "arn", **given}


@pytest.mark.parametrize(
    ("token", "given", "expected"),
    [
        (VPC, {"cidrBlock": "10.0.0.0/15"}, "is a /15, but AWS accepts /16 to /28"),
        (VPC, {"cidrBlock": "10.0.0.1/16"}, "has host bits set"),
        (VPC, {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "shared"}, "is 'shared', but AWS accepts only"),
        (VPC, {"ipv6CidrBlock": "2001:db8::/56"}, "the local stage's networks are of IPv4"),
        (SUBNET, {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/29"}, "is a /29, but AWS accepts /16 to /28"),
        (SUBNET, {"cidrBlock": "10.0.0.0/24"}, "vpcId is required"),
        (SUBNET, {"vpcId": "vpc-1", "assignIpv6AddressOnCreation": True}, "is true, but the local stage's networks"),
        (ROUTE, route(), "needs exactly one of gatewayId"),
        (ROUTE, route(gatewayId="igw-1", natGatewayId="nat-1"), "given: gatewayId, natGatewayId"),
        (ROUTE, {"routeTableId": "rtb-1", "gatewayId": "igw-1"}, "destinationCidrBlock is required"),
        (NAT, {"subnetId": "subnet-1"}, "allocationId is required of a public NAT gateway"),
        (NAT, {"allocationId": "eipalloc-1"}, "subnetId is required"),
        ("aws:ec2/eip:Eip", {"domain": "classic"}, "is 'classic', but AWS accepts only"),
        ("aws:ec2/routeTable:RouteTable", {"vpcId": "vpc-1", "routes": []}, "use an aws.ec2.Route for each route"),
        (ENDPOINT, endpoint(subnetIds=["subnet-1"]), "subnetIds is not for Gateway endpoints"),
        (
            ENDPOINT,
            endpoint(vpcEndpointType="Interface", routeTableIds=["rtb-1"]),
            "routeTableIds is not for Interface endpoints",
        ),
        (ENDPOINT, endpoint(vpcEndpointType="Private"), "is 'Private', but AWS accepts only"),
        (FLOW_LOG, flow_log(trafficType=None), "trafficType is required"),
        (FLOW_LOG, flow_log(trafficType="SOME"), "is 'SOME', but AWS accepts only"),
        (FLOW_LOG, flow_log(vpcId=None), "needs exactly one of vpcId, subnetId, eniId; given: none"),
        (FLOW_LOG, flow_log(iamRoleArn=None), "iamRoleArn is required of cloud-watch-logs"),
        (FLOW_LOG, flow_log(maxAggregationInterval=300), "is 300, but AWS accepts 60 and 600"),
        (
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            {"vpcId": "vpc-1", "ingress": [{}]},
            "a VPC's default group has none: use an aws.ec2.SecurityGroup",
        ),
    ],
)
def test_what_aws_would_refuse_of_a_network_is_refused_before_anything_is_created(
    offline: AwsProvider, token: str, given: dict[str, Any], expected: str
) -> None:
    with pytest.raises(Refusal) as refused:
        Life(offline, token).check(**given)
    assert expected in str(refused.value)


def deployed(offline: AwsProvider, token: str, **given: Any) -> Life:
    life = Life(offline, token, "thing")
    life.inputs = life.check(**given)
    life.outputs = {**life.inputs, "id": "id-1"}
    return life


def test_a_route_to_another_gateway_changes_in_place_and_to_another_destination_is_another_route(
    offline: AwsProvider,
) -> None:
    life = deployed(offline, ROUTE, **route(gatewayId="igw-1"))
    assert list(life.diff(**route(natGatewayId="nat-1")).replaces) == []
    assert list(life.diff(**route(gatewayId="igw-1", destinationCidrBlock="10.0.0.0/8")).replaces) == [
        "destinationCidrBlock"
    ]


def test_a_subnet_has_one_route_table_so_the_old_association_goes_first(offline: AwsProvider) -> None:
    life = deployed(
        offline,
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        subnetId="subnet-1",
        routeTableId="rtb-1",
    )
    found = life.diff(subnetId="subnet-1", routeTableId="rtb-2")
    assert list(found.replaces) == ["routeTableId"]
    assert found.deleteBeforeReplace


def test_a_flow_log_is_replaced_by_another_when_what_it_logs_changes(offline: AwsProvider) -> None:
    life = deployed(offline, FLOW_LOG, **flow_log(tags={"a": "b"}))
    assert list(life.diff(**flow_log(trafficType="REJECT", tags={"a": "b"})).replaces) == ["trafficType"]
    assert list(life.diff(**flow_log(tags={"a": "c"})).replaces) == []
