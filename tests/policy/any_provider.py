"""An `aws` provider that takes every resource as it is, so that any program can be run through the real engine.

`python -m tests.policy.any_provider` prints its port and serves until it is stopped.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent import futures
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2, json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc


class AnyProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Says yes to everything; a resource's id is its name, its outputs are its inputs."""

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 (the names are the protocol's)
        return plugin_pb2.PluginInfo(version="7.0.0")

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        same = request.old_inputs == request.news
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_NONE if same else kinds.DIFF_SOME)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        id_ = "" if request.preview else request.urn.rpartition("::")[2]
        return provider_pb2.CreateResponse(id=id_, properties=_answered(request.properties))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.UpdateResponse(properties=request.news)

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()


def _answered(properties: Any) -> Any:
    """Return outputs as AWS gives them: a policy given as an object comes back as JSON."""
    given = json_format.MessageToDict(properties)
    for name in ("policy", "assumeRolePolicy"):
        if isinstance(given.get(name), dict):
            given[name] = json.dumps(given[name])
    return json_format.ParseDict(given, struct_pb2.Struct())


def main() -> None:
    """Serve on a free port of 127.0.0.1."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AnyProvider(), server)
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
