"""How a state ends without success."""

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_NOT_IN_ALL = ("States.Runtime", "States.DataLimitExceeded")


class StateError(Exception):
    """An error name and a cause, as Retry, Catch and the execution see them."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


class Cancelled(Exception):  # noqa: N818 - no error: somebody wants the work to end
    """The execution was stopped, timed out, or a sibling branch failed."""


def matches(names: list[str], error: str) -> bool:
    """Say whether ErrorEquals names an error; the wildcards leave out what AWS says they do."""
    if error in names or (error == "States.HeartbeatTimeout" and "States.Timeout" in names):
        return True
    if "States.ALL" in names:
        return error not in _NOT_IN_ALL
    return "States.TaskFailed" in names and error not in (*_NOT_IN_ALL, "States.Timeout", "States.HeartbeatTimeout")
