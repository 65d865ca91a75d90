"""Start, find and stop the emulator of one project folder."""

import importlib.util
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .. import aws
from ..errors import StageError
from ..processes import STAGE_VARIABLE, ProcessRecord, start_identity
from ..workspace import Workspace
from .containers import CONTAINERS_VARIABLE
from .launcher import IDENTITY_PATH
from .ports import take_port

START_SECONDS = 60.0
REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    record: ProcessRecord

    @property
    def endpoint(self) -> str:
        """Where its AWS API answers."""
        return f"http://127.0.0.1:{self.record.port}"

    @property
    def serves(self) -> dict[str, str]:
        """The stack, account and region it was started for (see `serving`)."""
        return dict(self.record.serves)


def serving(stack: str, account: str, region: str) -> dict[str, str]:
    """Return what an emulator is started for: another stack, account or region needs another emulator."""
    return {"stack": stack, "account": account, "region": region}


def find(workspace: Workspace) -> Emulator | None:
    """Return the project's emulator if it runs and answers as this project's."""
    record = ProcessRecord.read(workspace.emulator_record)
    if record is None or not record.is_alive:
        return None
    emulator = Emulator(record)
    return emulator if _answers_for(emulator, workspace) else None


def start(
    workspace: Workspace, port: int, *, region: str, account: str = aws.ACCOUNT, stack: str = "local"
) -> Emulator:
    """Start an emulator on `port` (0: any free one) and wait until it answers."""
    if importlib.util.find_spec("ministack") is None:
        raise StageError(
            "The emulated AWS is not installed: there is no package `ministack`.",
            fix="In a checkout: make setup. With the installed library: pip install 'watershed-data[local]'.",
        )
    taken = take_port(port)
    for folder in (workspace.logs, workspace.temporary):
        folder.mkdir(parents=True, exist_ok=True)
    log = workspace.logs / "emulator.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", f"{__package__}.launcher"),
                *("--port", str(taken)),
                *("--record", str(workspace.emulator_record)),
                *("--project", str(workspace.project)),
            ],
            cwd=REPOSITORY,
            env=_environment(workspace, taken, region, account),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    record = ProcessRecord(process.pid, start_identity(process.pid), taken, serving(stack, account, region))
    record.write(workspace.emulator_record)
    emulator = Emulator(record)
    deadline = time.monotonic() + START_SECONDS
    while not _answers_for(emulator, workspace):
        if process.poll() is not None or time.monotonic() > deadline:
            record.stop()
            workspace.emulator_record.unlink(missing_ok=True)
            tail = "\n".join(log.read_text().splitlines()[-15:])
            raise StageError(
                f"The emulator did not start; the end of {log}:\n{tail}",
                fix="Start it anew: make down, make up.",
            )
        time.sleep(0.1)
    return emulator


def stop(workspace: Workspace) -> bool:
    """Stop the project's emulator; True if one ran."""
    record = ProcessRecord.read(workspace.emulator_record)
    stopped = record is not None and record.stop()
    workspace.emulator_record.unlink(missing_ok=True)
    return stopped


def _answers_for(emulator: Emulator, workspace: Workspace) -> bool:
    try:
        with urllib.request.urlopen(emulator.endpoint + IDENTITY_PATH, timeout=5) as answer:  # noqa: S310
            return bool(json.load(answer)["project"] == str(workspace.project))
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError):
        return False


def _environment(workspace: Workspace, port: int, region: str, account: str) -> dict[str, str]:
    """Return ministack's settings. Functions inherit this environment: nothing of the user's AWS is in it."""
    endpoint = f"http://127.0.0.1:{port}"
    return {
        **aws.environment(endpoint, region),
        STAGE_VARIABLE: str(workspace.root),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": account,
        "AUTH": "true",
        "ATHENA_ENGINE": "duckdb",
        "LAMBDA_EXECUTOR": "local",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Its data lives in its memory: kept on a clean stop only, it would part from the engine's state in a crash.
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "S3_DATA_DIR": str(workspace.temporary / "s3"),
        "STATE_DIR": str(workspace.temporary / "state"),
        "DOCKER_HOST": f"unix://{workspace.temporary / 'no-docker'}",
        CONTAINERS_VARIABLE: str(workspace.host_artifacts / "manifest.json"),
        "TMPDIR": str(workspace.temporary),
        "LOG_LEVEL": "INFO",
    }
