"""Build all deployables, layers and containers for one target and write the manifest that `LambdaFunction` reads.

The manifest is replaced last, in one step: a build that fails or is killed leaves the former one valid. Archives are
named by their content and those of former builds stay for a day, since a deploy in progress may still read them.
"""

import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .archive import Archive, pack
from .containers import BuiltContainer, build_container
from .declarations import Inventory, Target, take_inventory
from .layers import build_layer, is_cached, replace_file
from .limits import check_archive, check_function
from .locks import lock_of
from .platforms import Platform, check_native_code, platform_of
from .sources import collect_sources

MANIFEST_VERSION = 1
FORMER_ARCHIVES_STAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class BuiltDeployable:
    """A deployable as the manifest describes it."""

    name: str
    archive: Archive
    entry: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Build:
    """What one build made, and where."""

    target: Target
    manifest: Path
    platform: Platform
    deployables: tuple[BuiltDeployable, ...]
    layers: dict[str, Archive]
    containers: tuple[BuiltContainer, ...] = ()

    def unpacked_bytes(self, deployable: BuiltDeployable) -> int:
        """Size of a function's code with its layers, as Lambda counts it."""
        return deployable.archive.unpacked_bytes + sum(self.layers[name].unpacked_bytes for name in deployable.layers)


def build_artifacts(
    target: Target, folder: Path, project: Path, report: Callable[[str], None] = lambda _: None
) -> Build:
    """Build into `folder` what Watershed and the project declare; `report` is told of each step that takes seconds."""
    inventory = take_inventory(project)
    platform = platform_of(target)
    folder.mkdir(parents=True, exist_ok=True)
    with _only_build_in(folder):
        layers = _build_layers(inventory, target, platform, folder, report)
        deployables = _build_deployables(inventory, platform, folder)
        for deployable in deployables:
            check_function(deployable.name, deployable.archive, [layers[name] for name in deployable.layers])
        containers = _build_containers(inventory, target, platform, folder, report)
        build = Build(target, folder / "manifest.json", platform, deployables, layers, containers)
        content = describe(build)
        replace_file(build.manifest, (json.dumps(content, indent=2, sort_keys=True) + "\n").encode())
        kinds = (content["deployables"], content["layers"], content["containers"], content["packages"])
        _remove_former(folder, kept={item["archive"] for kind in kinds for item in kind.values()})
    return build


def describe(build: Build) -> dict[str, Any]:
    """Give the manifest of a build."""
    return {
        "version": MANIFEST_VERSION,
        "target": build.target,
        "python": build.platform.python,
        "architecture": build.platform.architecture,
        "deployables": {
            each.name: {
                **_describe_archive(each.name, each.archive),
                "entry": each.entry,
                "layers": list(each.layers),
            }
            for each in build.deployables
        },
        "layers": {name: _describe_archive(f"layer-{name}", archive) for name, archive in build.layers.items()},
        "containers": {
            each.name: {**_describe_archive(f"container-{each.name}", each.archive), "tag": each.tag}
            for each in build.containers
        },
        "packages": {
            each.name: _describe_archive(f"packages-{each.name}", each.packages[0])
            for each in build.containers
            if each.packages
        },
    }


def _describe_archive(stem: str, archive: Archive) -> dict[str, Any]:
    return {
        "archive": archive.file_name(stem),
        "sha256": archive.sha256,
        "bytes": archive.bytes,
        "unpacked_bytes": archive.unpacked_bytes,
    }


@contextmanager
def _only_build_in(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_layers(
    inventory: Inventory, target: Target, platform: Platform, folder: Path, report: Callable[[str], None]
) -> dict[str, Archive]:
    wanted = {layer for _, deployable in inventory.deployables.values() for layer in deployable.layers}
    built: dict[str, Archive] = {}
    for name in sorted(wanted):
        root, layer = inventory.layers[name]
        lock = lock_of(name, root / (layer.aws if target == "aws" else layer.host))
        if not is_cached(lock, platform):
            report(f"layer {name} for {target}: installing Python {platform.python} {platform.architecture} wheels")
        source, archive = build_layer(name, lock, platform)
        check_archive(f"layer {name!r}", archive)
        _place(folder / archive.file_name(f"layer-{name}"), archive, source)
        built[name] = archive
    return built


def _build_deployables(inventory: Inventory, platform: Platform, folder: Path) -> tuple[BuiltDeployable, ...]:
    built = []
    for name, (root, deployable) in sorted(inventory.deployables.items()):
        entries = collect_sources(name, root, deployable)
        check_native_code(f"deployable {name!r}", entries, platform.architecture)
        data, archive = pack(entries)
        check_archive(f"deployable {name!r}", archive)
        _place(folder / archive.file_name(name), archive, data)
        built.append(BuiltDeployable(name, archive, deployable.entry, deployable.layers))
    return tuple(built)


def _build_containers(
    inventory: Inventory, target: Target, platform: Platform, folder: Path, report: Callable[[str], None]
) -> tuple[BuiltContainer, ...]:
    built = []
    for name, (root, container) in sorted(inventory.containers.items()):
        made = build_container(name, root, container, target, platform, report)
        _place(folder / made.archive.file_name(f"container-{name}"), made.archive, made.content)
        if made.packages:
            packages, source = made.packages
            _place(folder / packages.file_name(f"packages-{name}"), packages, source)
        built.append(made)
    return tuple(built)


def _place(file: Path, archive: Archive, content: Path | bytes) -> None:
    if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == archive.sha256:
        return
    replace_file(file, content.read_bytes() if isinstance(content, Path) else content)


def _remove_former(folder: Path, kept: set[str]) -> None:
    oldest = time.time() - FORMER_ARCHIVES_STAY_SECONDS
    for file in folder.glob("*.zip"):
        if file.name not in kept and file.stat().st_mtime < oldest:
            file.unlink()
    for leftover in folder.glob(".*.zip-*"):
        leftover.unlink()
