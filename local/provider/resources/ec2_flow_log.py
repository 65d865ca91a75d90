"""Flow logs: their settings are emulated, no traffic is."""

from typing import Any

from ..ec2_tags import EC2_TAGS
from ..table import Call, Resource, State

_ARN = "arn:{partition}:ec2:{region}:{account}"
_OF = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
_TRANSIT = "the local stage has no transit gateways"
_LOGS = "cloud-watch-logs"
_INTERVALS = (60, 600)
"""Seconds; Amazon EC2 API Reference, "CreateFlowLogs", MaxAggregationInterval."""


def _whose(parameters: dict[str, Any], state: State) -> None:
    for name, kind in _OF.items():
        if state.get(name):
            parameters |= {"ResourceIds": [state[name]], "ResourceType": kind}


def _made(answer: dict[str, Any], state: State) -> State:
    for failure in answer.get("Unsuccessful") or ():
        raise ValueError(f"ec2:CreateFlowLogs: {failure['Error']['Code']}: {failure['Error']['Message']}")
    return {"id": answer["FlowLogIds"][0]}


def _of_what(answer: dict[str, Any], state: State) -> State:
    kinds = {"vpc": "vpcId", "subnet": "subnetId", "eni": "eniId"}
    found: str = answer["ResourceId"]
    return {kinds[found.partition("-")[0]]: found}


def _as_ec2_takes_it(state: State) -> list[tuple[str, str]]:
    problems = []
    given = [name for name in _OF if state.get(name) is not None]
    if len(given) != 1:
        problems.append(("", f"needs exactly one of {', '.join(_OF)}; given: {', '.join(given) or 'none'}"))
    if state.get("trafficType") is None:
        problems.append(("trafficType", "is required of a VPC, a subnet or a network interface"))
    if state.get("logDestination") is None:
        problems.append(("logDestination", "is required"))
    if state.get("logDestinationType") == _LOGS and state.get("iamRoleArn") is None:
        problems.append(("iamRoleArn", f"is required of {_LOGS}"))
    if state.get("maxAggregationInterval") not in (None, *_INTERVALS):
        problems.append(("maxAggregationInterval", f"is {state['maxAggregationInterval']}, but AWS accepts 60 and 600"))
    return problems


FLOW_LOG = Resource(
    "aws:ec2/flowLog:FlowLog",
    service="ec2",
    id="{id}",
    create=Call("CreateFlowLogs", adjust=_whose, adopt=_made),
    read=(Call("DescribeFlowLogs", takes=("id",), result="FlowLogs", adopt=_of_what),),
    parts=(EC2_TAGS,),
    delete=(Call("DeleteFlowLogs", takes=("id",)),),
    rename={"id": ("FlowLogId", "FlowLogIds"), "iamRoleArn": "DeliverLogsPermissionArn"},
    by_code=tuple(_OF),
    computed={"arn": f"{_ARN}:vpc-flow-log/{{id}}"},
    defaults={"logDestinationType": _LOGS, "maxAggregationInterval": 600},
    # ministack takes them and does not answer them.
    unread=("deliverCrossAccountRole", "destinationOptions", "logFormat", "maxAggregationInterval"),
    unsupported={
        "regionalNatGatewayId": "the local stage's NAT gateways stand in one subnet",
        "tagFieldSpecifications": "the local stage's flow logs have no tag fields",
        "transitGatewayAttachmentId": _TRANSIT,
        "transitGatewayId": _TRANSIT,
    },
    check=_as_ec2_takes_it,
)

RESOURCES = (FLOW_LOG,)
