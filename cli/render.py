"""Show the local stage's reports on a terminal."""

from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

# Keys of the table and its indexes, and what is shown as a table of its own.
_HIDDEN = {"dataset", "pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "schema", "statistics", "definition"}
_STATISTICS = ("name", "type", "nulls", "distinct", "min", "max")
_LEVEL_STYLE = {"mandatory": "red", "advisory": "yellow"}


def show_up(report: Any) -> None:
    """Show the result of `up`."""
    console = Console()
    _show_components(console, report.components)
    _show_policy(console, report.policy)
    for sample in report.samples:
        _show_sample(console, sample)
    _show_addresses(console, report)
    verb = "Nothing to change" if report.unchanged else "Deployed"
    loaded = "" if any(sample.loaded_now for sample in report.samples) or not report.samples else ", the data was there"
    console.print(
        f"[bold green]{verb}[/] ({report.project}/{report.stack}, {report.seconds:.1f} s{loaded}).", highlight=False
    )


def show_down(report: Any) -> None:
    """Show the result of `down`."""
    parts = ["the emulated AWS is stopped"] if report.stopped_emulator else []
    parts += ["its data and state are removed"] if report.removed_state else []
    Console().print(f"Down: {' and '.join(parts)}." if parts else "Nothing was up.", highlight=False)


def show_status(report: Any) -> None:
    """Show the result of `status`."""
    console = Console()
    words = {
        "running": f"running at {report.endpoint} (process {report.pid})",
        "down": "down: `make up` starts it",
        "stopped": "the emulated AWS is gone and its data with it: `make up` starts clean",
        "unfinished": "an `up` runs, or was cut off in mid-deploy: `make up` then starts clean",
    }
    console.print(f"Local stage of {report.project}: {words[report.state]}", highlight=False, soft_wrap=True)
    if report.components:
        _show_components(console, report.components)
    for dataset in report.datasets:
        _show_metadata(console, str(dataset["dataset"]), dataset)
    for queue, count in report.dead_letters.items():
        console.print(f"[red]{count} message(s) in the dead-letter queue {queue}[/]")


def show_preview(report: Any) -> None:
    """Show the result of `preview`."""
    console = Console()
    _show_components(console, report.components, title=f"{report.project}/{report.stack} would deploy")
    _show_policy(console, report.policy)
    for warning in report.warnings:
        console.print(f"[yellow]warning[/] {escape(warning)}", highlight=False, soft_wrap=True)
    for note in report.approximate:
        console.print(f"[dim]approximate: {escape(note)}[/]", highlight=False, soft_wrap=True)
    changes = ", ".join(f"{count} to {change}" for change, count in report.changes.items())
    console.print(f"Previewed in {report.seconds:.1f} s: {changes or 'stopped by the policies'}.", highlight=False)


def _show_components(console: Console, components: list[Any], title: str = "Resources") -> None:
    table = Table(title=title, title_justify="left", show_footer=True)
    emulated = sum(each.emulated for each in components)
    recorded = sum(each.recorded for each in components)
    table.add_column("component", footer="all")
    table.add_column("emulated", justify="right", footer=str(emulated))
    table.add_column("recorded only", justify="right", footer=str(recorded))
    table.add_column("of these types", overflow="fold")
    for each in components:
        kinds = ", ".join(_counted(kind, count) for kind, count in sorted(each.types.items()))
        table.add_row(each.component, str(each.emulated), str(each.recorded or ""), f"[dim]{escape(kinds)}[/]")
    console.print(table)


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


def _show_sample(console: Console, sample: Any) -> None:
    answer = sample.answer
    table = Table(title=answer.question.capitalize(), title_justify="left", show_footer=len(answer.columns) > 1)
    numbers = [all(row[at].isdigit() for row in answer.rows) for at in range(len(answer.columns))]
    for at, column in enumerate(answer.columns):
        total = f"{sum(int(row[at]) for row in answer.rows):,}" if numbers[at] else "all"
        table.add_column(column, justify="right" if numbers[at] else "left", footer=total)
    for row in answer.rows:
        table.add_row(*(f"{int(value):,}" if numbers[at] else value for at, value in enumerate(row)))
    console.print(table)
    _show_metadata(console, sample.dataset, sample.metadata)


def _show_metadata(console: Console, dataset: str, item: dict[str, Any]) -> None:
    table = Table(title=f"Metadata of {dataset}", title_justify="left", show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for key, value in sorted(item.items()):
        if key not in _HIDDEN:
            table.add_row(key, escape(_text(value)))
    console.print(table)
    statistics = item.get("statistics")
    if isinstance(statistics, list) and statistics:
        _show_statistics(console, statistics)


def _show_statistics(console: Console, statistics: list[dict[str, Any]]) -> None:
    table = Table(title="Columns", title_justify="left")
    for name in _STATISTICS:
        number = name in ("nulls", "distinct")
        table.add_column(name, justify="right" if number else "left", no_wrap=number, min_width=8, overflow="fold")
    for column in statistics:
        table.add_row(*(escape(_text(column.get(name))) for name in _STATISTICS))
    console.print(table)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={each}" for key, each in value.items())
    return str(value)


def _show_addresses(console: Console, report: Any) -> None:
    lines = [f"AWS API      {report.endpoint}   (account {report.account}, {report.region})"]
    lines += [f"{name:12} {value}" for name, value in report.outputs.items() if str(value).startswith("http")]
    environment = (
        f"AWS_ENDPOINT_URL={report.endpoint} AWS_REGION={report.region} "
        "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    )
    zones = dict(report.outputs.get("lake") or {})
    command = "make" if (Path(report.folder) / "Makefile").is_file() else "watershed local"
    next_lines = [
        f"{command} logs      what the functions log",
        f"{command} status    what runs and what is in it",
        f"{command} preview   what a stack would deploy, with the policies",
        f"{command} down      stop and remove all of it",
    ]
    console.print(Panel(Group("\n".join(map(escape, lines))), title="Addresses", title_align="left"), highlight=False)
    if "curated" in zones:
        console.print(f"{environment} \\\n  aws s3 ls s3://{zones['curated']} --recursive", style="dim", soft_wrap=True)
    console.print(Panel("\n".join(map(escape, next_lines)), title="Next", title_align="left"), highlight=False)
