"""SARIF 2.1.0, in the subset that GitHub code scanning reads.

https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from .findings import EXEMPTION, PolicyCheck, PolicyFinding, UsedExemption
from .places import Places

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub's bands: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low.
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
LEVELS = {"mandatory": "error", "advisory": "warning"}

# What GitHub takes of a file; it drops what is more, or the file.
MOST_RESULTS = 5_000
MOST_TAGS = 10
LONGEST_DESCRIPTION = 1_024
LONGEST_MESSAGE = 4_000


def document(check: PolicyCheck, rules: Mapping[str, Any], places: Places) -> dict[str, Any]:
    """Return a stack's findings; `rules` are the pack's by id.

    Exemptions are notifications: code scanning would show a suppressed result as an open alert.
    """
    known = {id_: _rule(rule) for id_, rule in sorted(rules.items())}
    for id_ in [*(finding.rule for finding in check.findings), *(exemption.rule for exemption in check.exemptions)]:
        known.setdefault(id_, _unknown_rule(id_))
    index = {id_: position for position, id_ in enumerate(known)}
    worst_first = sorted(check.findings, key=lambda finding: (not finding.stops, finding.rank))
    notifications = [_notification(exemption, index, places) for exemption in check.exemptions]
    notifications += [{"level": "error", "message": {"text": _cut(each, LONGEST_MESSAGE)}} for each in check.errors]
    if len(worst_first) > MOST_RESULTS:
        left_out = (
            f"{len(worst_first) - MOST_RESULTS:,} less severe results are left out: {MOST_RESULTS:,} is the most."
        )
        notifications.append({"level": "warning", "message": {"text": left_out}})
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
                "invocations": [{"executionSuccessful": not check.errors, "toolExecutionNotifications": notifications}],
                "results": [_result(finding, index, places) for finding in worst_first[:MOST_RESULTS]],
            }
        ],
    }


def _rule(rule: Any) -> dict[str, Any]:
    standards = ", ".join(rule.frameworks)
    asked = f"\n\nAlso asked for by {standards}." if standards else ""
    exempt = f"To exempt one resource, list {rule.id} with it under watershed:exemptions in the stack's config."
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": _cut(rule.title, LONGEST_DESCRIPTION)},
        "fullDescription": {"text": _cut(f"{rule.title}. {rule.why}", LONGEST_DESCRIPTION)},
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


def _result(finding: PolicyFinding, index: Mapping[str, int], places: Places) -> dict[str, Any]:
    fix = f"\nFix: {finding.fix}" if finding.fix else ""
    fingerprint = _fingerprint(finding.rule, finding.urn, finding.problem)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": LEVELS.get(finding.level, "note"),
        "message": {"text": _cut(f"{finding.problem}{fix}", LONGEST_MESSAGE)},
        "locations": [_location(finding, places)],
        # GitHub tells alerts apart by the first alone, and would take all of one rule at one line for the same.
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "watershedFinding/v1": fingerprint},
    }


def _notification(exemption: UsedExemption, index: Mapping[str, int], places: Places) -> dict[str, Any]:
    told = f"exempted until {exemption.expires} by {exemption.owner}: {exemption.reason}"
    return {
        "level": "note",
        "message": {"text": _cut(f"{exemption.what} is {told}", LONGEST_MESSAGE)},
        "associatedRule": {"id": exemption.rule, "index": index[exemption.rule]},
        "locations": [_location(exemption, places, rule=EXEMPTION)],
    }


def _location(found: PolicyFinding | UsedExemption, places: Places, rule: str = "") -> dict[str, Any]:
    place = places.of(rule or found.rule, found.urn)
    name = found.urn.rpartition("::")[2] or "stack"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": place.line},
        },
        "logicalLocations": [{"name": name, "fullyQualifiedName": found.urn or "stack", "kind": "resource"}],
    }


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _words(frameworks: Iterable[str]) -> list[str]:
    # Beside `security` and the service.
    return [name.replace(" ", "-").lower() for name in frameworks][: MOST_TAGS - 2]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
