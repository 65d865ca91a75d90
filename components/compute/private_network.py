"""Where a job's tasks run, and what they reach from there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

HTTPS = 443
_DESCRIPTION = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""Amazon EC2 API Reference, "IpRange": what describes a rule; no apostrophe."""
SubnetIds = Sequence[pulumi.Input[str]]


class TaskNetwork(Protocol):
    """A VPC with private subnets: a Network, or `Subnets` that exist already."""

    @property
    def vpc_id(self) -> pulumi.Input[str]:
        """The VPC's id."""
        ...

    @property
    def private_subnet_ids(self) -> SubnetIds:
        """Its subnets without public addresses, whose routes lead to a NAT gateway or to VPC endpoints."""
        ...


@dataclass(frozen=True)
class Subnets:
    """Private subnets that exist already, best one in each of several zones."""

    vpc_id: pulumi.Input[str]
    private_subnet_ids: SubnetIds


@dataclass(frozen=True, kw_only=True)
class Egress:
    """What tasks may connect to: a port of exactly one of a network, a prefix list and another security group."""

    description: str
    port: int = HTTPS
    cidr: pulumi.Input[str] | None = None
    prefix_list_id: pulumi.Input[str] | None = None
    security_group_id: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        if not _DESCRIPTION.fullmatch(self.description):
            raise ValueError(
                f"egress {self.description!r}: EC2 takes up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{{}}!$*"
            )
        if sum(target is not None for target in (self.cidr, self.prefix_list_id, self.security_group_id)) != 1:
            raise ValueError(
                f"egress {self.description!r}: give exactly one of cidr, prefix_list_id and security_group_id"
            )


HTTPS_ANYWHERE = (Egress(description="HTTPS to AWS, and to the services a job asks", cidr="0.0.0.0/0"),)
"""Names are resolved by the VPC's own resolver, which security groups do not concern (Amazon VPC User Guide)."""


def security_group(
    name: str,
    *,
    purpose: str,
    network: TaskNetwork,
    egress: Sequence[Egress],
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.ec2.SecurityGroup:
    """Return a group that lets nothing in, and out only what is listed, each in a rule that says what it is for."""
    group = aws.ec2.SecurityGroup(name, vpc_id=network.vpc_id, description=purpose, tags=tags, opts=opts)
    for position, target in enumerate(egress):
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-egress-{position}",
            security_group_id=group.id,
            description=target.description,
            ip_protocol="tcp",
            from_port=target.port,
            to_port=target.port,
            cidr_ipv4=target.cidr,
            prefix_list_id=target.prefix_list_id,
            referenced_security_group_id=target.security_group_id,
            tags=tags,
            opts=opts,
        )
    return group
