"""SARIF 2.1.0, in the subset that GitHub code scanning reads.

https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .findings import EXEMPTION, PolicyCheck, PolicyFinding, UsedExemption

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub's bands: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low.
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
LEVELS = {"mandatory": "error", "advisory": "warning"}


def document(check: PolicyCheck, rules: Mapping[str, Any], project: Path) -> dict[str, Any]:
    """Return a stack's findings; `rules` are the pack's by id."""
    known = {id_: _rule(rule) for id_, rule in sorted(rules.items())}
    for finding in check.findings:
        known.setdefault(finding.rule, _unknown_rule(finding.rule))
    for exemption in check.exemptions:
        known.setdefault(exemption.rule, _unknown_rule(exemption.rule))
    index = {id_: position for position, id_ in enumerate(known)}
    file = project / f"Pulumi.{check.stack}.yaml"
    place = _Place(_from_repository(file), _line_of(file, "exemptions:"))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Watershed policies",
                        "semanticVersion": check.packs.get("watershed", "").removeprefix("v") or "0.0.0",
                        "rules": list(known.values()),
                    }
                },
                "automationDetails": {"id": f"watershed-policies/{check.stack}/"},
                "columnKind": "unicodeCodePoints",
                "results": [
                    *(_result(finding, index, place) for finding in check.findings),
                    *(_suppressed(exemption, index, place) for exemption in check.exemptions),
                ],
            }
        ],
    }


class _Place:
    """Where findings are shown: GitHub demands a file, and a deploy has one for its stack."""

    def __init__(self, uri: str, exemptions_line: int) -> None:
        self.uri = uri
        self.exemptions_line = exemptions_line

    def location(self, rule: str, urn: str) -> dict[str, Any]:
        line = self.exemptions_line if rule == EXEMPTION else 1
        return {
            "physicalLocation": {
                "artifactLocation": {"uri": self.uri},
                "region": {"startLine": line},
            },
            "logicalLocations": [
                {"name": urn.rpartition("::")[2] or "stack", "fullyQualifiedName": urn or "stack", "kind": "resource"}
            ],
        }


def _rule(rule: Any) -> dict[str, Any]:
    standards = ", ".join(rule.frameworks)
    asked = f"\n\nAlso asked for by {standards}." if standards else ""
    exempt = f"To exempt one resource, list {rule.id} with it under watershed:exemptions in the stack's config."
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.why}"},
        "help": {
            "text": f"{rule.why}{asked}\n\nEach finding names its fix. {exempt}",
            "markdown": f"{rule.why}{asked}\n\nEach finding names its fix. {exempt}\n\n"
            f"`watershed policies explain {rule.id}` shows examples.",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", rule.service, *_words(rule.frameworks)],
            "precision": "high",
            "problem.severity": "error" if rule.severity in ("critical", "high") else "warning",
            "security-severity": SECURITY_SEVERITY[rule.severity],
        },
    }


def _unknown_rule(id_: str) -> dict[str, Any]:
    text = "Exemptions are in force, needed and well-formed" if id_ == EXEMPTION else f"The policy {id_}"
    return {
        "id": id_,
        "name": id_,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": "Each finding names its fix.", "markdown": "Each finding names its fix."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security"], "precision": "high", "security-severity": SECURITY_SEVERITY["medium"]},
    }


def _result(finding: PolicyFinding, index: Mapping[str, int], place: _Place) -> dict[str, Any]:
    fix = f"\nFix: {finding.fix}" if finding.fix else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": LEVELS.get(finding.level, "note"),
        "message": {"text": f"{finding.problem}{fix}"},
        "locations": [place.location(finding.rule, finding.urn)],
        "partialFingerprints": {"watershedFinding/v1": _fingerprint(finding.rule, finding.urn, finding.problem)},
    }


def _suppressed(exemption: UsedExemption, index: Mapping[str, int], place: _Place) -> dict[str, Any]:
    told = f"exempted until {exemption.expires} by {exemption.owner}: {exemption.reason}"
    return {
        "ruleId": exemption.rule,
        "ruleIndex": index[exemption.rule],
        "level": "note",
        "message": {"text": f"{exemption.what} is {told}"},
        "locations": [place.location(EXEMPTION, exemption.urn)],
        "partialFingerprints": {"watershedFinding/v1": _fingerprint(exemption.rule, exemption.urn, exemption.what)},
        "suppressions": [{"kind": "external", "status": "accepted", "justification": told}],
    }


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _words(frameworks: Iterable[str]) -> list[str]:
    # GitHub takes at most 20 tags.
    return [name.replace(" ", "-").lower() for name in frameworks][:18]


def _from_repository(file: Path) -> str:
    """Return the file's path from the root of its repository, as code scanning wants it."""
    file = file.resolve()
    root = next((folder for folder in file.parents if (folder / ".git").exists()), file.parent)
    return file.relative_to(root).as_posix()


def _line_of(file: Path, text: str) -> int:
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)
