"""`watershed least-privilege`: what each role of a stack uses of what it is granted, seen in the local stage."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from .errors import POLICY
from .local import HERE, AsJson, NoBuild, Project, StackName, host_builder
from .siblings import sibling

Running = Annotated[bool, typer.Option("--running", help="Read the stage that runs, as far as it has been used.")]

_STYLE = {"used": "green", "kept": "cyan", "unused": "red", "missing": "bold red"}
_WORDS = {
    "used": "granted and used",
    "kept": "granted, never used, kept for a reason",
    "unused": "granted and never used",
    "missing": "used and not granted",
}


def least_privilege(
    project: Project = HERE,
    stack: StackName = "local",
    running: Running = False,
    no_build: NoBuild = False,
    as_json: AsJson = False,
) -> None:
    """Deploy the stack to a stage of its own, take every path of its handlers, and compare calls with grants.

    Exit code 3 where a role lacks something on AWS, or holds something that it never uses and no reason is given for.
    """
    from .progress import console_progress

    folder = sibling("local.workspace").find_project(project)
    measure = sibling("local.privileges.measure")
    if running:
        report = measure.measure_running(folder)
    else:
        with console_progress() as progress:
            report = measure.measure(folder, stack, host_builder(project, skip=no_build), progress)
    if as_json:
        print(json.dumps({**asdict(report), "fails": report.fails}, indent=2))  # noqa: T201 - the result
    else:
        _show(report)
    if report.fails:
        raise typer.Exit(POLICY)


def _show(report: Any) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    for role in dict.fromkeys(line.role for line in report.lines):
        table = Table(title=role, title_justify="left")
        table.add_column()
        table.add_column("action", no_wrap=True)
        table.add_column("on", overflow="fold")
        table.add_column("by, or why")
        for line in report.lines:
            if line.role == role:
                style = _STYLE[line.verdict]
                on = _short(line.resource) + _condition(line.condition)
                table.add_row(f"[{style}]{line.verdict}[/]", line.action, escape(on), escape(line.why))
        console.print(table)
    for problem in report.problems:
        console.print(f"[red]problem[/] {escape(problem)}", highlight=False, soft_wrap=True)
    for verdict, words in _WORDS.items():
        count = sum(line.verdict == verdict for line in report.lines)
        console.print(f"[{_STYLE[verdict]}]{count:4}[/] {words}", highlight=False)
    console.print(f"[dim]{report.recorded} different calls were recorded.[/]", highlight=False)


def _short(arn: str) -> str:
    """Return an ARN without what all of an account's have in common."""
    parts = arn.split(":", 5)
    return f"{parts[2]}:{parts[5]}" if len(parts) == 6 else arn


def _condition(condition: str) -> str:
    """Return the values that a condition binds a grant to; their keys would fill the table."""
    values = [value for keys in json.loads(condition).values() for value in keys.values()]
    listed = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return f" if {', '.join(_short(each) for each in listed)}" if listed else ""
