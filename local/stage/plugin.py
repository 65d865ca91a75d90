"""The `aws` provider that the engine talks to, in a process of its own while a command runs."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from .. import aws
from ..errors import StageError
from ..processes import STAGE_VARIABLE
from ..workspace import Workspace
from .settings import StackSettings

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


@contextlib.contextmanager
def serve_provider(
    workspace: Workspace, settings: StackSettings, endpoint: str | None, *, given: Path | None = None
) -> Iterator[int]:
    """Serve the provider for the emulator at `endpoint`, or offline for None; yields its port.

    Offline it may take what it does not know as the program gives it, and note that in the file `given`.
    """
    log = workspace.logs / "provider.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    target = ["--offline"] if endpoint is None else ["--endpoint", endpoint]
    target += [] if given is None else ["--take-as-given", str(given)]
    target += ["--account", settings.account, "--region", settings.region, "--directory", str(workspace.project)]
    environment = {
        **aws.environment(endpoint or "http://127.0.0.1:9", settings.region),
        STAGE_VARIABLE: str(workspace.root),
    }
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", __package__.rpartition(".")[0] + ".provider", *target],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Ctrl-C is for the engine to handle; the provider serves until the engine is done with it.
            start_new_session=True,
        ) as process,
    ):
        try:
            yield _read_port(process, log)
        finally:
            process.stdin.close()  # type: ignore[union-attr]
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _read_port(process: subprocess.Popen[str], log: Path) -> int:
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    reader.join(START_SECONDS)
    printed = lines[0].strip() if lines else ""
    if printed.isdigit():
        return int(printed)
    tail = "\n".join(log.read_text().splitlines()[-15:])
    raise StageError(
        f"The local `aws` provider did not start; it printed {printed!r}, and {log} ends:\n{tail}",
        fix="Start anew: make down, make up.",
    )
