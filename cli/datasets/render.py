"""What the API answers, on a terminal."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_BARS = "▁▂▃▄▅▆▇█"


def listed(found: list[Any]) -> None:
    """Show a line for each data set."""
    if not found:
        Console().print("There is no data set here that you may read.")
        return
    table = Table()
    for title, how in (("data set", {}), ("zone", {}), ("owner", {}), ("rows", {"justify": "right"}), ("you may", {})):
        table.add_column(title, **how)  # type: ignore[arg-type]
    table.add_column("what it is", overflow="fold")
    for each in found:
        rows = "" if each["rows"] is None else f"{each['rows']:,}"
        name = escape(each["id"]) + ("" if each["status"] == "active" else f" [dim]({each['status']})[/]")
        told = escape(each["description"] or "")
        table.add_row(name, each["zone"], escape(each["owner"] or ""), rows, each["may"], told)
    Console().print(table)


def shown(found: Any) -> None:
    """Show a data set with its columns."""
    console = Console()
    totals, statistics = found["totals"] or {}, found["statistics"]
    console.print(f"[bold]{escape(found['id'])}[/] {escape(found['description'] or '')}", highlight=False)
    facts = {
        "table": found["table"],
        "owner": found["owner"],
        "classification": found["classification"],
        "tags": ", ".join(f"{name}={value}" for name, value in found["tags"].items()),
        "partitioned by": ", ".join(found["partitioned_by"]),
        "rows": f"{totals['rows']:,}" if totals else "",
        "you may": found["may"],
        "statistics": f"{statistics['status']}, of {statistics['computed_at']}" if statistics["computed_at"] else "",
    }
    for name, value in facts.items():
        if value:
            console.print(f"  [dim]{name:15}[/] {escape(str(value))}", highlight=False)
    profiles = {profile["name"]: profile for profile in statistics["columns"]}
    table = Table()
    for title in ("column", "type", "nulls", "distinct", "min", "max"):
        table.add_column(title, justify="right" if title in ("nulls", "distinct") else "left", overflow="fold")
    table.add_column("", no_wrap=True)
    for column in found["columns"]:
        table.add_row(escape(column["name"]), column["type"], *_profiled(profiles.get(column["name"])))
    console.print(table)


def _profiled(profile: Any) -> list[str]:
    if not profile:
        return ["", "", "", "", ""]
    ends = [escape(str(profile[end]))[:24] if profile[end] is not None else "" for end in ("min", "max")]
    return [f"{profile['nulls']:,}", f"{profile['distinct']:,}", *ends, sparkline(profile["histogram"])]


def sparkline(histogram: Any) -> str:
    """Return the counts of a histogram as a line of bars."""
    counts = [int(count) for count in (histogram or {}).get("counts", [])]
    most = max(counts, default=0)
    return "".join(_BARS[min(len(_BARS) - 1, count * len(_BARS) // (most + 1))] for count in counts) if most else ""


def uploaded(made: Any) -> None:
    """Show what became of an upload."""
    outcome = made["outcome"] or {}
    style = "green" if made["status"] == "committed" else "red"
    rows = f", {outcome['rows']:,} rows" if outcome.get("rows") is not None else ""
    rejected = f", {outcome['rejected_rows']:,} rejected" if outcome.get("rejected_rows") else ""
    console = Console()
    console.print(f"{escape(made['name'])}: [{style}]{made['status']}[/]{rows}{rejected}", highlight=False)
    reason = outcome.get("reason")
    if reason:
        console.print(escape(f"{reason['code']}: {reason['message']}"), highlight=False, soft_wrap=True)


def downloaded(found: list[Any], folder: Path) -> None:
    """Say how much there is."""
    size = sum(each["bytes"] for each in found)
    Console().print(f"{len(found)} files, {size:,} bytes in {folder}", highlight=False)


def result(found: Any, to: Path | None) -> None:
    """Show the rows of a query, what it scanned and what it cost."""
    console = Console()
    rows = found["rows"] or []
    table = Table()
    for column in found["columns"] or []:
        numbers = column["type"] in ("tinyint", "smallint", "integer", "bigint", "double", "float", "real")
        table.add_column(escape(column["name"]), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*("[dim]null[/]" if value is None else escape(str(value)) for value in row))
    console.print(table)
    more = ", and more" if found["cursor"] else ""
    scanned = f"{found['bytes_scanned']:,} bytes scanned, {found['cost_usd']:.6f} USD, {found['milliseconds']:,} ms"
    console.print(f"{len(rows)} rows{more}; {scanned}", style="dim", highlight=False)
    if to:
        console.print(f"The whole result is in {to}.", highlight=False)
