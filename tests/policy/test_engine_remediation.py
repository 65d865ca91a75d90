"""Remediation through the real engine: off unless asked for, shown, kept, and no danger to what it shall protect."""

from __future__ import annotations

import gc
import json
import shutil
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

from local.emulator import lifecycle
from local.engine.bootstrap import Engine, find_engine
from local.workspace import Workspace
from tests.local.provider_stage import provider
from tests.policy.engine_stage import PACK, EngineStage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[[Callable[[], None]], EngineStage]

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

REMEDIABLE = ("LOGS-RETENTION", "S3-TLS-ONLY", "TAGS-REQUIRED")
OFF: dict[str, Any] = {
    "level": "disabled",
    "rules": dict.fromkeys(REMEDIABLE, "mandatory"),
    "requiredTags": ["project", "owner"],
    "tags": {"owner": "data-platform"},
}
ON = {**OFF, "remediate": list(REMEDIABLE)}
READ = {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
READ |= {"Action": "s3:GetObject"}


def lake() -> None:
    """A bucket whose policy knows nothing of TLS, a group that keeps for ever, no tags but one."""
    bucket = aws.s3.Bucket("raw", tags={"team": "lake"})
    policy = pulumi.Output.json_dumps({"Statement": [{**READ, "Resource": pulumi.Output.concat(bucket.arn, "/*")}]})
    aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=policy)
    aws.cloudwatch.LogGroup("logs")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return find_engine()


@pytest.fixture(scope="module")
def any_provider() -> Iterator[int]:
    with provider(module="tests.policy.any_provider") as port:
        yield port


@pytest.fixture(autouse=True)
def leave_no_coroutine_to_other_tests() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def emulated(engine: Engine, tmp_path: Path) -> Iterator[Make]:
    workspace = Workspace(tmp_path / "aws")
    try:
        with provider("--endpoint", lifecycle.start(workspace, 0, region="eu-central-1").endpoint) as port:
            yield lambda program: EngineStage(engine, tmp_path, port, program)
    finally:
        lifecycle.stop(workspace)


@pytest.fixture
def stage(engine: Engine, any_provider: int, tmp_path: Path) -> Make:
    return lambda program: EngineStage(engine, tmp_path, any_provider, program)


def test_nothing_is_remediated_unless_the_config_file_says_so(stage: Make) -> None:
    made = stage(lake)
    made.judge_by(OFF)

    said = made.preview()

    assert said.refused
    assert "[remediate]" not in said.output
    assert any('"logs" keeps its logs for ever' in message for message in said.messages("mandatory"))


