"""Find the Pulumi CLI, or have it built."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import StageError
from . import build

# The oldest CLI that knows everything this stage asks of it (PULUMI_SKIP_CHECKPOINTS was the last to come).
OLDEST = (3, 150, 0)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Engine:
    """A `pulumi` CLI: `root` holds `bin/pulumi`, and is empty for the one on the PATH."""

    version: str
    origin: str
    root: Path | None


def find_engine(progress: Progress = lambda _: None) -> Engine:
    """Return the CLI on the PATH, else the cached one, else build it, telling `progress` once a second."""
    on_path = shutil.which("pulumi")
    if on_path is not None:
        return Engine(version=_checked_version(on_path), origin=on_path, root=None)
    root = build.cached_root()
    if not build.is_built(root):
        _build_visibly(root, progress)
    return Engine(version=build.pinned_version(), origin=str(root / "bin" / "pulumi"), root=root)


def _checked_version(pulumi: str) -> str:
    done = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False)
    printed = done.stdout.strip().removeprefix("v")
    parts = printed.split("-")[0].split(".")
    if done.returncode or not all(part.isdigit() for part in parts):
        raise StageError(
            f"{pulumi} does not run: `pulumi version` gave {done.returncode}, {printed or done.stderr.strip()!r}.",
            fix=f"Install it anew: {build.INSTALL}",
        )
    if tuple(int(part) for part in parts) < OLDEST:
        raise StageError(
            f"{pulumi} is version {printed}; the local stage needs {'.'.join(map(str, OLDEST))} or newer.",
            fix=f"Update it: {build.INSTALL}\nOr take it off the PATH: the stage then builds its own (needs Go).",
        )
    return printed


def _build_visibly(root: Path, progress: Progress) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            build.build()
        except BaseException as error:
            failures.append(error)

    if not build.is_building(root):
        build.check_go()
    started = time.monotonic()
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        progress(
            f"building the Pulumi CLI {build.pinned_version()} from its Go modules "
            f"(once, about 2 minutes): {time.monotonic() - started:.0f} s"
        )
        thread.join(timeout=1)
    if failures:
        raise failures[0]
