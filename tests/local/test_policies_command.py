"""`watershed policies`: the rules for people and machines, and what they say of a stack in the real engine."""

import datetime as dt
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from watershed_policies import registry

from cli.policy_reports import findings, junit, sarif
from cli.policy_reports.findings import PolicyCheck, State
from cli.policy_reports.places import Places

from .test_command_line import watershed

RULES = registry.load().rules
TODAY = dt.datetime.now(dt.UTC).date()
PROGRAM = """
import pulumi_aws as aws
aws.cloudwatch.LogGroup("logs", retention_in_days=7)
aws.cloudwatch.LogGroup("endless", kms_key_id="alias/ours")
aws.kms.Key("key", enable_key_rotation=True)
"""
EXEMPTIONS = """
  watershed:exemptions:
    - {{rule: LOGS-CUSTOMER-KEY, resource: logs, reason: "moves: soon", owner: ops, expires: "{soon}"}}
    - {{rule: KMS-ROTATION, resource: key, reason: gone, owner: ops, expires: "2999-01-01"}}
    - {{rule: LOGS-RETENTION, resource: endless, reason: late, owner: ops, expires: "2020-01-01"}}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checked")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "Pulumi.yaml").write_text("name: checked\nruntime: python\n")
    soon = EXEMPTIONS.format(soon=TODAY + dt.timedelta(days=3))
    (folder / "Pulumi.local.yaml").write_text(f"config:\n  aws:region: eu-central-1{soon}")
    return folder


@pytest.fixture(scope="module")
def sarif_log(project: Path) -> dict[str, Any]:
    file, comment = project / "reports" / "policies.sarif", project / "reports" / "policies.md"
    done = watershed(
        *("policies", "check", "local", "--project", str(project), "--no-build"),
        *("--format", "sarif", "--output", str(file), "--format", "markdown", "--output", str(comment)),
    )
    assert done.returncode == 3, done.stderr
    assert "Policies of checked/local: refused" in done.stdout
    assert comment.read_text("utf-8").startswith("**checked/local: refused.**")
    return dict(json.loads(file.read_text("utf-8")))


def results(log: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [found for found in log["runs"][0]["results"] if found["ruleId"] == rule]


def test_a_sarif_result_names_rule_place_fix_and_stays_the_same_alert(sarif_log: dict[str, Any]) -> None:
    (found,) = results(sarif_log, "LOGS-RETENTION")

    rules = sarif_log["runs"][0]["tool"]["driver"]["rules"]
    assert rules[found["ruleIndex"]]["id"] == "LOGS-RETENTION"
    assert found["level"] == "error"
    assert found["message"]["text"] == 'LogGroup "endless" keeps its logs for ever.\nFix: retention_in_days=365'
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "__main__.py"
    assert place["region"] == {"startLine": 4}
    assert found["locations"][0]["logicalLocations"][0]["name"] == "endless"
    assert len(found["partialFingerprints"]["primaryLocationLineHash"]) == 32


def test_an_exempted_finding_is_no_alert_but_is_told(sarif_log: dict[str, Any]) -> None:
    (told,) = sarif_log["runs"][0]["invocations"][0]["toolExecutionNotifications"]

    assert not any(
        found["locations"][0]["logicalLocations"][0]["name"] == "logs" and found["level"] == "note"
        for found in results(sarif_log, "LOGS-CUSTOMER-KEY")
    )
    assert told["associatedRule"]["id"] == "LOGS-CUSTOMER-KEY"
    assert told["message"]["text"].endswith("by ops: moves: soon")


def test_expired_and_unused_exemptions_are_results_at_the_line_of_the_exemptions(sarif_log: dict[str, Any]) -> None:
    found = results(sarif_log, "EXEMPTION")

    assert sorted("expired on" in each["message"]["text"] for each in found) == [False, True]
    assert any("is unused: the resource keeps the rule" in each["message"]["text"] for each in found)
    assert {each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in found} == {3}


def test_every_sarif_rule_has_what_code_scanning_shows(sarif_log: dict[str, Any]) -> None:
    driver = sarif_log["runs"][0]["tool"]["driver"]
    assert set(RULES) <= {rule["id"] for rule in driver["rules"]}
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert 0 < float(rule["properties"]["security-severity"]) <= 10


def test_check_prints_json_of_findings_and_exemptions(project: Path) -> None:
    done = watershed("policies", "check", "--project", str(project), "--no-build", "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert found["refused"] is True
    assert {
        "rule": "LOGS-RETENTION",
        "severity": "medium",
        "level": "mandatory",
        "resource": "endless",
    }.items() <= next(each for each in found["findings"] if each["rule"] == "LOGS-RETENTION").items()
    (exemption,) = found["exemptions"]
    assert exemption["state"] == State.EXPIRING
    assert exemption["reason"] == "moves: soon"


def finding(message: str, level: str = "mandatory", policy: str = "resources") -> SimpleNamespace:
    return SimpleNamespace(policy=policy, level=level, message=message, resource="urn:pulumi:dev::p::aws:x/y:Y::raw")


def checked(*violations: SimpleNamespace, exemptions: tuple[SimpleNamespace, ...] = ()) -> PolicyCheck:
    policy = SimpleNamespace(
        violations=list(violations), advisories=[], exemptions=list(exemptions), packs={"watershed": "v1"}, rules=2
    )
    report = SimpleNamespace(project="p", stack="dev", policy=policy, taken_as_given=[], errors=[])
    return findings.read(report, dt.date(2026, 6, 15))


def test_junit_has_a_case_a_rule_and_a_failure_for_each_that_is_broken() -> None:
    message = 'S3-TLS-ONLY (high): Bucket "r\x00aw" has <no> policy.\n  Fix: add one'

    suite = ET.fromstring(junit.document(checked(finding(message)), RULES)).find("testsuite")

    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == (str(len(RULES)), "1")
    assert len(suite) == len(RULES)
    (failure,) = suite.iter("failure")
    assert failure.text == 'mandatory: Bucket "r aw" has <no> policy.\n  Fix: add one'


def test_what_another_pack_says_is_told_under_its_policys_name() -> None:
    check = checked(finding("no\nspaces", policy="house-rule"))

    assert (check.findings[0].rule, check.findings[0].problem) == ("house-rule", "no\nspaces")
    assert sarif.document(check, {}, Places(Path("nowhere"), "dev"))["runs"][0]["results"][0]["ruleIndex"] == 0


@pytest.mark.parametrize(
    ("expires", "more", "state"),
    [
        ("2026-07-15", "", State.EXPIRING),
        ("2026-07-16", "", State.USED),
        ("2026-07-16", " (not needed so far; `up` will tell)", State.WAITS),
    ],
)
def test_an_exemption_is_used_expiring_or_waiting(expires: str, more: str, state: State) -> None:
    message = f'X-Y: Bucket "raw" exempted until {expires} by ops: a: b{more}'

    (exemption,) = checked(exemptions=(finding(message, "advisory"),)).exemptions

    assert (exemption.state, exemption.owner, exemption.reason) == (state, "ops", "a: b")


def test_list_and_explain_say_which_rules_can_be_remediated() -> None:
    listed = {rule["rule"]: rule for rule in json.loads(watershed("policies", "list", "--json").stdout)}
    explained = watershed("policies", "explain", "LOGS-RETENTION").stdout

    able = [name for name, rule in listed.items() if rule["remediation"]]
    assert able == ["LOGS-RETENTION", "S3-TLS-ONLY", "TAGS-REQUIRED"]
    assert '"remediate": ["LOGS-RETENTION"]' in explained
    assert "sets retention_in_days to 365; mend the program nonetheless" in explained
    assert "Remediation" not in watershed("policies", "explain", "S3-VERSIONING").stdout
    assert "can be remediated" in watershed("policies", "list", "--service", "tags").stdout


def test_list_and_explain_speak_to_machines() -> None:
    listed = json.loads(watershed("policies", "list", "--json").stdout)
    explained = json.loads(watershed("policies", "explain", "iam-pass-role", "--json").stdout)

    assert [rule["rule"] for rule in listed] == sorted(RULES)
    assert next(rule for rule in listed if rule["rule"] == "IAM-PASS-ROLE").items() <= explained.items()
    assert all(explained[key] for key in ("bad", "good", "problem", "fix"))
    assert "grant: <action> on <resource>" in explained["exempt"] or not RULES["IAM-PASS-ROLE"].by_grant


def test_a_rule_that_does_not_exist_is_a_usage_error_that_names_a_near_one() -> None:
    done = watershed("policies", "explain", "S3-TLS")

    assert done.returncode == 2
    assert "S3-TLS-ONLY" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--output", "x"), "a file needs --format"),
        (("--format", "sarif", "--format", "junit", "--output", "x"), "name a file for each"),
        (("--format", "sarif", "--format", "junit"), "name a file for each"),
    ],
)
def test_a_format_without_a_file_of_its_own_is_a_usage_error(options: tuple[str, ...], said: str) -> None:
    done = watershed("policies", "check", *options)

    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", "").split())
