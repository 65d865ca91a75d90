"""`watershed local`: bring the stack up on this machine, look at it, take it down."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .siblings import sibling

local = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The local stage: the stack on an emulated AWS on this machine, deployed by the real engine.",
)

Project = Annotated[Path, typer.Option("--project", "-p", help="The folder of the Pulumi project.", file_okay=False)]
StackName = Annotated[str, typer.Option("--stack", "-s", help="The stack: its settings are Pulumi.<stack>.yaml.")]
NoBuild = Annotated[bool, typer.Option("--no-build", help="Take the functions as they were built last.")]
DatasetName = Annotated[str, typer.Option("--dataset", "-d", help="Show all that is known of this data set, too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document on standard output.")]

HERE = Path()
LOG_SECONDS = 1.0


@local.command()
def up(project: Project = HERE, stack: StackName = "local", no_build: NoBuild = False, as_json: AsJson = False) -> None:
    """Deploy the stack to the emulated AWS, load real data, run the pipelines and show the result.

    WATERSHED_PORT chooses the port of the emulated AWS (default 4566; 0: any free one).
    """
    from .errors import FAILED
    from .progress import console_progress
    from .render import show_up

    with console_progress() as progress:
        report = sibling("local.stage.up").bring_up(
            workspace_of(project), stack, host_builder(project, skip=no_build), progress
        )
        if report.outputs.get("pipelines"):
            from .runs.first import run_each_once
            from .runs.target import find_target

            began = time.monotonic()
            report.runs = run_each_once(find_target(project, stack), progress)
            report.seconds += time.monotonic() - began
    _print(report, show_up, as_json=as_json)
    if any(run.status != "SUCCEEDED" for run in report.runs):
        raise typer.Exit(FAILED)


@local.command()
def down(project: Project = HERE, as_json: AsJson = False) -> None:
    """Stop the emulated AWS and remove its data and state. Also after a crash, and twice in a row."""
    from .render import show_down

    _print(sibling("local.stage.down").take_down(workspace_of(project)), show_down, as_json=as_json)


@local.command()
def status(project: Project = HERE, dataset: DatasetName = "", as_json: AsJson = False) -> None:
    """Show which stack is up, its resources, data sets and names."""
    from .render import show_status

    report = sibling("local.stage.status").read_status(workspace_of(project))
    _print(report, lambda read: show_status(read, dataset), as_json=as_json)


@local.command()
def preview(
    project: Project = HERE,
    stack: StackName = "local",
    no_build: NoBuild = False,
    as_json: AsJson = False,
) -> None:
    """Show what any stack would deploy, with the policies: offline, without AWS and without the emulator."""
    from .errors import POLICY
    from .progress import console_progress
    from .render import show_preview

    with console_progress() as progress:
        _, report = preview_report(project, stack, progress, no_build=no_build)
    _print(report, show_preview, as_json=as_json)
    if report.policy.violations:
        raise typer.Exit(POLICY)


def preview_report(
    project: Path, stack: str, progress: Any, *, no_build: bool, any_type: bool = False
) -> tuple[Path, Any]:
    """Return the project's folder and what a preview of the stack says, its functions built for AWS."""
    folder: Path = sibling("local.workspace").find_project(project)
    artifacts = folder / ".watershed" / "artifacts" / "aws"

    def build(report: Callable[[str], None]) -> Path:
        _builder("aws", project, skip=no_build)(artifacts, report)
        return artifacts

    return folder, sibling("local.stage.preview").preview_stack(folder, stack, build, progress, any_type=any_type)


@local.command()
def logs(
    function: Annotated[str, typer.Argument(help="A function's name or a part of it; all functions without.")] = "",
    project: Project = HERE,
    lines: Annotated[int, typer.Option("--lines", "-n", help="Lines of each function.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what the functions logged in the emulated AWS."""
    reader = sibling("local.stage.function_logs").FunctionLogs(workspace_of(project), function)
    if as_json:
        print(json.dumps(reader.tails(lines), indent=2))  # noqa: T201 - the result
        return
    for name, tail in reader.tails(lines).items():
        for line in tail:
            print(f"{name}: {line}")  # noqa: T201
    while follow:
        time.sleep(LOG_SECONDS)
        for name, line in reader.news():
            print(f"{name}: {line}", flush=True)  # noqa: T201


def workspace_of(project: Path) -> Any:
    """Return the Workspace of the project that a folder lies in."""
    module = sibling("local.workspace")
    return module.Workspace(module.find_project(project))


def host_builder(project: Path, *, skip: bool) -> Callable[[Path, Callable[[str], None]], None]:
    """Return what builds the project's functions for this machine."""
    return _builder("host", project, skip=skip)


def _builder(
    target: Literal["aws", "host"], project: Path, *, skip: bool
) -> Callable[[Path, Callable[[str], None]], None]:
    """Return what builds the project's functions for a target into a folder."""

    def build(folder: Path, report: Callable[[str], None]) -> None:
        if skip:
            return
        from .packaging import build_artifacts

        build_artifacts(target, folder, sibling("local.workspace").find_project(project), report)

    return build


def _print(report: Any, show: Callable[[Any], None], *, as_json: bool) -> None:
    if as_json:
        document = sibling("local.stage.reports").as_document(report)
        print(json.dumps(document, indent=2, default=str))  # noqa: T201 - the result
        return
    show(report)
