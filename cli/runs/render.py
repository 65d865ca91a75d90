"""Runs as a person reads them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from .backfill import BackfillReport
from .execution import RunView
from .logs import LogTail
from .shape import StageShape
from .timeline import StageRun

STYLES = {
    "SUCCEEDED": "green",
    "RUNNING": "yellow",
    "PENDING_REDRIVE": "yellow",
    "ALREADY_RUNNING": "yellow",
    "WAITING": "dim",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "ABORTED": "red",
    "UNKNOWN": "red",
}
_MARKS = {
    "waiting": ("○", "dim"),
    "running": ("●", "yellow"),
    "succeeded": ("✓", "green"),
    "failed": ("✗", "red"),
    "stopped": ("■", "red"),
    "skipped": ("↷", "cyan"),
}
_LINES_OF_A_CAUSE = 12


def run_picture(view: RunView) -> RenderableType:
    """Return a run with its stages, as they stand at this moment."""
    table = Table(title=_title(view), title_justify="left", title_style="")
    table.add_column("", width=1)
    table.add_column("stage", no_wrap=True)
    table.add_column("kind", style="dim", no_wrap=True)
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    runs = {run.name: run for run in view.stages}
    for depth, stage in _nested(view.shape):
        run = runs[stage.name]
        mark, style = _MARKS[run.status]
        table.add_row(f"[{style}]{mark}[/]", f"{'  ' * depth}{escape(run.name)}", stage.kind, _took(run), _note(run))
    return table


def show_run(console: Console, view: RunView, tails: Sequence[LogTail] = ()) -> None:
    """Show a run, where and why it failed, and what the stage logged."""
    console.print(run_picture(view))
    if view.held_by:
        console.print(f"Another execution has this date: {view.held_by}", highlight=False, soft_wrap=True)
    if view.error or view.cause:
        verb = "was stopped" if view.status == "ABORTED" else "failed"
        where = f"Stage {view.failed_stage} {verb}" if view.failed_stage else f"The run {verb}"
        cause = "\n".join(view.cause.splitlines()[:_LINES_OF_A_CAUSE])
        console.print(Panel(escape(f"{view.error}\n{cause}".strip()), title=where, title_align="left", style="red"))
    for tail in tails:
        lines = "\n".join(tail.lines) or "(nothing)"
        title = f"Last lines of {tail.stage}, log group {tail.group}"
        console.print(Panel(Text(lines), title=title, title_align="left", border_style="dim"))


def runs_table(runs: Sequence[dict[str, Any]]) -> Table:
    """Return one line for each run."""
    table = Table()
    for name in ("pipeline", "date", "status", "attempt", "started (UTC)", "took", "failed at"):
        table.add_column(name, no_wrap=name != "failed at", justify="right" if name in ("attempt", "took") else "left")
    for run in runs:
        style = STYLES.get(run["status"], "")
        table.add_row(
            escape(run["pipeline"]),
            run["date"],
            f"[{style}]{run['status']}[/]",
            str(run["attempt"]),
            run["started_at"][:16].replace("T", " "),
            duration(run["seconds"]),
            escape(": ".join(part for part in (run["stage"], run["error"]) if part)),
        )
    return table


def backfill_line(report: BackfillReport) -> Group:
    """Return how far a backfill is: a bar, and the dates that run now."""
    total, done = len(report.dates), report.count("SUCCEEDED")
    width = 40
    filled = round(width * done / total)
    bad = round(width * report.failed / total)
    bar = f"[green]{'━' * filled}[/][red]{'━' * bad}[/][dim]{'━' * (width - filled - bad)}[/]"
    running = ", ".join(each.date for each in report.dates if each.status == "RUNNING")
    said = f"{bar} {done} of {total}" + (f", [red]{report.failed} failed[/]" if report.failed else "")
    return Group(Text.from_markup(said), Text(f"running: {running}" if running else "", style="dim"))


def show_backfill(console: Console, report: BackfillReport) -> None:
    """Show what became of a backfill: a line for each date that did not succeed."""
    left = [each for each in report.dates if each.status != "SUCCEEDED"]
    if left:
        table = Table(title=f"Dates of {report.pipeline} without a run that succeeded", title_justify="left")
        for name in ("date", "status", "cause"):
            table.add_column(name, overflow="fold")
        for each in left:
            style = STYLES.get(each.status, "")
            table.add_row(each.date, f"[{style}]{each.status}[/]", escape(each.cause[:400]))
        console.print(table)
    before = f" ({report.done_before} had before)" if report.done_before else ""
    succeeded = f"{report.count('SUCCEEDED')} of {len(report.dates)} dates have succeeded{before}"
    console.print(f"{succeeded}, in {duration(report.seconds)}.", highlight=False)
    if report.stopped:
        console.print(f"[red]Stopped:[/] {report.stopped}. The same command again goes on.", highlight=False)


def duration(seconds: float | None) -> str:
    """Return a time span in the units a person would use."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _title(view: RunView) -> str:
    style = STYLES.get(view.status, "")
    seconds = view.seconds if view.ended else (datetime.now(UTC) - view.started).total_seconds()
    date = f", {view.date}" if view.date else ""
    return f"{escape(view.pipeline)}{date}: [{style}]{view.status}[/] [dim]{duration(seconds)}[/]"


def _nested(stages: Sequence[StageShape], depth: int = 0) -> Iterator[tuple[int, StageShape]]:
    for stage in stages:
        yield depth, stage
        for way in stage.ways:
            yield from _nested(way.stages, depth + 1)


def _took(run: StageRun) -> str:
    if run.status == "running" and run.started:
        return f"{duration((datetime.now(UTC) - run.started).total_seconds())}…"
    return duration(run.seconds) if run.status not in ("waiting", "skipped") else ""


def _note(run: StageRun) -> str:
    notes = []
    if run.status == "skipped":
        notes.append("finished by an earlier attempt")
    if run.items:
        notes.append(f"{run.items_done} of {run.items} items")
    if run.attempts > 1:
        notes.append(f"{run.attempts} attempts")
    if run.error and run.status in ("failed", "running"):
        notes.append(run.error)
    if run.remark and run.status == "succeeded":
        notes.append(run.remark)
    return escape(", ".join(notes))
