"""The lives of state machines."""

import json
from typing import Any

from .provider_world import Case, World, get

DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}},
}


def given(world: World) -> dict[str, Any]:
    """A machine as a pipeline has it."""
    group = world.made("aws:cloudwatch/logGroup:LogGroup", f"machine-{world.bucket}").outputs["arn"]
    return {
        "roleArn": world.role["arn"],
        "definition": json.dumps(DEFINITION),
        "encryptionConfiguration": {
            "type": "CUSTOMER_MANAGED_KMS_KEY",
            "kmsKeyId": world.key,
            "kmsDataKeyReusePeriodSeconds": 300,
        },
        "loggingConfiguration": {"level": "ALL", "includeExecutionData": True, "logDestination": f"{group}:*"},
        "tracingConfiguration": {"enabled": True},
        "tags": {"a": "b"},
    }


CASES = (
    Case(
        "aws:sfn/stateMachine:StateMachine",
        given,
        {"definition": json.dumps({**DEFINITION, "Comment": "changed"})},
        lambda clients, outputs: json.loads(
            get("stepfunctions", "describe_state_machine", "definition", stateMachineArn="arn")(clients, outputs)
        ).get("Comment"),
        None,
        "changed",
    ),
)
