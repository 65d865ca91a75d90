"""The emulator's process: ministack's application with our extensions, until its record file goes.

Started by `lifecycle.start` as `python -m local.emulator.launcher`; ministack takes its settings from the
environment while it is imported, so the environment comes first and the imports after it.
"""

import argparse
import asyncio
import importlib
import os
import signal
import sys
import tempfile
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

    from . import containers, functions, object_events, recording, tasks, transport
    from .athena import executions as queries
    from .roles import RoleClients, Roles
    from .states import machines, managed_rules
    from .states.integrations import Integrations
    from .states.integrations.api import Api
    from .task_roles import CREDENTIALS_PATH, TaskRoles

    endpoint = f"http://127.0.0.1:{arguments.port}"
    app = importlib.import_module("ministack.app")
    lambda_runtime, evaluator, actions, responses = (
        importlib.import_module(f"ministack.core.{name}")
        for name in ("lambda_runtime", "iam_evaluator", "iam_actions", "responses")
    )
    s3, eventbridge, ecs, logs, sts, stepfunctions, lambda_service, athena = (
        importlib.import_module(f"ministack.services.{name}")
        for name in ("s3", "eventbridge", "ecs", "cloudwatch_logs", "sts", "stepfunctions", "lambda_svc", "athena")
    )
    transport.install(app)
    functions.install(lambda_runtime, lambda_service)
    object_events.install(s3, eventbridge)
    recorder = recording.install(evaluator, actions)
    roles = Roles(sts, evaluator, recorder)
    task_roles = TaskRoles(ecs, logs, roles, endpoint)
    processes = containers.install(
        ecs,
        task_roles,
        manifest=Path(os.environ.get(containers.CONTAINERS_VARIABLE, "")),
        folder=Path(tempfile.gettempdir()) / "containers",
        endpoint=endpoint,
    )
    run_tasks = tasks.install(ecs, evaluator, responses, roles, processes)
    clients = RoleClients(roles, endpoint)

    def integrations(role: str, region: str) -> Integrations:
        return Integrations(
            stepfunctions, Api(lambda service: clients(role, machines.SESSION, service, region), region)
        )

    queries.install(athena, evaluator, roles, clients)
    executions = machines.install(stepfunctions, eventbridge, integrations)
    managed_rules.install(stepfunctions, roles)

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
            recording.CALLS_PATH: lambda _: recorder.document(),
            CREDENTIALS_PATH: task_roles.answer,
            tasks.TASKS_PATH: run_tasks.interrupt,
            tasks.CAPACITY_PATH: run_tasks.set_capacity,
        }
        served: Any = with_answers(app.app, answers)
        await serve(served, config, shutdown_trigger=stop.wait)

    try:
        asyncio.run(run())
    finally:
        executions.stop_all()
        processes.end_all()
        lambda_runtime.reset()
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
