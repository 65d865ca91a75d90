"""Build the Pulumi CLI from its Go modules into a cache outside the checkout.

Needs the standard library and Go only, so that `make up` can run this file by its path, beside pip, before the
virtual environment exists. Two builds at once share one result (a lock), and a build that is killed leaves
nothing that a later one would take for finished (it is renamed into place as its last step).
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

MODULES = Path(__file__).resolve().parent
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
VERSION_VARIABLE = f"{SDK_MODULE}/go/common/version.Version"
POLICY_ANALYZER = "pulumi-analyzer-policy-python"
INSTALL = "curl -fsSL https://get.pulumi.com | sh    (or: brew install pulumi/tap/pulumi; see https://www.pulumi.com/docs/install/)"


class BuildError(Exception):
    """The CLI cannot be built; `fix` says what to do."""

    exit_code = 1

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def pinned_version() -> str:
    """The CLI's version as go.mod pins it, such as `3.200.0`."""
    found = re.search(rf"{re.escape(SDK_MODULE)} v(\S+)", (MODULES / "go.mod").read_text())
    if found is None:
        raise BuildError(f"{MODULES / 'go.mod'} does not require {SDK_MODULE}", fix="Restore the file from git.")
    return found[1]


def needed_go() -> tuple[int, ...]:
    """The Go release that go.mod asks for."""
    found = re.search(r"^go ([\d.]+)$", (MODULES / "go.mod").read_text(), re.MULTILINE)
    return _numbers(found[1]) if found else (1, 24)


def cache_root() -> Path:
    """Where built CLIs are kept, for every checkout of this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "watershed"


def cached_root() -> Path:
    """The folder of the CLI that these go.mod and go.sum give; it may not be built yet."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((MODULES / name).read_bytes())
    return cache_root() / f"pulumi-{pinned_version()}-{digest.hexdigest()[:12]}"


def is_built(root: Path) -> bool:
    """Whether a finished CLI and its policy analyzer lie in `root`."""
    return all(os.access(root / "bin" / name, os.X_OK) for name in ("pulumi", POLICY_ANALYZER))


def log_file(root: Path) -> Path:
    """What Go printed while building `root`."""
    return root.with_name(root.name + ".log")


def check_go() -> str:
    """Return the `go` to build with, or say what is missing."""
    go = shutil.which("go")
    if go is None:
        raise BuildError(
            "The local stage needs the `pulumi` CLI: there is none on the PATH, and no `go` to build it with.",
            fix=f"Install the CLI: {INSTALL}",
        )
    printed = _setting(go, "GOVERSION")
    needed = needed_go()
    # From 1.21 on, Go fetches the release that go.mod names, unless it is told to stay `local`.
    fetches = _numbers(printed) >= (1, 21) and not _setting(go, "GOTOOLCHAIN").startswith("local")
    if _numbers(printed) < needed and not fetches:
        raise BuildError(
            f"Building the `pulumi` CLI needs Go {'.'.join(map(str, needed))}; {go} is {printed or 'not working'}.",
            fix=f"Update Go (https://go.dev/dl/), or install the CLI: {INSTALL}",
        )
    return go


def build() -> Path:
    """Build the CLI unless it is in the cache; wait for a build that is under way. Returns its root folder."""
    root = cached_root()
    if is_built(root):
        return root
    with _build_lock(root):
        if not is_built(root):
            _build_into(root, check_go())
    return root


def is_building(root: Path) -> bool:
    """Whether some process builds `root` now."""
    try:
        with _build_lock(root, wait=False):
            return False
    except BlockingIOError:
        return True


def _build_into(root: Path, go: str) -> None:
    log = log_file(root)
    for left in root.parent.glob(f".{root.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".{root.name}-", dir=root.parent) as folder, log.open("w") as output:
        binaries = Path(folder) / "bin"
        binaries.mkdir()
        modules = Path(folder) / "modules"
        modules.mkdir()
        for name in ("go.mod", "go.sum"):
            shutil.copy(MODULES / name, modules / name)
        flags = f"-s -w -X {VERSION_VARIABLE}=v{pinned_version()}"
        _run(
            go,
            modules,
            output,
            log,
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            flags,
            "-o",
            str(binaries / "pulumi"),
            CLI_PACKAGE,
        )
        sdk = _run(go, modules, None, log, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK_MODULE).strip()
        analyzer = binaries / POLICY_ANALYZER
        shutil.copyfile(Path(sdk) / "python" / "dist" / POLICY_ANALYZER, analyzer)
        analyzer.chmod(0o755)
        shutil.rmtree(modules)
        if root.exists():
            shutil.rmtree(root)
        Path(folder).chmod(0o755)
        Path(folder).rename(root)
        Path(folder).mkdir()  # for the context manager to remove


def _run(go: str, folder: Path, output: object, log: Path, *arguments: str) -> str:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-buildvcs=false"}
    done = subprocess.run(
        [go, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE if output is None else output,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT if output is not None else None,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(log.read_text().splitlines()[-15:])
        raise BuildError(
            f"`go {arguments[0]}` of the Pulumi CLI failed; the end of {log}:\n{tail}",
            fix=f"If Go cannot reach its module proxy, set GOPROXY; or install the CLI: {INSTALL}",
        )
    return str(done.stdout or "")


@contextlib.contextmanager
def _build_lock(root: Path, *, wait: bool = True) -> Iterator[None]:
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_name(root.name + ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _setting(go: str, name: str) -> str:
    return subprocess.run([go, "env", name], capture_output=True, text=True, check=False).stdout.strip()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("-")[0])[:3])


def main() -> int:
    """Build when there is no CLI on the PATH; print the CLI's folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unless-on-path", action="store_true", help="do nothing if there is a `pulumi` on the PATH")
    arguments = parser.parse_args()
    if arguments.unless_on_path and shutil.which("pulumi"):
        return 0
    try:
        sys.stdout.write(f"{build() / 'bin'}\n")
    except BuildError as error:
        sys.stderr.write(f"{error.message}\n{error.fix}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
