"""`awsx.ec2.Vpc` with the same children, names, tags and outputs as pulumi-awsx 3 makes of the arguments known here.

Source: pulumi-awsx, awsx/ec2/vpc.ts and the documentation of its schema.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pulumi
import pulumi_aws as aws

Tags = pulumi.Input[Mapping[str, pulumi.Input[str]]]
TYPE = "awsx:ec2:Vpc"
EVERYWHERE = "0.0.0.0/0"
DEFAULT_ZONES = 3
# In the order in which the subnets of a zone are made: a NAT gateway is there before a route leads to it.
_TYPES = ("Public", "Private", "Isolated")
_KNOWN = frozenset(
    {"availabilityZoneNames", "cidrBlock", "enableDnsHostnames", "enableDnsSupport", "natGateways"}
    | {"numberOfAvailabilityZones", "subnetSpecs", "subnetStrategy", "tags"}
)
_KNOWN_OF_SUBNETS = frozenset({"cidrBlocks", "name", "tags", "type"})


@dataclass(frozen=True)
class Arguments:
    """The component's arguments, in the words of its schema."""

    cidr_block: str
    subnets: Sequence[Mapping[str, Any]]
    nat_strategy: str
    zones: int | Sequence[str]
    tags: Tags
    dns_hostnames: Any
    dns_support: Any

    @property
    def zone_count(self) -> int:
        """How many zones have subnets."""
        return self.zones if isinstance(self.zones, int) else len(self.zones)


