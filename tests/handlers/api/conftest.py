"""The emulated AWS of the API's tests: the local stage's, which checks permissions and signatures, and runs queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.emulator import lifecycle
from local.workspace import Workspace
from tests.handlers.api.stage import LEDGER, ORDERS, Stage
from tests.handlers.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    workspace = Workspace(tmp_path_factory.mktemp("api"))
    try:
        yield lifecycle.start(workspace, 0, region="us-east-1").endpoint
    finally:
        lifecycle.stop(workspace)


@pytest.fixture
def make_stage(endpoint: str, credentials: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Stage]:
    def make(**options: object) -> Stage:
        return Stage(Lake(endpoint, ORDERS, LEDGER), monkeypatch, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="module")
def shared(endpoint: str) -> Iterator[Stage]:
    """A stage for tests of one file that leave it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint,
        }.items():
            patch.setenv(name, value)
        yield Stage(Lake(endpoint, ORDERS, LEDGER), patch)


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()
