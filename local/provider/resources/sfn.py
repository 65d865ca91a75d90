"""Step Functions."""

from typing import Any

from ..codecs import Hints
from ..forms import Codec, MemberCodec, ScalarCodec, SingleCodec
from ..schema import PropertyType
from ..table import Call, Name, Part, Resource, Tags


def _log_group(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    """A log group's ARN, which AWS wants two structures deep in a list of one."""
    group = shape.member.members["cloudWatchLogsLogGroup"]
    arn = ScalarCodec(kind, group.members["logGroupArn"])
    return SingleCodec(MemberCodec("cloudWatchLogsLogGroup", MemberCodec("logGroupArn", arn)))


STATE_MACHINE = Resource(
    "aws:sfn/stateMachine:StateMachine",
    service="stepfunctions",
    id="{arn}",
    name=Name(limit=80),
    create=Call("CreateStateMachine"),
    read=(Call("DescribeStateMachine"),),
    parts=(
        Part(
            properties=(
                *("definition", "roleArn", "publish"),
                *("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"),
            ),
            put=Call("UpdateStateMachine"),
            merges=True,
        ),
    ),
    delete=(Call("DeleteStateMachine"),),
    tags=Tags(),
    rename={"arn": "stateMachineArn", "loggingConfiguration.logDestination": "destinations"},
    codecs={"loggingConfiguration.logDestination": _log_group},
    defaults={"type": "STANDARD", "publish": False},
    reset={
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
    },
    json=("definition",),
    unread=("publish", "tracingConfiguration"),
    local=("namePrefix",),
)

RESOURCES = (STATE_MACHINE,)
