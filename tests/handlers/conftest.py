"""The emulated AWS for the handlers' tests: one process for all of them, on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from handlers.common import clients, settings
from tests.handlers.lake import Lake
from tests.handlers.packages import packages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from handlers.common.settings import Dataset

_STARTS_IN_SECONDS = 60
# Last, so that what the environment has comes first.
sys.path.append(str(packages_of("odk_export")))


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("emulator") / "log"
    environment = {**os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "LOG_LEVEL": "WARNING"}
    with log.open("w") as output:
        process = subprocess.Popen([sys.executable, "-m", "ministack"], env=environment, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    for cached in (clients.s3, clients.dynamodb, clients.sqs, settings.load):
        cached.cache_clear()
    yield
    for cached in (clients.s3, clients.dynamodb, clients.sqs, settings.load):
        cached.cache_clear()


@pytest.fixture
def make_lake(endpoint: str) -> Callable[..., Lake]:
    def make(*datasets: Dataset, versioned: bool = True) -> Lake:
        return Lake(endpoint, *datasets, versioned=versioned)

    return make


@pytest.fixture
def lake(make_lake: Callable[..., Lake]) -> Lake:
    return make_lake()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTS_IN_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the emulator ended while starting"
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    pytest.fail("the emulator did not start")
