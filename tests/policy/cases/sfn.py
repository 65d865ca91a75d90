"""Step Functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

MACHINE = "aws:sfn/stateMachine:StateMachine"
ACTIVITY = "aws:sfn/activity:Activity"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
LOG_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:runs:*"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"
OURS = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY_ARN}
LASTING = {"Type": "Task", "Resource": FUNCTION_ARN, "End": True}
ENDING = {**LASTING, "TimeoutSeconds": 900}


def machine(**state: Any) -> Recorded:
    """Return a machine of one state and a way out."""
    return of_states({"First": state, "Done": {"Type": "Succeed"}})


def of_states(states: dict[str, Any]) -> Recorded:
    return make(MACHINE, definition=json.dumps({"StartAt": "First", "States": states}))


def inner(state: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "Inner", "States": {"Inner": state}}


def overrides(value: str) -> dict[str, Any]:
    """Return the parameters of a container's start; `value` is what names its variable's value."""
    return {
        "Overrides": {
            "ContainerOverrides": [
                {"Environment": [{"Name": "DB_PASSWORD", value: "$.it" if "$" in value else "hunter2!x"}]}
            ]
        }
    }


def logging(**configuration: Any) -> Recorded:
    return make(MACHINE, loggingConfiguration=configuration)


CASES = [
    bad("SFN-LOGGING", "not said", make(MACHINE)),
    bad("SFN-LOGGING", "off", logging(level="OFF")),
    bad("SFN-LOGGING", "errors only", logging(level="ERROR", logDestination=LOG_ARN)),
    bad("SFN-LOGGING", "nowhere", logging(level="ALL")),
    good("SFN-LOGGING", "all", logging(level="ALL", logDestination=LOG_ARN)),
    good("SFN-LOGGING", "something else", make(ACTIVITY)),
    bad("SFN-EXECUTION-DATA", "not said", logging(level="ALL", logDestination=LOG_ARN)),
    bad("SFN-EXECUTION-DATA", "off", logging(level="ALL", includeExecutionData=False)),
    good("SFN-EXECUTION-DATA", "on", logging(level="ALL", includeExecutionData=True)),
    good("SFN-EXECUTION-DATA", "something else", make(ACTIVITY)),
    bad("SFN-TRACING", "not said", make(MACHINE)),
    bad("SFN-TRACING", "off", make(MACHINE, tracingConfiguration={"enabled": False})),
    good("SFN-TRACING", "on", make(MACHINE, tracingConfiguration={"enabled": True})),
    good("SFN-TRACING", "something else", make(ACTIVITY)),
    bad("SFN-CUSTOMER-KEY", "not said", make(MACHINE)),
    bad("SFN-CUSTOMER-KEY", "AWS's", make(MACHINE, encryptionConfiguration={"type": "AWS_OWNED_KEY"})),
    bad("SFN-CUSTOMER-KEY", "an activity's", make(ACTIVITY)),
    good("SFN-CUSTOMER-KEY", "ours", make(MACHINE, encryptionConfiguration=OURS)),
    good("SFN-CUSTOMER-KEY", "an activity's, ours", make(ACTIVITY, encryptionConfiguration=OURS)),
    bad("SFN-TASK-TIMEOUT", "none", machine(**LASTING)),
    bad("SFN-TASK-TIMEOUT", "one of two", of_states({"First": ENDING, "Second": LASTING})),
    bad("SFN-TASK-TIMEOUT", "in a branch", machine(Type="Parallel", Branches=[inner(ENDING), inner(LASTING)])),
    bad("SFN-TASK-TIMEOUT", "in a map", machine(Type="Map", ItemProcessor=inner(LASTING))),
    bad("SFN-TASK-TIMEOUT", "in an older map", machine(Type="Map", Iterator=inner(LASTING))),
    bad("SFN-TASK-TIMEOUT", "a heartbeat only", machine(**LASTING, HeartbeatSeconds=60)),
    bad("SFN-TASK-TIMEOUT", "three years", machine(**LASTING, TimeoutSeconds=99_999_999)),
    bad("SFN-TASK-TIMEOUT", "no definition", make(MACHINE, definition="[]")),
    good("SFN-TASK-TIMEOUT", "seconds", machine(**ENDING)),
    good("SFN-TASK-TIMEOUT", "from the input", machine(**LASTING, TimeoutSecondsPath="$.timeout")),
    good("SFN-TASK-TIMEOUT", "an expression", machine(**LASTING, TimeoutSeconds="{% $states.input.timeout %}")),
    good("SFN-TASK-TIMEOUT", "no task", machine(Type="Wait", Seconds=60, Next="Done")),
    good("SFN-TASK-TIMEOUT", "in a map", machine(Type="Map", ItemProcessor=inner(ENDING))),
    bad("SFN-HTTP-TLS", "plain HTTP", machine(**ENDING, Parameters={"ApiEndpoint": "http://api.example.com"})),
    bad(
        "SFN-HTTP-TLS",
        "in a map",
        machine(Type="Map", ItemProcessor=inner({**ENDING, "Arguments": {"ApiEndpoint": "HTTP://api.example.com"}})),
    ),
    good("SFN-HTTP-TLS", "TLS", machine(**ENDING, Parameters={"ApiEndpoint": "https://api.example.com"})),
    good("SFN-HTTP-TLS", "an API of ours", machine(**ENDING, Parameters={"ApiEndpoint": "a1.execute-api.example.com"})),
    bad("SFN-SECRET-IN-DEFINITION", "a password", machine(**ENDING, Parameters={"Password": "hunter2!x"})),
    bad(
        "SFN-SECRET-IN-DEFINITION",
        "a token, inside",
        machine(Type="Map", ItemProcessor=inner({**ENDING, "Arguments": {"x": "ghp_" + "a" * 36}})),
    ),
    bad("SFN-SECRET-IN-DEFINITION", "a container's variable", machine(**ENDING, Parameters=overrides("Value"))),
    good(
        "SFN-SECRET-IN-DEFINITION", "a container's variable by path", machine(**ENDING, Parameters=overrides("Value.$"))
    ),
    good("SFN-SECRET-IN-DEFINITION", "a path", machine(**ENDING, Parameters={"TaskToken.$": "$$.Task.Token"})),
    good(
        "SFN-SECRET-IN-DEFINITION",
        "an expression",
        machine(**ENDING, Arguments={"Token": "{% $states.context.Task.Token %}"}),
    ),
    good("SFN-SECRET-IN-DEFINITION", "a secret's name", machine(**ENDING, Parameters={"SecretId": "db/credentials"})),
]
