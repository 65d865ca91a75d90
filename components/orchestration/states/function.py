"""A Lambda function as a state."""

from ...compute import LambdaFunction
from ..compilation import Compilation, Place, State, merged, where
from ..expressions import expression, nested
from ..retries import retry
from ..stages import LambdaStage


def lambda_states(stage: LambdaStage, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the state that invokes the stage's function."""
    function = compilation.component(stage.function, LambdaFunction, where(stage))
    allow_invoking(function, compilation)
    return {
        stage.name: {
            "Type": "Task",
            "Resource": compilation.integration("lambda:invoke"),
            "Arguments": {
                "FunctionName": compilation.values.mark(function.arn),
                "Payload": {
                    "run": expression("$run"),
                    "stage": stage.name,
                    "input": nested(stage.input, place.scope, f"{where(stage)}, input"),
                },
            },
            "TimeoutSeconds": stage.timeout,
            "Retry": retry("lambda", times=stage.retries, failures=stage.retry_failures),
            "Output": merged(stage.name, "$states.result.Payload"),
            "Next": place.then,
        }
    }


def allow_invoking(function: LambdaFunction, compilation: Compilation) -> None:
    """AWS Step Functions Developer Guide, "IAM policies for calling Lambda functions"."""
    compilation.allow(function.starting().statement)
