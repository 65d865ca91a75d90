"""Reports of what the policies said: valid by their schemas, within GitHub's limits, and safe to show."""

import gzip
import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from watershed_policies import registry

from cli.policy_reports import junit, markdown, sarif
from cli.policy_reports.findings import PolicyCheck, PolicyFinding, State, UsedExemption
from cli.policy_reports.places import Places

SCHEMAS = Path(__file__).parents[1] / "schemas"
SARIF = jsonschema.Draft4Validator(
    json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8")),
    format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER,
)
RULES = registry.load().rules
NOWHERE = Places(Path("/nowhere"), "dev")
HOSTILE = (
    "raw|x`</code><img src=x>](http://evil.example)\n| @everyone #1 **b** _i_ ~~s~~ www.evil.example $x$ :tada: "
    '"q" \x00 \u202e'
)


def finding(name: str = "raw", **changes: Any) -> PolicyFinding:
    given = {
        "rule": "S3-TLS-ONLY",
        "severity": "high",
        "level": "mandatory",
        "resource": name,
        "urn": f"urn:pulumi:dev::lake::watershed:storage:Zone$aws:s3/bucket:Bucket::{name}",
        "problem": f'Bucket "{name}" takes requests without TLS.',
        "fix": "aws.s3.BucketPolicy(...)",
    }
    return PolicyFinding(**{**given, **changes})


def exemption(what: str = 'Bucket "logs"') -> UsedExemption:
    urn = "urn:pulumi:dev::lake::aws:s3/bucket:Bucket::logs"
    return UsedExemption("S3-REPLICATION", what, urn, "ops", "it moves", "2999-01-01", State.USED)


def checked(*findings: PolicyFinding, exemptions: tuple[UsedExemption, ...] = (), **more: Any) -> PolicyCheck:
    return PolicyCheck("lake", "dev", {"watershed": "v0.1.0"}, len(RULES), list(findings), list(exemptions), **more)


def sarif_of(check: PolicyCheck, places: Places = NOWHERE) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(sarif.document(check, RULES, places)))
    return document


CHECKS = {
    "clean": checked(),
    "findings": checked(finding(), finding("logs", level="advisory", fix=""), exemptions=(exemption(),)),
    "hostile": checked(finding(HOSTILE), exemptions=(exemption(HOSTILE),)),
    "the whole stack": checked(finding(urn="", resource="the stack"), finding(rule="EXEMPTION")),
    "broken off": checked(finding(), errors=["bad: <nope> is not a property"]),
    "another pack": checked(finding(rule="house-rule", urn="odd")),
    "more than GitHub takes": checked(*(finding(f"b{number}", severity="low") for number in range(5_001))),
}


