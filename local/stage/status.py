"""`status`: what runs, and what is in it. Reads only."""

from ..aws import Clients
from ..emulator import lifecycle
from ..engine.bootstrap import find_engine
from ..workspace import Workspace
from .deployment import Deployment
from .diagnosis import dead_letters
from .ingestion import lake_of
from .metadata import list_datasets
from .reports import StatusReport
from .resources import count_by_component, in_state
from .settings import read_settings
from .signing_in import find_signing_in


def read_status(workspace: Workspace) -> StatusReport:
    """Return the state of the project's local stage, for the stack that is up."""
    emulator = lifecycle.find(workspace)
    if emulator is None or workspace.unfinished.exists():
        state = "unfinished" if workspace.unfinished.exists() else "stopped" if workspace.state.exists() else "down"
        return StatusReport(str(workspace.project), state)
    settings = read_settings(workspace.project, emulator.serves["stack"])
    # Port 0: reading the state needs no provider.
    deployment = Deployment(workspace, settings, find_engine(), provider_port=0, pack=None, variables={})
    outputs = deployment.outputs()
    clients = Clients(emulator.endpoint, emulator.serves["region"])
    lake = lake_of(outputs)
    return StatusReport(
        project=str(workspace.project),
        state="running",
        stack=settings.stack,
        account=emulator.serves["account"],
        region=emulator.serves["region"],
        endpoint=emulator.endpoint,
        pid=emulator.record.pid,
        components=count_by_component(in_state(deployment.resources())),
        outputs=outputs,
        signing_in=find_signing_in(workspace, emulator.endpoint, outputs),
        datasets=list_datasets(clients, lake.metadata_table) if lake else [],
        dead_letters=dead_letters(clients),
    )
