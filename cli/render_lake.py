"""Show what there is in a deployed lake: the names to work with, and its data sets."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

# What a line of `_COLUMNS` holds, in the words of the metadata table.
_COLUMNS = {"rows": "rows", "objects": "objects", "quarantined": "quarantined", "rejected": "rejected_rows"}
_LABEL_WIDTH = 19
# Keys of the table and its indexes, and what is shown as a table of its own.
_HIDDEN = {"dataset", "pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "schema", "statistics", "definition"}
_STATISTICS = ("name", "type", "nulls", "distinct", "min", "max")


def show_names(console: Console, report: Any) -> None:
    """Show the names of a stack's outputs that a person works with, and how to reach the emulated AWS."""
    outputs = report.outputs
    labelled = [("AWS API", report.endpoint), ("account, region", f"{report.account}, {report.region}")]
    labelled += [(f"bucket {zone}", bucket) for zone, bucket in dict(outputs.get("lake") or {}).items()]
    labelled += _named(outputs, "quarantine", "bucket quarantine")
    labelled += [(f"database {zone}", database) for zone, database in dict(outputs.get("databases") or {}).items()]
    labelled += _named(outputs, "athenaWorkgroup", "Athena workgroup")
    labelled += _named(outputs, "metadataTable", "metadata table")
    labelled += [(f"function {name}", function) for name, function in dict(outputs.get("functions") or {}).items()]
    labelled += [(name, str(value)) for name, value in outputs.items() if str(value).startswith("http")]
    lines = "\n".join(f"{label:{_LABEL_WIDTH}} {value}" for label, value in labelled)
    console.print(Panel(escape(lines), title="Names", title_align="left"), highlight=False)


def show_signing_in(console: Console, found: Any) -> None:
    """Show where the portal and the API are, and with what to sign in."""
    if not found:
        return
    labelled = [("portal", found.portal), ("API", found.api), ("sign in as", found.email), ("password", found.password)]
    lines = "\n".join(f"{label:{_LABEL_WIDTH}} {value}" for label, value in labelled if value)
    title = "Data sets for people: a demo user of this machine"
    console.print(Panel(escape(lines), title=title, title_align="left"), highlight=False)


def show_datasets(console: Console, datasets: list[dict[str, Any]]) -> None:
    """Show a line for each data set of the metadata table."""
    if not datasets:
        return
    table = Table(title="Data sets", title_justify="left")
    table.add_column("data set", overflow="fold", min_width=8)
    for title in _COLUMNS:
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("updated (UTC)", no_wrap=True)
    for item in datasets:
        counts = [f"{item.get(key, 0):,}" for key in _COLUMNS.values()]
        table.add_row(escape(str(item["dataset"])), *counts, str(item.get("updated_at", ""))[:16].replace("T", " "))
    console.print(table)


def show_sample(console: Console, sample: Any) -> None:
    """Show what was asked of a sample, and what the metadata table knows of it."""
    answer = sample.answer
    table = Table(title=answer.question.capitalize(), title_justify="left", show_footer=len(answer.columns) > 1)
    numbers = [all(row[at].isdigit() for row in answer.rows) for at in range(len(answer.columns))]
    for at, column in enumerate(answer.columns):
        total = f"{sum(int(row[at]) for row in answer.rows):,}" if numbers[at] else "all"
        table.add_column(column, justify="right" if numbers[at] else "left", footer=total)
    for row in answer.rows:
        table.add_row(*(f"{int(value):,}" if numbers[at] else value for at, value in enumerate(row)))
    console.print(table)
    show_metadata(console, sample.dataset, sample.metadata)


def show_metadata(console: Console, dataset: str, item: dict[str, Any]) -> None:
    """Show all that the metadata table knows of a data set."""
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


def _named(outputs: dict[str, Any], output: str, label: str) -> list[tuple[str, str]]:
    return [(label, str(outputs[output]))] if outputs.get(output) else []
