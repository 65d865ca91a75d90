"""JUnit XML: a test case a rule, so that CI systems show policies beside tests."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from .findings import PolicyCheck, PolicyFinding, UsedExemption

# What XML 1.0 cannot hold, whatever a name or reason holds.
_NO_XML = {code: " " for code in range(32) if chr(code) not in "\t\n\r"}


def document(check: PolicyCheck, rules: Mapping[str, Any]) -> str:
    """Return a stack's findings; `rules` are the pack's by id, those without findings have passed."""
    by_rule: dict[str, tuple[list[PolicyFinding], list[UsedExemption]]] = {id_: ([], []) for id_ in sorted(rules)}
    for finding in check.findings:
        by_rule.setdefault(finding.rule, ([], []))[0].append(finding)
    for exemption in check.exemptions:
        by_rule.setdefault(exemption.rule, ([], []))[1].append(exemption)
    failed = sum(any(finding.stops for finding in findings) for findings, _ in by_rule.values())
    errors = int(bool(check.errors))
    counts = {"tests": str(len(by_rule) + errors), "failures": str(failed), "errors": str(errors)}
    root = ET.Element("testsuites", {"name": "watershed policies", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": f"{check.project}/{check.stack}", **counts})
    if check.errors:
        case = ET.SubElement(suite, "testcase", classname="policies", name="the preview")
        broken = ET.SubElement(case, "error", type="preview", message="it broke off, so not everything is judged")
        broken.text = _clean("\n".join(check.errors))
    for id_, (findings, exemptions) in by_rule.items():
        title = rules[id_].title if id_ in rules else ""
        case = ET.SubElement(suite, "testcase", classname=f"policies.{id_.split('-')[0].lower()}", name=id_)
        stopping = [finding for finding in findings if finding.stops]
        if stopping:
            message = f"{len(stopping)} finding(s): {title or id_}"
            failure = ET.SubElement(case, "failure", type=stopping[0].severity, message=_clean(message))
            failure.text = _clean("\n".join(map(_told, stopping)))
        shown = [*(_told(finding) for finding in findings if not finding.stops), *map(_exempted, exemptions)]
        if shown:
            ET.SubElement(case, "system-out").text = _clean("\n".join(shown))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _told(finding: PolicyFinding) -> str:
    return f"{finding.level}: {finding.problem}" + (f"\n  Fix: {finding.fix}" if finding.fix else "")


def _exempted(exemption: UsedExemption) -> str:
    return f"{exemption.what} is exempted until {exemption.expires} by {exemption.owner}: {exemption.reason}"


def _clean(text: str) -> str:
    return text.translate(_NO_XML)
