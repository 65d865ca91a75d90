"""Networks, deployed by the engine to the emulated AWS: what awsx makes in them, twice the same, changed, and gone.

Mocks show of a network what its own program declares (tests/unit/test_network.py); here the children of `awsx.ec2.Vpc`
are real, as its local counterpart in local/provider/awsx_vpc.py makes them.
"""

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx
import pytest
from pulumi import automation

from components import (
    FARGATE_ENDPOINTS,
    GLUE_ENDPOINTS,
    Egress,
    EncryptionKey,
    FargateJob,
    JdbcConnection,
    Network,
    Secret,
)
from components.core.tags import REQUIRED_TAGS
from local.aws import Clients
from local.emulator.lifecycle import Emulator
from local.engine.bootstrap import find_engine
from tests.policy.engine_stage import EngineStage

from .provider_stage import provider
from .test_provider_engine import Program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

CONFIG = {"aws:allowedAccountIds": '["000000000000"]', "provider-test:allowDestroy": "true"}
NATS = ("none", "single", "per-zone")


@pytest.fixture(autouse=True)
def leave_no_coroutine_to_other_tests() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(scope="module")
def port(emulator: Emulator) -> Iterator[int]:
    with provider("--endpoint", emulator.endpoint) as served:
        yield served


@pytest.fixture(scope="module")
def offline() -> Iterator[int]:
    with provider("--offline") as served:
        yield served


@pytest.fixture
def program(port: int, tmp_path: Path) -> Program:
    return Program(tmp_path, port, CONFIG)


