"""`python -m handlers.odk_export`: the container's command. It takes no arguments; `settings.py` lists the environment.

Exit codes: 0 done; 1 failed; 2 the environment is incomplete; 3 credentials or rights; 4 no such project or form; 5 the
server cannot be read; 6 the server or the form is not supported; 143 told to stop.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ..common import clients
from ..common.table import MetadataTable
from ..common.telemetry import logger
from . import settings as environment
from .attachments import Attachments
from .central import Central
from .export import FormExport
from .landing import Landing
from .problems import ExportError, InterruptionError
from .secrecy import Secrets, veil
from .session import Patience
from .state import FormState, partition_key

if TYPE_CHECKING:
    from .settings import Settings

_FAILED, _STOPPED = 1, 128 + signal.SIGTERM


def main() -> int:
    """Export the forms; returns the exit code."""
    secrets = Secrets()
    veil(secrets)
    signal.signal(signal.SIGTERM, _stop)
    try:
        found = environment.read(os.environ)
        # No child process, and no listing of the environment, is to have it.
        os.environ.pop("ODK_PASSWORD", None)
        secrets.add_login(found.username, found.password)
        logger.append_keys(**{f"run_{name}": value for name, value in found.run.items() if value})
        export(found, secrets)
    except ExportError as error:
        logger.error(str(error))
        return error.exit_code
    except InterruptionError:
        logger.warning("Told to stop; the next run goes on here")
        return _STOPPED
    except (ClientError, BotoCoreError) as error:
        logger.error("AWS refuses: %s", error)
        return _FAILED
    except Exception:
        logger.exception("The export failed")
        return _FAILED
    return 0


def export(settings: Settings, secrets: Secrets, patience: Patience | None = None) -> None:
    """Export all forms, one after the other; that they are all there is seen to first."""
    waits = patience or Patience()
    central = Central(settings, secrets, waits)
    central.check(settings.forms)
    s3, table = clients.s3(), MetadataTable(clients.dynamodb(), settings.state_table)
    places = (str(settings.landing), str(settings.attachments))
    for form in settings.forms:
        state = FormState(table, partition_key(settings.server, settings.project, form, places))
        files = Attachments(central, s3, settings.attachments, form, state, waits)
        landing = Landing(s3, settings.landing, form)
        totals = FormExport(central, state, landing, files, settings, form, waits).run()
        logger.info("Form exported", extra={"form": form, "to": str(settings.landing), **asdict(totals)})


def _stop(*_: object) -> None:
    raise InterruptionError


if __name__ == "__main__":
    sys.exit(main())
