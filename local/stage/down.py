"""`down`: no process, no state and no data left, whatever happened before."""

from ..emulator import lifecycle
from ..processes import stop_marked
from ..workspace import Workspace
from .reports import DownReport


def take_down(workspace: Workspace) -> DownReport:
    """Stop the project's emulator and remove all that it and the engine keep. Built functions stay."""
    with workspace.only_one():
        stopped = lifecycle.stop(workspace)
        had_state = workspace.root.exists()
        strays = stop_marked(workspace.root)
        workspace.discard()
    return DownReport(str(workspace.project), stopped or bool(strays), had_state)