class TestSarif:
    @pytest.mark.parametrize("name", CHECKS)
    def test_it_is_valid_by_the_schema_of_sarif_2_1_0(self, name: str) -> None:
        assert [error.message for error in SARIF.iter_errors(sarif_of(CHECKS[name]))] == []

    def test_the_schema_finds_what_is_not_sarif(self) -> None:
        document = sarif_of(checked(finding()))
        document["runs"][0]["results"][0]["level"] = "mandatory"
        assert [error.json_path for error in SARIF.iter_errors(document)] == ["$.runs[0].results[0].level"]

    @pytest.mark.parametrize("name", CHECKS)
    def test_github_shows_every_result(self, name: str) -> None:
        """https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning"""
        document = sarif_of(CHECKS[name])
        (run,) = document["runs"]
        rules = run["tool"]["driver"]["rules"]
        assert len(gzip.compress(json.dumps(document).encode())) < 10_000_000
        assert len(run["results"]) <= 5_000
        for rule in rules:
            assert len(rule["id"]) <= 255
            assert len(rule["name"]) <= 255
            assert len(rule["shortDescription"]["text"]) <= 1024
            assert len(rule["fullDescription"]["text"]) <= 1024
            assert len(rule["properties"]["tags"]) <= 10
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["level"] in ("error", "warning", "note")
            (location,) = result["locations"]
            assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.dev.yaml"
            assert location["physicalLocation"]["region"]["startLine"] >= 1
            assert result["message"]["text"]

    def test_a_preview_that_broke_off_is_no_successful_run(self) -> None:
        (invocation,) = sarif_of(CHECKS["broken off"])["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "bad: <nope> is not a property"

    def test_two_findings_of_a_rule_at_one_line_are_two_alerts(self) -> None:
        (one, other) = sarif_of(checked(finding("a"), finding("b")))["runs"][0]["results"]
        assert one["locations"][0]["physicalLocation"] == other["locations"][0]["physicalLocation"]
        assert (
            one["partialFingerprints"]["primaryLocationLineHash"]
            != other["partialFingerprints"]["primaryLocationLineHash"]
        )

    def test_a_finding_stays_the_same_alert_when_its_line_moves(self, tmp_path: Path) -> None:
        program = tmp_path / "__main__.py"
        prints = set()
        for above in ("", "\n\n"):
            program.write_text(f'{above}Bucket("raw")\n')
            (result,) = sarif_of(checked(finding()), Places(tmp_path, "dev"))["runs"][0]["results"]
            assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1 + len(above)
            prints.add(result["partialFingerprints"]["primaryLocationLineHash"])
        assert len(prints) == 1

    def test_an_exemption_is_told_but_opens_no_alert(self) -> None:
        (run,) = sarif_of(checked(exemptions=(exemption(),)))["runs"]
        assert run["results"] == []
        (told,) = run["invocations"][0]["toolExecutionNotifications"]
        assert told["associatedRule"]["id"] == "S3-REPLICATION"
        assert told["message"]["text"] == 'Bucket "logs" is exempted until 2999-01-01 by ops: it moves'

    def test_the_least_severe_are_left_out_first_and_counted(self) -> None:
        low = [finding(f"b{number}", severity="low") for number in range(5_000)]
        (run,) = sarif_of(checked(*low, finding("worst", severity="critical")))["runs"]
        assert run["results"][0]["locations"][0]["logicalLocations"][0]["name"] == "worst"
        assert len(run["results"]) == 5_000
        (told,) = run["invocations"][0]["toolExecutionNotifications"]
        assert told["message"]["text"].startswith("1 less severe results")


class TestJunit:
    @pytest.mark.parametrize("name", CHECKS)
    def test_it_is_valid_by_the_schema_of_jenkins(self, name: str) -> None:
        schema = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
        document = ET.fromstring(junit.document(CHECKS[name], RULES))
        assert [str(error.reason) for error in schema.iter_errors(document)] == []

    def test_a_preview_that_broke_off_is_an_error(self) -> None:
        document = ET.fromstring(junit.document(CHECKS["broken off"], RULES))
        assert document.get("errors") == "1"
        assert [error.text for error in document.iter("error")] == ["bad: <nope> is not a property"]


class TestMarkdown:
    def test_a_clean_stack_has_no_violations(self) -> None:
        text = markdown.document(checked(), NOWHERE)
        assert text.startswith("**lake/dev: passed.** 0 violations, 0 advisories, 0 exemptions (watershed v0.1.0, ")
        assert "No violations." in text
        assert "|" not in text

    def test_a_finding_is_a_row_with_rule_resource_line_problem_and_fix(self, tmp_path: Path) -> None:
        (tmp_path / "storage.py").write_text('import x\nbucket = s3.Bucket(\n    "raw",\n)\n')
        text = markdown.document(checked(finding()), Places(tmp_path, "dev"))
        (row,) = [line for line in text.splitlines() if "S3-TLS-ONLY" in line]
        assert cells(row) == [
            "**mandatory**",
            "<code>S3-TLS-ONLY</code> (high)",
            "<code>raw</code>",
            "<code>storage.py:2</code>",
            'Bucket "raw" takes requests without TLS.',
            "<code>aws.s3.BucketPolicy(...)</code>",
        ]
        assert text.startswith("**lake/dev: refused.** 1 violation, 0 advisories, 0 exemptions")

    def test_exemptions_and_what_was_taken_as_given_are_told(self) -> None:
        text = markdown.document(checked(exemptions=(exemption(),), taken_as_given=["aws:ec2/vpc:Vpc"]), NOWHERE)
        assert 'exempted, used: <code>S3-REPLICATION</code> Bucket "logs" until 2999-01-01 by ops: it moves' in shown(
            text
        )
        assert "not known to the local provider: aws:ec2/vpc:Vpc" in shown(text)

    def test_a_preview_that_broke_off_says_that_this_is_not_all(self) -> None:
        text = shown(markdown.document(CHECKS["broken off"], NOWHERE))
        assert "**The preview broke off, so this is not all:** bad: <nope> is not a property" in text

    def test_no_text_of_a_stack_is_read_as_markdown_or_html(self) -> None:
        text = markdown.document(CHECKS["hostile"], NOWHERE)
        (row,) = [line for line in text.splitlines() if "S3-TLS-ONLY" in line]
        assert row.count("|") == 7
        without = re.sub(r"</?code>|\*\*mandatory\*\*|&#\d+;", "", row).replace("|", "")
        assert not set(without) & set("`<>[]*_~$@#!:\\")
        assert "www." not in text
        assert row.isprintable()

    def test_a_name_in_a_problem_calls_nobody(self) -> None:
        text = markdown.document(checked(finding(problem="@everyone, see #1", resource="r", fix="")), NOWHERE)
        assert "@\u200beveryone, see #\u200b1" in shown(text)

    @pytest.mark.parametrize("number", [1, 40, 5_000])
    def test_it_is_never_longer_than_the_limit_and_counts_what_it_leaves_out(self, number: int) -> None:
        many = checked(
            *(finding(f"_{index}_" * 200) for index in range(number)),
            exemptions=(exemption("*" * 900),) * number,
            taken_as_given=[f"aws:x/y:{index}" for index in range(number)],
        )
        text = markdown.document(many, NOWHERE)
        assert len(text) <= markdown.LIMIT
        rows = sum("S3-TLS-ONLY" in line for line in text.splitlines())
        assert rows == number or f"{number - rows:,} finding" in text

    def test_the_worst_comes_first(self) -> None:
        text = markdown.document(checked(finding("a", severity="low"), finding("b", severity="critical")), NOWHERE)
        assert text.index("<code>b</code>") < text.index("<code>a</code>")


class TestPlaces:
    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("main.py", 'x\naws.s3.Bucket("raw", tags={})'),
            ("index.ts", 'x\nnew aws.s3.Bucket("raw")'),
            ("index.ts", "x\nnew aws.s3.Bucket(\n  `raw`)"),
            ("main.go", 'x\ns3.NewBucket(ctx, "raw", nil)'),
            ("Pulumi.yaml", "resources:\n  raw:\n    type: aws:s3:Bucket\n"),
        ],
    )
    def test_the_line_that_declares_a_resource_is_found(self, file: str, text: str, tmp_path: Path) -> None:
        (tmp_path / file).write_text(text)
        place = Places(tmp_path, "dev").of("S3-TLS-ONLY", finding().urn)
        assert (place.file, place.line, place.declares) == (file, 2, True)

    @pytest.mark.parametrize(
        "text", ['Bucket("raw")\nBucket("raw")', 'Queue("raw")', 'Bucket("raw-2")', 'Bucket(f"{x}raw")', 'log("raw")']
    )
    def test_what_is_not_certain_is_shown_at_the_stacks_file(self, text: str, tmp_path: Path) -> None:
        (tmp_path / "main.py").write_text(text)
        place = Places(tmp_path, "dev").of("S3-TLS-ONLY", finding().urn)
        assert (place.file, place.line, place.declares) == ("Pulumi.dev.yaml", 1, False)

    def test_paths_start_at_the_root_of_the_repository(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        project = tmp_path / "deploy" / "lake"
        project.mkdir(parents=True)
        (project / "main.py").write_text('Bucket("raw")')
        assert Places(project, "dev").of("S3-TLS-ONLY", finding().urn).file == "deploy/lake/main.py"

    def test_what_others_wrote_is_not_searched(self, tmp_path: Path) -> None:
        for folder in ("node_modules", ".venv", "tests"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "main.py").write_text('Bucket("raw")')
        assert not Places(tmp_path, "dev").of("S3-TLS-ONLY", finding().urn).declares


def cells(row: str) -> list[str]:
    return [shown(cell.strip()) for cell in row.strip("|").split(" | ")]


def shown(text: str) -> str:
    return html.unescape(text)