def test_what_is_remediated_is_deployed_right_shown_and_stays_as_it_is(emulated: Make) -> None:
    made = emulated(lake)
    made.judge_by(ON)

    previewed, deployed, again = made.preview(), made.up(), made.up()

    # The policy's text holds the bucket's ARN, which a first preview does not know.
    assert not previewed.refused, previewed.output
    assert "[remediate]  LOGS-RETENTION  (1 resource)" in previewed.output
    assert "S3-TLS-ONLY" not in previewed.output
    assert not deployed.refused, deployed.output
    assert "[remediate]  S3-TLS-ONLY  (1 resource)" in deployed.output
    shown = deployed.messages("advisory")
    assert any(
        'LOGS-RETENTION (medium): LogGroup "logs" keeps its logs for ever in the program; '
        "remediation sets retention_in_days to 365." in message
        for message in shown
    )
    assert made.inputs("logs")["retentionInDays"] == 365
    assert made.inputs("raw")["tags"] == {"team": "lake", "project": "policy-test", "owner": "data-platform"}
    bucket = made.inputs("raw")["bucket"]
    read, deny = json.loads(made.inputs("policy")["policy"])["Statement"]
    assert read == {**READ, "Resource": f"arn:aws:s3:::{bucket}/*"}
    assert deny["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    assert not again.refused, again.output
    assert set(again.changes) == {"same"}
    assert sorted(again.messages("advisory")) == sorted(shown)


def test_the_engines_own_config_for_the_pack_switches_a_rule_on_too(stage: Make) -> None:
    made = stage(lake)
    made.judge_by(OFF)
    made.configure_pack({"LOGS-RETENTION": "remediate"})

    said = made.preview()

    assert "[remediate]  LOGS-RETENTION  (1 resource)" in said.output
    assert "TAGS-REQUIRED  (" not in said.output
    assert not any("keeps its logs for ever" in message for message in said.messages("mandatory"))
    assert any("TAGS-REQUIRED" in message for message in said.messages("mandatory"))


def test_what_keeps_the_rule_already_is_left_as_the_program_says(stage: Make) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": False}}}
    text = json.dumps({"Statement": [{**deny, "Resource": ["arn:aws:s3:::raw", "arn:aws:s3:::raw/*"]}]}, indent=4)

    def program() -> None:
        aws.s3.BucketPolicy("policy", bucket="raw", policy=text)
        aws.cloudwatch.LogGroup("logs", retention_in_days=7, tags={"project": "x", "owner": "y"})

    made = stage(program)
    made.judge_by(ON)

    said = made.up()

    assert not said.refused, said.output
    assert "[remediate]" not in said.output
    assert made.inputs("policy")["policy"] == text
    assert made.inputs("logs")["retentionInDays"] == 7


def test_an_exempted_resource_is_left_alone(stage: Make) -> None:
    made = stage(lambda: (aws.cloudwatch.LogGroup("logs", tags={"project": "x", "owner": "y"}), None)[-1])
    made.judge_by(ON)
    entry = {"rule": "LOGS-RETENTION", "resource": "logs", "reason": "audit", "owner": "ops"}
    made.exempt(**entry, expires="2999-12-31")

    said = made.up()

    assert not said.refused, said.output
    assert "exempted until 2999-12-31" in said.output
    assert "retentionInDays" not in made.inputs("logs")


def test_a_secret_stays_secret_and_is_not_shown(stage: Make) -> None:
    def program() -> None:
        tags = {"team": pulumi.Output.secret("hush-hush")}
        aws.cloudwatch.LogGroup("logs", tags=tags, kms_key_id=pulumi.Output.secret("arn:aws:kms:x:1:key/whisper"))
        statement = {**READ, "Resource": "arn:aws:s3:::raw/whisper"}
        aws.s3.BucketPolicy("policy", bucket="raw", policy=pulumi.Output.secret(json.dumps({"Statement": [statement]})))

    made = stage(program)
    made.judge_by(ON)

    said = made.up()

    assert not said.refused, said.output
    assert not any(secret in said.output for secret in ("hush-hush", "whisper"))
    logs = made.inputs("logs")
    assert logs["tags"]["owner"] == "data-platform"
    for kept in (logs["tags"]["team"], logs["kmsKeyId"], made.inputs("policy")["policy"]):
        assert kept[SPECIAL_SIG_KEY] == SPECIAL_SECRET_SIG
    assert "aws:SecureTransport" in made.inputs("policy")["policy"]["plaintext"]


def test_a_resource_with_a_file_is_not_touched_because_the_file_would_lose_its_hash(stage: Make) -> None:
    def program() -> None:
        code = pulumi.AssetArchive({"app.py": pulumi.StringAsset("def handler(event, context): ...")})
        aws.lambda_.Function("function", role="arn:aws:iam::123456789012:role/r", code=code, handler="app.handler")

    made = stage(program)
    made.judge_by(ON)

    said = made.preview()

    assert said.refused
    assert any('TAGS-REQUIRED (low): Function "function" lacks' in message for message in said.messages("mandatory"))
    assert "[remediate]" not in said.output


def test_a_providers_default_tags_are_not_added_again(stage: Make) -> None:
    def program() -> None:
        tagged = aws.Provider("tagged", region="eu-central-1", default_tags={"tags": {"project": "x", "owner": "y"}})
        aws.sqs.Queue("queue", opts=ResourceOptions(provider=tagged))

    made = stage(program)
    made.judge_by(ON)

    said = made.up()

    assert not said.refused, said.output
    assert "[remediate]" not in said.output
    assert "tags" not in made.inputs("queue")


def test_a_remedy_that_crashes_stops_the_deploy_is_named_and_shows_no_value(stage: Make, tmp_path: Path) -> None:
    broken = tmp_path / "pack"
    shutil.copytree(PACK, broken, ignore=shutil.ignore_patterns("__pycache__"))
    with (broken / "watershed_policies" / "rules" / "logs.py").open("a", encoding="utf-8") as module:
        module.write(
            '\n\n@RETENTION.remedy("breaks", LOG_GROUP)\ndef fail(_, __):\n    raise RuntimeError("a secret value")\n'
        )
    made = stage(lake)
    made.judge_by(ON)

    said = made.preview(broken)

    assert said.refused
    (message,) = [message for message in said.messages("mandatory") if "remediation failed" in message]
    assert "LOGS-RETENTION: the rule's remediation failed (RuntimeError at rules/logs.py:" in message
    assert "a secret value" not in said.output
    assert "[remediate]  TAGS-REQUIRED" in said.output
