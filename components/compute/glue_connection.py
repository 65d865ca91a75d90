"""How Glue reaches a database."""

import re
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, Grantee, Statement, Tags
from ..core.deployment import current
from .private_network import HTTPS_ANYWHERE, Egress, TaskNetwork, security_group
from .secret import Secret

_URL = re.compile(r"jdbc:[a-z0-9]+:\S+")
_IN_CLEAR = re.compile(r"ssl(mode)?=(false|0|disable|allow|prefer)|encrypt=false|tls=false", re.IGNORECASE)
_CREDENTIALS = re.compile(r"://[^/@\s]*:[^/@\s]*@|[?&;](user|password)=", re.IGNORECASE)

_NETWORK_READS = (
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups"),
    *("ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints"),
)
_TAG = "aws-glue-service-resource"
"""The tag of network interfaces that Glue makes (AWS managed policy AWSGlueServiceRole)."""


class JdbcConnection(Component, domain="compute"):
    """A connection of Glue jobs and crawlers to a database: over TLS or not at all, in private subnets.

    Creates: the connection and its security group (Glue's own workers among themselves, HTTPS, and `egress`).

    - `url`: for example `jdbc:postgresql://db.internal:5432/sales`, without user and password.
    - `secret`: a Secret whose value is JSON with `username` and `password`.
    - `network`: a Network, or `Subnets`. `subnet_id`: the one of its subnets that workers start in.
    - `egress`: the database's port, `[Egress(description="Sales", port=5432, security_group_id=...)]`.

    Outputs: `connection_name`, `arn`. Errors: ValueError for a URL with credentials, or one that turns TLS off.
    Source: AWS Glue Developer Guide, "AWS Glue connection properties", "Setting up networking for development".
    """

    def __init__(
        self,
        name: str,
        *,
        url: str,
        secret: Secret,
        network: TaskNetwork,
        subnet_id: pulumi.Input[str],
        egress: Sequence[Egress],
        description: str = "",
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        _check_url(name, url)
        self._secret = secret
        self._network = network
        self._subnet_id = subnet_id
        self.security_group = security_group(
            self._child("group"),
            purpose=f"What Glue reaches through {name}",
            network=network,
            egress=[*HTTPS_ANYWHERE, *egress],
            tags=self._tags(),
            opts=self._options(),
        )
        self._workers_reach_each_other()
        self.resource = aws.glue.Connection(
            name,
            connection_type="JDBC",
            description=description or None,
            connection_properties={
                "JDBC_CONNECTION_URL": url,
                "JDBC_ENFORCE_SSL": "true",
                "SECRET_ID": secret.arn,
            },
            physical_connection_requirements=aws.glue.ConnectionPhysicalConnectionRequirementsArgs(
                subnet_id=subnet_id, security_group_id_lists=[self.security_group.id]
            ),
            tags=self._tags(),
            opts=self._options(),
        )
        self.connection_name: pulumi.Output[str] = self.resource.name
        self.arn: pulumi.Output[str] = self.resource.arn
        self.register_outputs({"connection_name": self.connection_name, "arn": self.arn})

    def grant_connect(self, grantee: Grantee) -> list[aws.iam.RolePolicy]:
        """Let a job's or crawler's role use the connection, its secret, and network interfaces in its subnet."""
        deployment = current()
        interfaces = deployment.arn("ec2", "network-interface/*")
        vpc = pulumi.Output.concat(deployment.arn("ec2", "vpc/"), self._network.vpc_id)
        subnet = pulumi.Output.concat(deployment.arn("ec2", "subnet/"), self._subnet_id)
        in_subnet = {"ArnEquals": {"ec2:Subnet": subnet}}
        connect = grantee.role.allow(
            f"connect-{self.name}",
            [
                Statement(actions=["glue:GetConnection"], resources=[deployment.arn("glue", "catalog"), self.arn]),
                Statement(actions=list(_NETWORK_READS), resources=["*"]),
                Statement(actions=["ec2:DescribeVpcAttribute"], resources=[vpc]),
                Statement(
                    actions=["ec2:CreateNetworkInterface"], resources=[interfaces, subnet, self.security_group.arn]
                ),
                Statement(
                    actions=["ec2:CreateTags", "ec2:DeleteTags"],
                    resources=[interfaces],
                    conditions={"ForAllValues:StringEquals": {"aws:TagKeys": [_TAG]}, **in_subnet},
                ),
                Statement(
                    actions=["ec2:DeleteNetworkInterface"],
                    resources=[interfaces],
                    conditions={"Null": {f"aws:ResourceTag/{_TAG}": "false"}, **in_subnet},
                ),
            ],
        )
        return [connect, self._secret.grant_read(grantee)]

    def _workers_reach_each_other(self) -> None:
        """Spark's workers talk on any port, to their own group alone: "self-referencing rule for all TCP ports"."""
        for rule, direction in (
            (aws.vpc.SecurityGroupIngressRule, "ingress"),
            (aws.vpc.SecurityGroupEgressRule, "egress"),
        ):
            rule(
                self._child(f"workers-{direction}"),
                security_group_id=self.security_group.id,
                description="Workers of Spark among themselves",
                ip_protocol="tcp",
                from_port=0,
                to_port=65_535,
                referenced_security_group_id=self.security_group.id,
                tags=self._tags(),
                opts=self._options(),
            )


def _check_url(name: str, url: str) -> None:
    if not _URL.fullmatch(url):
        raise ValueError(f"connection {name}: {url!r} is no JDBC URL, for example jdbc:postgresql://host:5432/database")
    if _CREDENTIALS.search(url):
        raise ValueError(f"connection {name}: its URL holds a user or password: keep both in the secret, as JSON")
    if _IN_CLEAR.search(url):
        raise ValueError(f"connection {name}: its URL turns TLS off, which Glue would then refuse: remove that part")
