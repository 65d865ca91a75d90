"""Components that the engine asks the provider to construct, with no engine: what becomes of one that is given up."""

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, resource_pb2, resource_pb2_grpc

from local.provider.components import construct
from local.provider.values import to_struct

ARGUMENTS = {
    "cidrBlock": "10.0.0.0/16",
    "availabilityZoneNames": ["eu-central-1a"],
    "natGateways": {"strategy": "None"},
    "subnetStrategy": "Auto",
    "subnetSpecs": [{"type": "Isolated", "cidrBlocks": ["10.0.0.0/24"]}],
}


def serve(add: Callable[[Any], None]) -> tuple[Any, str]:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"


class Log(engine_pb2_grpc.EngineServicer):
    """The engine's log."""

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802 (the names are the protocol's)
        return empty_pb2.Empty()


class EndingEngine(resource_pb2_grpc.ResourceMonitorServicer):
    """An engine that takes the component and ends at the first of its children, its log first."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.log, self.log_address = serve(lambda server: engine_pb2_grpc.add_EngineServicer_to_server(Log(), server))

    def GetDeploymentInfo(self, request: Any, context: Any) -> resource_pb2.DeploymentInfo:  # noqa: N802
        return resource_pb2.DeploymentInfo()

    def SupportsFeature(self, request: Any, context: Any) -> resource_pb2.SupportsFeatureResponse:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)

    def RegisterResource(self, request: Any, context: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802
        if request.type == "awsx:ec2:Vpc":
            return resource_pb2.RegisterResourceResponse(urn="urn:pulumi:s::p::awsx:ec2:Vpc::net")
        self.log.stop(None).wait()
        self.ended.set()
        context.abort(grpc.StatusCode.UNAVAILABLE, "going")
        raise AssertionError("abort returned")

    def RegisterResourceOutputs(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802
        return empty_pb2.Empty()


class Call:
    """The engine's call as the provider sees it, which ends when the engine has given up."""

    def __init__(self) -> None:
        self.ended: list[Callable[[], None]] = []

    def add_callback(self, callback: Callable[[], None]) -> bool:
        self.ended.append(callback)
        return True


@pytest.fixture
def engine() -> Iterator[tuple[EndingEngine, str]]:
    made = EndingEngine()
    server, address = serve(lambda server: resource_pb2_grpc.add_ResourceMonitorServicer_to_server(made, server))
    yield made, address
    server.stop(None).wait()


def test_a_component_that_the_engine_gives_up_is_given_up_here_too(engine: tuple[EndingEngine, str]) -> None:
    ending, address = engine
    request = provider_pb2.ConstructRequest(
        type="awsx:ec2:Vpc", name="net", project="p", stack="s", monitorEndpoint=address, inputs=to_struct(ARGUMENTS)
    )
    call = Call()
    building = threading.Thread(target=lambda: construct(request, call, ending.log_address), daemon=True)
    building.start()
    assert ending.ended.wait(20)
    for told in call.ended:
        told()
    building.join(20)
    assert not building.is_alive()