def problem(inputs: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the arguments, first of all what the local stage does not know."""
    return next(_problems(inputs), None)


def arguments(inputs: Mapping[str, Any]) -> Arguments:
    """Read arguments that have no problem."""
    names = inputs.get("availabilityZoneNames")
    return Arguments(
        cidr_block=inputs["cidrBlock"],
        subnets=inputs["subnetSpecs"],
        nat_strategy=str((inputs.get("natGateways") or {}).get("strategy", "OnePerAz")).lower(),
        zones=names or int(inputs.get("numberOfAvailabilityZones") or DEFAULT_ZONES),
        tags={} if inputs.get("tags") is None else inputs["tags"],
        dns_hostnames=inputs.get("enableDnsHostnames"),
        dns_support=inputs.get("enableDnsSupport"),
    )


def _problems(inputs: Mapping[str, Any]) -> Iterator[str]:
    given = {name for name, value in inputs.items() if value is not None}
    for name in sorted(given - _KNOWN):
        yield f"the local stage does not know {name}: it knows {', '.join(sorted(_KNOWN))}"
    if {"availabilityZoneNames", "numberOfAvailabilityZones"} <= given:
        yield "only one of availabilityZoneNames and numberOfAvailabilityZones can be given"
    if not {"cidrBlock", "subnetSpecs"} <= given or inputs.get("subnetStrategy") not in ("Auto", "Exact"):
        yield 'the local stage lays out no subnets: give cidrBlock, subnetSpecs and subnetStrategy "Auto"'
        return
    if set(inputs.get("natGateways") or {}) - {"strategy"}:
        yield "the local stage's NAT gateways have addresses of their own: give natGateways a strategy only"
    for number, spec in enumerate(inputs["subnetSpecs"]):
        yield from (f"subnetSpecs[{number}] {wrong}" for wrong in _problems_of_a_spec(spec, arguments(inputs)))
    yield from _problems_between(arguments(inputs))


def _problems_of_a_spec(spec: Mapping[str, Any], among: Arguments) -> Iterator[str]:
    for name in sorted({name for name, value in spec.items() if value is not None} - _KNOWN_OF_SUBNETS):
        yield f"has {name}, which the local stage does not know: it knows {', '.join(sorted(_KNOWN_OF_SUBNETS))}"
    if spec.get("type") not in _TYPES:
        yield f"has the type {spec.get('type')!r}: the local stage knows {', '.join(_TYPES)}"
    blocks = spec.get("cidrBlocks") or ()
    if len(blocks) != among.zone_count:
        yield f"has {len(blocks)} cidrBlocks, and must have one for each of the {among.zone_count} zones"


def _problems_between(given: Arguments) -> Iterator[str]:
    if given.nat_strategy not in ("none", "single", "oneperaz"):
        yield f"natGateways has the strategy {given.nat_strategy!r}: it is None, Single or OnePerAz"
    types = {spec["type"] for spec in given.subnets}
    if given.nat_strategy != "none" and not {"Public", "Private"} <= types:
        yield "NAT gateways need both a public subnet, where they stand, and a private one, which they serve"
    blocks = [ipaddress.ip_network(block) for spec in given.subnets for block in spec["cidrBlocks"]]
    for one, other in combinations(blocks, 2):
        if one.overlaps(other):
            yield f"the subnets {one} and {other} overlap"


class Vpc(pulumi.ComponentResource):
    """The component: a VPC, its internet gateway, and in each zone the subnets with what routes them."""

    def __init__(self, name: str, given: Arguments, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._name, self._given = name, given
        shared = _merged({"Name": name}, given.tags)
        self._vpc = aws.ec2.Vpc(
            name,
            cidr_block=given.cidr_block,
            enable_dns_hostnames=given.dns_hostnames,
            enable_dns_support=given.dns_support,
            tags=shared,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._gateway = aws.ec2.InternetGateway(name, vpc_id=self._vpc.id, tags=shared, opts=_under(self._vpc))
        self._subnets: dict[str, list[aws.ec2.Subnet]] = {kind: [] for kind in _TYPES}
        self._tables: list[aws.ec2.RouteTable] = []
        self._associations: list[aws.ec2.RouteTableAssociation] = []
        self._routes: list[aws.ec2.Route] = []
        self._nats: list[aws.ec2.NatGateway] = []
        self._addresses: list[aws.ec2.Eip] = []
        self._every: list[aws.ec2.Subnet] = []
        for index, zone in enumerate(self._zones()):
            for spec in sorted(given.subnets, key=lambda spec: _TYPES.index(spec["type"])):
                self._add(spec, index, zone, shared)
        self.outputs = self._outputs()
        self.register_outputs(self.outputs)

    def _zones(self) -> Sequence[str]:
        wanted = self._given.zones
        if not isinstance(wanted, int):
            return wanted
        found: Sequence[str] = aws.get_availability_zones(opts=pulumi.InvokeOptions(parent=self)).names
        if len(found) < wanted:
            raise ValueError(f"the region has {len(found)} availability zones, and {wanted} are asked for")
        return found[:wanted]

    def _add(self, spec: Mapping[str, Any], index: int, zone: str, shared: Tags) -> None:
        kind = spec["type"]
        name = f"{self._name}-{spec.get('name') or kind.lower()}-{index + 1}"
        tags = {"Name": name, "SubnetType": kind}
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self._vpc.id,
            availability_zone=zone,
            map_public_ip_on_launch=kind == "Public",
            assign_ipv6_address_on_creation=False,
            cidr_block=spec["cidrBlocks"][index],
            tags=_merged(shared, spec.get("tags") or {}, tags),
            opts=_under(self._vpc),
        )
        self._every.append(subnet)
        self._subnets[kind].append(subnet)
        table = aws.ec2.RouteTable(name, vpc_id=self._vpc.id, tags=_merged(shared, tags), opts=_under(subnet))
        self._tables.append(table)
        self._associations.append(
            aws.ec2.RouteTableAssociation(name, route_table_id=table.id, subnet_id=subnet.id, opts=_under(table))
        )
        if kind == "Public":
            if self._wants_nat():
                self._add_nat(subnet, index)
            self._route(name, table, gateway_id=self._gateway.id)
        elif kind == "Private" and self._nats:
            self._route(name, table, nat_gateway_id=self._nats[-1].id)

    def _wants_nat(self) -> bool:
        return self._given.nat_strategy == "oneperaz" or (self._given.nat_strategy == "single" and not self._nats)

    def _add_nat(self, subnet: aws.ec2.Subnet, index: int) -> None:
        name = f"{self._name}-{index + 1}"
        tags = _merged(self._given.tags, {"Name": name})
        address = aws.ec2.Eip(name, tags=tags, opts=_under(subnet))
        self._addresses.append(address)
        self._nats.append(
            aws.ec2.NatGateway(
                name, subnet_id=subnet.id, allocation_id=address.allocation_id, tags=tags, opts=_under(subnet)
            )
        )

    def _route(self, name: str, table: aws.ec2.RouteTable, **target: pulumi.Input[str]) -> None:
        self._routes.append(
            aws.ec2.Route(
                name, route_table_id=table.id, destination_cidr_block=EVERYWHERE, opts=_under(table), **target
            )
        )

    def _outputs(self) -> dict[str, Any]:
        by_type = {kind.lower(): subnets for kind, subnets in self._subnets.items()}
        layout = [
            {name: spec[name] for name in ("name", "type", "cidrBlocks") if spec.get(name)}
            for spec in self._given.subnets
        ]
        return {
            "vpc": self._vpc,
            "vpcId": self._vpc.id,
            "internetGateway": self._gateway,
            "subnets": self._every,
            "subnetLayout": layout,
            **{f"{kind}Subnets": subnets for kind, subnets in by_type.items()},
            **{f"{kind}SubnetIds": [subnet.id for subnet in subnets] for kind, subnets in by_type.items()},
            "routeTables": self._tables,
            "routeTableAssociations": self._associations,
            "routes": self._routes,
            "natGateways": self._nats,
            "eips": self._addresses,
            "vpcEndpoints": [],
        }


def _merged(*parts: Tags) -> pulumi.Output[dict[str, str]]:
    """Return all tags; of two with one key, the later."""
    found: pulumi.Output[list[dict[str, str]]] = pulumi.Output.all(*parts)
    return found.apply(lambda tags: {key: value for part in tags for key, value in part.items()})


def _under(parent: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=parent, depends_on=[parent])
