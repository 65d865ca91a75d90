"""Networks: what their own program declares.

For mocks, `awsx.ec2.Vpc` is one resource: what it makes, and that all of that is tagged and closed, is tested with the
real engine in tests/local/test_network_deployed.py.
"""

import json
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pytest

from components import (
    FARGATE_ENDPOINTS,
    GLUE_ENDPOINTS,
    EncryptionKey,
    FargateJob,
    Network,
)
from components.core.deployment import Deployment
from components.network.endpoint_services import checked, service_name
from components.network.network import without_public_addresses
from components.network.subnet_layout import subnet_layout
from tests.policy.harness import Recorded, record
from tests.unit.networks import brought_network, equipped_network, network
from tests.unit.programs import ACCOUNT, CONFIG

PREFIX = "com.amazonaws.eu-west-1"
VPC = "awsx:ec2:Vpc"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def recorded(program: Any, *, preview: bool = False) -> list[Recorded]:
    return record(program, config=CONFIG, preview=preview)


def of_type(found: list[Recorded], type_: str) -> dict[str, dict[str, Any]]:
    return {each.name: dict(each.inputs) for each in found if each.type == type_}


def endpoints(found: list[Recorded]) -> dict[str, dict[str, Any]]:
    return {each["serviceName"].removeprefix(f"{PREFIX}."): each for each in of_type(found, ENDPOINT).values()}


def made(**settings: Any) -> list[Recorded]:
    return recorded(lambda: Network("net", key=EncryptionKey("key"), **settings))


def vpc(found: list[Recorded]) -> dict[str, Any]:
    (arguments,) = of_type(found, VPC).values()
    return arguments


def test_by_default_jobs_reach_s3_and_dynamodb_and_nothing_else() -> None:
    found = recorded(network)
    arguments = vpc(found)
    assert arguments["natGateways"] == {"strategy": "None"}
    assert arguments["subnetSpecs"] == [
        {"type": "Isolated", "name": "private", "cidrBlocks": ["10.0.0.0/19", "10.0.64.0/19"]}
    ]
    assert {service: each["vpcEndpointType"] for service, each in endpoints(found).items()} == {
        "s3": "Gateway",
        "dynamodb": "Gateway",
    }
    assert of_type(found, "aws:ec2/securityGroup:SecurityGroup") == {}


def test_the_vpc_resolves_names_which_private_names_of_endpoints_need() -> None:
    arguments = vpc(recorded(network))
    assert arguments["enableDnsHostnames"] is True
    assert arguments["enableDnsSupport"] is True


def test_what_awsx_makes_is_tagged_by_its_argument() -> None:
    assert vpc(recorded(network))["tags"].items() >= {"component": "net", "project": "watershed"}.items()


@pytest.mark.parametrize(("nat", "strategy", "gateways"), [("single", "Single", 1), ("per-zone", "OnePerAz", 2)])
def test_a_nat_gateway_stands_in_the_smallest_public_subnet_there_is(nat: str, strategy: str, gateways: int) -> None:
    arguments = vpc(made(nat=nat))
    assert arguments["natGateways"] == {"strategy": strategy}
    private, public = arguments["subnetSpecs"]
    assert (private["type"], private["name"]) == ("Private", "private")
    assert public == {"type": "Public", "cidrBlocks": ["10.0.32.0/28", "10.0.96.0/28"]}


@pytest.mark.parametrize(
    ("nat", "addresses"), [("none", []), ("single", ["203.0.113.1"]), ("per-zone", ["203.0.113.1", "203.0.113.2"])]
)
def test_a_network_knows_its_subnets_and_the_addresses_that_others_see(nat: Any, addresses: list[str]) -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        made = Network("net", key=EncryptionKey("key"), nat=nat)
        pulumi.Output.all(made.vpc_id, made.private_subnet_ids, made.nat_addresses).apply(
            lambda found: seen.update(vpc=found[0], subnets=found[1], addresses=found[2])
        )

    recorded(program)
    subnets = ["subnet-net-vpc-private-1", "subnet-net-vpc-private-2"]
    assert seen == {"vpc": "vpc-net-vpc", "subnets": subnets, "addresses": addresses}


