"""One API and its portal, really deployed to an emulated AWS of their own, for the tests that call them."""

import gc
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.aws import Clients
from local.emulator.lifecycle import Emulator
from local.stage.demo_user import DemoUser, demo_user
from local.workspace import Workspace

from ..api_stage import LOADER, READER, Answer, Browser, Call, Stage, ask, deployed, machine_token
from ..provider_stage import REGION


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with deployed(tmp_path_factory.mktemp("api"), "datasets-called") as made:
        yield made
    gc.collect()


@pytest.fixture(scope="session")
def emulator(stage: Stage) -> Emulator:
    return stage.emulator


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Clients:
    return Clients(emulator.endpoint, REGION)


@pytest.fixture(scope="session")
def outputs(stage: Stage) -> dict[str, Any]:
    return stage.outputs


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="session")
def user(outputs: dict[str, Any], clients: Clients, workspace: Workspace) -> DemoUser:
    return demo_user(clients, workspace, outputs["user_pool_id"])


@pytest.fixture
def browser(emulator: Emulator, outputs: dict[str, Any]) -> Browser:
    return Browser(emulator.endpoint, outputs["portal_client_id"])


@pytest.fixture(scope="session")
def tokens(emulator: Emulator, outputs: dict[str, Any]) -> dict[str, str]:
    return {
        machine.name: machine_token(emulator.endpoint, outputs, machine).document["access_token"]
        for machine in (READER, LOADER)
    }


@pytest.fixture(scope="session")
def call(outputs: dict[str, Any], tokens: dict[str, str]) -> Call:
    """Call the API with a machine's token, or another one."""

    def called(
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = tokens["loader"],
    ) -> Answer:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        kind = {"Content-Type": "application/json"} if body is not None else {}
        return ask(method, outputs["url"] + path, {**given, **kind, **(headers or {})}, body)

    return called
