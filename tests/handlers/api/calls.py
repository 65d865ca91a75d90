"""AWS calls of the API's clients: counted, and refused as a service that is too busy refuses them."""

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
        self._refused: set[int] = set()
        for service in services or ("dynamodb", "glue", "athena"):
            client: Any = getattr(stage.platform.services, service)
            client.meta.events.register(f"before-call.{service}", self._called)
            client.meta.events.register(f"before-send.{service}", self._sent_to(service))

    def refuse(self, refuses: Callable[[int, str], bool]) -> None:
        """Throttle the calls from now on of which `refuses(number, operation)` is true, however often they are sent."""
        self.clear()
        self._refuses = refuses

    def clear(self) -> None:
        """Begin to count anew, and refuse nothing."""
        self.made, self.sent, self._refused = [], 0, set()
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
            body = json.dumps({"__type": _THROTTLED[service], "message": "Rate exceeded"}).encode()
            headers: Any = {"x-amzn-requestid": "throttled", "content-type": "application/x-amz-json-1.0"}
            return AWSResponse(request.url, 400, headers, _Body(body))

        return sent