def test_interface_endpoints_stand_in_the_private_subnets_and_take_https_from_the_vpc_alone() -> None:
    found = recorded(equipped_network)
    (group,) = of_type(found, "aws:ec2/securityGroup:SecurityGroup").values()
    (rule,) = of_type(found, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 443, 443)
    assert rule["cidrIpv4"] == "172.20.0.0/20"
    assert of_type(found, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") == {}
    interfaces = {service: each for service, each in endpoints(found).items() if each["vpcEndpointType"] == "Interface"}
    assert set(interfaces) == {*FARGATE_ENDPOINTS, *GLUE_ENDPOINTS, "states", "events", "xray"}
    for each in interfaces.values():
        assert each["privateDnsEnabled"] is True
        assert each["subnetIds"] == [f"subnet-net-vpc-private-{number}" for number in (1, 2, 3)]
        assert each["securityGroupIds"] == [rule["securityGroupId"]]
    assert group["vpcId"] == "vpc-net-vpc"


def test_gateway_endpoints_are_in_every_route_table() -> None:
    found = endpoints(recorded(equipped_network))
    tables = {f"rtb-net-vpc-{kind}-{number}" for kind in ("private", "public") for number in (1, 2, 3)}
    assert set(found["s3"]["routeTableIds"]) == set(found["dynamodb"]["routeTableIds"]) == tables


def statements(endpoint: dict[str, Any]) -> dict[str, Any]:
    return {each["Sid"]: each for each in json.loads(endpoint["policy"])["Statement"]}


def test_through_an_endpoint_go_this_accounts_principals_to_resources_of_this_and_the_named_accounts() -> None:
    found = endpoints(recorded(equipped_network))
    assert [service for service, each in found.items() if "policy" not in each] == ["events"]
    for service in set(found) - {"events"}:
        condition = statements(found[service])["OwnPrincipalsToOwnResources"]["Condition"]
        assert condition == {
            "StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": [ACCOUNT, "210987654321"]}
        }
    for service in set(found) - {"events", "s3"}:
        assert set(statements(found[service])) == {"OwnPrincipalsToOwnResources", "AwsServices"}


def test_image_layers_which_ecr_signs_for_come_through_the_endpoint_of_s3() -> None:
    layers = statements(endpoints(recorded(network))["s3"])["ImageLayers"]
    assert layers["Action"] == "s3:GetObject"
    assert layers["Resource"] == "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
    assert "Condition" not in layers


def test_a_flow_log_writes_all_traffic_to_its_own_group_and_its_role_to_no_other() -> None:
    found = made(flow_log_days=365)
    (log,) = of_type(found, "aws:ec2/flowLog:FlowLog").values()
    (group,) = of_type(found, "aws:cloudwatch/logGroup:LogGroup").values()
    assert (log["trafficType"], log["logDestinationType"]) == ("ALL", "cloud-watch-logs")
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"].startswith("arn:aws:kms:")
    (policy,) = of_type(found, "aws:iam/rolePolicy:RolePolicy").values()
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert statement["Resource"] == f"{log['logDestination']}:*"


