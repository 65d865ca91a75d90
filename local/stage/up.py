"""`up`: from a project folder to a running stack with real data in it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from .. import aws
from ..emulator import lifecycle, ports
from ..engine.bootstrap import find_engine
from ..errors import StageError
from ..processes import stop_marked
from ..workspace import Workspace
from .deployment import Deployment, Outcome
from .ingestion import Lake, dataset_item, has_dataset, lake_of, load
from .metadata import list_datasets
from .packs import find_pack
from .plugin import serve_provider
from .progress import Progress
from .query import ask
from .readiness import settle
from .reports import LoadedSample, PolicyResult, UpReport
from .resources import count_by_component, in_state
from .samples import SAMPLES
from .settings import StackSettings, read_settings
from .signing_in import let_demo_user_in
from .survey import serve_survey

ARTIFACTS_VARIABLE = "WATERSHED_ARTIFACTS"

# Builds the functions for this machine into a folder, telling what it does.
BuildArtifacts = Callable[[Path, Callable[[str], None]], None]


def bring_up(
    workspace: Workspace, stack: str, build: BuildArtifacts, progress: Progress, *, port: int | None = None
) -> UpReport:
    """Deploy `stack` to the project's emulator, load the samples and ask them a question."""
    started = time.monotonic()
    settings = read_settings(workspace.project, stack)
    pack = find_pack(workspace.project)
    with workspace.only_one():
        usable = _usable_port(workspace) if port is None else port
        engine = find_engine(progress.doing)
        progress.done(f"engine: pulumi {engine.version} ({engine.origin})")
        progress.doing("building the functions for this machine")
        build(workspace.host_artifacts, progress.doing)
        emulator = _running_or_fresh(workspace, usable, settings, progress)
        progress.done(f"emulated AWS: {emulator.endpoint}, account {settings.account}, {settings.region}")
        with serve_provider(workspace, settings, emulator.endpoint) as provider_port:
            deployment = Deployment(
                workspace,
                settings,
                engine,
                provider_port=provider_port,
                pack=pack,
                variables={ARTIFACTS_VARIABLE: str(workspace.host_artifacts)},
            )
            preview = _deploy(workspace, deployment, progress)
            outputs = deployment.outputs()
            components = count_by_component(in_state(deployment.resources()))
        report = UpReport(
            project=settings.project,
            folder=str(workspace.project),
            stack=stack,
            endpoint=emulator.endpoint,
            region=settings.region,
            account=settings.account,
            unchanged=preview.changes_nothing,
            changes=preview.changes,
            policy=PolicyResult.of(preview, pack),
            components=components,
            outputs=outputs,
        )
        clients = aws.Clients(emulator.endpoint, settings.region)
        progress.doing("waiting for functions and event sources")
        settle(clients)
        serve_survey(workspace, clients, outputs, progress)
        report.signing_in = let_demo_user_in(clients, workspace, emulator.endpoint, outputs)
        lake = lake_of(outputs)
        if lake is not None:
            report.samples = _load_samples(clients, lake, progress)
            report.datasets = list_datasets(clients, lake.metadata_table)
        report.seconds = time.monotonic() - started
        return report


def _deploy(workspace: Workspace, deployment: Deployment, progress: Progress) -> Outcome:
    """Preview with the policies, then deploy unless nothing changes. Returns the preview."""
    progress.doing("previewing with the policy pack")
    preview = deployment.preview(lambda step: progress.doing(f"preview: {step}"))
    _show_findings(preview, progress)
    preview.raise_if_failed("preview")
    progress.done(f"preview passed the policies in {preview.seconds:.1f} s: {_words(preview.changes)}")
    if preview.changes_nothing:
        return preview
    workspace.unfinished.touch()
    deployed = deployment.up(lambda step: progress.doing(f"deploy: {step}"))
    # The engine has ended and written its state, whether or not all went well: the next `up` can go on from it.
    workspace.unfinished.unlink(missing_ok=True)
    if deployed.failed:
        _show_findings(deployed, progress)
    deployed.raise_if_failed("deploy")
    progress.done(f"deployed in {deployed.seconds:.1f} s: {_words(deployed.changes)}")
    return preview


def _usable_port(workspace: Workspace) -> int:
    """Return the port to use; fail before minutes are spent on anything else."""
    port = ports.requested_port()
    running = lifecycle.find(workspace)
    if running is None:
        lifecycle.stop(workspace)
        return ports.take_port(port) if port else 0
    if os.environ.get("WATERSHED_PORT") and port not in (0, running.record.port):
        raise StageError(
            f"The local stage of {workspace.project} already runs on port {running.record.port}.",
            fix=f"Use it without WATERSHED_PORT, or stop it first: make down, then WATERSHED_PORT={port} make up.",
        )
    return running.record.port


def _running_or_fresh(
    workspace: Workspace, port: int, settings: StackSettings, progress: Progress
) -> lifecycle.Emulator:
    """Return the running emulator, or a new one with no state: data and state live and die together."""
    running = lifecycle.find(workspace)
    wanted = lifecycle.serving(settings.stack, settings.account, settings.region)
    if running is not None and running.serves == wanted and not workspace.unfinished.exists():
        return running
    if workspace.unfinished.exists():
        progress.done(
            "the last `up` was cut off in mid-deploy: its state and data are discarded, the stage starts clean"
        )
    elif running is not None:
        progress.done(
            f"the emulated AWS was up for {_served(running.serves)} and not for {_served(wanted)}: "
            "its state and data are discarded, the stage starts clean"
        )
    elif workspace.state.exists():
        progress.done("the emulator of the last run is gone and its data with it: the stage starts clean")
    lifecycle.stop(workspace)
    stop_marked(workspace.root)
    workspace.discard()
    progress.doing("starting the emulated AWS")
    return lifecycle.start(workspace, port, **wanted)


def _served(serves: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in serves.items()) or "an older Watershed"


def _load_samples(clients: aws.Clients, lake: Lake, progress: Progress) -> list[LoadedSample]:
    loaded = []
    for sample in SAMPLES:
        if not has_dataset(clients, lake, sample.dataset):
            continue
        loaded_now = load(clients, lake, sample, progress)
        progress.doing(f"asking Athena for {sample.question}")
        metadata = dataset_item(clients, lake, sample.dataset)
        database = lake.databases[str(metadata.get("zone") or "curated")]
        answer = ask(clients, lake.workgroup, database, sample.query, sample.question)
        loaded.append(LoadedSample(sample.dataset, loaded_now, answer, metadata))
    return loaded


def _show_findings(outcome: Outcome, progress: Progress) -> None:
    for finding in outcome.violations:
        progress.done(f"violation: {finding.resource.rpartition('::')[2]}: {finding.message} [{finding.policy}]")


def _words(changes: dict[str, int]) -> str:
    return (
        ", ".join(f"{count} to {op}" if op != "same" else f"{count} unchanged" for op, count in changes.items())
        or "nothing"
    )
