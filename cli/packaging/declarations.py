"""What is to be built: the deployables and layers that Watershed ships, and those a project declares as its own.

Watershed's stand in `handlers/deployables.toml`. A project adds its own in `[tool.watershed]` of its pyproject.toml or
in a `deployables.toml` beside it. Both have the same tables, `deployables`, `layers` and `containers`. Paths start
at the folder of the pyproject.toml or deployables.toml; those of Watershed's own at the one that holds `handlers/`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .errors import BuildError

Target = Literal["aws", "host"]
TARGETS: tuple[Target, ...] = ("aws", "host")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""Of a deployable or layer: it becomes part of file names and of Lambda names."""

SHIPPED_ROOT = Path(__file__).resolve().parents[2]
"""Holds the `handlers` package: the checkout, or `site-packages/watershed`."""


class Deployable(BaseModel):
    """One function's code: what goes into its archive and what Lambda calls in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]
    """Module and function, as Lambda's handler setting: `handlers.ingest.app.handler`."""
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    """Files and folders, from the declaring file's folder; they keep these paths in the archive."""
    layers: tuple[Name, ...] = ()


class Layer(BaseModel):
    """Dependencies that several functions share: for each target a lock with hashes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    aws: str
    """Lock for Python 3.13 on arm64 Linux. A `# layer: <name>` line in it begins the part of one layer."""
    host: str
    """Lock for the machine that builds."""


class Container(BaseModel):
    """One container image: what `docker build` is given, and what the local stage runs instead of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dockerfile: str
    """Becomes `Dockerfile` of the build's folder."""
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    """Files and folders, as for a deployable; they keep these paths in the build's folder."""
    requirements: str | None = None
    """Lock of its Python packages for every platform, with hashes: becomes `requirements.txt` of the build's folder.
    `make lock` makes Watershed's own from the `.in` file beside each."""


class Declarations(BaseModel):
    """The content of one declaring file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    deployables: dict[Name, Deployable] = Field(default_factory=dict)
    layers: dict[Name, Layer] = Field(default_factory=dict)
    containers: dict[Name, Container] = Field(default_factory=dict)


@dataclass(frozen=True)
class Inventory:
    """All that is declared, each with the folder its paths start from."""

    deployables: Mapping[str, tuple[Path, Deployable]] = field(default_factory=dict)
    layers: Mapping[str, tuple[Path, Layer]] = field(default_factory=dict)
    containers: Mapping[str, tuple[Path, Container]] = field(default_factory=dict)


def take_inventory(project: Path) -> Inventory:
    """Read Watershed's declarations and the project's own; every problem is a `BuildError` that names the place."""
    inventory = _add(Inventory(), SHIPPED_ROOT, _read(SHIPPED_ROOT / "handlers" / "deployables.toml"))
    pyproject, own_file = project / "pyproject.toml", project / "deployables.toml"
    if pyproject.is_file():
        inventory = _add(inventory, project, _read(pyproject, "tool", "watershed"))
    if own_file.is_file():
        inventory = _add(inventory, project, _read(own_file))
    for name, (_, deployable) in inventory.deployables.items():
        for layer in deployable.layers:
            if layer not in inventory.layers:
                raise BuildError(
                    f"deployable {name!r} names the layer {layer!r}, which is not declared.",
                    fix=f"Declare it under layers, or name one of {', '.join(sorted(inventory.layers))}.",
                )
    return inventory


def _read(file: Path, *table: str) -> Declarations:
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"{file} cannot be read: {error}") from error
    for key in table:
        content = content.get(key, {})
    try:
        return Declarations.model_validate(content)
    except ValidationError as error:
        problems = (
            f"  {'.'.join([*table, *(str(part) for part in problem['loc'])])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise BuildError(f"{file} declares what cannot be built:\n" + "\n".join(problems)) from error


def _add(inventory: Inventory, root: Path, more: Declarations) -> Inventory:
    for kind, known, new in (
        ("deployable", inventory.deployables, more.deployables),
        ("layer", inventory.layers, more.layers),
        ("container", inventory.containers, more.containers),
    ):
        for name in new:
            if name in known:
                raise BuildError(
                    f"{kind} {name!r} is declared in {root} and in {known[name][0]}.",
                    fix="Choose another name for one.",
                )
    return Inventory(
        deployables={**inventory.deployables, **{name: (root, value) for name, value in more.deployables.items()}},
        layers={**inventory.layers, **{name: (root, value) for name, value in more.layers.items()}},
        containers={**inventory.containers, **{name: (root, value) for name, value in more.containers.items()}},
    )