def test_the_flow_logs_role_is_assumed_for_flow_logs_of_this_account_alone() -> None:
    (role,) = of_type(recorded(network), "aws:iam/role:Role").values()
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/*"},
    }


def test_the_default_group_has_no_rules() -> None:
    (group,) = of_type(recorded(network), "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").values()
    assert set(group) == {"vpcId", "tags"}


def test_a_vpc_that_exists_gets_nothing() -> None:
    found = recorded(brought_network)
    assert {each.type for each in found} == {"pulumi:pulumi:Stack", "watershed:network:Network"}


def test_a_job_runs_in_a_network_of_either_kind() -> None:
    def jobs() -> None:
        key = EncryptionKey("key")
        for name, where in (("new", Network("net", key=key)), ("old", brought_network_of("other"))):
            FargateJob(name, image="a/b:1", command=["x"], key=key, network=where)

    groups = of_type(recorded(jobs), "aws:ec2/securityGroup:SecurityGroup")
    assert {name: group["vpcId"] for name, group in groups.items()} == {
        "new-group": "vpc-net-vpc",
        "old-group": "vpc-1",
    }


def brought_network_of(name: str) -> Network:
    return Network(name, vpc_id="vpc-1", private_subnet_ids=["subnet-1"])


def test_no_subnet_gives_out_public_addresses_whatever_awsx_says() -> None:
    def transformed(kind: str) -> pulumi.ResourceTransformResult | None:
        props = {"mapPublicIpOnLaunch": True, "cidrBlock": "10.0.0.0/28"}
        options = pulumi.ResourceOptions()
        return without_public_addresses(
            pulumi.ResourceTransformArgs(custom=True, type_=kind, name="x", props=props, opts=options)
        )

    subnet = transformed("aws:ec2/subnet:Subnet")
    assert subnet is not None
    assert subnet.props == {"mapPublicIpOnLaunch": False, "cidrBlock": "10.0.0.0/28"}
    assert transformed("aws:ec2/vpc:Vpc") is None


@pytest.mark.parametrize("prefix", range(16, 26))
def test_subnets_lie_within_their_vpc_and_beside_each_other(prefix: int) -> None:
    whole = IPv4Network(f"10.0.0.0/{prefix}")
    layout = subnet_layout("net", str(whole), 3)
    blocks = [IPv4Network(block) for block in (*layout.private, *layout.public)]
    assert all(block.subnet_of(whole) and block.prefixlen <= 28 for block in blocks)
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)


def test_another_zone_moves_no_subnet() -> None:
    few, more = (subnet_layout("net", "10.0.0.0/16", zones) for zones in (2, 3))
    assert more.private[:2] == few.private
    assert more.public[:2] == few.public


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"key": None}, "give key, which encrypts the flow log, or bring vpc_id"),
        ({"cidr": "10.0.0.1/16"}, r"cidr '10.0.0.1/16': 10.0.0.1/16 has host bits set; write it as"),
        ({"cidr": "all"}, "cidr 'all': .*; write it as 10.0.0.0/16"),
        ({"cidr": "10.0.0.0/15"}, "choose a block of /16 to /25"),
        ({"cidr": "10.0.0.0/26"}, "choose a block of /16 to /25"),
        ({"cidr": "8.8.0.0/16"}, "choose one within 10.0.0.0/8, 172.16.0.0/12"),
        ({"zones": 0}, "zones=0; choose 1 to 3"),
        ({"zones": 4}, "zones=4; choose 1 to 3"),
        ({"nat": "one"}, "nat='one'; choose one of none, single, per-zone"),
        ({"endpoints": ["log"]}, r"endpoint 'log' \(was 'logs' meant\?\): accepted are athena,"),
        ({"endpoints": ["s3"]}, "endpoint 's3' is there anyway, as a gateway: leave it out"),
        ({"resource_accounts": ["12"]}, "resource_accounts: '12' is no account number: it has 12 digits"),
        ({"vpc_id": "vpc-1"}, "takes both vpc_id and private_subnet_ids"),
        ({"vpc_id": "vpc-1", "private_subnet_ids": []}, "takes both vpc_id and private_subnet_ids, at least one"),
        ({"private_subnet_ids": ["subnet-1"]}, "takes both vpc_id and private_subnet_ids"),
        (
            {"vpc_id": "vpc-1", "private_subnet_ids": ["subnet-1"], "nat": "single", "endpoints": ["logs"]},
            "vpc_id brings a VPC that exists, and nat, endpoints would shape a new one: give one or the other",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_fix(settings: dict[str, Any], message: str) -> None:
    def program() -> None:
        with pytest.raises(ValueError, match=f"^network net: .*{message}"):
            Network("net", **{"key": EncryptionKey("key"), **settings})

    recorded(program)


def test_every_service_that_a_kind_of_job_needs_is_one_that_has_endpoints() -> None:
    assert checked("net", [*FARGATE_ENDPOINTS, *GLUE_ENDPOINTS, *FARGATE_ENDPOINTS]) == sorted(
        {*FARGATE_ENDPOINTS, *GLUE_ENDPOINTS}
    )


@pytest.mark.parametrize(
    ("region", "service", "name"),
    [
        ("eu-west-1", "ecr.api", "com.amazonaws.eu-west-1.ecr.api"),
        ("us-gov-west-1", "sts", "com.amazonaws.us-gov-west-1.sts"),
        ("cn-north-1", "ecr.api", "cn.com.amazonaws.cn-north-1.ecr.api"),
        ("cn-northwest-1", "logs", "com.amazonaws.cn-northwest-1.logs"),
        ("cn-north-1", "s3", "com.amazonaws.cn-north-1.s3"),
    ],
)
def test_a_service_has_the_name_that_its_region_gives_it(region: str, service: str, name: str) -> None:
    assert service_name(service, Deployment(account_id=ACCOUNT, region=region)) == name


def test_a_preview_knows_a_network_before_it_exists() -> None:
    assert {each.name for each in recorded(equipped_network, preview=True)} >= {"net-vpc", "net-ecr-api", "net-s3"}
