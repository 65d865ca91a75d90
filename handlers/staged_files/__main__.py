"""Runs a program that knows files alone, in R for example: fetches what it reads, and puts what it writes.

    python -m handlers.staged_files --get ZONE:PREFIX --put ZONE:PREFIX -- PROGRAM [ARGUMENT ...]

The program finds what lies under the first prefix in the folder INPUT_FOLDER, and writes into OUTPUT_FOLDER. Only when
it has ended well, all of that is put under the second prefix; otherwise nothing is, and the task ends with its code.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from boto3.s3.transfer import TransferConfig

from ..common import clients
from ..common.tasks import TaskRefusedError, load_settings, run_task
from ..common.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..common.settings import Settings

NOT_FOUND = 127
# The most that one call puts; larger files go in parts, which takes more permissions.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
WHOLE_BYTES = 5 * 1024**3


@dataclass(frozen=True)
class Place:
    """A prefix of a zone's bucket."""

    bucket: str
    prefix: str


def main() -> None:
    """Fetch, run, put; ends the process with the program's exit code where that is not 0."""
    given = _arguments(sys.argv[1:])
    known = load_settings()
    source, target = place(given.get, known), place(given.put, known)
    program = shutil.which(given.program[0])
    if program is None:
        logger.error("there is no program %s in this image", given.program[0])
        sys.exit(NOT_FOUND)
    with tempfile.TemporaryDirectory() as scratch:
        inputs, outputs = Path(scratch, "in"), Path(scratch, "out")
        outputs.mkdir()
        fetched = fetch(source, inputs)
        folders = {"INPUT_FOLDER": str(inputs), "OUTPUT_FOLDER": str(outputs)}
        code = subprocess.run([program, *given.program[1:]], env={**os.environ, **folders}, check=False).returncode
        if code:
            logger.error("%s ended with exit code %s: nothing is put", " ".join(given.program), code)
            sys.exit(code if code > 0 else 128 - code)
        logger.info("Staged files", extra={"fetched": fetched, "put": put(outputs, target)})


def place(text: str, known: Settings) -> Place:
    """Return what `zone:prefix/` means; raises TaskRefusedError naming the zones there are."""
    zone, _, prefix = text.partition(":")
    if zone not in known.zones or not prefix.endswith("/"):
        message = f"{text!r}: write zone:prefix/, the zone one of {', '.join(sorted(known.zones))}"
        raise TaskRefusedError(message)
    return Place(known.zones[zone].bucket, prefix)


def fetch(source: Place, folder: Path) -> int:
    """Download all objects under the prefix, in folders as their keys have them; returns how many."""
    s3, count = clients.s3(), 0
    folder.mkdir()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=source.prefix):
        for each in page.get("Contents", []):
            inside = PurePosixPath(each["Key"].removeprefix(source.prefix))
            if each["Key"].endswith("/"):
                continue
            if ".." in inside.parts or inside.is_absolute():
                message = f"the key {each['Key']!r} would lie outside the input folder: rename the object"
                raise TaskRefusedError(message)
            file = folder / inside
            file.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(source.bucket, each["Key"], str(file))
            count += 1
    return count


def put(folder: Path, target: Place) -> int:
    """Upload all files of a folder, each whole where S3 takes it so; returns how many."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    whole = TransferConfig(multipart_threshold=WHOLE_BYTES)
    for file in files:
        key = target.prefix + file.relative_to(folder).as_posix()
        clients.s3().upload_file(str(file), target.bucket, key, Config=whole)
    return len(files)


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m handlers.staged_files")
    parser.add_argument("--get", required=True, metavar="ZONE:PREFIX")
    parser.add_argument("--put", required=True, metavar="ZONE:PREFIX")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(words)


if __name__ == "__main__":
    run_task(main)
