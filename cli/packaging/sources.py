"""The source files that a deployable or a container names, under the paths they have in their project."""

import re
from collections.abc import Sequence
from pathlib import Path

from .archive import Entry, files_below
from .declarations import Deployable
from .errors import BuildError

NEVER_SHIPPED = re.compile(r"(^|/)(\.|__pycache__/|tests?/)|\.(pyc|md)$|~$")
"""Caches, hidden files, tests and documentation: a handler never reads them."""


def collect_sources(name: str, root: Path, deployable: Deployable) -> dict[str, Entry]:
    """Read the files of a deployable; a missing one, or an entry that is not among them, is an error."""
    entries = read_sources(f"deployable {name!r}", root, deployable.sources)
    module = deployable.entry.rpartition(".")[0].replace(".", "/")
    if not {f"{module}.py", f"{module}/__init__.py"} & entries.keys():
        raise BuildError(
            f"deployable {name!r}: its entry {deployable.entry!r} needs {module}.py, which its sources do not hold.",
            fix=f"Correct the entry, or add the folder to sources ({', '.join(deployable.sources)}).",
        )
    return entries


def read_sources(whose: str, root: Path, sources: Sequence[str]) -> dict[str, Entry]:
    """Read files and folders below `root`; one that is missing or outside is an error that says whose it is."""
    entries: dict[str, Entry] = {}
    for source in sources:
        path = root / source
        if ".." in Path(source).parts or Path(source).is_absolute():
            raise BuildError(f"{whose}: the source {source!r} lies outside {root}.", fix="Give a path inside it.")
        if not path.exists():
            raise BuildError(
                f"{whose}: the source {source!r} is not in {root}.", fix="Name a file or folder that is there."
            )
        for file in files_below(path) if path.is_dir() else [path]:
            inside = file.relative_to(root).as_posix()
            if not NEVER_SHIPPED.search(inside):
                entries[inside] = Entry(file.read_bytes())
    return entries
