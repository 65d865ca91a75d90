"""`watershed build`: handler archives, dependency layers and container folders, for AWS and for this machine."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .packaging import TARGETS, Build, Target, build_artifacts, describe

MIB = 1024 * 1024


class TargetChoice(StrEnum):
    """What `--target` takes."""

    AWS = "aws"
    HOST = "host"
    ALL = "all"


def build(
    target: Annotated[
        TargetChoice, typer.Option(help="aws: Python 3.13 on arm64; host: this machine.")
    ] = TargetChoice.ALL,
    output: Annotated[Path, typer.Option(help="Holds a folder for each target.")] = Path(".watershed/artifacts"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifests instead of tables.")] = False,
) -> None:
    """Build what is deployed: an archive for each handler and container, and the layers of dependencies.

    The project in this folder may declare its own in [tool.watershed] of its pyproject.toml. A container's archive is
    what `docker build` is given, unpacked.
    """
    wanted: tuple[Target, ...] = tuple(goal for goal in TARGETS if target in (TargetChoice.ALL, goal))
    with Console(stderr=True).status("Building") as status:
        builds = [build_artifacts(goal, output / goal, Path.cwd(), status.update) for goal in wanted]
    if as_json:
        print(json.dumps({each.target: describe(each) for each in builds}, indent=2, sort_keys=True))  # noqa: T201
        return
    console = Console()
    for each in builds:
        console.print(_table(each))


def _table(build: Build) -> Table:
    title = f"{build.target}: Python {build.platform.python}, {build.platform.architecture}"
    table = Table(title=title, caption=str(build.manifest), title_justify="left", caption_justify="left")
    table.add_column("deployable, layer or container")
    table.add_column("zipped", justify="right")
    table.add_column("unpacked with layers", justify="right")
    table.add_column("layers")
    table.add_column("sha256")
    for each in build.deployables:
        layers = ", ".join(each.layers)
        table.add_row(
            each.name, _size(each.archive.bytes), _size(build.unpacked_bytes(each)), layers, each.archive.sha256[:12]
        )
    for name, archive in build.layers.items():
        table.add_row(
            f"layer {name}", _size(archive.bytes), _size(archive.unpacked_bytes), "", archive.sha256[:12], style="dim"
        )
    for made in build.containers:
        packages = made.packages[0].unpacked_bytes if made.packages else 0
        unpacked = _size(made.archive.unpacked_bytes + packages)
        table.add_row(f"container {made.name}", _size(made.archive.bytes), unpacked, "", made.archive.sha256[:12])
    return table


def _size(count: int) -> str:
    return f"{count / MIB:.1f} MiB" if count >= MIB else f"{count / 1024:.1f} KiB"
