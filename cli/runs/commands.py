"""`watershed runs`: start, watch, repair and backfill runs of pipelines."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ..errors import FAILED, CommandError
from ..local import HERE, AsJson, Project
from .backfill import Backfill, dates_between
from .deployed import DeployedPipeline, find_pipeline, find_pipelines
from .execution import Execution, RunView
from .logs import log_tail
from .shape import StageShape
from .starting import go_on, last_run, parse_date, parse_parameters, start, true_status
from .target import find_target

runs = typer.Typer(no_args_is_help=True, help="Start, watch, repair and backfill runs of pipelines.")

Name = Annotated[str, typer.Argument(help="The pipeline: `watershed pipelines list`.", show_default=False)]
Stack = Annotated[
    str | None, typer.Option("--stack", "-s", help="Default: the one that is up here, else WATERSHED_STACK.")
]
Day = Annotated[str | None, typer.Option("--date", "-d", help="The run's logical date, 2027-01-31.", metavar="DATE")]
Parameters = Annotated[list[str] | None, typer.Option("--param", help="name=value; may be given again.")]
Wait = Annotated[bool, typer.Option("--wait", "-w", help="Watch it to its end; exit code 1 if it fails.")]
LogLines = Annotated[int, typer.Option("--lines", "-n", help="Lines of the failed stage's log; 0 for none.")]


@runs.command("start", epilog="Example: watershed runs start flights-daily --date 2013-01-31 --param mode=full --wait")
def start_run(
    name: Name,
    date: Day = None,
    param: Parameters = None,
    wait: Wait = False,
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Start a run: of today's date in the pipeline's timezone, or of the one given.

    A date whose run is going on is not run twice: the second start ends at once, and says which run has it.
    """
    pipeline = find_pipeline(find_target(project, stack), name)
    day = parse_date(date) if date else None
    execution = start(pipeline, day=day, parameters=parse_parameters(param or [], pipeline))
    _watch_or_tell(pipeline, execution, day, "started", wait=wait, as_json=as_json)


