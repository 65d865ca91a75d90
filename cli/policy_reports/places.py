"""Where in a project a finding is shown: at the line that declares the resource, or at the stack's file."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .findings import EXEMPTION

PROGRAMS = (".py", ".ts", ".js", ".go", ".cs", ".java", ".yaml", ".yml")
# What the project did not write, or does not deploy.
_SKIPPED = {"node_modules", "venv", "__pycache__", "build", "dist", "bin", "obj", "tests"}
_LARGEST_FILE = 1_000_000


@dataclass(frozen=True)
class Place:
    """A line of a file, its path from the root of the repository."""

    file: str
    line: int
    declares: bool
    """Whether the resource is declared here; else this is the file of its stack."""


class Places:
    """The places of a project's resources, as far as its files tell them.

    The engine does not say where a resource was declared. A line is taken for the declaration if it is the only one
    that makes a resource of this type with this name as a literal.
    """

    def __init__(self, project: Path, stack: str) -> None:
        self._project = project.resolve()
        self._root = next((each for each in (self._project, *self._project.parents) if (each / ".git").exists()), None)
        self._stack_file = self._project / f"Pulumi.{stack}.yaml"

    def of(self, rule: str, urn: str) -> Place:
        """Return where a rule's finding about a resource is shown."""
        if rule == EXEMPTION:
            return Place(self._path(self._stack_file), _line_of(self._stack_file, "exemptions:"), declares=True)
        return self._declaration(urn) or Place(self._path(self._stack_file), 1, declares=False)

    def _declaration(self, urn: str) -> Place | None:
        if urn.count("::") < 3:
            return None
        kind, name = urn.split("::", 3)[2].rpartition("$")[2], re.escape(urn.split("::", 3)[3])
        made = re.compile(
            rf"\b(?:New)?{re.escape(kind.rpartition(':')[2])}(?:<[^>]*>)?\(\s*(?:ctx,\s*)?([\"'`]){name}\1"
        )
        listed = re.compile(
            rf"^ +([\"']?){name}\1:[^\S\n]*\n\s+type:\s*{re.escape(kind.partition(':')[0])}:", re.MULTILINE
        )
        found = [
            (file, text.count("\n", 0, match.start()) + 1)
            for file, text in self._programs.items()
            for match in (listed if file.suffix in (".yaml", ".yml") else made).finditer(text)
        ]
        return Place(self._path(found[0][0]), found[0][1], declares=True) if len(found) == 1 else None

    @cached_property
    def _programs(self) -> dict[Path, str]:
        return {file: file.read_text("utf-8", errors="replace") for file in sorted(_program_files(self._project))}

    def _path(self, file: Path) -> str:
        return file.relative_to(self._root or self._project).as_posix()


def _program_files(project: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(project):
        names[:] = [name for name in names if not name.startswith(".") and name not in _SKIPPED]
        for name in files:
            file = Path(folder, name)
            if file.suffix in PROGRAMS and file.stat().st_size <= _LARGEST_FILE:
                yield file


def _line_of(file: Path, text: str) -> int:
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)
