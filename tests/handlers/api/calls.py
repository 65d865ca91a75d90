"""AWS calls of the API's clients: counted, refused as a busy service refuses them, or made and their answers lost."""

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
        self._members: dict[str, Any] = {}
        self._loses: Callable[[int, str], bool] = self._refuses
        for service in services or ("dynamodb", "glue", "athena"):
            client: Any = getattr(stage.platform.services, service)
            client.meta.events.register(f"before-call.{service}", self._called)
            client.meta.events.register(f"before-send.{service}", self._sent_to(service, client._endpoint.http_session))

    def refuse(self, refuses: Callable[[int, str], bool], error: str | None = None, **members: Any) -> None:
        """Refuse the calls from now on of which `refuses(number, operation)` is true, however often they are sent.

        They are throttled, or refused by the error of a name, with its members.
        """
        self.clear()
        self._refuses, self._error, self._members = refuses, error, members

    def lose(self, loses: Callable[[int, str], bool], *, for_good: bool) -> None:
        """Make the calls from now on of which `loses(number, operation)` is true, and answer that they failed.

        Once, so that the SDK's repetition is answered, or (`for_good`) whenever they are sent; beside what is refused.
        """
        lost: set[int] = set()

        def is_lost(number: int, name: str) -> bool:
            told = loses(number, name) and (for_good or number not in lost)
            lost.add(number)
            return told

        self._loses = is_lost

    def clear(self) -> None:
        """Begin to count anew, and refuse nothing."""
        self.made, self.sent = [], 0
        self._refuses = self._loses = lambda _number, _name: False

    def count(self, *names: str) -> int:
        return sum(name in names for name in self.made)

    def _called(self, model: Any, **_: Any) -> None:
        self.made.append(model.name)

    def _sent_to(self, service: str, connections: Any) -> Callable[..., AWSResponse | None]:
        def sent(request: Any, **_: Any) -> AWSResponse | None:
            self.sent += 1
            number, name = len(self.made), self.made[-1]
            if self._loses(number, name):
                connections.send(request)
                return _answer(request, 500, {"__type": "InternalServerError", "message": "The answer is lost"})
            if not self._refuses(number, name):
                return None
            told = {"__type": self._error or _THROTTLED[service], "message": self._error or "Rate exceeded"}
            return _answer(request, 400, told | self._members)

        return sent


def _answer(request: Any, status: int, told: dict[str, Any]) -> AWSResponse:
    headers: Any = {"x-amzn-requestid": "refused", "content-type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, _Body(json.dumps(told).encode()))