@runs.command("list", epilog="Example: watershed runs list flights-daily --last 7")
def list_runs(
    name: Annotated[str | None, typer.Argument(help="A pipeline; all without.", show_default=False)] = None,
    last: Annotated[int, typer.Option("--last", help="Dates of each pipeline, 1 to 1,000.", min=1, max=1_000)] = 10,
    status: Annotated[str | None, typer.Option("--status", help="Only runs of this status, FAILED for one.")] = None,
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """List the last run of each date, the latest first."""
    target = find_target(project, stack)
    pipelines = [find_pipeline(target, name)] if name else find_pipelines(target)
    found = [_line(pipeline, run) for pipeline in pipelines for run in pipeline.ledger.latest(pipeline.name, last)]
    found = [line for line in found if status is None or line["status"] == status.upper()]
    if as_json:
        _print(found)
        return
    from rich.console import Console

    from .render import runs_table

    Console().print(runs_table(found) if found else "No runs.")


@runs.command("show", epilog="Example: watershed runs show flights-daily --date 2013-01-31 --lines 50")
def show(
    name: Name,
    date: Day = None,
    lines: LogLines = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Watch it until it has ended.")] = False,
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Show a run: its stages, how long each took, why it failed, and what the failed stage logged."""
    pipeline = find_pipeline(find_target(project, stack), name)
    run = last_run(pipeline, parse_date(date) if date else None)
    execution = Execution(pipeline, run.execution, run.date)
    view = _follow(execution) if follow and not as_json else execution.look()
    _tell(pipeline, execution, view, lines=lines, as_json=as_json)


@runs.command("redrive", epilog="Example: watershed runs redrive daily-odk --date 2027-01-31 --wait")
def redrive(
    name: Name,
    date: Day = None,
    wait: Wait = False,
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Go on from the stage that failed: what was finished is not repeated.

    By Step Functions' redrive, which keeps the definition that the run had; after a deploy by a new run that goes past
    the finished stages.
    """
    pipeline = find_pipeline(find_target(project, stack), name)
    run = last_run(pipeline, parse_date(date) if date else None)
    begun = go_on(pipeline, run)
    _watch_or_tell(pipeline, begun.execution, run.date, begun.how, wait=wait, as_json=as_json)


@runs.command("stop", epilog="Example: watershed runs stop flights-daily --date 2013-01-31")
def stop(
    name: Name,
    date: Day = None,
    why: Annotated[str, typer.Option("--why", help="Stands in the run's history.")] = "stopped by hand",
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Stop a run that is going on, and what it runs."""
    pipeline = find_pipeline(find_target(project, stack), name)
    run = last_run(pipeline, parse_date(date) if date else None)
    if true_status(pipeline, run) not in ("RUNNING", "PENDING_REDRIVE"):
        raise CommandError(f"The run of {name} for {run.date} is not going on: it is {true_status(pipeline, run)}.")
    pipeline.target.clients("stepfunctions").stop_execution(executionArn=run.execution, error="Stopped", cause=why)
    if as_json:
        _print({"execution": run.execution, "date": run.date, "status": "ABORTED"})
    else:
        typer.echo(f"{name} for {run.date} is stopped. Go on from there: watershed runs redrive {name} -d {run.date}")


@runs.command("backfill", epilog="Example: watershed runs backfill flights-daily --from 2013-01-01 --to 2013-01-31")
def backfill(
    name: Name,
    first: Annotated[str, typer.Option("--from", help="The first date.", metavar="DATE")],
    last: Annotated[str, typer.Option("--to", help="The last date.", metavar="DATE")],
    parallel: Annotated[int, typer.Option("--parallel", help="Runs at a time, 1 to 100.", min=1, max=100)] = 4,
    stop_at: Annotated[
        float, typer.Option("--stop-at", help="Share of failures over which no more is started, 0 to 1.", min=0, max=1)
    ] = 0.2,
    again: Annotated[bool, typer.Option("--again", help="Run dates again that have succeeded.")] = False,
    param: Parameters = None,
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Run every date of a range, some at a time.

    Dates that have succeeded are left out, and those that failed go on from the stage that failed: after Ctrl-C, or
    when it was stopped because too many failed, the same command goes on. Exit code 1 if a date is left.
    """
    pipeline = find_pipeline(find_target(project, stack), name)
    work = Backfill(
        pipeline, parallel=parallel, stop_at=stop_at, parameters=parse_parameters(param or [], pipeline), again=again
    )
    dates = dates_between(parse_date(first), parse_date(last))
    if as_json:
        report = work.run(dates, lambda _: None)
        _print({**asdict(report), "fails": report.fails})
    else:
        from rich.console import Console
        from rich.live import Live

        from .render import backfill_line, show_backfill

        with Live(console=Console(stderr=True), refresh_per_second=4, transient=True) as live:
            report = work.run(dates, lambda now: live.update(backfill_line(now)))
        show_backfill(Console(), report)
    if report.fails:
        raise typer.Exit(FAILED)


def _watch_or_tell(
    pipeline: DeployedPipeline, arn: str, date: str | None, how: str, *, wait: bool, as_json: bool
) -> None:
    if not wait:
        if as_json:
            _print({"pipeline": pipeline.name, "execution": arn, "how": how})
        else:
            typer.echo(f"{pipeline.name}: {how}\n{arn}")
            day = f" --date {date}" if date else ""
            typer.echo(f"Watch it: watershed runs show {pipeline.name}{day} --follow")
        return
    execution = Execution(pipeline, arn, date or "")
    if as_json:
        view = execution.follow(lambda _: None)
    else:
        typer.echo(f"{pipeline.name}: {how}", err=True)
        view = _follow(execution)
    _tell(pipeline, execution, view, lines=20, as_json=as_json)
    if view.status != "SUCCEEDED":
        raise typer.Exit(FAILED)


def _follow(execution: Execution) -> RunView:
    """Show the run on standard error while it goes on."""
    from rich.console import Console
    from rich.live import Live

    from .render import run_picture

    console = Console(stderr=True)
    if not console.is_terminal:
        return execution.follow(lambda _: None)
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        return execution.follow(lambda view: live.update(run_picture(view)))


def _tell(pipeline: DeployedPipeline, execution: Execution, view: RunView, *, lines: int, as_json: bool) -> None:
    failed = [run for run in view.stages if run.name == view.failed_stage] if lines else []
    found = (log_tail(pipeline, execution.definition, view, run, lines) for run in failed)
    tails = [tail for tail in found if tail is not None]
    if as_json:
        document = {key: value for key, value in asdict(view).items() if key != "shape"}
        for stage, run in zip(document["stages"], view.stages, strict=True):
            stage.update(seconds=run.seconds, attempts=run.attempts)
            del stage["task"], stage["starts"]
        kinds = {stage.name: stage.kind for first in view.shape for stage in _all(first)}
        document["stages"] = [{"kind": kinds.get(stage["name"]), **stage} for stage in document["stages"]]
        _print({**document, "seconds": view.seconds, "logs": [asdict(tail) for tail in tails]})
        return
    from rich.console import Console

    from .render import show_run

    show_run(Console(), view, tails)


def _all(stage: StageShape) -> list[StageShape]:
    return list(stage.all())


def _line(pipeline: DeployedPipeline, run: Any) -> dict[str, Any]:
    from datetime import datetime

    seconds = None
    if run.ended_at:
        seconds = (datetime.fromisoformat(run.ended_at) - datetime.fromisoformat(run.started_at)).total_seconds()
    return {
        "pipeline": pipeline.name,
        "date": run.date,
        "status": true_status(pipeline, run),
        "attempt": run.attempt,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "seconds": seconds,
        "stage": run.stage,
        "error": run.error,
        "cause": run.cause,
        "execution": run.execution,
    }


def _print(document: Any) -> None:
    print(json.dumps(document, indent=2, default=str))  # noqa: T201 - the result
