"""What the provider's tests run against: the emulated AWS, the provider's process and the real engine, when needed."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pulumi import automation

ROOT = Path(__file__).parents[2]


@contextmanager
def emulated_aws(folder: Path) -> Iterator[str]:
    """An emulated AWS of the tests' own; yields its endpoint."""
    port = _free_port()
    environment = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MQTT_ENABLED": "0",
        "TMPDIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
    }
    with (folder / "ministack.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "ministack"], env=environment, stdout=log, stderr=log)
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def provider(*arguments: str, module: str = "local.provider") -> Iterator[int]:
    """The provider in a process of its own; yields its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)


def stack(
    folder: Path, program: Callable[[], None], port: int, config: dict[str, str] | None = None
) -> automation.Stack:
    """A stack of the real engine with an inline program, its state under `folder`."""
    backend = folder / "state"
    backend.mkdir(exist_ok=True)
    settings = automation.ProjectSettings(
        name="provider-test", runtime="python", backend=automation.ProjectBackend(url=backend.as_uri())
    )
    environment = {
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_HOME": str(folder / "home"),
    }
    made = automation.create_or_select_stack(
        stack_name="test",
        project_name="provider-test",
        program=program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(folder), project_settings=settings, env_vars=environment, secrets_provider="passphrase"
        ),
    )
    for key, value in {"aws:region": "us-east-1", **(config or {})}.items():
        made.set_config(key, automation.ConfigValue(value), path=":" in key and "." in key)
    return made


def engine_is_installed() -> bool:
    """Whether there is a `pulumi` to run; `make test` puts one on the PATH."""
    return shutil.which("pulumi") is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the emulated AWS ended before it answered"
        try:
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the emulated AWS did not answer within 60 s")
