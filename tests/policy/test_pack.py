"""The pack as a whole: shipped stacks are clean, no rule can stop the engine, and it starts fast."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi_aws
import pytest
from pulumi_policy import EnforcementLevel, Policy
from watershed_policies import guard, guide, registry
from watershed_policies.evaluation import Evaluation
from watershed_policies.exemptions import Exemptions
from watershed_policies.pack import policies
from watershed_policies.registry import Registry
from watershed_policies.resource import Resource
from watershed_policies.rule import Finding, Rule, Severity
from watershed_policies.settings import Level, Settings
from watershed_policies.values import UNKNOWN, Properties, UndecidedError

from components.compute import artifacts as found_artifacts
from tests.policy.harness import analyze, check, record
from tests.policy.resources import make
from tests.unit.programs import STACKS, artifacts, platform, stack_config

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = Path(__file__).parents[2] / "policies"
BUCKET = make("aws:s3/bucket:Bucket", "raw")


@pytest.mark.parametrize("preview", [True, False], ids=["at preview", "at up"])
@pytest.mark.parametrize("stack", STACKS)
def test_a_shipped_stack_is_clean(stack: str, preview: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts(tmp_path)
    monkeypatch.setenv(found_artifacts.VARIABLE, str(tmp_path))

    resources = record(platform, preview=preview, stack=stack, config=stack_config(stack))

    assert len(resources) > 100
    assert check(resources, stack=stack) == []


def broken(_: Resource, __: object) -> Iterator[Finding]:
    yield Finding("is bad", "make it good")
    raise KeyError("a secret value")


def undecided(resource: Resource, _: object) -> Iterator[Finding]:
    yield Finding("is bad", "make it good")
    resource.properties.get("bucket")
    yield Finding("is worse", "make it good")


def rule(id_: str) -> Rule:
    return Rule(id=id_, title="t", severity=Severity.LOW, why="w")


def test_a_crash_is_a_mandatory_violation_whatever_the_level_and_shows_no_value() -> None:
    made = rule("X-BROKEN")
    made.on("aws:s3/bucket:Bucket")(broken)
    made.across("aws:s3/bucket:Bucket")(broken)
    evaluation = Evaluation(Registry([made]), Settings(level=Level.ADVISORY), Exemptions())

    found = analyze(policies(evaluation), [BUCKET])

    assert [violation.level for violation in found] == [Level.MANDATORY, Level.MANDATORY]
    assert all("KeyError at policy/test_pack.py" in violation.message for violation in found)
    assert not any("a secret value" in violation.message for violation in found)


def test_a_rule_that_cannot_know_yet_keeps_what_it_knows_and_says_no_more() -> None:
    made = rule("X-UNDECIDED")
    made.on("aws:s3/bucket:Bucket")(undecided)
    evaluation = Evaluation(Registry([made]), Settings(), Exemptions())
    unknown = make("aws:s3/bucket:Bucket", "raw", bucket="04da6b54-80e4-46f7-96ec-b56ff0331ba9")

    found = analyze(policies(evaluation), [unknown])

    assert [violation.message.splitlines()[0] for violation in found] == ['X-UNDECIDED (low): Bucket "raw" is bad.']


def test_a_resource_that_the_program_only_reads_is_not_judged() -> None:
    evaluation = Evaluation(registry.load(), Settings(), Exemptions())

    assert evaluation.stack([Resource(BUCKET.type, BUCKET.name, BUCKET.urn, BUCKET.inputs, BUCKET.outputs)]) == []


def judging(evaluation: Evaluation) -> list[Policy]:
    return [policy for policy in policies(evaluation) if policy.enforcement_level is not EnforcementLevel.DISABLED]


def test_the_advisory_policy_is_left_out_where_nothing_can_be_advisory() -> None:
    strict = Evaluation(registry.load(), Settings(), Exemptions())
    lax = Evaluation(registry.load(), Settings(services={"s3": Level.ADVISORY}), Exemptions())

    assert [policy.name for policy in judging(strict)] == ["resources", "stack"]
    assert [policy.name for policy in judging(lax)] == ["resources", "resources-advisory", "stack", "stack-advisory"]


def test_a_value_may_be_missing_unknown_or_known() -> None:
    properties = Properties({"known": {"inner": 1}, "unknown": UNKNOWN, "list": [{"inner": UNKNOWN}], "empty": {}})

    assert properties.get("known", "inner") == 1
    assert properties.get("missing", "inner") is None
    with pytest.raises(UndecidedError):
        properties.get("unknown", "inner")
    with pytest.raises(UndecidedError):
        properties.get("list", "inner")
    assert properties.is_set("unknown")
    assert not properties.is_set("empty")
    assert not properties.is_set("missing")


def test_two_rules_of_one_id_and_a_rule_without_checks_are_refused() -> None:
    made = rule("X-ONE")
    made.on("aws:s3/bucket:Bucket")(broken)

    with pytest.raises(ValueError, match="two rules have the id X-ONE"):
        Registry([made, made])
    with pytest.raises(ValueError, match="X-TWO checks nothing"):
        Registry([rule("X-TWO")])


def test_every_rule_is_described_and_named_after_its_service() -> None:
    for id_, made in registry.load().rules.items():
        assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)+", id_)
        assert made.title
        assert made.why.endswith(".")


def test_a_description_of_a_crash_names_type_and_place_only() -> None:
    with pytest.raises(ValueError, match="secret") as raised:
        int("secret")

    assert re.fullmatch(r"ValueError at policy/test_pack.py:\d+", guard.describe(raised.value))


def test_the_list_of_taggable_types_is_that_of_the_installed_pulumi_aws() -> None:
    listed = set((PACK / "watershed_policies" / "taggable.txt").read_text("utf-8").split())

    assert listed == _taggable_types(), "write what the test found into taggable.txt, one type a line, sorted"


def test_the_pack_starts_without_pulumi_aws_and_reads_no_action_data_before_it_needs_some() -> None:
    program = (
        "import sys; from watershed_policies import pack; pack.build({}); "
        "from watershed_policies.iam import actions; "
        "print(actions.actions_of.cache_info().currsize, 'pulumi_aws' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(PACK)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["0", "False"]


def _taggable_types() -> set[str]:
    found: set[str] = set()
    for file in Path(str(importlib.import_module(pulumi_aws.__name__).__file__)).parent.rglob("*.py"):
        text = file.read_text("utf-8")
        token = re.search(r"super\(\w+, __self__\).__init__\(\s*'(aws:[^']+)'", text)
        start = text.find("def _internal_init")
        if token and start >= 0 and re.search(r"^\s+tags: ", text[start : text.index("super(", start)], re.MULTILINE):
            found.add(token.group(1))
    return found


def test_the_guide_lists_the_rules_of_today() -> None:
    text = guide.GUIDE.read_text("utf-8")

    assert text == guide.with_table(text), "run `python -m watershed_policies.guide` in policies/"
