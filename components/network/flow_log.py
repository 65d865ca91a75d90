"""The log of everything that a VPC lets through and refuses."""

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Role, Statement, Tags
from ..core.deployment import current
from ..observability import LogRetention, log_group


class FlowLog(Component, domain="network"):
    """All traffic of a VPC, accepted or refused, in a log group of its own.

    Creates: the flow log, its log group, and the role that writes to this group alone.

    - `vpc_id`: whose traffic. `key`: encrypts the log. `retention_days`: default 90.

    Outputs: `log_group_name`. Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs"; of
    its actions, those that AWS CDK's FlowLogDestination.toCloudWatchLogs finds enough for a log group that exists.
    """

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        key: EncryptionKey,
        retention_days: LogRetention = 90,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.log_group = log_group(
            self._child("log"), key=key, retention_days=retention_days, tags=self._tags(), opts=self._options()
        )
        self.role = Role(
            self._child("role"),
            service="vpc-flow-logs.amazonaws.com",
            source_arn=current().arn("ec2", "vpc-flow-log/*"),
            description=f"Writes flow log {name}",
            tags=self.tags,
            opts=self._options(),
        )
        # The ARN of everything but tags ends so (Amazon CloudWatch Logs API Reference, "LogGroup").
        streams = pulumi.Output.concat(self.log_group.arn, ":*")
        self.role.allow(
            "write",
            [
                Statement(
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[streams],
                )
            ],
        )
        self.resource = aws.ec2.FlowLog(
            name,
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=self.log_group.arn,
            iam_role_arn=self.role.arn,
            tags=self._tags(),
            opts=self._options(depends_on=self.role.granted),
        )
        self.log_group_name: pulumi.Output[str] = self.log_group.name
        self.register_outputs({"log_group_name": self.log_group_name})
