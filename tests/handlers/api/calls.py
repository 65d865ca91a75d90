"""AWS calls of the API's clients: counted, and refused as a service that is too busy, or says why, refuses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.api.stage import Stage

_THROTTLED = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
    "athena": "TooManyRequestsException",
    "glue": "ThrottlingException",
}


class _Body:
    """What an HTTP connection would give."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> list[bytes]:
        return [self._content]


class Calls:
    """Hooks into the clients of a stage. `made`: the operations called so far, without repetitions by the SDK."""

    def __init__(self, stage: Stage, *services: str) -> None:
        self.made: list[str] = []
        self.sent = 0
        self._refuses: Callable[[int, str], bool] = lambda _number, _name: False
        self._error: str | None = None
        for service in services or ("dynamodb", "glue", "athena"):
            client: Any = getattr(stage.platform.services, service)
            client.meta.events.register(f"before-call.{service}", self._called)
            client.meta.events.register(f"before-send.{service}", self._sent_to(service))

    def refuse(self, refuses: Callable[[int, str], bool], error: str | None = None) -> None:
        """Refuse the calls from now on of which `refuses(number, operation)` is true, however often they are sent.

        They are throttled, or refused by the error of a name.
        """
        self.clear()
        self._refuses, self._error = refuses, error

    def clear(self) -> None:
        """Begin to count anew, and refuse nothing."""
        self.made, self.sent = [], 0
        self._refuses = lambda _number, _name: False

    def count(self, *names: str) -> int:
        return sum(name in names for name in self.made)

    def _called(self, model: Any, **_: Any) -> None:
        self.made.append(model.name)

    def _sent_to(self, service: str) -> Callable[..., AWSResponse | None]:
        def sent(request: Any, **_: Any) -> AWSResponse | None:
            self.sent += 1
            if not self._refuses(len(self.made), self.made[-1]):
                return None
            told = {"__type": self._error or _THROTTLED[service], "message": self._error or "Rate exceeded"}
            body = json.dumps(told).encode()
            headers: Any = {"x-amzn-requestid": "refused", "content-type": "application/x-amz-json-1.0"}
            return AWSResponse(request.url, 400, headers, _Body(body))

        return sent
