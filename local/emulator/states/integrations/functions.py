"""Lambda functions as Tasks.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

import json
from collections.abc import Mapping
from typing import Any

from ..errors import StateError
from .api import Api
from .resources import Call, parse

_INVOKE = parse("arn:aws:states:::lambda:invoke")
_UNKNOWN = "Lambda.Unknown"
_TIMED_OUT = "Sandbox.Timedout"


def invoke(api: Api, arguments: Any) -> dict[str, Any]:
    """`lambda:invoke`: the function and its Payload."""
    if not isinstance(arguments, Mapping) or "FunctionName" not in arguments:
        raise StateError("States.Runtime", "lambda:invoke needs FunctionName.")
    request = {**arguments}
    if "Payload" in arguments:
        request["Payload"] = json.dumps(arguments["Payload"])
    answer = api.call(_INVOKE, request)
    return {**answer, "Payload": _payload(answer)}


def invoke_directly(api: Api, arn: str, given: Any) -> Any:
    """A function's ARN as the Resource: the state's input is the payload, the payload is the result."""
    call = Call(arn, "lambda", "invoke")
    return _payload(api.call(call, {"FunctionName": arn, "Payload": json.dumps(given)}))


def _payload(answer: Mapping[str, Any]) -> Any:
    text = answer.get("Payload") or "null"
    try:
        payload = json.loads(text)
    except ValueError:
        payload = text
    if not answer.get("FunctionError"):
        return payload
    told = payload if isinstance(payload, Mapping) else {}
    error = told.get("errorType") or _UNKNOWN
    if "Task timed out after" in str(told.get("errorMessage")):
        error = _TIMED_OUT
    raise StateError(str(error), json.dumps(payload))
