"""One provider for each instance that a program has, in one process: each has its own configuration.

The engine reaches every instance (the default provider, `aws.Provider("other", ...)`) at the same port, where it would
start a process for each otherwise. A call does not say which instance it is for, but each has a connection of its own.
"""

import threading
from collections.abc import Callable
from typing import Any

import grpc  # type: ignore[import-untyped]

from .server import AwsProvider

# What the engine asks before it configures an instance.
BEFORE_CONFIGURATION = frozenset(
    {"Attach", "Cancel", "CheckConfig", "DiffConfig", "GetMapping", "GetMappings", "GetPluginInfo", "GetSchema"}
    | {"Handshake", "Parameterize"}
)


class Instances:
    """Hands each call to the provider of the connection that it came by."""

    def __init__(self, make: Callable[[], AwsProvider]) -> None:
        self._make = make
        self._by_connection: dict[str, AwsProvider] = {}
        self._configured: set[str] = set()
        self._engines: dict[str, str] = {}
        self._lock = threading.Lock()

    def __getattr__(self, method: str) -> Callable[[Any, Any], Any]:
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda request, context: self._call(method, request, context)

    def _call(self, method: str, request: Any, context: Any) -> Any:
        connection = context.peer()
        with self._lock:
            provider = self._by_connection.get(connection) or self._make()
            self._by_connection[connection] = provider
            if method == "Configure":
                self._configured.add(connection)
            elif method == "Attach":
                self._engines[connection] = request.address
            elif connection not in self._configured and method not in BEFORE_CONFIGURATION:
                # With the wrong configuration it would go on in silence, without the tags or in another account.
                context.abort(grpc.StatusCode.UNAVAILABLE, "the connection to the aws provider was lost; run it again")
        if method == "Construct":
            from .components import construct  # pulumi_aws's resources, which most stacks have no component of

            return construct(request, context, self._engines.get(connection, ""))
        return getattr(provider, method)(request, context)
