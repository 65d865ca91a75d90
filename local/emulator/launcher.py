"""The emulator's process: ministack's application with our extensions, until its record file goes.

Started by `lifecycle.start` as `python -m local.emulator.launcher`; ministack takes its settings from the
environment while it is imported, so the environment comes first and the imports after it.
"""

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..processes import ProcessRecord
from .answers import Answer, with_answers

IDENTITY_PATH = "/_watershed"
WATCH_SECONDS = 1.0


def main() -> None:
    """Serve until told to stop, or until the record file no longer names this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--project", required=True)
    arguments = parser.parse_args()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from . import extensions

    extended = extensions.install(f"http://127.0.0.1:{arguments.port}")

    config = Config()
    config.bind = [f"127.0.0.1:{arguments.port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        _watch(arguments.record, lambda: loop.call_soon_threadsafe(stop.set))
        answers: dict[str, Answer] = {
            IDENTITY_PATH: lambda _: {"project": arguments.project, "pid": os.getpid()},
            **extended.answers,
        }
        served: Any = with_answers(extended.application, answers)
        await serve(served, config, shutdown_trigger=stop.wait)

    try:
        asyncio.run(run())
    finally:
        extended.end()
    # ministack's worker threads may still wait for functions; nothing of theirs outlives the emulator.
    sys.stdout.flush()
    os._exit(0)


def _watch(record: Path, stop: Callable[[], object]) -> None:
    """Stop when the record is gone or names another process: no emulator outlives its checkout."""

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(WATCH_SECONDS):
            found = ProcessRecord.read(record)
            if found is None or found.pid != os.getpid():
                stop()
                return

    threading.Thread(target=watch, daemon=True, name="record-watch").start()


if __name__ == "__main__":
    main()
