"""Writes docs/policies/ and the examples that `watershed policies explain` shows: `make policy-docs`.

An entry a rule; its examples are cases of tests/policy/cases/, so each is tried by the tests.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from watershed_policies import guide, peers, registry

from tests.policy import cases
from tests.policy.harness import check
from tests.policy.program_text import formatted, program_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from watershed_policies.rule import Rule

    from tests.policy.cases import Case

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "policies"
EXAMPLES = ROOT / "policies" / "watershed_policies" / "examples.json"
WRITTEN = "<!-- written by `make policy-docs`; the texts are the rules' own, the examples are tests -->\n"


def documents() -> dict[Path, str]:
    """Return the text of every page, and the examples, as they should be today."""
    rules = registry.load().rules
    examples = _examples(rules)
    pages = {PAGES / "README.md": _index(rules), PAGES / "peers.md": _peers(rules)}
    for service in sorted({rule.service for rule in rules.values()}):
        chosen = [rule for _, rule in sorted(rules.items()) if rule.service == service]
        pages[PAGES / f"{service}.md"] = _page(service, chosen, examples)
    return {**pages, EXAMPLES: json.dumps(examples, indent=1, ensure_ascii=False) + "\n"}


def _examples(rules: Mapping[str, Rule]) -> dict[str, dict[str, str]]:
    by_rule: dict[str, list[Case]] = {id_: [] for id_ in rules}
    for found in sorted(pkgutil.iter_modules(cases.__path__), key=lambda module: module.name):
        for case in importlib.import_module(f"{cases.__name__}.{found.name}").CASES:
            by_rule.setdefault(case.rule, []).append(case)
    examples = {id_: _example(id_, by_rule[id_]) for id_ in sorted(rules) if by_rule[id_]}
    bad = formatted([example["bad"] for example in examples.values()])
    good = formatted([example["good"] for example in examples.values()])
    laid_out = zip(examples.items(), bad, good, strict=True)
    return {id_: {**example, "bad": refused, "good": passed} for (id_, example), refused, passed in laid_out}


def _example(id_: str, of_rule: list[Case]) -> dict[str, str]:
    bad = next(case for case in of_rule if case.refused)
    kinds = {resource.type for resource in bad.resources}
    goods = [case for case in of_rule if not case.refused]
    # The good one that resembles the bad one most tells most.
    good = min(goods, key=lambda case: len(kinds ^ {resource.type for resource in case.resources}))
    message = check(bad.resources, profile="strict", only=id_)[0].message
    return {
        "bad": program_text(bad.resources),
        "good": program_text(good.resources),
        "problem": message.partition("\n  Fix: ")[0].partition(": ")[2],
        "fix": message.partition("\n  Fix: ")[2],
    }


def _index(rules: Mapping[str, Rule]) -> str:
    lines = [WRITTEN, "# The rules, by service\n\n", "[How the policies work](../guides/policies.md); "]
    lines += ["[the peers' checks beside ours](peers.md).\n\n| service | rules |\n| --- | --- |\n"]
    for service in sorted({rule.service for rule in rules.values()}):
        links = ", ".join(_link(id_) for id_, rule in sorted(rules.items()) if rule.service == service)
        lines.append(f"| [{service}]({service}.md) | {links} |\n")
    return "".join(lines)


def _page(service: str, rules: Iterable[Rule], examples: Mapping[str, Mapping[str, str]]) -> str:
    entries = "\n".join(_entry(rule, examples.get(rule.id)) for rule in rules)
    return f"{WRITTEN}# Rules for {service}\n\n{entries}"


def _entry(rule: Rule, example: Mapping[str, str] | None) -> str:
    strict = ", in the strict profile" if rule.profile == "strict" else ""
    lines = [f"## {rule.id}\n\n**{rule.title}.** Severity: {rule.severity}{strict}.\n\n{rule.why}\n"]
    named = [*rule.frameworks, *(peer for peer in rule.peers if peer not in rule.frameworks)]
    if named:
        lines.append(f"\nAlso asked for by: {', '.join(named)}.\n")
    if example:
        lines += [f"\nRefused:\n\n```python\n{example['bad']}```\n\n> {_one_line(example['problem'])}\n"]
        lines += [f"\nFix: `{_one_line(example['fix'])}`\n\nGood:\n\n```python\n{example['good']}```\n"]
    grant = "\n  grant: <action> on <resource>  # as the violation shows it" if rule.by_grant else ""
    lines.append(
        f"\nExempt one resource, in `watershed:exemptions` of the stack's config:\n\n```yaml\n- rule: {rule.id}\n"
        f"  resource: <name or URN>{grant}\n  reason: <why>\n  owner: <who>\n  expires: <YYYY-MM-DD>\n```\n"
    )
    return "".join(lines)


def _peers(rules: Mapping[str, Rule]) -> str:
    known = peers.load()
    lines = [WRITTEN, "# Other tools' checks beside ours\n\n"]
    lines += ["cdk-nag, Checkov, Trivy and AWS Foundational Security Best Practices (FSBP).\n"]
    for service, checks in known.coverage.items():
        lines.append(f"\n## {service}\n\n| check | our rule |\n| --- | --- |\n")
        for each in checks:
            ours = ", ".join(_link(rule.id) for rule in peers.rules_for(each, rules.values()))
            lines.append(f"| {each} | {ours or known.different.get(each, 'not yet')} |\n")
    return "".join(lines)


def _link(id_: str) -> str:
    return f"[{id_}]({id_.split('-')[0].lower()}.md#{id_.lower()})"


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for path, text in documents().items():
        path.write_text(text, "utf-8")
    guide.GUIDE.write_text(guide.with_table(guide.GUIDE.read_text("utf-8")), "utf-8")
