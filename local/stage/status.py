"""`status`: what runs, and what is in it. Reads only."""

from typing import Any

from ..aws import Clients
from ..emulator import lifecycle
from ..engine.bootstrap import find_engine
from ..workspace import Workspace
from .deployment import Deployment
from .diagnosis import dead_letters
from .ingestion import dataset_item, has_dataset, lake_of
from .reports import StatusReport
from .resources import count_by_component, in_state
from .samples import SAMPLES
from .settings import read_settings


def read_status(workspace: Workspace, stack: str) -> StatusReport:
    """Return the state of the project's local stage."""
    emulator = lifecycle.find(workspace)
    if emulator is None or workspace.unfinished.exists():
        state = "unfinished" if workspace.unfinished.exists() else "stopped" if workspace.state.exists() else "down"
        return StatusReport(str(workspace.project), state, "", 0, [], {}, [], {})
    settings = read_settings(workspace.project, stack)
    # Port 0: reading the state needs no provider.
    deployment = Deployment(workspace, settings, find_engine(), provider_port=0, pack=None, variables={})
    outputs = deployment.outputs()
    clients = Clients(emulator.endpoint, settings.region)
    return StatusReport(
        project=str(workspace.project),
        state="running",
        endpoint=emulator.endpoint,
        pid=emulator.record.pid,
        components=count_by_component(in_state(deployment.resources())),
        outputs=outputs,
        datasets=_datasets(clients, outputs),
        dead_letters=dead_letters(clients),
    )


def _datasets(clients: Clients, outputs: dict[str, Any]) -> list[dict[str, Any]]:
    lake = lake_of(outputs)
    if lake is None:
        return []
    names = [sample.dataset for sample in SAMPLES if has_dataset(clients, lake, sample.dataset)]
    return [{"dataset": name, **dataset_item(clients, lake, name)} for name in names]
