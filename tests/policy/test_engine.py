"""The pack through the real engine: what it refuses is not created, and what a person reads."""

from __future__ import annotations

import gc
import json
import shutil
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws
import pytest

from local.emulator import lifecycle
from local.engine.bootstrap import Engine, find_engine
from local.workspace import Workspace
from tests.local.provider_stage import provider
from tests.policy.engine_stage import PACK, EngineStage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[[Callable[[], None]], EngineStage]

# An engine that refuses cancels the inline program, whose coroutines the Automation API then never awaits.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

OPEN_POLICY = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def bad_stack() -> None:
    aws.s3.Bucket("raw", force_destroy=True)
    role = aws.iam.Role("role", assume_role_policy=TRUST)
    aws.iam.RolePolicy("grants", role=role.id, policy=OPEN_POLICY)


def bad_bucket() -> None:
    aws.s3.Bucket("raw", force_destroy=True)


def log_group_without_key() -> None:
    aws.cloudwatch.LogGroup("logs", retention_in_days=30)


def bucket_with_weak_policy() -> None:
    bucket = aws.s3.Bucket("raw")
    document = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject"}
    policy = pulumi.Output.json_dumps({"Statement": [{**document, "Resource": pulumi.Output.concat(bucket.arn, "/*")}]})
    aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=policy)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return find_engine()


@pytest.fixture(scope="module")
def offline() -> Iterator[int]:
    with provider("--offline") as port:
        yield port


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[int]:
    workspace = Workspace(tmp_path / "aws")
    try:
        with provider("--endpoint", lifecycle.start(workspace, 0, region="eu-central-1").endpoint) as port:
            yield port
    finally:
        lifecycle.stop(workspace)


@pytest.fixture(autouse=True)
def leave_no_coroutine_to_other_tests() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def stage(engine: Engine, offline: int, tmp_path: Path) -> Make:
    return lambda program: EngineStage(engine, tmp_path, offline, program)


def test_a_bad_stack_is_refused_at_preview_with_every_fix(stage: Make) -> None:
    made = stage(bad_stack)

    said = made.preview()

    assert said.refused
    assert made.created() == set()
    for expected in (
        'S3-FORCE-DESTROY (medium): Bucket "raw" is deleted with all its objects.',
        'S3-TLS-ONLY (high): Bucket "raw" has no bucket policy',
        'S3-PUBLIC-ACCESS-BLOCK (critical): Bucket "raw" does not block public access.',
        "Fix: aws.s3.BucketPublicAccessBlock(",
        'IAM-WILDCARD-ACTION (high): RolePolicy "grants" statement 1 allows "s3:* on *"',
        'IAM-WILDCARD-RESOURCE (high): RolePolicy "grants"',
    ):
        assert expected in said.output


def test_a_bad_resource_is_refused_by_up_before_it_is_created(stage: Make) -> None:
    made = stage(bad_bucket)

    said = made.up()

    assert said.refused
    assert any("S3-FORCE-DESTROY" in message for message in said.messages("mandatory"))
    assert made.created() == set()


def test_a_policy_that_preview_cannot_know_is_refused_by_up(engine: Engine, emulated: int, tmp_path: Path) -> None:
    made = EngineStage(engine, tmp_path, emulated, bucket_with_weak_policy)
    made.judge_by({"level": "disabled", "rules": {"S3-TLS-ONLY": "mandatory"}})

    previewed = made.preview()
    deployed = made.up()

    assert not previewed.refused, previewed.output
    assert deployed.refused
    assert any('S3-TLS-ONLY (high): BucketPolicy "policy"' in found for found in deployed.messages("mandatory"))
    assert made.created() == {"raw"}


def test_a_rule_that_crashes_stops_the_deploy_and_is_named(stage: Make, tmp_path: Path) -> None:
    broken = tmp_path / "pack"
    shutil.copytree(PACK, broken, ignore=shutil.ignore_patterns("__pycache__"))
    (broken / "watershed_policies" / "rules" / "broken.py").write_text(
        "from ..rule import Rule, Severity\n"
        'BROKEN = Rule(id="BROKEN-RULE", title="t", severity=Severity.LOW, why="w")\n'
        '@BROKEN.on("aws:s3/bucket:Bucket")\n'
        "def check(resource, settings):\n"
        '    raise RuntimeError("a secret value")\n',
        "utf-8",
    )

    said = stage(bad_bucket).preview(broken)

    assert said.refused
    (message,) = [message for message in said.messages("mandatory") if "BROKEN-RULE" in message]
    assert 'the rule itself failed on Bucket "raw" (RuntimeError at rules/broken.py:5)' in message
    assert "a secret value" not in said.output
    # The other rules have run all the same.
    assert any("S3-FORCE-DESTROY" in message for message in said.messages("mandatory"))


def test_an_exemption_lets_pass_and_is_shown(stage: Make) -> None:
    made = stage(log_group_without_key)
    made.judge_by({"rules": {"TAGS-REQUIRED": "disabled"}})
    entry = {"rule": "LOGS-CUSTOMER-KEY", "resource": "logs", "reason": "moves in May", "owner": "ops"}
    made.exempt(**entry, expires="2999-12-31")

    said = made.preview()

    assert not said.refused, said.output
    assert 'LOGS-CUSTOMER-KEY: LogGroup "logs" exempted until 2999-12-31 by ops: moves in May' in said.output


def test_an_expired_exemption_stops_the_deploy(stage: Make) -> None:
    made = stage(log_group_without_key)
    entry = {"rule": "LOGS-CUSTOMER-KEY", "resource": "logs", "reason": "moves in May", "owner": "ops"}
    made.exempt(**entry, expires="2020-05-31")

    said = made.preview()

    assert said.refused
    assert "the exemption of 'logs' from LOGS-CUSTOMER-KEY expired on 2020-05-31" in said.output


def test_an_unused_exemption_stops_the_deploy(stage: Make) -> None:
    made = stage(log_group_without_key)
    made.judge_by({"rules": {"TAGS-REQUIRED": "disabled", "LOGS-CUSTOMER-KEY": "disabled"}})
    entry = {"rule": "LOGS-RETENTION", "resource": "logs", "reason": "moves in May", "owner": "ops"}
    made.exempt(**entry, expires="2999-12-31")

    said = made.preview()

    assert said.refused
    assert (
        'EXEMPTION: the exemption of "logs" from LOGS-RETENTION is unused: the resource keeps the rule.' in said.output
    )


def test_an_advisory_level_shows_and_lets_pass(stage: Make) -> None:
    made = stage(bad_stack)
    made.judge_by({"level": "advisory"})

    said = made.preview()

    assert not said.refused, said.output
    assert said.messages("mandatory") == []
    assert any("S3-TLS-ONLY" in message for message in said.messages("advisory"))
    assert any("S3-FORCE-DESTROY" in message for message in said.messages("advisory"))


def test_a_config_file_that_cannot_be_used_stops_the_deploy_and_says_why(stage: Make) -> None:
    made = stage(log_group_without_key)
    made.judge_by({"level": "sometimes"})

    said = made.preview()

    assert said.refused
    assert "levels.json: level is 'sometimes'; accepted: mandatory, advisory, disabled" in said.output
    assert "Traceback" not in said.output
