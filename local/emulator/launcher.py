"""The emulator's process: ministack's application with our extensions, until its record file goes.

Started by `lifecycle.start` as `python -m local.emulator.launcher`; ministack takes its settings from the
environment while it is imported, so the environment comes first and the imports after it.
"""

import argparse
import asyncio
import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ..processes import ProcessRecord

IDENTITY_PATH = "/_watershed"
WATCH_SECONDS = 1.0

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def main() -> None:
    """Serve until told to stop, or until the record file no longer names this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--project", required=True)
    arguments = parser.parse_args()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from . import functions, object_events, recording, transport

    app = importlib.import_module("ministack.app")
    lambda_runtime = importlib.import_module("ministack.core.lambda_runtime")
    transport.install(app)
    functions.install(lambda_runtime)
    services = "ministack.services"
    object_events.install(importlib.import_module(f"{services}.s3"), importlib.import_module(f"{services}.eventbridge"))
    recorder = recording.install(
        importlib.import_module("ministack.core.iam_evaluator"), importlib.import_module("ministack.core.iam_actions")
    )

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
        answers = {
            IDENTITY_PATH: lambda: {"project": arguments.project, "pid": os.getpid()},
            recording.CALLS_PATH: recorder.document,
        }
        served: Any = with_answers(app.app, answers)
        await serve(served, config, shutdown_trigger=stop.wait)

    try:
        asyncio.run(run())
    finally:
        lambda_runtime.reset()
    # ministack's worker threads may still wait for functions; nothing of theirs outlives the emulator.
    sys.stdout.flush()
    os._exit(0)


def with_answers(served: Application, answers: Mapping[str, Callable[[], dict[str, Any]]]) -> Application:
    """Answer paths of our own: whose emulator this is, so that a port in use can be explained, and what roles did."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] in answers:
            body = json.dumps(answers[scope["path"]]()).encode()
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await served(scope, receive, send)

    return application


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
