"""The pack's config files: levels, profiles, and what is wrong with a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from watershed_policies import registry
from watershed_policies.settings import CONFIG_VARIABLE, Level, Settings, SettingsError, load, locate, parse

from tests.policy.harness import check
from tests.policy.resources import make

if TYPE_CHECKING:
    from pathlib import Path

RULES = registry.load()
WEAK_BUCKET = make("aws:s3/bucket:Bucket", "raw", forceDestroy=True)


def settings(**raw: Any) -> Settings:
    return parse(raw, RULES.rules, RULES.services)


def levels(judged: Settings) -> dict[str, Level]:
    return {violation.rule_id: violation.level for violation in check([WEAK_BUCKET], settings=judged)}


@pytest.mark.parametrize("stack", ["local", "dev", "stage", "prod"])
def test_every_shipped_config_file_can_be_used(stack: str) -> None:
    path = locate(stack, {})

    assert path is not None
    assert load(path, RULES.rules, RULES.services).required_tags


@pytest.mark.parametrize("stack", ["stage", "prod"])
def test_nothing_may_be_lowered_where_people_depend_on_it(stack: str) -> None:
    path = locate(stack, {})

    assert path is not None
    assert json.loads(path.read_text("utf-8"))["locked"] is True


def test_a_locked_file_that_lowers_a_level_is_refused() -> None:
    with pytest.raises(SettingsError, match="every level must be mandatory"):
        settings(locked=True, rules={"S3-TLS-ONLY": "advisory"})


def test_a_rules_level_goes_before_its_services_and_that_before_the_files() -> None:
    found = levels(settings(level="mandatory", services={"s3": "advisory"}, rules={"S3-FORCE-DESTROY": "disabled"}))

    assert found["S3-TLS-ONLY"] is Level.ADVISORY
    assert "S3-FORCE-DESTROY" not in found
    assert settings(level="disabled").level_of("KMS-ROTATION", "kms") is Level.DISABLED


def test_the_strict_profile_adds_rules() -> None:
    document = json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]})
    policy = make("aws:s3/bucketPolicy:BucketPolicy", bucket="b", policy=document)

    assert check([policy], profile="baseline", only="S3-KEY-ENFORCED") == []
    assert check([policy], profile="strict", only="S3-KEY-ENFORCED") != []


def test_all_problems_of_a_file_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        settings(profil="x", profile="y", level="z", rules={"S3-NOPE": "mandatory"}, requiredTags="owner")

    told = str(error.value)
    for problem in ("unknown key 'profil'", "profile is 'y'", "level is 'z'", "rules.S3-NOPE", "requiredTags must be"):
        assert problem in told


def test_a_project_brings_its_own_files_by_folder_or_by_name(tmp_path: Path) -> None:
    file = tmp_path / "prod.json"
    file.write_text('{"level": "advisory"}', "utf-8")

    assert locate("prod", {CONFIG_VARIABLE: str(tmp_path)}) == file
    assert locate("prod", {CONFIG_VARIABLE: str(file)}) == file
    assert locate("dev", {CONFIG_VARIABLE: str(tmp_path)}) is None
    with pytest.raises(SettingsError, match="neither a file nor a folder"):
        locate("prod", {CONFIG_VARIABLE: str(tmp_path / "nowhere")})


def test_without_a_file_all_is_mandatory_but_tags_are_advice() -> None:
    judged = load(None, RULES.rules, RULES.services)

    found = levels(judged)

    assert found.pop("TAGS-REQUIRED") is Level.ADVISORY
    assert set(found.values()) == {Level.MANDATORY}


def test_remediation_is_off_unless_the_file_names_the_rule() -> None:
    assert settings().remediate == frozenset()
    assert settings(locked=True, remediate=["LOGS-RETENTION"]).remediate == {"LOGS-RETENTION"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"remediate": ["S3-VERSIONING"]}, "S3-VERSIONING cannot be remediated; the rules that can are LOGS-RETENTION"),
        ({"remediate": "all"}, "remediate must be a list of rules; those that can be remediated are LOGS-RETENTION"),
        ({"remediate": ["LOGS-RETENTION"], "services": {"logs": "disabled"}}, "LOGS-RETENTION is disabled"),
        ({"tags": {"owner": 1}}, "tags must be an object of tag keys and their values"),
    ],
)
def test_a_remediation_that_cannot_be_is_refused(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(**raw)
