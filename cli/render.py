"""Show the local stage's reports on a terminal."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from .render_lake import show_datasets, show_metadata, show_names, show_sample, show_signing_in

_LEVEL_STYLE = {"mandatory": "red", "advisory": "yellow"}


def show_up(report: Any) -> None:
    """Show the result of `up`."""
    console = Console()
    if report.unchanged:
        _show_policy(console, report.policy)
        for sample in report.samples:
            if sample.loaded_now:
                show_sample(console, sample)
    else:
        _show_deployed(console, report)
    _show_runs(console, report.runs)
    show_datasets(console, report.datasets)
    show_names(console, report)
    show_signing_in(console, report.signing_in)
    if not report.unchanged:
        _show_next(console, report)
    verb = "Nothing to change" if report.unchanged else "Deployed"
    loaded = "" if any(sample.loaded_now for sample in report.samples) or not report.samples else ", the data was there"
    console.print(
        f"[bold green]{verb}[/] ({report.project}/{report.stack}, {report.seconds:.1f} s{loaded}).", highlight=False
    )
    if report.unchanged:
        console.print(f"All resources: {_command(report)} status", style="dim", highlight=False)


def _show_deployed(console: Console, report: Any) -> None:
    _show_components(console, report.components)
    _show_policy(console, report.policy)
    for sample in report.samples:
        show_sample(console, sample)


def _show_runs(console: Console, runs: list[Any]) -> None:
    if not runs:
        return
    from .runs.render import show_run

    for run in runs:
        show_run(console, run)


def show_down(report: Any) -> None:
    """Show the result of `down`."""
    parts = ["the emulated AWS is stopped"] if report.stopped_emulator else []
    parts += ["its data and state are removed"] if report.removed_state else []
    Console().print(f"Down: {' and '.join(parts)}." if parts else "Nothing was up.", highlight=False)


def show_status(report: Any, dataset: str = "") -> None:
    """Show the result of `status`, with all that is known of one data set if asked."""
    console = Console()
    words = {
        "running": f"the stack {report.stack} is up at {report.endpoint} (process {report.pid})",
        "down": "down: `make up` starts it",
        "stopped": "the emulated AWS is gone and its data with it: `make up` starts clean",
        "unfinished": "an `up` runs, or was cut off in mid-deploy: `make up` then starts clean",
    }
    console.print(f"Local stage of {report.project}: {words[report.state]}", highlight=False, soft_wrap=True)
    if report.components:
        _show_components(console, report.components)
    show_datasets(console, report.datasets)
    if report.state == "running":
        show_names(console, report)
        show_signing_in(console, report.signing_in)
    for item in report.datasets:
        if item["dataset"] == dataset:
            show_metadata(console, dataset, item)
    if dataset and dataset not in [item["dataset"] for item in report.datasets]:
        console.print(f"[yellow]Nothing is known of a data set {escape(dataset)}: nothing was ingested for it.[/]")
    for queue, count in report.dead_letters.items():
        console.print(f"[red]{count} message(s) in the dead-letter queue {queue}[/]")


def show_preview(report: Any) -> None:
    """Show the result of `preview`."""
    console = Console()
    _show_planned(console, report.components, title=f"{report.project}/{report.stack} would deploy")
    _show_policy(console, report.policy)
    for warning in report.warnings:
        console.print(f"[yellow]warning[/] {escape(warning)}", highlight=False, soft_wrap=True)
    for note in report.approximate:
        console.print(f"[dim]approximate: {escape(note)}[/]", highlight=False, soft_wrap=True)
    changes = ", ".join(f"{count} to {change}" for change, count in report.changes.items())
    console.print(f"Previewed in {report.seconds:.1f} s: {changes or 'stopped by the policies'}.", highlight=False)


def _show_planned(console: Console, components: list[Any], title: str) -> None:
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("component", footer="all")
    total = sum(each.emulated + each.recorded for each in components)
    table.add_column("resources", justify="right", footer=str(total))
    table.add_column("of these types", overflow="fold")
    for each in components:
        table.add_row(each.component, str(each.emulated + each.recorded), _kinds(each))
    console.print(table)


def _show_components(console: Console, components: list[Any]) -> None:
    table = Table(title="Resources", title_justify="left", show_footer=True)
    emulated = sum(each.emulated for each in components)
    recorded = sum(each.recorded for each in components)
    table.add_column("component", footer="all")
    table.add_column("emulated", justify="right", footer=str(emulated))
    table.add_column("recorded only", justify="right", footer=str(recorded))
    table.add_column("of these types", overflow="fold")
    for each in components:
        table.add_row(each.component, str(each.emulated), str(each.recorded or ""), _kinds(each))
    console.print(table)


def _kinds(component: Any) -> str:
    kinds = ", ".join(_counted(kind, count) for kind, count in sorted(component.types.items()))
    return f"[dim]{escape(kinds)}[/]"


def _counted(kind: str, count: int) -> str:
    package, _, name = kind.partition(":")
    service = name.partition("/")[0].partition(":")[0]
    short = f"{service}.{kind.rpartition(':')[2]}" if package == "aws" else kind
    return short if count == 1 else f"{short} x{count}"


def _show_policy(console: Console, policy: Any) -> None:
    packs = ", ".join(f"{name} {version}".strip() for name, version in policy.packs.items()) or "no pack ran"
    verdict = "[red]refused[/]" if policy.violations else "[green]passed[/]"
    console.print(
        f"Policies: {verdict} ({escape(packs)}{f', {policy.rules} rules' if policy.rules else ''}: "
        f"{len(policy.violations)} violations, {len(policy.advisories)} advisories, "
        f"{len(policy.exemptions)} exemptions)",
        highlight=False,
        soft_wrap=True,
    )
    for finding in [*policy.violations, *policy.advisories, *policy.exemptions]:
        style = _LEVEL_STYLE.get(finding.level, "yellow")
        name = finding.resource.rpartition("::")[2] or "the stack"
        console.print(
            f"  [{style}]{finding.level}[/] {escape(name)}: {escape(finding.message.strip())} [dim]{finding.policy}[/]",
            highlight=False,
            soft_wrap=True,
        )


def _command(report: Any) -> str:
    return "make" if (Path(report.folder) / "Makefile").is_file() else "watershed local"


def _show_next(console: Console, report: Any) -> None:
    environment = (
        f"AWS_ENDPOINT_URL={report.endpoint} AWS_REGION={report.region} "
        "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    )
    zones = dict(report.outputs.get("lake") or {})
    command = _command(report)
    next_lines = [
        f"{command} logs      what the functions log",
        f"{command} status    what runs and what is in it",
        f"{command} preview   what a stack would deploy, with the policies",
        f"{command} down      stop and remove all of it",
    ]
    if report.outputs.get("pipelines"):
        next_lines.insert(0, ".venv/bin/watershed runs list; runs show NAME; pipelines graph NAME")
    if "curated" in zones:
        console.print(f"{environment} \\\n  aws s3 ls s3://{zones['curated']} --recursive", style="dim", soft_wrap=True)
    console.print(Panel("\n".join(map(escape, next_lines)), title="Next", title_align="left"), highlight=False)