@pytest.fixture(scope="module")
def deployed(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A network with all it can have, for what only looks at it."""
    made = Program(tmp_path_factory.mktemp("deployed"), port, CONFIG)
    made.up(OneNetwork(key="kept-key", nat="per-zone", endpoints=["logs", "ecr.api"]))
    yield made
    made.stack.destroy()


class OneNetwork:
    """A program with a network, whose settings the test changes."""

    def __init__(self, key: str = "key", **settings: Any) -> None:
        self.key, self.settings = key, settings

    def __call__(self) -> None:
        network = Network("net", key=EncryptionKey(self.key, removable=True), **self.settings)
        pulumi.export("vpc", network.vpc_id)
        pulumi.export("subnets", network.private_subnet_ids)
        pulumi.export("addresses", network.nat_addresses)
        pulumi.export("endpoints", {service: each.id for service, each in network.endpoints.items()})


def resources(program: Program) -> list[dict[str, Any]]:
    file = next((program.folder / "state").glob(".pulumi/stacks/**/test.json"))
    found: list[dict[str, Any]] = json.loads(file.read_text())["checkpoint"]["latest"]["resources"]
    return found


def of_type(program: Program, kind: str) -> list[dict[str, Any]]:
    return [each for each in resources(program) if each["type"] == kind]


def everything(clients: Clients) -> dict[str, set[str]]:
    """What there is in EC2 of the kinds that networks have, and the log groups."""
    ec2 = clients("ec2")
    gateways = [each for each in ec2.describe_nat_gateways()["NatGateways"] if each["State"] != "deleted"]
    found = {
        "VpcId": ec2.describe_vpcs()["Vpcs"],
        "SubnetId": ec2.describe_subnets()["Subnets"],
        "RouteTableId": ec2.describe_route_tables()["RouteTables"],
        "InternetGatewayId": ec2.describe_internet_gateways()["InternetGateways"],
        "NatGatewayId": gateways,
        "AllocationId": ec2.describe_addresses()["Addresses"],
        "GroupId": ec2.describe_security_groups()["SecurityGroups"],
        "VpcEndpointId": ec2.describe_vpc_endpoints()["VpcEndpoints"],
        "FlowLogId": ec2.describe_flow_logs()["FlowLogs"],
        "logGroupName": clients("logs").describe_log_groups()["logGroups"],
    }
    return {member: {each[member] for each in listed} for member, listed in found.items()}


@pytest.mark.parametrize("nat", ["none", "per-zone"])
def test_a_network_is_deployed_stays_as_it_is_and_leaves_nothing(program: Program, clients: Clients, nat: str) -> None:
    network = OneNetwork(nat=nat, zones=3, endpoints=FARGATE_ENDPOINTS)
    before = everything(clients)
    assert set(program.up(network)) == {"create"}
    after = everything(clients)
    gateways = 0 if nat == "none" else 3
    assert {member: len(ids - before[member]) for member, ids in after.items()} == {
        "VpcId": 1,
        "SubnetId": 3 if nat == "none" else 6,
        "RouteTableId": (3 if nat == "none" else 6) + 1,  # and the main one
        "InternetGatewayId": 1,
        "NatGatewayId": gateways,
        "AllocationId": gateways,
        "GroupId": 2,  # the endpoints', and the default one
        "VpcEndpointId": 5,
        "FlowLogId": 1,
        "logGroupName": 1,
    }
    addresses = {each["AllocationId"]: each["PublicIp"] for each in clients("ec2").describe_addresses()["Addresses"]}
    new = after["AllocationId"] - before["AllocationId"]
    assert set(program.outputs["addresses"]) == {addresses[allocation] for allocation in new}

    assert program.up(network) == {}
    program.stack.refresh()
    assert program.up(network) == {}

    program.stack.destroy()
    assert everything(clients) == before


STEPS: tuple[dict[str, Any], ...] = (
    {"zones": 2},
    {"zones": 2, "nat": "single"},
    {"zones": 3, "nat": "per-zone"},
    {"zones": 3},
)


@dataclass(frozen=True)
class Step:
    """What a change of the settings did."""

    changes: set[str]
    subnets: list[str]
    addresses: list[str]
    ways_out: list[list[str]]


@pytest.fixture(scope="module")
def steps(port: int, clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """A network that is changed again and again."""
    program = Program(tmp_path_factory.mktemp("changed"), port, CONFIG)
    found = []
    for settings in STEPS:
        changes = set(program.up(OneNetwork(key="changed-key", **settings)))
        subnets, addresses = program.outputs["subnets"], program.outputs["addresses"]
        found.append(Step(changes, subnets, addresses, [ways_out(clients, subnet) for subnet in subnets]))
    program.stack.destroy()
    return found


def ways_out(clients: Clients, subnet: str) -> list[str]:
    """Where the subnet's routes lead, but for those within the VPC."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (table,) = clients("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    outward = [each for each in table["Routes"] if each.get("GatewayId") != "local"]
    return [str(each.get("NatGatewayId") or each["GatewayId"]) for each in outward]


def test_private_subnets_stay_where_they_are_when_nat_gateways_and_zones_come_and_go(steps: list[Step]) -> None:
    assert [step.subnets[:2] for step in steps] == [steps[0].subnets] * len(STEPS)
    assert [len(step.subnets) for step in steps] == [2, 2, 3, 3]
    assert [step.changes for step in steps[:3]] == [{"create"}, {"create", "update"}, {"create", "update"}]


def test_private_subnets_lead_out_by_nat_gateways_or_not_at_all(steps: list[Step]) -> None:
    nowhere, single, per_zone, again = (step.ways_out for step in steps)
    assert nowhere == [[], []]
    assert again == [[], [], []]
    assert single[0] == single[1]
    assert {way[0][:4] for way in (*single, *per_zone)} == {"nat-"}
    assert len({way for (way,) in per_zone}) == 3
    assert [len(step.addresses) for step in steps] == [0, 1, 3, 0]


def test_nothing_in_it_gets_a_public_address_by_itself_and_names_of_endpoints_are_private(
    deployed: Program, clients: Clients
) -> None:
    ec2, vpc = clients("ec2"), deployed.outputs["vpc"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    assert [each["MapPublicIpOnLaunch"] for each in subnets] == [False] * 4
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        assert answer[f"E{attribute[1:]}"] == {"Value": True}


def test_its_default_group_lets_nothing_through_and_its_endpoints_https_from_the_vpc_alone(
    deployed: Program, clients: Clients
) -> None:
    mine = [{"Name": "vpc-id", "Values": [deployed.outputs["vpc"]]}]
    found = clients("ec2").describe_security_groups(Filters=mine)["SecurityGroups"]
    groups = {each["GroupName"]: each for each in found}
    closed = groups.pop("default")
    assert (closed["IpPermissions"], closed["IpPermissionsEgress"]) == ([], [])
    (endpoints,) = groups.values()
    assert endpoints["IpPermissionsEgress"] == []
    (rule,) = endpoints["IpPermissions"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert [each["CidrIp"] for each in rule["IpRanges"]] == ["10.0.0.0/16"]


def test_its_flow_log_writes_all_traffic_to_an_encrypted_group(deployed: Program, clients: Clients) -> None:
    mine = [{"Name": "resource-id", "Values": [deployed.outputs["vpc"]]}]
    (log,) = clients("ec2").describe_flow_logs(Filters=mine)["FlowLogs"]
    assert (log["TrafficType"], log["LogDestinationType"]) == ("ALL", "cloud-watch-logs")
    (group,) = clients("logs").describe_log_groups(logGroupNamePrefix="net-flow-log")["logGroups"]
    assert group["arn"].removesuffix(":*") == log["LogDestination"].removesuffix(":*")
    assert group["kmsKeyId"]


def test_its_endpoints_stand_in_every_private_subnet_or_in_every_route_table(
    deployed: Program, clients: Clients
) -> None:
    described = clients("ec2").describe_vpc_endpoints(VpcEndpointIds=list(deployed.outputs["endpoints"].values()))
    found = {
        each["ServiceName"].removeprefix("com.amazonaws.eu-central-1."): each for each in described["VpcEndpoints"]
    }
    assert set(found) == {"s3", "dynamodb", "ecr.api", "logs"}
    for service in ("ecr.api", "logs"):
        assert sorted(found[service]["SubnetIds"]) == sorted(deployed.outputs["subnets"])
    tables = {each["id"] for each in of_type(deployed, "aws:ec2/routeTable:RouteTable")}
    assert len(tables) == 4
    for service in ("s3", "dynamodb"):
        assert set(found[service]["RouteTableIds"]) == tables


def test_everything_that_awsx_makes_carries_the_platforms_tags_and_the_networks_name(deployed: Program) -> None:
    made = [each for each in resources(deployed) if each["type"].startswith("aws:ec2/")]
    taggable = [each for each in made if hasattr(getattr(aws.ec2, each["type"].rpartition(":")[2]), "tags_all")]
    assert {each["type"].rpartition(":")[2] for each in taggable} == {
        *("Vpc", "Subnet", "InternetGateway", "NatGateway", "Eip", "RouteTable"),
        *("DefaultSecurityGroup", "SecurityGroup", "VpcEndpoint", "FlowLog"),
    }
    assert [each["urn"] for each in taggable if not set(REQUIRED_TAGS) <= set(each["inputs"]["tags"])] == []
    names = {each["urn"].rpartition("::")[2] for each in made}
    assert {name for name in names if not name.startswith("net-")} == set()


def test_jobs_run_in_a_network(program: Program, clients: Clients) -> None:
    def jobs() -> None:
        key = EncryptionKey("jobs-key", removable=True)
        network = Network("jobs-net", key=key, endpoints=[*FARGATE_ENDPOINTS, *GLUE_ENDPOINTS])
        job = FargateJob("export", image="a/b:1", command=["x"], key=key, network=network)
        JdbcConnection(
            "sales",
            url="jdbc:postgresql://db/sales",
            secret=Secret("sales-db", key=key, description="Sales", value='{"username": "me"}', removable=True),
            network=network,
            subnet_id=network.private_subnet_ids[0],
            egress=[Egress(description="Sales", port=5432, cidr="10.0.0.0/16")],
        )
        FargateJob(
            "closed",
            image="a/b:1",
            command=["x"],
            key=key,
            network=network,
            cluster=job.cluster,
            egress=[Egress(description="S3", prefix_list_id=network.endpoints["s3"].prefix_list_id)],
        )
        pulumi.export("group", job.security_group_id)
        pulumi.export("vpc", network.vpc_id)

    program.up(jobs)
    (group,) = clients("ec2").describe_security_groups(GroupIds=[program.outputs["group"]])["SecurityGroups"]
    assert group["VpcId"] == program.outputs["vpc"]
    (connection,) = of_type(program, "aws:glue/connection:Connection")
    (subnet, *_) = (each["id"] for each in of_type(program, "aws:ec2/subnet:Subnet") if "private-1" in each["urn"])
    assert connection["inputs"]["physicalConnectionRequirements"]["subnetId"] == subnet
    assert program.up(jobs) == {}
    program.stack.destroy()


@pytest.mark.parametrize("nat", NATS)
def test_the_policy_pack_has_nothing_to_say_of_a_preview_of_it_with_no_aws_at_all(
    offline: int, tmp_path: Path, nat: str
) -> None:
    said = stage(tmp_path, offline, nat).preview()
    assert said.violations == [], said.output
    assert not said.refused, said.output
    assert said.changes["create"] > 30


def test_the_policy_pack_has_nothing_to_say_of_it_when_it_is_deployed(port: int, tmp_path: Path) -> None:
    deployment = stage(tmp_path, port, "per-zone")
    said = deployment.up()
    assert said.violations == [], said.output
    assert {"net-vpc", "net-vpc-private-1", "net-ecr-api"} <= deployment.created()
    deployment.destroy()


def stage(folder: Path, port: int, nat: str) -> EngineStage:
    network = OneNetwork(nat=nat, endpoints=[*FARGATE_ENDPOINTS, *GLUE_ENDPOINTS])
    config = {"aws:allowedAccountIds": '["000000000000"]', "policy-test:allowDestroy": "true"}
    return EngineStage(find_engine(), folder, port, network, config)


def refusal(program: Program, body: Any) -> str:
    program.body = body
    with pytest.raises(automation.CommandError) as refused:
        program.stack.preview()
    return str(refused.value)


LAYOUT: dict[str, Any] = {
    "cidr_block": "10.0.0.0/16",
    "number_of_availability_zones": 1,
    "subnet_strategy": "Auto",
    "nat_gateways": {"strategy": "None"},
}
ISOLATED = {"type": "Isolated", "cidr_blocks": ["10.0.0.0/24"]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"vpc_endpoint_specs": [{"service_name": "x"}]}, "does not know vpcEndpointSpecs: it knows availabilityZone"),
        ({"subnet_strategy": None}, "lays out no subnets: give cidrBlock, subnetSpecs"),
        ({"subnet_specs": [{**ISOLATED, "cidr_mask": 24}]}, "subnetSpecs[0] has cidrMask, which the local stage does"),
        ({"subnet_specs": [{**ISOLATED, "type": "Unused"}]}, "subnetSpecs[0] has the type 'Unused'"),
        ({"number_of_availability_zones": 2}, "subnetSpecs[0] has 1 cidrBlocks, and must have one for each of the 2"),
        ({"availability_zone_names": ["a"]}, "only one of availabilityZoneNames and numberOfAvailabilityZones"),
        ({"nat_gateways": None}, "NAT gateways need both a public subnet, where they stand, and a private one"),
        ({"subnet_specs": [ISOLATED, {**ISOLATED, "name": "b"}]}, "10.0.0.0/24 and 10.0.0.0/24 overlap"),
        ({"nat_gateways": {"strategy": "None", "elastic_ip_allocation_ids": ["e"]}}, "give natGateways a strategy"),
        (
            {
                "number_of_availability_zones": 4,
                "subnet_specs": [{**ISOLATED, "cidr_blocks": [f"10.0.{number}.0/24" for number in range(4)]}],
            },
            "the region has 3 availability zones, and 4 are asked for",
        ),
    ],
)
def test_what_the_local_awsx_does_not_know_or_awsx_refuses_is_an_error(
    offline: int, tmp_path: Path, given: dict[str, Any], expected: str
) -> None:
    arguments = {**LAYOUT, "subnet_specs": [ISOLATED], **given}
    assert expected in refusal(Program(tmp_path, offline), lambda: awsx.ec2.Vpc("net", **arguments))


def test_another_component_of_awsx_is_an_error(offline: int, tmp_path: Path) -> None:
    said = refusal(Program(tmp_path, offline), lambda: awsx.ecr.Repository("images"))
    assert "awsx:ecr:Repository 'images': the local stage knows the component awsx:ec2:Vpc of awsx" in said
