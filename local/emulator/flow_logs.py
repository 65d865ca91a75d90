"""A flow log says under which role it is delivered, which ministack takes and does not answer.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

_ROLE = "DeliverLogsPermissionArn"


def install(ec2: Any) -> None:
    """Keep the role with the flow logs, and answer it."""
    create, describe = ec2._create_flow_logs, ec2._describe_flow_logs

    def create_with_role(parameters: Mapping[str, Any]) -> Any:
        before = set(ec2._flow_logs)
        answer = create(parameters)
        for made in set(ec2._flow_logs) - before:
            ec2._flow_logs[made][_ROLE] = ec2._p(parameters, _ROLE)
        return answer

    def describe_with_role(parameters: Mapping[str, Any]) -> Any:
        status, headers, body = describe(parameters)
        text = body.decode() if isinstance(body, bytes) else str(body)
        for each in ec2._flow_logs.values():
            if each.get(_ROLE):
                identity = f"<flowLogId>{each['FlowLogId']}</flowLogId>"
                role = f"<deliverLogsPermissionArn>{escape(each[_ROLE])}</deliverLogsPermissionArn>"
                text = text.replace(identity, identity + role)
        return status, headers, text.encode()

    ec2._ACTION_MAP["CreateFlowLogs"] = create_with_role
    ec2._ACTION_MAP["DescribeFlowLogs"] = describe_with_role
