"""`watershed pipelines`: what pipelines a stack has, and how each is made."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..local import HERE, AsJson, Project
from .commands import Name, Stack
from .deployed import DeployedPipeline, find_pipeline, find_pipelines
from .schedules import schedules_of
from .shape import stages_of
from .starting import true_status
from .target import find_target

pipelines = typer.Typer(no_args_is_help=True, help="The pipelines of a stack, and how each is made.")


@pipelines.command("list", epilog="Example: watershed pipelines list --stack prod --json")
def list_pipelines(stack: Stack = None, project: Project = HERE, as_json: AsJson = False) -> None:
    """List a stack's pipelines: when each starts, and how its last run ended."""
    target = find_target(project, stack)
    found = [_line(pipeline) for pipeline in find_pipelines(target)]
    if as_json:
        print(json.dumps(found, indent=2, default=str))  # noqa: T201 - the result
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from .render import STYLES

    table = Table(title=f"Pipelines of {target.project}/{target.stack}", title_justify="left")
    for name in ("pipeline", "stages", "starts", "last run", "status"):
        table.add_column(name, justify="right" if name == "stages" else "left", overflow="fold")
    for each in found:
        starts = "\n".join(f"{one['expression']} {one['timezone']}{_off(one)}" for one in each["schedules"])
        style = STYLES.get(each["last_status"], "")
        status = f"[{style}]{each['last_status']}[/]" if each["last_status"] else ""
        table.add_row(each["pipeline"], str(len(each["stages"])), escape(starts), each["last_date"], status)
    Console().print(table)


@pipelines.command("graph", epilog="Example: watershed pipelines graph flights-daily --svg flights-daily.svg")
def graph(
    name: Name,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write the picture into this file.")] = None,
    stack: Stack = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Draw a pipeline: its stages one after another, side by side, in loops and choices."""
    pipeline = find_pipeline(find_target(project, stack), name)
    stages = stages_of(pipeline.definition)
    if as_json:
        from dataclasses import asdict

        print(json.dumps([asdict(stage) for stage in stages], indent=2))  # noqa: T201 - the result
        return
    from rich.console import Console

    from .picture import tree

    Console().print(tree(name, stages))
    if svg is not None:
        from .svg import draw

        svg.write_text(draw(name, stages), encoding="utf-8")
        typer.echo(f"Drawn into {svg}.")


def _line(pipeline: DeployedPipeline) -> dict[str, Any]:
    last = next(iter(pipeline.ledger.latest(pipeline.name, 1)), None)
    return {
        "pipeline": pipeline.name,
        "arn": pipeline.arn,
        "stages": [stage.name for first in stages_of(pipeline.definition) for stage in first.all()],
        "schedules": schedules_of(pipeline),
        "last_date": last.date if last else "",
        "last_status": true_status(pipeline, last) if last else "",
    }


def _off(schedule: dict[str, Any]) -> str:
    return "" if schedule["enabled"] else " (off)"
