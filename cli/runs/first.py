"""The first run of each pipeline of the local stage, which `up` ends with."""

from typing import Protocol

from .deployed import DeployedPipeline, find_pipelines
from .execution import Execution, RunView
from .starting import start, true_status
from .target import Target

SECONDS = 300.0


class Progress(Protocol):
    """Tells people how far it is."""

    def doing(self, text: str) -> None:
        """Replace the changing line."""

    def done(self, text: str) -> None:
        """Leave a line."""


def run_each_once(target: Target, progress: Progress) -> list[RunView]:
    """Run each pipeline that has no run yet, of the date that a schedule would give it now."""
    return [_run(pipeline, progress) for pipeline in find_pipelines(target) if not _has_run(pipeline)]


def _has_run(pipeline: DeployedPipeline) -> bool:
    latest = pipeline.ledger.latest(pipeline.name, 1)
    return bool(latest) and true_status(pipeline, latest[0]) == "SUCCEEDED"


def _run(pipeline: DeployedPipeline, progress: Progress) -> RunView:
    view = _follow(pipeline, start(pipeline, why="first"), progress)
    if view.held_by:
        # Its schedule has started it a moment ago.
        view = _follow(pipeline, view.held_by, progress)
    how = "succeeded" if view.status == "SUCCEEDED" else f"{view.status} at {view.failed_stage or 'its end'}"
    progress.done(f"{pipeline.name} {view.date}: {len(view.stages)} stages, {how} in {view.seconds or 0:.1f} s")
    return view


def _follow(pipeline: DeployedPipeline, execution: str, progress: Progress) -> RunView:
    following = Execution(pipeline, execution, "")
    return following.follow(lambda now: progress.doing(f"{pipeline.name}: {_going_on(now)}"), seconds=SECONDS)


def _going_on(view: RunView) -> str:
    return ", ".join(run.name for run in view.stages if run.status == "running") or "starting"
