"""A file into a data set: in parts that S3 checks, going on where an earlier attempt ended."""

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import urllib3

from ..errors import CommandError
from .client import Api

PART_BYTES = 64 * 1024**2
"""As the API divides files (handlers/api/uploads/bodies.py)."""
_CHUNK = 1024**2
_AT_ONCE = 3
_TRIES = 4
_OVER = ("committed", "quarantined", "removed", "aborted")
Tell = Callable[[str, int], None]
"""Called with what is being done, and how many more bytes of it are done."""


def upload(api: Api, dataset: str, file: Path, *, again: bool, tell: Tell) -> Any:
    """Upload a file, and return the upload when ingestion is through with it.

    The same file for the same data set goes on with the upload that was begun within a day, and is not sent twice;
    `again` begins anew. Raises CommandError for an empty file and what the API refuses.
    """
    size = file.stat().st_size
    if not size:
        raise CommandError(f"{file} is empty: there is nothing to upload.")
    sums = [_checksum(part, tell) for part in _parts(file, size)]
    key = None if again else hashlib.sha256("\n".join([dataset, file.name, str(size), *sums]).encode()).hexdigest()
    body = {"name": file.name, "size": size, "sha256": sums}
    begun = api.post("datasets", dataset, "uploads", body=body, key=key)
    where = ("datasets", dataset, "uploads", begun["id"])
    # What an earlier attempt got as an answer may be a day old.
    state = api.get(*where)
    if state["status"] == "pending":
        _send(api, where, file, state["parts"], tell)
        state = api.post(*where, "complete", body={})
    return _watched(api, where, state, tell)


def _send(api: Api, where: tuple[str, ...], file: Path, parts: list[Any], tell: Tell) -> None:
    def send(part: Any) -> None:
        if not part["is_uploaded"]:
            _send_part(api, where, file, part)
        tell("sending", part["size"])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(send, part) for part in parts]:
            done.result()


def _send_part(api: Api, where: tuple[str, ...], file: Path, part: Any) -> None:
    """PUT one part; its address may run out meanwhile, and its answer be lost."""
    for attempt in range(_TRIES):
        if part["is_uploaded"]:
            return
        if part["url"] is None:
            raise CommandError("The upload was completed or given up elsewhere.", fix="Begin anew: --again.")
        try:
            answer = api.pool.request(
                "PUT",
                part["url"],
                body=_portion(file, (part["number"] - 1) * PART_BYTES, part["size"]),
                headers={**part["headers"], "Content-Length": str(part["size"])},
                retries=False,
            )
            if answer.status < 300:
                return
            said = f"status {answer.status}"
        except urllib3.exceptions.HTTPError as error:
            said = str(error)
        time.sleep(2**attempt)
        part = api.get(*where)["parts"][part["number"] - 1]
    raise CommandError(f"Part {part['number']} does not arrive: {said}", fix="Run the same command again: it goes on.")


def _watched(api: Api, where: tuple[str, ...], state: Any, tell: Tell) -> Any:
    pause = 0.5
    while state["status"] not in _OVER:
        tell("ingesting", 0)
        time.sleep(pause)
        pause = min(pause * 1.5, 10)
        state = api.get(*where)
    return state


def _parts(file: Path, size: int) -> Iterator[tuple[Path, int, int]]:
    for start in range(0, size, PART_BYTES):
        yield file, start, min(PART_BYTES, size - start)


def _checksum(part: tuple[Path, int, int], tell: Tell) -> str:
    file, start, size = part
    made = hashlib.sha256()
    for chunk in _portion(file, start, size):
        made.update(chunk)
        size -= len(chunk)
        tell("checksum", len(chunk))
    if size:
        raise CommandError(f"{file} became shorter while it was read.", fix="Upload it when it is written.")
    return made.hexdigest()


def _portion(file: Path, start: int, size: int) -> Iterator[bytes]:
    with file.open("rb") as body:
        body.seek(start)
        while size and (chunk := body.read(min(_CHUNK, size))):
            size -= len(chunk)
            yield chunk
