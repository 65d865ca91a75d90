"""What the Resource of a Task names."""

from dataclasses import dataclass

from ..errors import StateError

_OPTIMISED = "arn:aws:states:::"


@dataclass(frozen=True)
class Call:
    """A service, its action, and how long the state waits for it."""

    arn: str
    service: str
    action: str
    pattern: str = ""
    """Nothing, `sync`, `sync:2` or `waitForTaskToken`."""
    is_sdk: bool = False
    is_activity: bool = False

    @property
    def waits_for_job(self) -> bool:
        """Whether the state ends with the job rather than with the request."""
        return self.pattern.startswith("sync")

    @property
    def waits_for_token(self) -> bool:
        """Whether the state ends when its token comes back."""
        return self.pattern == "waitForTaskToken"

    @property
    def service_name(self) -> str:
        """The service as histories name it."""
        return f"aws-sdk:{self.service}" if self.is_sdk else self.service

    @property
    def action_name(self) -> str:
        """The action as histories name it."""
        return (f"{self.action}.{self.pattern}" if self.pattern else self.action) or self.arn


def parse(resource: str) -> Call:
    """Read a Resource."""
    if resource.startswith("arn:aws:lambda:"):
        return Call(resource, "lambda", "")
    if ":activity:" in resource:
        return Call(resource, "states", "", is_activity=True)
    if not resource.startswith(_OPTIMISED):
        raise StateError("States.Runtime", f"{resource} is no resource of a Task.")
    named, _, pattern = resource.removeprefix(_OPTIMISED).partition(".")
    service, _, action = named.removeprefix("aws-sdk:").partition(":")
    return Call(resource, service, action, pattern, is_sdk=named.startswith("aws-sdk:"))
