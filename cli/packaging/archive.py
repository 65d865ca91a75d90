"""Zip archives whose bytes depend on nothing but the names and contents of the files in them.

No clock, time zone, umask, user or order of a folder shows in them. (The compressed bytes are those of the zlib
at hand.)
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import BuildError

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time the zip format can say."""
UNIX = 3
HASH_LETTERS = 12
TAG_LETTERS = 20


@dataclass(frozen=True)
class Entry:
    """One file of an archive."""

    content: bytes
    executable: bool = False


@dataclass(frozen=True)
class Archive:
    """A finished archive: its bytes' hash and its sizes."""

    sha256: str
    bytes: int
    unpacked_bytes: int

    def file_name(self, stem: str) -> str:
        """Name the file by its content, so that another content is another file."""
        return f"{stem}-{self.sha256[:HASH_LETTERS]}.zip"


def pack(entries: Mapping[str, Entry]) -> tuple[bytes, Archive]:
    """Zip the entries, sorted by path; give the bytes and what there is to say of them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(entries):
            entry = entries[path]
            info = zipfile.ZipInfo(path, FIRST_MOMENT)
            info.create_system = UNIX
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if entry.executable else 0o100644) << 16
            archive.writestr(info, entry.content)
    data = buffer.getvalue()
    unpacked = sum(len(entry.content) for entry in entries.values())
    return data, Archive(hashlib.sha256(data).hexdigest(), len(data), unpacked)


def content_tag(entries: Mapping[str, Entry]) -> str:
    """Return what tells these files from all others, however they are compressed: the tag of an image built of them."""
    digest = hashlib.sha256()
    for path in sorted(entries):
        entry = entries[path]
        digest.update(f"{path}\0{int(entry.executable)}\0{len(entry.content)}\0".encode())
        digest.update(entry.content)
    return digest.hexdigest()[:TAG_LETTERS]


def files_below(folder: Path) -> Iterator[Path]:
    """Every plain file under a folder; a symbolic link is an error, since its target may differ between machines."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise BuildError(
                f"{path} is a symbolic link; archives hold plain files.", fix="Replace it by the file itself."
            )
        if path.is_file():
            yield path
