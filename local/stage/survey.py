"""The survey's server that the local stage has in place of somebody's ODK Central, and the secret that opens it."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .. import aws
from ..errors import StageError
from ..processes import STAGE_VARIABLE, ProcessRecord
from ..workspace import Workspace
from .progress import Progress

SECRET = "odk"  # noqa: S105 (the name of a secret in the stack config)
USERNAME = "collector@example.org"
START_SECONDS = 30.0
REPOSITORY = Path(__file__).resolve().parents[2]


def serve_survey(workspace: Workspace, clients: aws.Clients, outputs: dict[str, Any], progress: Progress) -> str | None:
    """Start the server unless it runs, and put its address and login into the stack's secret; returns the address.

    None where the stack has no secret called `odk`.
    """
    arn = dict(outputs.get("secrets") or {}).get(SECRET)
    if arn is None:
        return None
    record = workspace.root / "survey.json"
    running = ProcessRecord.read(record)
    if running is not None and running.is_alive:
        return running.serves["url"]
    progress.doing("starting the survey's server")
    login = {"username": USERNAME, "password": secrets.token_urlsafe(18)}
    url = _start(workspace, record, login)
    clients("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"url": url, **login}))
    progress.done(f"a survey of households on ODK Central: {url}, its login put into the secret `{SECRET}`")
    return url


def _start(workspace: Workspace, record: Path, login: dict[str, str]) -> str:
    record.unlink(missing_ok=True)
    log = workspace.logs / "survey.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "ODK_USERNAME": login["username"],
        "ODK_PASSWORD": login["password"],
        STAGE_VARIABLE: str(workspace.root),
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__.rpartition('.')[0]}.odk_server", "--record", str(record)],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while (found := ProcessRecord.read(record)) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text().splitlines()[-5:])
            raise StageError(
                f"The survey's server did not start; {log} ends:\n{tail}", fix="Start anew: make down, make up."
            )
        time.sleep(0.05)
    return found.serves["url"]
