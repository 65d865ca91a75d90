"""The files of the data set portal, as objects that a browser understands."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "portal"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""IANA media types; a browser that was told not to guess runs no script under another."""


@dataclass(frozen=True)
class PortalFile:
    """A file, its key, and what a browser is told that it is."""

    path: Path
    key: str
    content_type: str

    @property
    def digest(self) -> str:
        """The SHA-256 of its content, by which a deploy sees that it has changed."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def portal_files(folder: Path) -> Iterator[PortalFile]:
    """Yield the files of a folder in order, but notes for its authors (*.md) and what is hidden.

    Raises FileNotFoundError where there is no index.html, ValueError for a kind of file that has no media type here.
    """
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"portal: there is no index.html in {folder}")
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if not path.is_file() or path.suffix == ".md" or any(part.startswith(".") for part in place.parts):
            continue
        if path.suffix not in _TYPES:
            known = ", ".join(sorted(_TYPES))
            raise ValueError(f"portal: {place} has no known media type: give it one of the endings {known}")
        yield PortalFile(path, place.as_posix(), _TYPES[path.suffix])
