"""Chromium: the one on the PATH, else Debian's, fetched once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "watershed"
_UNPACKED = _CACHE / "chromium"
_HOW = "Install Chromium (Debian: apt-get install chromium), or put one on the PATH as `chromium`."


class NoChromiumError(RuntimeError):
    """There is none, and none could be fetched."""


def find_or_fetch() -> Path:
    """Return the path of Chromium: as root it is installed, else unpacked in the cache folder, by one process at once.

    Raises NoChromiumError, which says what failed and what to do.
    """
    if found := _find():
        return found
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _find():
            return found
        if not shutil.which("apt-get"):
            raise NoChromiumError(f"The portal's tests drive Chromium, which is not here. {_HOW}")
        if os.geteuid() == 0:
            _run("apt-get", "update")
            _run("apt-get", "install", "-y", "--no-install-recommends", "chromium")
        else:
            _unpack()
    if found := _find():
        return found
    raise NoChromiumError(f"Debian's chromium was fetched, and yet there is none. {_HOW}")


def _find() -> Path | None:
    on_path = next(filter(None, map(shutil.which, _NAMES)), None)
    unpacked = _UNPACKED / "usr/lib/chromium/chromium"
    return Path(on_path) if on_path else unpacked if unpacked.is_file() else None


def _unpack() -> None:
    """Unpack the package without root, and what it needs beside the libraries that are here."""
    with tempfile.TemporaryDirectory(dir=_CACHE) as name:
        folder = Path(name)
        _run("apt-get", "download", "chromium", "chromium-common", *_missing_libraries(), cwd=folder)
        made = folder / "made"
        for package in folder.glob("*.deb"):
            _run("dpkg", "-x", str(package), str(made))
        made.rename(_UNPACKED)


def _missing_libraries() -> list[str]:
    """Name the packages that an installation would bring along."""
    planned = _run("apt-get", "install", "--simulate", "--no-install-recommends", "chromium")
    names = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    return [name for name in names if name not in {"chromium", "chromium-common"}]


def environment(chromium: Path) -> dict[str, str]:
    """Return the environment to start it with: one that was unpacked finds its libraries beside it."""
    if not chromium.is_relative_to(_UNPACKED):
        return dict(os.environ)
    places = [str(path) for pattern in ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*") for path in _UNPACKED.glob(pattern)]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join([*places, os.environ.get("LD_LIBRARY_PATH", "")]).strip(":")}


def _run(*command: str, cwd: Path | None = None) -> str:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=quiet, check=False)
    if done.returncode:
        raise NoChromiumError(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]} {_HOW}")
    return done.stdout
