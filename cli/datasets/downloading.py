"""A data set's files into a folder: each whole or marked as begun, going on where it ended."""

import functools
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import urllib3

from ..errors import CommandError
from .client import Api

_CHUNK = 1024**2
"""Bytes; of a connection that breaks off at most so many are fetched again."""
_TRIES = 4
_BEGUN = ".part"


def download(api: Api, dataset: str, folder: Path, tell: Callable[[str, int, int], None]) -> list[Path]:
    """Download all files of a data set, and return their paths; those that are there whole are not fetched again.

    `tell` is called with a file's name, how many more of its bytes are there, and its size.
    """
    prefix = api.get("datasets", dataset)["prefix"]
    done = []
    for file in api.pages("files", "datasets", dataset, "files"):
        path = _inside(folder, file["key"].removeprefix(prefix))
        if not (path.is_file() and path.stat().st_size == file["size"]):
            path.parent.mkdir(parents=True, exist_ok=True)
            told = functools.partial(_of_file, tell, file["key"], file["size"])
            fetch(api.pool, file["url"], path, file["size"], told)
        done.append(path)
    return done


def _of_file(tell: Callable[[str, int, int], None], name: str, size: int, more: int) -> None:
    tell(name, more, size)


def fetch(pool: urllib3.PoolManager, address: str, path: Path, size: int | None, tell: Callable[[int], None]) -> None:
    """Fetch one file, going on with what is there of it; it has its name when it is whole."""
    begun = path.with_name(path.name + _BEGUN)
    for _ in range(_TRIES):
        try:
            _append(pool, address, begun, size, tell)
        except urllib3.exceptions.HTTPError as error:
            said = str(error)
            continue
        if size is None or begun.stat().st_size == size:
            begun.replace(path)
            return
        said = f"{begun.stat().st_size} of {size} bytes came"
    raise CommandError(f"{path.name} does not arrive: {said}", fix="Run the same command again: it goes on.")


def _append(
    pool: urllib3.PoolManager, address: str, begun: Path, size: int | None, tell: Callable[[int], None]
) -> None:
    there = begun.stat().st_size if size is not None and begun.is_file() else 0
    if size is not None and there > size:
        there = 0
    if there and there == size:
        return
    headers = {"Range": f"bytes={there}-"} if there else {}
    answer = pool.request("GET", address, headers=headers, preload_content=False, redirect=False)
    try:
        if answer.status not in (200, 206):
            raise CommandError(
                f"{begun.stem} is refused with status {answer.status}.",
                fix="Run the same command again, with new addresses.",
            )
        appending = answer.status == 206
        with begun.open("ab" if appending else "wb") as file:
            tell(there if appending else 0)
            for chunk in answer.stream(_CHUNK):
                file.write(chunk)
                tell(len(chunk))
    finally:
        answer.release_conn()


def _inside(folder: Path, name: str) -> Path:
    """Return the place of a file, or raise CommandError for a name that leads out of the folder."""
    parts: tuple[Any, ...] = PurePosixPath(name).parts
    if not parts or any(part in ("..", "/") or "\\" in part for part in parts):
        raise CommandError(f"The file {name!r} would lie outside of {folder}: it is not downloaded.")
    return folder.joinpath(*parts)
