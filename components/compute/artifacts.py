"""The handler archives and layers that `watershed build` made."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

VARIABLE = "WATERSHED_ARTIFACTS"
_DEFAULT = Path(".watershed", "artifacts", "aws")
_FIX = "make it with `watershed build`"


@dataclass(frozen=True)
class Archive:
    """A zip file and the SHA-256 of its bytes, in hex."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Deployable:
    """A handler ready to deploy: its archive, the function to call, and the layers it imports."""

    archive: Archive
    entry: str
    layers: dict[str, Archive]


@dataclass(frozen=True)
class Container:
    """What an image is built of, and the tag of the image that is built of exactly that."""

    archive: Archive
    tag: str


@dataclass(frozen=True)
class Artifacts:
    """What one build made for one target: a Python version and an architecture."""

    folder: Path
    python: str
    architecture: str
    _manifest: dict[str, Any]

    @classmethod
    def find(cls, folder: Path | None = None) -> Self:
        """Read the manifest in `folder`; default the variable WATERSHED_ARTIFACTS, else `.watershed/artifacts/aws`.

        Raises FileNotFoundError, saying how to make it, where there is none.
        """
        folder = folder or Path(os.environ.get(VARIABLE) or _DEFAULT)
        path = folder / "manifest.json"
        if not path.is_file():
            raise FileNotFoundError(f"no handler archives in {folder}: {_FIX}")
        manifest = json.loads(path.read_text("utf-8"))
        return cls(folder, manifest["python"], manifest["architecture"], manifest)

    def deployable(self, name: str) -> Deployable:
        """Return a handler; raises KeyError naming those there are, FileNotFoundError where its archive is gone."""
        known: dict[str, Any] = self._manifest["deployables"]
        if name not in known:
            raise KeyError(
                f"no handler {name!r} among the archives in {self.folder} ({', '.join(sorted(known))}): {_FIX}"
            )
        entry = known[name]
        return Deployable(
            archive=self._archive(entry),
            entry=entry["entry"],
            layers={layer: self._archive(self._manifest["layers"][layer]) for layer in entry["layers"]},
        )

    def container(self, name: str) -> Container:
        """Return a container; raises KeyError naming those there are, FileNotFoundError where its archive is gone."""
        known: dict[str, Any] = self._manifest.get("containers", {})
        if name not in known:
            raise KeyError(f"no container {name!r} was built in {self.folder} ({', '.join(sorted(known))}): {_FIX}")
        return Container(self._archive(known[name]), known[name]["tag"])

    def _archive(self, entry: dict[str, Any]) -> Archive:
        path = self.folder / entry["archive"]
        if not path.is_file():
            raise FileNotFoundError(f"the archive {path} is gone: {_FIX}")
        return Archive(path, entry["sha256"])
