"""Locks of layers: requirements files with hashes, divided by `# layer: <name>` lines.

`python -m cli.packaging.locks` resolves Watershed's own anew, from `handlers/requirements.in` (`make lock` runs it).
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import uv

from .declarations import SHIPPED_ROOT, TARGETS, Target, take_inventory
from .errors import BuildError

HEADING = re.compile(r"^#\s*layer:\s*(\S+)\s*$")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==[^\s;\\]+(?:\s*;[^\\\n]+)?", re.MULTILINE)
"""A pinned package of a lock or of requirements, with its marker: the name is group 1."""
PROVIDED = re.compile(r"^#\s*provided:\s*(.+)$", re.MULTILINE)
AWS_PLATFORM = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13", "--only-binary", ":all:")
"""Lambda's python3.13 runs on Amazon Linux 2023, which has glibc 2.34, so wheels for 2.28 load."""


def lock_of(layer: str, file: Path) -> str:
    """Give the part of a lock that is for this layer: the whole file if it has no headings."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BuildError(
            f"layer {layer!r}: its lock {file} cannot be read: {error.strerror}.",
            fix="Make it: `uv pip compile --generate-hashes`.",
        ) from error
    parts = split_by_layer(text)
    if not parts:
        return text
    if layer not in parts:
        raise BuildError(
            f"layer {layer!r}: {file} has no part for it, only for {', '.join(parts)}.",
            fix=f"Add a line '# layer: {layer}' and its packages.",
        )
    return parts[layer]


def split_by_layer(text: str) -> dict[str, str]:
    """Divide a requirements file at its headings; comments go, so that rewording one rebuilds nothing."""
    parts: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if heading := HEADING.match(line):
            current = parts.setdefault(heading[1], [])
        elif line.strip() and not line.lstrip().startswith("#"):
            current.append(line.rstrip())
    return {layer: "\n".join(lines) + "\n" for layer, lines in parts.items()}


def resolve(requirements: Path, target: Target, constraints: Path) -> str:
    """Resolve every layer of a requirements.in for one target; what AWS's runtime provides is left out."""
    text = requirements.read_text(encoding="utf-8")
    provided = [f"--no-emit-package={name}" for names in PROVIDED.findall(text) for name in names.split()]
    platform = AWS_PLATFORM if target == "aws" else ("--universal", "--python-version", "3.11")
    made = [f"# Made by `make lock` from {requirements.name}, which says what each layer is for."]
    for layer, lines in split_by_layer(text).items():
        command = [uv.find_uv_bin(), "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--no-header"]
        command += [
            "--no-annotate",
            "--no-emit-find-links",
            *platform,
            *provided,
            "--constraint",
            str(constraints),
            "-",
        ]
        with tempfile.TemporaryDirectory() as elsewhere:
            done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, cwd=elsewhere)
        if done.returncode:
            raise BuildError(f"layer {layer!r} cannot be resolved for {target}:\n{done.stderr.strip()}")
        made += ["", f"# layer: {layer}", done.stdout.strip()]
    return "\n".join(made) + "\n"


def resolve_container(requirements: Path, constraints: Path) -> str:
    """Resolve a container's requirements for every platform and Python from 3.11 on: one lock for image and host.

    What the requirements pin themselves (`name==version`) goes before the versions that the project is developed with.
    """
    command = [uv.find_uv_bin(), "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--no-header"]
    command += ["--no-annotate", "--no-emit-find-links", "--universal", "--python-version", "3.11"]
    own = {pin[1] for pin in PIN.finditer(requirements.read_text(encoding="utf-8"))}
    pins = [pin[0] for pin in PIN.finditer(constraints.read_text(encoding="utf-8")) if pin[1] not in own]
    with tempfile.TemporaryDirectory() as folder:
        others = Path(folder, "constraints.txt")
        others.write_text("\n".join(pins) + "\n", encoding="utf-8")
        command += ["--constraint", str(others), str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{requirements} cannot be resolved:\n{done.stderr.strip()}")
    return f"# Made by `make lock` from {requirements.name}.\n{done.stdout}"


def main() -> None:
    """Resolve Watershed's own locks anew, with the versions that the development lock has."""
    handlers = SHIPPED_ROOT / "handlers"
    for target in TARGETS:
        made = resolve(handlers / "requirements.in", target, SHIPPED_ROOT / "requirements.txt")
        (handlers / f"requirements-{target}.txt").write_text(made, encoding="utf-8")
    for _, container in take_inventory(SHIPPED_ROOT).containers.values():
        if container.requirements is not None:
            lock = SHIPPED_ROOT / container.requirements
            made = resolve_container(lock.with_suffix(".in"), SHIPPED_ROOT / "requirements.txt")
            lock.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(f"Error: {error}")
