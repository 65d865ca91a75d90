"""The code that a container task runs locally: the built folder of the declared container that holds its command.

A task names an image, and there is no Docker here to run one. `watershed build --target host` packs the sources of each
declared container (`[containers.…]` in deployables.toml) and its dependencies; this module unpacks them, once each.
A task whose command names nothing that was built, such as `sh -c …`, runs in an empty folder.
"""

import json
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Code:
    """Where a task runs, and where Python finds what it imports."""

    folder: Path
    search_path: tuple[Path, ...]


class BuiltContainers:
    """What the manifest of the host's build lists, unpacked as it is asked for."""

    def __init__(self, manifest: Path, unpacked: Path) -> None:
        self._manifest = manifest
        self._unpacked = unpacked
        self._lock = threading.Lock()

    def code_for(self, image: str, command: Sequence[str]) -> Code:
        """Return the container whose name the image's repository ends with, or that holds what the command runs."""
        document = self._read()
        named = repository(image)
        containers: Mapping[str, Any] = document.get("containers", {})
        for name in sorted(containers, key=lambda each: not _is_name_of(each, named)):
            folder = self._folder(containers[name]["archive"])
            if _is_name_of(name, named) or holds(folder, command):
                packages = document.get("packages", {}).get(name)
                installed = (self._folder(packages["archive"]) / "python",) if packages else ()
                return Code(folder, (folder, *installed))
        empty = self._unpacked / "empty"
        empty.mkdir(parents=True, exist_ok=True)
        return Code(empty, (empty,))

    def _read(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = json.loads(self._manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _folder(self, archive: str) -> Path:
        """Unpack an archive unless it is: its name holds the hash of its content."""
        folder = self._unpacked / archive.removesuffix(".zip")
        with self._lock:
            if not folder.is_dir():
                partial = folder.with_suffix(".partial")
                with zipfile.ZipFile(self._manifest.parent / archive) as content:
                    content.extractall(partial)
                partial.replace(folder)
        return folder


def repository(image: str) -> str:
    """Return the last part of an image's repository: `odk-export` of `<registry>/lake/odk-export@sha256:…`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def holds(folder: Path, command: Sequence[str]) -> bool:
    """Say whether a folder holds the module or the script that a command runs."""
    for before, part in zip(("", *command), command, strict=False):
        if before == "-m":
            module = folder / part.replace(".", "/")
            return module.with_suffix(".py").is_file() or (module / "__main__.py").is_file()
        if not part.startswith("-") and "/" in part and not part.startswith("/"):
            return (folder / part).is_file()
    return False


def _is_name_of(name: str, repository_name: str) -> bool:
    return repository_name == name or repository_name.endswith(f"-{name}")
