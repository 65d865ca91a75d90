"""Where functions work on files: a folder of their own on the temporary disk."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "watershed-work-"


@contextmanager
def work_folder() -> Iterator[Path]:
    """Give a folder on the function's temporary disk, and remove those that killed runs left behind.

    A run that was killed leaves its folder, which the next one in the same environment would find its disk full of.
    A lock tells which folders are still in use: several functions may share a disk outside Lambda.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _remove_if_unused(left)
    while True:
        with (
            tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name,
            Path(name, "lock").open("w") as lock,
        ):
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Before it was locked, another may have taken the folder for one left behind, and removed it.
            if os.fstat(lock.fileno()).st_nlink:
                yield Path(name)
                return


def _remove_if_unused(folder: Path) -> None:
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # in use, or just being made or removed by another
        return
