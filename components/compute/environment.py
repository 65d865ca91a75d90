"""What Lambda accepts as a function's environment."""

import re
from collections.abc import Mapping

import pulumi

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
"""botocore lambda service model, EnvironmentVariableName."""

_RESERVED = re.compile(
    r"AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)"
    r"|AWS_LAMBDA_(FUNCTION_NAME|FUNCTION_MEMORY_SIZE|FUNCTION_VERSION|INITIALIZATION_TYPE|LOG_GROUP_NAME"
    r"|LOG_STREAM_NAME|RUNTIME_API)|LAMBDA_(TASK_ROOT|RUNTIME_DIR)"
)
"""AWS Lambda Developer Guide, "Defined runtime environment variables": those that a function cannot set."""

_BYTES = 4_096
"""AWS Lambda Developer Guide, "Lambda quotas": environment variables, in aggregate."""


def check_environment(function: str, variables: Mapping[str, pulumi.Input[str]]) -> Mapping[str, pulumi.Input[str]]:
    """Return the variables, or raise ValueError where Lambda would refuse a name or, once it is known, the size."""
    for name in variables:
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise ValueError(
                f"function {function}: Lambda refuses the environment variable {name!r}: use two or more letters, "
                "digits and underscores, a letter first, and no name that Lambda itself sets"
            )

    def check_size(values: Mapping[str, str]) -> None:
        size = sum(len(name.encode()) + len(value.encode()) for name, value in values.items())
        if size > _BYTES:
            raise ValueError(
                f"function {function}: its environment has {size:,} bytes, Lambda accepts {_BYTES:,}: put what is long "
                "into an object in S3, and its key into the environment"
            )

    pulumi.Output.all(**variables).apply(check_size)
    return variables
