"""One request to a service, with the names that state machines use for its parameters, answers and errors."""

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import StateError
from .resources import Call

# Services whose name in a Resource is not botocore's.
_CLIENTS = {"sfn": "stepfunctions", "states": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs"}

# How optimised integrations name their errors, and what they call one that the operation does not declare:
# https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html and the pages of the integrations.
_OPTIMISED = {
    "athena": ("Athena", "AmazonAthenaException"),
    "dynamodb": ("DynamoDB", "AmazonDynamoDBException"),
    "ecs": ("ECS", "AmazonECSException"),
    "events": ("EventBridge", "AmazonEventBridgeException"),
    "glue": ("Glue", "AWSGlueException"),
    "lambda": ("Lambda", "AWSLambdaException"),
    "sns": ("SNS", "AmazonSNSException"),
    "sqs": ("SQS", "AmazonSQSException"),
    "states": ("StepFunctions", "AWSStepFunctionsException"),
}
# https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
_SDK = {
    "athena": "Athena",
    "dynamodb": "DynamoDb",
    "ecs": "Ecs",
    "eventbridge": "EventBridge",
    "glue": "Glue",
    "lambda": "Lambda",
    "s3": "S3",
    "secretsmanager": "SecretsManager",
    "sfn": "Sfn",
    "sns": "Sns",
    "sqs": "Sqs",
}


class Api:
    """Makes requests with the credentials of one role."""

    def __init__(self, clients: Callable[[str], Any], region: str) -> None:
        self._clients = clients
        self.region = region

    def call(self, call: Call, arguments: Mapping[str, Any]) -> Any:
        """Make a Task's request; answers and errors are named as for this kind of integration."""
        return self.request(call, call.action, arguments)

    def request(self, call: Call, action: str, arguments: Mapping[str, Any]) -> Any:
        """Make any request of the service that a Task names."""
        client = self._clients(_CLIENTS.get(call.service, call.service))
        model = client.meta.service_model
        operation = next((name for name in model.operation_names if name.lower() == action.lower()), None)
        if operation is None:
            raise StateError("States.Runtime", f"{call.arn}: {call.service} has no action {action}.")
        shape = model.operation_model(operation)
        parameters = _members(arguments, shape.input_shape, f"{call.arn}: ")
        try:
            answer = client._make_api_call(operation, parameters)
        except ClientError as error:
            raise _refused(call, shape, error) from error
        except BotoCoreError as error:
            raise StateError("States.Runtime", f"{call.arn}: {error}") from error
        answer.pop("ResponseMetadata", None)
        return _named(answer, shape.output_shape, in_milliseconds=not call.is_sdk)


def error_name(call: Call, code: str, *, declared: bool) -> str:
    """Return an error of a service as Retry and Catch name it."""
    if call.is_sdk:
        prefix = _SDK.get(call.service, call.service.capitalize())
        return f"{prefix}.{code if code.endswith('Exception') or not declared else code + 'Exception'}"
    prefix, other = _OPTIMISED.get(call.service, (call.service.capitalize(), f"{call.service.capitalize()}Exception"))
    return f"{prefix}.{code if declared else other}"


def _refused(call: Call, operation: Any, error: ClientError) -> StateError:
    code = error.response["Error"]["Code"]
    metadata = error.response.get("ResponseMetadata", {})
    declared = code in {shape.name for shape in operation.error_shapes} or code == "ThrottlingException"
    if call.is_sdk and not declared:
        code, declared = f"{_SDK.get(call.service, call.service.capitalize())}Exception", True
    cause = (
        f"{error.response['Error'].get('Message', '')} (Service: {call.service_name}, "
        f"Status Code: {metadata.get('HTTPStatusCode')}, Request ID: {metadata.get('RequestId')})"
    )
    return StateError(error_name(call, code, declared=declared), cause)


def _members(value: Any, shape: Any, where: str) -> Any:
    """Return arguments under the names of the service's API: in state machines each begins with a capital."""
    if shape is None:
        return {}
    if shape.type_name == "structure" and isinstance(value, Mapping):
        known = {name.lower(): name for name in shape.members}
        found = {}
        for name, each in value.items():
            member = known.get(name.lower())
            if member is None:
                raise StateError("States.Runtime", f"{where}The field '{name}' is not supported by Step Functions")
            found[member] = _members(each, shape.members[member], where)
        return found
    if shape.type_name == "list" and isinstance(value, list):
        return [_members(each, shape.member, where) for each in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {name: _members(each, shape.value, where) for name, each in value.items()}
    if shape.type_name == "string" and isinstance(value, Mapping | list):
        # An optimised integration takes an object where the API takes its JSON: Message, MessageBody, Detail, Input.
        return json.dumps(value, separators=(",", ":"))
    if shape.type_name == "blob" and isinstance(value, str):
        return value.encode()
    return value


def _named(value: Any, shape: Any, *, in_milliseconds: bool) -> Any:
    """Return an answer as JSON, each member with a capital."""
    if shape is not None and shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            name[0].upper() + name[1:]: _named(each, shape.members[name], in_milliseconds=in_milliseconds)
            for name, each in value.items()
            if name in shape.members
        }
    if shape is not None and shape.type_name == "list" and isinstance(value, list):
        return [_named(each, shape.member, in_milliseconds=in_milliseconds) for each in value]
    if shape is not None and shape.type_name == "map" and isinstance(value, Mapping):
        return {name: _named(each, shape.value, in_milliseconds=in_milliseconds) for name, each in value.items()}
    if isinstance(value, datetime.datetime):
        # Optimised integrations give milliseconds, those of the SDK ISO-8601.
        return int(value.timestamp() * 1000) if in_milliseconds else value.astimezone(datetime.UTC).isoformat()
    if hasattr(value, "read"):
        value = value.read()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
