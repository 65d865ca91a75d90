"""Markdown for a comment on a pull request, or for the summary of a job."""

import re
from collections.abc import Iterable

from .findings import PolicyCheck, PolicyFinding, UsedExemption
from .places import Places

# GitHub takes comments of 65,536 characters; those of four stacks are to fit into one, beside what they would deploy.
LIMIT = 8_000
_CELL = 600
_LEFT_OUT = 120


def document(check: PolicyCheck, places: Places, *, limit: int = LIMIT) -> str:
    """Return a stack's findings in at most `limit` characters: rows that do not fit are counted instead."""
    verdict = "refused" if check.refused else "passed"
    stops = sum(finding.stops for finding in check.findings)
    packs = ", ".join(f"{name} {version}".strip() for name, version in check.packs.items()) or "no pack ran"
    counts = (
        _count(stops, "violation"),
        _count(len(check.findings) - stops, "advisory", "advisories"),
        _count(len(check.exemptions), "exemption"),
    )
    stack = f"{_text(check.project)}/{_text(check.stack)}"
    totals = f"**{stack}: {verdict}.** {', '.join(counts)} ({_text(packs)}, {_count(check.rules, 'rule')})."
    notes = [_given(check)] if check.taken_as_given else []
    notes += [f"**The preview broke off, so this is not all:** {_text(error)}" for error in check.errors[:3]]
    parts = [totals, *notes]

    def left() -> int:
        return limit - sum(len(part) + 2 for part in parts) - _LEFT_OUT

    if check.exemptions:
        parts.append(_fitting([], map(_exempted, check.exemptions), left() // 2, len(check.exemptions), "exemption"))
    if check.findings:
        head = ["| level | rule | resource | at | problem | fix |", "| --- | --- | --- | --- | --- | --- |"]
        rows = (_row(finding, places) for finding in sorted(check.findings, key=_worst_first))
        parts.insert(1, _fitting(head, rows, left(), len(check.findings), "finding"))
    else:
        parts.insert(1, "No violations.")
    return "\n\n".join(parts) + "\n"


def _worst_first(finding: PolicyFinding) -> tuple[bool, int, str]:
    return (not finding.stops, finding.rank, finding.rule)


def _row(finding: PolicyFinding, places: Places) -> str:
    place = places.of(finding.rule, finding.urn)
    cells = (
        f"**{_text(finding.level)}**" if finding.stops else _text(finding.level),
        f"{_code(finding.rule)} ({_text(finding.severity)})",
        _code(finding.resource),
        _code(f"{place.file}:{place.line}") if place.declares else "",
        _text(finding.problem),
        _code(finding.fix) if finding.fix else "",
    )
    return f"| {' | '.join(cells)} |"


def _exempted(exemption: UsedExemption) -> str:
    told = f"until {exemption.expires} by {exemption.owner}: {exemption.reason}"
    return f"- exempted, {exemption.state}: {_code(exemption.rule)} {_text(f'{exemption.what} {told}')}"


def _given(check: PolicyCheck) -> str:
    names = ", ".join(check.taken_as_given)
    return f"Taken as the program gives them, not known to the local provider: {_text(names)}"


def _fitting(head: list[str], rows: Iterable[str], limit: int, count: int, what: str) -> str:
    """Return as many rows as fit, and say how many do not."""
    lines, length = list(head), sum(len(line) + 1 for line in head)
    shown = 0
    for row in rows:
        length += len(row) + 1
        if length > limit:
            break
        lines.append(row)
        shown += 1
    if not shown:
        lines = []
    if shown < count:
        lines += ["", f"{_count(count - shown, what)} not shown here: `watershed policies check` shows all."]
    return "\n".join(lines).strip("\n")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _code(text: str) -> str:
    # An HTML element, not backticks: a table splits at a `|` in those, and a backtick ends them.
    return f"<code>{_escaped(text)}</code>"


def _text(text: str) -> str:
    """Return text that shows as it is and calls nobody: GitHub makes links of @names and #numbers."""
    return re.sub(r"(&#(?:35|64);)", r"\1&#8203;", _escaped(text))


def _escaped(text: str) -> str:
    """Return text without a character that Markdown, HTML or GitHub (`:emoji:`, `$x^2$`) reads anything into."""
    shown = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    shown = shown if len(shown) <= _CELL else f"{shown[: _CELL - 1]}…"
    return re.sub(r"[\\`*_\[\]<>&|~$:@#!]|(?<=www)\.", lambda found: f"&#{ord(found[0])};", shown, flags=re.IGNORECASE)
