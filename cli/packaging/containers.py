"""The archive of one container: the folder that `docker build` is given.

It holds the sources under their own paths, `Dockerfile`, and `requirements.txt` if there is one. The local stage runs
the same sources without an image, with the packages that are installed for this machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .archive import Archive, Entry, content_tag, pack
from .declarations import Container, Target
from .errors import BuildError
from .layers import build_layer, is_cached
from .platforms import Platform
from .sources import read_sources


@dataclass(frozen=True)
class BuiltContainer:
    """A container as the manifest describes it; `packages` are this machine's, for the local stage only."""

    name: str
    archive: Archive
    content: bytes
    tag: str
    """Of the image that is built of it."""
    packages: tuple[Archive, Path] | None = None


def build_container(
    name: str, root: Path, container: Container, target: Target, platform: Platform, report: Callable[[str], None]
) -> BuiltContainer:
    """Pack a container, and for the host install what its lock names."""
    entries = read_sources(f"container {name!r}", root, container.sources)
    entries["Dockerfile"] = Entry(_read(name, root / container.dockerfile))
    lock = None
    if container.requirements is not None:
        lock = _read(name, root / container.requirements)
        entries["requirements.txt"] = Entry(lock)
    data, archive = pack(entries)
    tag = content_tag(entries)
    if lock is None or target == "aws":
        return BuiltContainer(name, archive, data, tag)
    if not is_cached(lock.decode(), platform):
        report(f"container {name}: installing its packages for this machine")
    source, packages = build_layer(name, lock.decode(), platform)
    return BuiltContainer(name, archive, data, tag, (packages, source))


def _read(name: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BuildError(f"container {name!r}: {file} cannot be read: {error.strerror}.") from error
