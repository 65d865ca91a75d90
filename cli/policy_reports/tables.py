"""Policies, one policy, and what they said of a stack, for people."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .findings import PolicyCheck, State

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim", "mandatory": "red"}


def show_rules(rules: Iterable[Any]) -> None:
    """List the rules."""
    table = Table(title="Policies", title_justify="left")
    for name in ("rule", "severity", "profile"):
        table.add_column(name, no_wrap=True)
    table.add_column("demands", overflow="fold")
    listed = list(rules)
    for rule in listed:
        mark = " [cyan](can be remediated)[/]" if rule.remedies else ""
        table.add_row(rule.id, _styled(rule.severity), rule.profile, escape(rule.title) + mark)
    console = Console()
    console.print(table)
    if any(rule.remedies for rule in listed):
        _say(
            console,
            "What can be remediated is, where the policies' config file says so: watershed policies explain RULE",
        )


def show_rule(rule: dict[str, Any]) -> None:
    """Explain one rule."""
    console = Console()
    severity = f"{_styled(rule['severity'])}, {rule['profile']}"
    _say(console, f"[bold]{rule['rule']}[/] ({severity}): {escape(rule['demands'])}.\n\n{escape(rule['why'])}\n")
    for title, key in (("Standards", "frameworks"), ("Other tools' checks", "peers")):
        if rule[key]:
            _say(console, f"{title}: {escape(', '.join(rule[key]))}")
    for title, key in (("Refused", "bad"), ("Because", "problem"), ("Fix", "fix"), ("Good", "good")):
        if rule.get(key):
            _say(console, f"\n[bold]{title}[/]\n{escape(str(rule[key]))}")
    if rule["remediation"]:
        _say(
            console,
            f"\n[bold]Remediation[/], off unless the policies' config file has "
            f'"remediate": ["{rule["rule"]}"]\n{escape(rule["remediation"])}; mend the program nonetheless',
        )
    _say(console, f"\n[bold]Exempt one resource[/] (Pulumi.<stack>.yaml)\n{escape(rule['exempt'])}")


def show_check(check: PolicyCheck) -> None:
    """Show what the policies said of a stack."""
    console = Console()
    if check.findings:
        table = Table(title=f"{check.project}/{check.stack}", title_justify="left")
        for name in ("level", "severity", "rule", "resource"):
            table.add_column(name, overflow="fold")
        table.add_column("problem and fix", overflow="fold", ratio=1)
        for finding in check.findings:
            fix = f"\n[dim]Fix:[/] {escape(finding.fix)}" if finding.fix else ""
            cells = (_styled(finding.level), _styled(finding.severity), finding.rule, escape(finding.resource))
            table.add_row(*cells, escape(finding.problem) + fix)
        console.print(table)
    for exemption in check.exemptions:
        style = "yellow" if exemption.state is State.EXPIRING else "dim"
        told = f"until {exemption.expires} by {exemption.owner}: {exemption.reason}"
        _say(console, f"[{style}]exempted, {exemption.state}[/] {exemption.rule}: {escape(f'{exemption.what} {told}')}")
    if check.taken_as_given:
        given = ", ".join(check.taken_as_given)
        _say(console, f"[dim]taken as the program gives them, not known to the local provider:[/] {escape(given)}")
    for error in check.errors:
        _say(console, f"[red]the preview broke off, so this is not all:[/] {escape(error)}")
    verdict = "[red]refused[/]" if check.refused else "[green]passed[/]"
    packs = ", ".join(f"{name} {version}".strip() for name, version in check.packs.items()) or "no pack ran"
    stops = sum(finding.stops for finding in check.findings)
    _say(
        console,
        f"Policies of {escape(check.project)}/{escape(check.stack)}: {verdict} ({escape(packs)}, {check.rules} rules: "
        f"{stops} violations, {len(check.findings) - stops} advisories, {len(check.exemptions)} exemptions)",
    )


def _styled(word: str) -> str:
    style = _STYLES.get(word)
    return f"[{style}]{word}[/]" if style else word


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)
