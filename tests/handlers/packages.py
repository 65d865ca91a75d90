"""The packages of a container, which the development environment does not have: installed as the host's build does."""

from __future__ import annotations

import zipfile
from pathlib import Path

from cli.packaging.layers import build_layer
from cli.packaging.platforms import platform_of

REPOSITORY = Path(__file__).resolve().parents[2]


def packages_of(container: str) -> Path:
    """Return the folder that Python finds them in, beside the environment's own."""
    lock = REPOSITORY / "handlers" / container / "requirements.txt"
    source, archive = build_layer(container, lock.read_text("utf-8"), platform_of("host"))
    folder = REPOSITORY / ".watershed" / "test-packages" / archive.sha256[:12]
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.{id(source)}")
        with zipfile.ZipFile(source) as content:
            content.extractall(partial)
        try:
            partial.rename(folder)
        except OSError:  # another worker was faster
            assert folder.is_dir()
    return folder / "python"
