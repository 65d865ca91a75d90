"""One emulator for the tests that only talk to it."""

from collections.abc import Iterator

import pytest

from local.aws import Clients
from local.emulator import lifecycle
from local.workspace import Workspace


@pytest.fixture(scope="session")
def shared_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = Workspace(tmp_path_factory.mktemp("shared"))
    yield workspace
    lifecycle.stop(workspace)


@pytest.fixture(scope="session")
def emulator(shared_workspace: Workspace) -> lifecycle.Emulator:
    return lifecycle.start(shared_workspace, 0, region="eu-central-1")


@pytest.fixture(scope="session")
def clients(emulator: lifecycle.Emulator) -> Clients:
    return Clients(emulator.endpoint, "eu-central-1")
