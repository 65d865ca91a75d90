"""The table of rules in docs/guides/policies.md; `python -m watershed_policies.guide`, in policies/, writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import registry

if TYPE_CHECKING:
    from .rule import Rule

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "policies.md"
START = "<!-- rules: written by `python -m watershed_policies.guide` -->\n"
END = "<!-- end of rules -->\n"


def table() -> str:
    """Return every rule as a row of Markdown."""
    rules = sorted(registry.load().rules.values(), key=lambda rule: rule.id)
    return "".join(("| rule | demands | why | severity | see |\n| --- | --- | --- | --- | --- |\n", *map(_row, rules)))


def with_table(text: str) -> str:
    """Return the guide's text with the table of today."""
    before, rest = text.split(START)
    return before + START + table() + END + rest.split(END)[1]


def _row(rule: Rule) -> str:
    profile = "" if rule.profile == "baseline" else " (strict)"
    frameworks = ", ".join(rule.frameworks)
    return f"| `{rule.id}`{profile} | {rule.title} | {rule.why} | {rule.severity} | {frameworks} |\n"


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text("utf-8")), "utf-8")
