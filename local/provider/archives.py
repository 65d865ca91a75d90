"""The bytes of what a program deploys as a file or archive."""

import base64
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.model import Shape

from .codecs import Hints
from .forms import Codec, Problem
from .schema import PropertyType
from .values import UNKNOWN, Asset, Unknown, has_unknown

# A fixed date: the same files make the same archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class ArchiveCodec:
    """An archive as the bytes of a zip file."""

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The zip file's bytes."""
        return _encoded(value, path, problems, _zipped)

    def decode(self, value: Any) -> Any:
        """AWS does not give the bytes back."""
        return None


@dataclass(frozen=True)
class FileCodec:
    """A file's bytes."""

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The file's bytes."""
        return _encoded(value, path, problems, content)

    def decode(self, value: Any) -> Any:
        """A property that holds a file is not read back."""
        return None


@dataclass(frozen=True)
class Base64Codec:
    """Bytes that the program spells in base64."""

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The bytes."""
        return value if isinstance(value, Unknown) else base64.b64decode(value)

    def decode(self, value: Any) -> Any:
        """Not read back."""
        return None


def archive_codec(kind: PropertyType, shape: Shape, hints: Hints) -> Codec:
    """For `code` properties."""
    return ArchiveCodec()


def file_codec(kind: PropertyType, shape: Shape, hints: Hints) -> Codec:
    """For `source` properties."""
    return FileCodec()


def base64_codec(kind: PropertyType, shape: Shape, hints: Hints) -> Codec:
    """For `contentBase64` properties."""
    return Base64Codec()


def content(asset: Asset) -> bytes:
    """The bytes of a file asset, or of an archive as a zip file."""
    if asset.archive:
        return _zipped(asset)
    if "text" in asset.fields:
        return str(asset.fields["text"]).encode()
    return _file(asset).read_bytes()


def _encoded(value: Any, path: str, problems: list[Problem], read: Any) -> Any:
    if isinstance(value, Unknown) or has_unknown(value):
        return UNKNOWN
    if not isinstance(value, Asset):
        problems.append(Problem(path, f"is a {type(value).__name__}, but must be a pulumi asset or archive"))
        return value
    try:
        return read(value)
    except (OSError, ValueError) as error:
        problems.append(Problem(path, f"cannot be read: {error}"))
        return UNKNOWN


def _zipped(archive: Asset) -> bytes:
    if "path" in archive.fields and _file(archive).is_file():
        return _file(archive).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in sorted(_entries(archive)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            target.writestr(entry, data)
    return buffer.getvalue()


def _entries(archive: Asset) -> Iterator[tuple[str, bytes]]:
    if not archive.archive:
        raise ValueError("it is a single file, but must be an archive")
    if "path" in archive.fields:
        folder = _file(archive)
        if folder.is_file():
            with zipfile.ZipFile(folder) as source:
                yield from ((name, source.read(name)) for name in source.namelist() if not name.endswith("/"))
            return
        files = (file for file in folder.rglob("*") if file.is_file())
        yield from ((file.relative_to(folder).as_posix(), file.read_bytes()) for file in files)
        return
    for name, inner in (archive.fields.get("assets") or {}).items():
        if inner.archive:
            yield from ((f"{name}/{below}", data) for below, data in _entries(inner))
        else:
            yield name, content(inner)


def _file(asset: Asset) -> Path:
    if asset.fields.get("uri"):
        raise ValueError(f"{asset.fields['uri']} is remote; the local stage takes files of this machine only")
    path = Path(str(asset.fields.get("path", "")))
    if not asset.fields.get("path") or not path.exists():
        raise ValueError(f"there is no file {path.absolute()}")
    return path
