"""Which errors of a service are worth another try.

Sources: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" and "Best practices"
(the four of Lambda); the error names are the service's, with what botocore's service models call its exceptions;
`ECS.AmazonECSException` is RunTask without capacity (AWS re:Post, "Capacity is unavailable"), `AmazonECS.Unknown` a
RunTask that answered with failures and no task.
"""

from typing import Any

TRANSIENT: dict[str, tuple[str, ...]] = {
    "lambda": (
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ),
    "ecs": (
        "ECS.AmazonECSException",
        "ECS.SdkClientException",
        "ECS.ServerException",
        "ECS.ThrottlingException",
        "AmazonECS.Unknown",
    ),
    "glue": (
        "Glue.AWSGlueException",
        "Glue.SdkClientException",
        "Glue.ConcurrentRunsExceededException",
        "Glue.InternalServiceException",
        "Glue.OperationTimeoutException",
        "Glue.ResourceNumberLimitExceededException",
        "Glue.ThrottlingException",
    ),
    "athena": (
        "Athena.AmazonAthenaException",
        "Athena.SdkClientException",
        "Athena.InternalServerException",
        "Athena.TooManyRequestsException",
    ),
    "dynamodb": (
        "DynamoDB.AmazonDynamoDBException",
        "DynamoDB.SdkClientException",
        "DynamoDB.InternalServerErrorException",
        "DynamoDB.ProvisionedThroughputExceededException",
        "DynamoDB.RequestLimitExceededException",
        "DynamoDB.ThrottlingException",
    ),
    "s3": ("S3.S3Exception", "S3.SdkClientException"),
}
FAILED = "States.TaskFailed"

_FIRST_PAUSE = 5
_LONGEST_PAUSE = 300


def retry(service: str, *, times: int, failures: int = 0) -> list[dict[str, Any]]:
    """Return a state's `Retry`: pauses of 5, 10, 20, ... at most 300 seconds, each of random length up to that.

    `times` for the service's transient errors, `failures` for the work's own.
    """
    found = []
    if times:
        found.append(_retrier(TRANSIENT[service], times))
    if failures:
        found.append(_retrier((FAILED,), failures))
    return found


def _retrier(errors: tuple[str, ...], times: int) -> dict[str, Any]:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": _FIRST_PAUSE,
        "BackoffRate": 2,
        "MaxDelaySeconds": _LONGEST_PAUSE,
        "MaxAttempts": times,
        "JitterStrategy": "FULL",
    }
