"""The archive of one dependency layer: the wheels of a lock, installed for a platform and stripped.

Finished layers are kept in `${XDG_CACHE_HOME:-~/.cache}/watershed/layers`, named by everything that decides their
content, so that each is installed once on a machine.
"""

import hashlib
import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import uv

from .archive import Archive, Entry, files_below, pack
from .errors import BuildError
from .platforms import Platform, check_native_code

RECIPE = "1"
"""Raise it when this module makes other bytes of the same lock, to leave behind what the cache holds."""
NOT_NEEDED_AT_RUN_TIME = re.compile(
    r"(^|/)(__pycache__|tests?|[^/]+-stubs)/"  # own tests and type stubs
    r"|\.(pyc|pyi|pxd|pyx|c|h)$"
    r"|^(bin|include|share)/"  # command line programs, headers, manual pages
    r"|^\.lock$"
    r"|\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$"  # the installer's notes
)
CACHED_FOR_SECONDS = 60 * 24 * 3600
UNREACHABLE = ("error sending request", "dns error", "failed to fetch", "connection", "timed out", "network")


def build_layer(name: str, lock: str, platform: Platform) -> tuple[Path, Archive]:
    """Give the layer's archive from the cache, or install and pack it first."""
    zip_file, note = _cached_files(lock, platform)
    if (known := _cached(zip_file, note)) is not None:
        return zip_file, known
    data, archive = pack(_install(name, lock, platform))
    zip_file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(zip_file, data)
    replace_file(note, json.dumps(asdict(archive)).encode())
    _forget_old(zip_file.parent)
    return zip_file, archive


def is_cached(lock: str, platform: Platform) -> bool:
    """Say whether a build would find this layer finished."""
    return _cached_files(lock, platform)[1].is_file()


def cache_folder() -> Path:
    """Where finished layers are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "watershed" / "layers"


def replace_file(file: Path, data: bytes) -> None:
    """Write a file so that a reader sees the former content or the new one, never a part."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _cached_files(lock: str, platform: Platform) -> tuple[Path, Path]:
    key = hashlib.sha256("\0".join((RECIPE, platform.fingerprint, lock)).encode()).hexdigest()
    return cache_folder() / f"{key}.zip", cache_folder() / f"{key}.json"


def _cached(zip_file: Path, note: Path) -> Archive | None:
    try:
        archive = Archive(**json.loads(note.read_text(encoding="utf-8")))
        data = zip_file.read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    if hashlib.sha256(data).hexdigest() != archive.sha256:
        return None
    os.utime(note)
    return archive


def _forget_old(cache: Path) -> None:
    oldest = time.time() - CACHED_FOR_SECONDS
    for note in cache.glob("*.json"):
        if note.stat().st_mtime < oldest:
            note.unlink(missing_ok=True)
            note.with_suffix(".zip").unlink(missing_ok=True)


def _install(name: str, lock: str, platform: Platform) -> dict[str, Entry]:
    with tempfile.TemporaryDirectory(prefix="watershed-layer-") as scratch:
        requirements, installed = Path(scratch, "requirements.txt"), Path(scratch, "python")
        requirements.write_text(lock, encoding="utf-8")
        command = [
            uv.find_uv_bin(),
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--link-mode",
            "copy",
        ]
        command += [*platform.install_arguments, "--target", str(installed), "-r", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=scratch)
        if done.returncode:
            raise _refusal(name, done.stderr)
        entries: dict[str, Entry] = {}
        for file in files_below(installed):
            inside = file.relative_to(installed).as_posix()
            if not NOT_NEEDED_AT_RUN_TIME.search(inside):
                entries[f"python/{inside}"] = Entry(file.read_bytes(), executable=bool(file.stat().st_mode & 0o100))
    check_native_code(f"layer {name!r}", entries, platform.architecture)
    return entries


def _refusal(name: str, complaint: str) -> BuildError:
    text = complaint.lower()
    reason, fix = "its packages cannot be installed.", "Correct its lock."
    if "hash mismatch" in text or "hashes" in text:
        reason = (
            "a package does not match its lock: the index serves other bytes than were locked, or the lock has no hash."
        )
        fix = "Find out why before you trust it, then resolve the lock anew."
    elif "no wheels with a matching" in text or "no usable wheels" in text or "no solution found" in text:
        reason, fix = "a locked version has no wheel for this platform.", "Lock a version that has one."
    elif any(sign in text for sign in UNREACHABLE):
        reason = "the package index cannot be reached."
        fix = "Connect to the network, or set UV_DEFAULT_INDEX to a mirror of the index."
    return BuildError(f"layer {name!r}: {reason}\n{complaint.strip()}", fix=fix)
