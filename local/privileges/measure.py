"""From a project to its report: a stage of its own is brought up, exercised, read and taken down."""

import tempfile
from dataclasses import replace
from pathlib import Path

from ..aws import Clients
from ..emulator import lifecycle
from ..errors import StageError
from ..processes import stop_marked
from ..stage.progress import Progress
from ..stage.up import BuildArtifacts, bring_up
from ..workspace import Workspace
from .account import read_account
from .calls import read_calls
from .exercise import exercise
from .grants import read_roles
from .report import PrivilegesReport, compare, kept_grants

ANY_PORT = 0


def measure(project: Path, stack: str, build: BuildArtifacts, progress: Progress) -> PrivilegesReport:
    """Return what the roles of a stack use of what they are granted; a stage that runs already is left alone."""
    with tempfile.TemporaryDirectory(prefix="watershed-least-privilege-") as folder:
        workspace = Workspace(project, Path(folder))
        try:
            return _bring_up_and_compare(workspace, stack, build, progress)
        finally:
            lifecycle.stop(workspace)
            stop_marked(workspace.root)


def _bring_up_and_compare(
    workspace: Workspace, stack: str, build: BuildArtifacts, progress: Progress
) -> PrivilegesReport:
    """A handler that lacks a permission stops the exercise: what it lacks is the answer then, rather than that."""
    stopped: StageError | None = None
    try:
        up = bring_up(workspace, stack, build, progress, port=ANY_PORT)
        exercise(Clients(up.endpoint, up.region), up.outputs, progress)
    except StageError as error:
        stopped = error
    emulator = lifecycle.find(workspace)
    if emulator is None:
        raise stopped or StageError("The emulated AWS is gone.", fix="Run it again.")
    report = read_report(_clients(emulator))
    if stopped is None:
        return report
    if not any(line.verdict == "missing" for line in report.lines):
        raise stopped
    problem = f"not every path was taken: {str(stopped).splitlines()[0]}"
    return replace(report, problems=(*report.problems, problem))


def measure_running(project: Path) -> PrivilegesReport:
    """Return the same of what the running stage's roles did since it started: what nobody did shows as unused."""
    emulator = lifecycle.find(Workspace(project))
    if emulator is None:
        raise StageError("The local stage does not run.", fix="Start it (make up), or leave out --running.")
    return read_report(_clients(emulator))


def _clients(emulator: lifecycle.Emulator) -> Clients:
    """Return clients for the region that the emulator serves: the stack's file may name another one by now."""
    return Clients(emulator.endpoint, emulator.serves["region"])


def read_report(clients: Clients) -> PrivilegesReport:
    """Compare what the emulator recorded with what stands in it."""
    return compare(read_account(clients), read_roles(clients), read_calls(clients.endpoint), kept_grants())
