"""What Ctrl-C leaves of a command that waits for the engine: no process and no traceback of a thread."""

import contextlib
import threading
from collections.abc import Iterator

from ..emulator import lifecycle
from ..processes import stop_marked
from ..workspace import Workspace


@contextlib.contextmanager
def engine_ends_with_the_command(workspace: Workspace) -> Iterator[None]:
    """End the engine, its policy packs and their like when the command is interrupted; the emulator stays."""
    shown = threading.excepthook
    threading.excepthook = lambda failure: None if _is_reader_of_a_closed_stream(failure) else shown(failure)
    try:
        yield
    except KeyboardInterrupt:
        # The hook stays: a thread of the Automation API may still find its stream closed.
        running = lifecycle.find(workspace)
        stop_marked(workspace.root, spare=running.record.pid if running else 0)
        raise
    except BaseException:
        threading.excepthook = shown
        raise
    threading.excepthook = shown


def _is_reader_of_a_closed_stream(failure: threading.ExceptHookArgs) -> bool:
    """Whether a thread that reads what the engine prints was left behind by the interrupted wait for the engine."""
    named = failure.thread.name if failure.thread else ""
    return "(consumer)" in named and isinstance(failure.exc_value, ValueError)
