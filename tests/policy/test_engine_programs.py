"""What programs do with the real engine beside declaring resources: the pack judges what will really be deployed."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions

from local.engine.bootstrap import Engine, find_engine
from tests.local.provider_stage import provider
from tests.policy.engine_stage import EngineStage
from tests.policy.foreign_programs import PROGRAMS, SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[[Callable[[], None]], EngineStage]

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ONLY_RETENTION = {"level": "disabled", "rules": {"LOGS-RETENTION": "mandatory"}}


class Changing:
    """A program that the test may exchange between two runs of one stack."""

    def __init__(self, program: Callable[[], object]) -> None:
        self.program = program

    def __call__(self) -> None:
        self.program()


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
def stage(engine: Engine, any_provider: int, tmp_path: Path) -> Make:
    return lambda program: EngineStage(engine, tmp_path, any_provider, program)


def group(name: str, days: int = 30, **options: Any) -> aws.cloudwatch.LogGroup:
    return aws.cloudwatch.LogGroup(name, retention_in_days=days, opts=ResourceOptions(**options))


def refused(made: EngineStage, what: str) -> bool:
    said = made.preview()
    assert said.refused == any(what in message for message in said.messages("mandatory")), said.output
    return said.refused


def test_a_providers_default_tags_are_a_resources_tags(stage: Make) -> None:
    tags = dict.fromkeys(("project", "owner"), "x")

    def program() -> None:
        tagged = aws.Provider("tagged", region="eu-central-1", default_tags={"tags": tags})
        group("tagged-logs", provider=tagged)
        group("bare-logs")

    made = stage(program)
    made.judge_by({"level": "disabled", "rules": {"TAGS-REQUIRED": "mandatory"}, "requiredTags": ["project", "owner"]})

    messages = made.preview().messages("mandatory")

    assert any('"bare-logs" lacks the tags project, owner' in message for message in messages)
    assert not any("tagged-logs" in message for message in messages)


def test_what_a_transform_makes_of_a_resource_is_judged(stage: Make) -> None:
    def forget_retention(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**args.props, "retentionInDays": 0}, args.opts)

    made = stage(lambda: (group("kept"), group("forgotten", transforms=[forget_retention]), None)[-1])
    made.judge_by(ONLY_RETENTION)

    (message,) = made.preview().messages("mandatory")

    assert '"forgotten" keeps its logs for ever' in message


def test_a_components_child_is_judged_and_exempted_by_its_own_name(stage: Make) -> None:
    class Team(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("acme:teams:Team", "team")
            group("team-logs", days=0, parent=self)

    made = stage(lambda: (Team(), None)[-1])
    made.judge_by(ONLY_RETENTION)

    assert refused(made, '"team-logs" keeps its logs for ever')
    entry = {"rule": "LOGS-RETENTION", "resource": "team-logs", "reason": "moves", "owner": "ops"}
    made.exempt(**entry, expires="2999-12-31")
    assert not refused(made, "LOGS-RETENTION")


def test_a_renamed_resource_is_judged_under_its_new_name_and_a_deleted_one_not_at_all(stage: Make) -> None:
    program = Changing(lambda: group("old", days=0))
    made = stage(program)
    made.judge_by({"level": "disabled"})
    assert not made.up().refused
    made.judge_by(ONLY_RETENTION)

    assert refused(made, '"old" keeps its logs for ever')
    program.program = lambda: group("new", days=0, aliases=[pulumi.Alias(name="old")])
    assert refused(made, '"new" keeps its logs for ever')
    program.program = lambda: group("new", aliases=[pulumi.Alias(name="old")])
    assert not refused(made, "LOGS-RETENTION")
    program.program = lambda: None
    assert not refused(made, "LOGS-RETENTION")


def test_an_imported_resource_is_judged_as_what_the_program_says_of_it(stage: Make) -> None:
    made = stage(lambda: (group("taken-over", days=0, import_="taken-over"), None)[-1])
    made.judge_by(ONLY_RETENTION)

    assert any('"taken-over" keeps its logs for ever' in message for message in made.preview().messages("mandatory"))


def test_what_a_program_only_reads_is_not_judged(stage: Make) -> None:
    made = stage(lambda: (aws.cloudwatch.LogGroup.get("theirs", "their-logs"), None)[-1])
    made.judge_by({"rules": {"TAGS-REQUIRED": "disabled"}})

    assert not refused(made, "theirs")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_others_is_refused_for_its_mistakes_without_showing_its_secrets(stage: Make, name: str) -> None:
    said = stage(PROGRAMS[name]).preview()

    assert said.refused
    assert said.messages("mandatory")
    assert "the rule itself failed" not in said.output
    assert "Traceback" not in said.output
    assert not any(secret in said.output for secret in SECRETS)
