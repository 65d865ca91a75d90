"""Take what the stack has deployed through every path that makes calls: what is never called then is never needed."""

from collections.abc import Mapping
from typing import Any

from ...aws import Clients
from ...stage.ingestion import lake_of
from ...stage.progress import Progress
from .dataset_api import exercise_api
from .ingestion import exercise_ingestion
from .runs import exercise_runs
from .survey import exercised_survey


def exercise(clients: Clients, outputs: Mapping[str, Any], progress: Progress) -> None:
    """Do all of it, as far as the stack has it."""
    with exercised_survey(clients, outputs) as survey:
        exercise_runs(clients, dict(outputs.get("pipelines") or {}), survey.change, progress)
    lake = lake_of(dict(outputs))
    if lake is not None:
        exercise_ingestion(clients, lake, progress)
    exercise_api(clients, outputs, progress)
