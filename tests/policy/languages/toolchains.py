"""What runs programs in TypeScript and YAML: fetched or built from their locks once, and kept outside the checkout."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.engine.build import cache_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LANGUAGES = Path(__file__).parent
YAML_HOST = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"


def typescript_modules() -> Path:
    """Return a folder whose `node_modules` are those of the TypeScript program's lock."""

    def install(folder: Path) -> None:
        run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")

    return kept(LANGUAGES / "typescript", ("package.json", "package-lock.json"), install)


def yaml_host() -> Path:
    """Return a folder that holds `pulumi-language-yaml`."""

    def build(folder: Path) -> None:
        run(folder, "go", "build", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", ".", YAML_HOST)

    return kept(LANGUAGES / "yaml", ("go.mod", "go.sum"), build)


def kept(locks: Path, names: tuple[str, ...], make: Callable[[Path], None]) -> Path:
    """Return the folder that `make` makes of the locks; a second process waits for the first."""
    digest = hashlib.sha256(b"".join((locks / name).read_bytes() for name in names)).hexdigest()[:12]
    folder = cache_root() / f"tests-{locks.name}-{digest}"
    cache_root().mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
                made = Path(temporary, "made")
                made.mkdir()
                for name in names:
                    shutil.copy(locks / name, made)
                make(made)
                made.rename(folder)  # the last step: what was broken off is never taken for finished
    return folder


def run(folder: Path, *command: str) -> None:
    assert shutil.which(command[0]), f"these tests need {command[0]}, which is not here"
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-buildvcs=false"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
