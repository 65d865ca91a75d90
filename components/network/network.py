"""The network that jobs run in: a VPC of its own, or one that exists already."""

import re
from collections.abc import Sequence
from typing import Any, Literal, get_args

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from ..core import Component, EncryptionKey, Tags
from ..core.deployment import current
from ..observability import LogRetention
from .endpoint_services import GatewayService, InterfaceService, checked, service_name, takes_policy
from .endpoints import endpoint_group, endpoint_policy
from .flow_log import FlowLog
from .subnet_layout import SubnetLayout, subnet_layout

Nat = Literal["none", "single", "per-zone"]
DEFAULT_CIDR = "10.0.0.0/16"
DEFAULT_ZONES = 2
MOST_ZONES = 3
DEFAULT_FLOW_LOG_DAYS: LogRetention = 90

_NAT_STRATEGIES = {
    "none": awsx.ec2.NatGatewayStrategy.NONE,
    "single": awsx.ec2.NatGatewayStrategy.SINGLE,
    "per-zone": awsx.ec2.NatGatewayStrategy.ONE_PER_AZ,
}
_ACCOUNT = re.compile(r"\d{12}")


class Network(Component, domain="network"):
    """Private subnets for jobs, in a VPC of their own whose traffic is logged, or in one that exists already.

    Creates: the VPC (`awsx.ec2.Vpc`) with a private subnet in each zone, gateway endpoints of S3 and DynamoDB,
    interface endpoints with their security group, and a flow log; it takes every rule from the default security group.
    Nothing gets a public address but NAT gateways. With `vpc_id` and `private_subnet_ids` it creates nothing.

    - `key`: encrypts the flow log.
    - `cidr`: private addresses, /16 to /25, default 10.0.0.0/16; jobs have an eighth of them in each zone.
    - `zones`: 1 to 3, default 2; more of them later move no subnet.
    - `nat`: how jobs reach the internet. "none" (default): not at all, and AWS through the endpoints. "single": by one
      NAT gateway in the first zone, on which all zones depend. "per-zone": by one in each. A NAT gateway costs by the
      hour and the gigabyte (0.045 USD each in us-east-1); to that of another zone, the traffic between zones as well.
    - `endpoints`: services that jobs reach without the internet, such as `FARGATE_ENDPOINTS`; each costs by the hour
      in each zone and the gigabyte (0.01 USD each in us-east-1). S3's and DynamoDB's are always there and are free.
    - `resource_accounts`: others whose buckets, images and the like jobs reach through endpoints; default none.
    - `flow_log_days`: how long the log of all traffic is kept, default 90.
    - `vpc_id`, `private_subnet_ids`: a VPC and subnets that exist already, instead of all of the above.

    Outputs: `vpc_id`, `private_subnet_ids`, `nat_addresses` (what others see and may allow); attribute `endpoints` by
    service. Errors: ValueError. Source: Amazon VPC User Guide, "Security best practices"; AWS PrivateLink Guide.
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey | None = None,
        cidr: str = DEFAULT_CIDR,
        zones: int = DEFAULT_ZONES,
        nat: Nat = "none",
        endpoints: Sequence[InterfaceService] = (),
        resource_accounts: Sequence[str] = (),
        flow_log_days: LogRetention = DEFAULT_FLOW_LOG_DAYS,
        vpc_id: pulumi.Input[str] | None = None,
        private_subnet_ids: Sequence[pulumi.Input[str]] | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.vpc: awsx.ec2.Vpc | None = None
        self.flow_log: FlowLog | None = None
        self.endpoints: dict[str, aws.ec2.VpcEndpoint] = {}
        self.nat_addresses: list[pulumi.Output[str]] = []
        settings = {
            "cidr": cidr != DEFAULT_CIDR,
            "zones": zones != DEFAULT_ZONES,
            "nat": nat != "none",
            "endpoints": bool(endpoints),
            "resource_accounts": bool(resource_accounts),
            "flow_log_days": flow_log_days != DEFAULT_FLOW_LOG_DAYS,
        }
        if vpc_id is not None or private_subnet_ids is not None:
            _check_brought(name, vpc_id, private_subnet_ids, [setting for setting, given in settings.items() if given])
            self.vpc_id: pulumi.Output[str] = pulumi.Output.from_input(vpc_id or "")
            self.private_subnet_ids = [pulumi.Output.from_input(each) for each in private_subnet_ids or ()]
        else:
            _check(name, key=key, zones=zones, nat=nat, accounts=resource_accounts)
            services = checked(name, endpoints)
            self.vpc = self._vpc(subnet_layout(name, cidr, zones), cidr, nat)
            self.vpc_id = self.vpc.vpc_id
            subnets = self.vpc.isolated_subnet_ids if nat == "none" else self.vpc.private_subnet_ids
            self.private_subnet_ids = [subnets[zone] for zone in range(zones)]
            gateways = {"none": 0, "single": 1, "per-zone": zones}[nat]
            self.nat_addresses = [self.vpc.eips[number].public_ip for number in range(gateways)]
            self._close_default_group()
            self._reach(services, cidr, resource_accounts)
            self.flow_log = self._log(key, flow_log_days)
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "private_subnet_ids": self.private_subnet_ids,
                "nat_addresses": self.nat_addresses,
            }
        )

    def _vpc(self, layout: SubnetLayout, cidr: str, nat: Nat) -> awsx.ec2.Vpc:
        """Return the VPC. Its private subnets keep their names and places when a NAT gateway comes or goes."""
        kind = awsx.ec2.SubnetType.ISOLATED if nat == "none" else awsx.ec2.SubnetType.PRIVATE
        specs = [awsx.ec2.SubnetSpecArgs(type=kind, name="private", cidr_blocks=layout.private)]
        if nat != "none":
            specs.append(awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PUBLIC, cidr_blocks=layout.public))
        return awsx.ec2.Vpc(
            self._child("vpc"),
            cidr_block=cidr,
            number_of_availability_zones=len(layout.private),
            nat_gateways=awsx.ec2.NatGatewayConfigurationArgs(strategy=_NAT_STRATEGIES[nat]),
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            subnet_specs=specs,
            # Private names of endpoints need both.
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._tags(),
            opts=pulumi.ResourceOptions.merge(
                self._options(), pulumi.ResourceOptions(transforms=[without_public_addresses])
            ),
        )

    def _close_default_group(self) -> None:
        aws.ec2.DefaultSecurityGroup(
            self._child("default-group"), vpc_id=self.vpc_id, tags=self._tags(), opts=self._options()
        )

    def _reach(self, services: Sequence[str], cidr: str, accounts: Sequence[str]) -> None:
        """Make the endpoints: gateways in every route table, interfaces in every private subnet."""
        assert self.vpc is not None
        tables: pulumi.Output[list[str]] = self.vpc.route_tables.apply(
            lambda found: pulumi.Output.all(*(table.id for table in found))
        )
        for service in get_args(GatewayService):
            self._endpoint(service, accounts, vpc_endpoint_type="Gateway", route_table_ids=tables)
        if services:
            group = endpoint_group(
                self._child("endpoints"), vpc_id=self.vpc_id, cidr=cidr, tags=self._tags(), opts=self._options()
            )
            for service in services:
                self._endpoint(
                    service,
                    accounts,
                    vpc_endpoint_type="Interface",
                    private_dns_enabled=True,
                    subnet_ids=self.private_subnet_ids,
                    security_group_ids=[group.id],
                )

    def _endpoint(self, service: str, accounts: Sequence[str], **settings: Any) -> None:
        deployment = current()
        owners = [deployment.account_id, *accounts]
        self.endpoints[service] = aws.ec2.VpcEndpoint(
            self._child(service.replace(".", "-")),
            vpc_id=self.vpc_id,
            service_name=service_name(service, deployment),
            policy=endpoint_policy(service, deployment, owners) if takes_policy(service) else None,
            tags=self._tags(),
            opts=self._options(),
            **settings,
        )

    def _log(self, key: EncryptionKey | None, days: LogRetention) -> FlowLog:
        assert key is not None
        return FlowLog(
            self._child("flow-log"),
            vpc_id=self.vpc_id,
            key=key,
            retention_days=days,
            tags=self.tags,
            opts=self._options(),
        )


def without_public_addresses(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Let no subnet give out public addresses, as those do in which awsx has NAT gateways stand.

    A NAT gateway has an address of its own. The engine asks this of every resource that awsx declares.
    """
    if args.type_ != "aws:ec2/subnet:Subnet":
        return None
    return pulumi.ResourceTransformResult({**args.props, "mapPublicIpOnLaunch": False}, args.opts)


def _check(name: str, *, key: EncryptionKey | None, zones: int, nat: str, accounts: Sequence[str]) -> None:
    if key is None:
        raise ValueError(f"network {name}: give key, which encrypts the flow log, or bring vpc_id, private_subnet_ids")
    if not 1 <= zones <= MOST_ZONES:
        raise ValueError(f"network {name}: zones={zones}; choose 1 to {MOST_ZONES}")
    if nat not in _NAT_STRATEGIES:
        raise ValueError(f"network {name}: nat={nat!r}; choose one of {', '.join(_NAT_STRATEGIES)}")
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise ValueError(f"network {name}: resource_accounts: {account!r} is no account number: it has 12 digits")


def _check_brought(
    name: str,
    vpc_id: pulumi.Input[str] | None,
    private_subnet_ids: Sequence[pulumi.Input[str]] | None,
    settings: Sequence[str],
) -> None:
    if vpc_id is None or not private_subnet_ids:
        raise ValueError(f"network {name}: a VPC that exists takes both vpc_id and private_subnet_ids, at least one")
    if settings:
        raise ValueError(
            f"network {name}: vpc_id brings a VPC that exists, and {', '.join(settings)} would shape a new one: "
            "give one or the other"
        )
