"""Components that the engine asks a provider to construct: their children are resources like the program's own.

The engine calls `Construct` at the same port as all else, under the name of the package that has the component.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, NoReturn

import grpc  # type: ignore[import-untyped]
from pulumi import Inputs, ResourceOptions
from pulumi.provider import ConstructResult, Provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2

from . import awsx_vpc
from .values import from_struct, plain

VERSION = "3.11.0"


class Components(Provider):
    """The components of `awsx` that there are here, built with the SDK's own machinery."""

    def __init__(self) -> None:
        super().__init__(VERSION)

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        """Build the component, whose arguments were checked."""
        made = awsx_vpc.Vpc(name, awsx_vpc.arguments(inputs), options)
        return ConstructResult(made.urn, made.outputs)


def construct(request: Any, context: Any, engine: str) -> provider_pb2.ConstructResponse:
    """Answer the engine at that address; what a real `awsx` would refuse, or this one does not know, is an error."""
    problem = _problem(request.type, plain(from_struct(request.inputs)))
    if problem:
        _refuse(context, f"{request.type} {request.name!r}: {problem}")
    try:
        # The servicer speaks asyncio, and the call has a thread of its own.
        return asyncio.run(_constructed(request, context, engine))
    except asyncio.CancelledError:
        return provider_pb2.ConstructResponse()  # nobody reads it any more


async def _constructed(request: Any, context: Any, engine: str) -> provider_pb2.ConstructResponse:
    """Build it, as long as the engine waits for it.

    When an engine has ended, the SDK fails to log the error of a child and leaves the child's outputs open for ever.
    """
    loop, building = asyncio.get_running_loop(), asyncio.current_task()

    def give_up() -> None:
        with contextlib.suppress(RuntimeError):  # it is finished, and its loop closed
            loop.call_soon_threadsafe(building.cancel)  # type: ignore[union-attr]

    if not context.add_callback(give_up):
        give_up()
    return await ProviderServicer(Components(), [], engine).Construct(request, context)


def _problem(kind: str, inputs: Mapping[str, Any]) -> str | None:
    if kind != awsx_vpc.TYPE:
        return f"the local stage knows the component {awsx_vpc.TYPE} of awsx and no other"
    return awsx_vpc.problem(inputs)


def _refuse(context: Any, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
    raise AssertionError("abort returned")
