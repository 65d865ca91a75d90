"""What every container task is told of its run, and how it ends."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from . import settings
from .telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED = 2
"""The exit code of a task that cannot do its work as it is asked to; trying again would not help."""


class TaskRefusedError(Exception):
    """What is wrong, and how to put it right, in one line."""


@dataclass(frozen=True)
class TaskRun:
    """The run that a task is a stage of."""

    pipeline: str
    id: str
    date: date


def current_run() -> TaskRun:
    """Return what the stage put into the environment; raises TaskRefusedError outside of one."""
    try:
        return TaskRun(
            pipeline=os.environ["RUN_PIPELINE"],
            id=os.environ["RUN_ID"],
            date=date.fromisoformat(os.environ["RUN_DATE"]),
        )
    except (KeyError, ValueError) as error:
        message = f"this runs as a stage of a pipeline, which sets RUN_PIPELINE, RUN_ID and RUN_DATE: {error!r}"
        raise TaskRefusedError(message) from error


def load_settings() -> settings.Settings:
    """Return the settings document that the environment names; raises TaskRefusedError where it names none."""
    try:
        bucket, key = os.environ["SETTINGS_BUCKET"], os.environ["SETTINGS_KEY"]
    except KeyError as error:
        message = f"the environment lacks {error}: the job's SETTINGS_* say where zones and data sets are"
        raise TaskRefusedError(message) from error
    return settings.load(bucket, key, os.environ.get("SETTINGS_VERSION") or None)


def dataset(known: settings.Settings, name: str) -> settings.Dataset:
    """Return a data set; raises TaskRefusedError naming those there are."""
    found = next((each for each in known.datasets if each.id == name), None)
    if found is None:
        names = ", ".join(each.id for each in known.datasets) or "none"
        message = f"there is no data set {name!r} on this platform ({names})"
        raise TaskRefusedError(message)
    return found


def run_task(work: Callable[[], None]) -> None:
    """Do the work and end the process: what it refuses is one line of the log, without a traceback."""
    try:
        work()
    except TaskRefusedError as refused:
        logger.error("%s", refused)
        sys.exit(REFUSED)
