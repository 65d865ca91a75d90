"""Triggers: which events start what, with what, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from components import (
    AccessLogs,
    Bucket,
    EncryptionKey,
    EventPattern,
    LambdaFunction,
    LambdaStage,
    ObjectCreated,
    Pipeline,
    PipelineSucceeded,
    RunLedger,
    Topic,
    Trigger,
)
from components.events import AnySource
from components.events.hearing import RUN_SOURCE, RUN_SUCCEEDED
from components.events.patterns import check, matches
from tests.policy.harness import Recorded, record
from tests.unit import events
from tests.unit.programs import ACCOUNT, CONFIG

SOURCES: TypeAdapter[AnySource] = TypeAdapter(AnySource)


def recorded(program: Any) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config=CONFIG) if resource.custom}


def pattern(found: dict[str, Recorded], rule: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(found[rule].inputs["eventPattern"])
    check(made)
    return made


def created(bucket: str, key: str, what: str = "Object Created") -> dict[str, Any]:
    detail = {"version": "0", "bucket": {"name": bucket}, "object": {"key": key, "size": 1}, "reason": "PutObject"}
    return {"source": "aws.s3", "detail-type": what, "detail": detail}


def objects_of(**arguments: Any) -> Callable[[str], bool]:
    """Whether a key of the bucket starts a function."""

    def program() -> None:
        bucket = Bucket("files", key=EncryptionKey("key"), access_logs=AccessLogs("logs"), events=True)
        work = LambdaFunction("work", handler="ingest", key=bucket.key)
        Trigger("new", target=work, source=ObjectCreated(bucket=bucket, **arguments))

    found = recorded(program)
    made = pattern(found, "new-rule")
    name = found["files"].outputs["bucket"]
    assert not matches(made, created("other", "landing/a.csv"))
    assert not matches(made, created(name, "landing/a.csv", "Object Deleted"))
    return lambda key: matches(made, created(name, key))


@pytest.mark.parametrize(
    ("arguments", "starts", "does_not"),
    [
        ({"prefix": "landing/"}, ["landing/a.csv", "landing/"], ["other/a.csv", "a/landing/b"]),
        ({"suffix": ".csv"}, ["a.csv", "landing/a.csv"], ["a.csv.gz"]),
        ({"suffix": "/_SUCCESS"}, ["landing/_SUCCESS"], ["landing/_SUCCESS/a", "_SUCCESS"]),
        ({"prefix": "landing/", "suffix": ".csv"}, ["landing/a.csv", "landing/.csv"], ["landing/a.txt", "x/a.csv"]),
        ({"prefix": "a*\\", "suffix": "*"}, ["a*\\*", "a*\\b*"], ["abc*", "a*\\b"]),
        ({}, ["a", "landing/a.csv"], []),
    ],
)
def test_objects_start_a_function_by_both_ends_of_their_key(
    arguments: dict[str, Any], starts: list[str], does_not: list[str]
) -> None:
    started = objects_of(**arguments)
    assert [key for key in (*starts, *does_not) if started(key)] == starts


def test_a_function_lets_the_rule_in_by_its_own_policy_and_gets_the_event_as_it_is() -> None:
    found = recorded(events.object_trigger)
    rule = found["work-object-created-rule"].outputs["arn"]
    permission, target = found["work-object-created-permission"].inputs, found["work-object-created-target"].inputs
    assert permission["principal"] == "events.amazonaws.com"
    assert permission["sourceArn"] == rule
    assert target["arn"] == found["work"].outputs["arn"]
    assert "roleArn" not in target
    assert "inputTransformer" not in target


def test_a_pipeline_is_started_under_a_role_of_that_rule_that_may_start_it_and_nothing_else() -> None:
    found = recorded(events.pipelines)
    role = found["first-object-created-role"]
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": found["first-object-created-rule"].outputs["arn"]},
    }
    policies = [each for each in found.values() if each.inputs.get("role") == role.outputs["name"]]
    (start,) = [json.loads(each.inputs["policy"])["Statement"] for each in policies]
    assert start == [{"Effect": "Allow", "Action": "states:StartExecution", "Resource": found["first"].outputs["arn"]}]
    assert found["first-object-created-target"].inputs["roleArn"] == role.outputs["arn"]


def test_what_cannot_be_delivered_within_a_day_is_kept_and_told_of() -> None:
    found = recorded(events.pipelines)
    target = found["first-object-created-target"].inputs
    assert target["retryPolicy"] == {"maximumEventAgeInSeconds": 86_400, "maximumRetryAttempts": 185}
    queue = found["first-object-created-undelivered"]
    assert target["deadLetterConfig"] == {"arn": queue.outputs["arn"]}
    policy = json.loads(found["first-object-created-undelivered-policy"].inputs["policy"])
    (allowed,) = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": found["first-object-created-rule"].outputs["arn"]}}
    alarm = found["first-object-created-undelivered-alarm"].inputs
    assert alarm["alarmActions"] == [found["alarms"].outputs["arn"]]
    assert alarm["dimensions"] == {"QueueName": queue.outputs["name"]}


def made_of(transformer: dict[str, Any], event: dict[str, Any]) -> Any:
    """What EventBridge makes of an event, for templates whose variables stand for whole values."""
    text = str(transformer["inputTemplate"]).replace("<aws.events.event.json>", json.dumps(event))
    for name, path in (transformer.get("inputPaths") or {}).items():
        value: Any = event
        for part in path.removeprefix("$.").split("."):
            value = value[part]
        text = text.replace(f"<{name}>", json.dumps(value))
    return json.loads(text)


def test_a_pipelines_run_is_given_the_event_and_where_its_parameters_stand_in_it() -> None:
    event = created("raw", 'landing/"a".csv')
    transformer = recorded(events.pipelines)["first-object-created-target"].inputs["inputTransformer"]
    assert made_of(transformer, event) == {"event": event, "parameters_from_event": {"key": "detail.object.key"}}


def test_a_run_that_follows_another_is_given_its_date_and_hears_of_that_pipeline_only() -> None:
    found = recorded(events.pipelines)
    machine = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:{found['first'].inputs['name']}"
    event = {
        "source": RUN_SOURCE,
        "detail-type": RUN_SUCCEEDED,
        "detail": {"date": "2027-01-31", "stateMachineArn": machine},
    }
    made = pattern(found, "second-pipeline-succeeded-rule")
    assert matches(made, event)
    assert not matches(made, {**event, "detail": {**event["detail"], "stateMachineArn": f"{machine}2"}})  # type: ignore[dict-item]
    transformer = found["second-pipeline-succeeded-target"].inputs["inputTransformer"]
    assert made_of(transformer, event) == {"event": event, "date": "2027-01-31"}


def test_a_buss_events_start_a_function_through_a_rule_on_that_bus() -> None:
    found = recorded(events.function_trigger)
    bus = found["orders"].outputs["name"]
    assert found["placed-rule"].inputs["eventBusName"] == found["placed-target"].inputs["eventBusName"] == bus
    assert pattern(found, "placed-rule") == events.PLACED.pattern


def test_the_function_that_keeps_the_ledger_may_say_that_runs_have_succeeded_and_nothing_else() -> None:
    (granted,) = json.loads(recorded(events.pipelines)["runs-function-role-announce"].inputs["policy"])["Statement"]
    assert granted == {
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default",
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": [RUN_SOURCE], "events:detail-type": [RUN_SUCCEEDED]},
            "Null": {"events:source": "false", "events:detail-type": "false"},
        },
    }


def test_the_ledger_hears_of_runs_that_ended_otherwise_in_the_same_way() -> None:
    found = recorded(events.pipelines)
    assert found["runs-ended-target"].inputs["inputTransformer"]["inputTemplate"] == (
        '{"action": "ended", "detail": <detail>}'
    )
    assert found["runs-ended-target"].inputs["deadLetterConfig"] == {
        "arn": found["runs-ended-undelivered"].outputs["arn"]
    }
    assert found["runs-ended-undelivered-alarm"].inputs["alarmActions"] == [found["alarms"].outputs["arn"]]


def test_a_trigger_that_is_off_stays() -> None:
    def program() -> None:
        bucket = Bucket("files", key=EncryptionKey("key"), access_logs=AccessLogs("logs"), events=True)
        work = LambdaFunction("work", handler="ingest", key=bucket.key)
        work.on_event(ObjectCreated(bucket=bucket), enabled=False)

    assert recorded(program)["work-object-created-rule"].inputs["state"] == "DISABLED"


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ({"type": "object-created", "zone": "raw", "prefix": "landing/"}, ObjectCreated(zone="raw", prefix="landing/")),
        (
            {"type": "event", "bus": "orders", "pattern": {"source": ["shop"]}, "counterExamples": [{"source": "x"}]},
            EventPattern(bus="orders", pattern={"source": ["shop"]}, counter_examples=({"source": "x"},)),
        ),
        ({"type": "pipeline-succeeded", "pipeline": "daily"}, PipelineSucceeded(pipeline="daily")),
    ],
)
def test_a_stack_config_says_what_a_program_says(written: dict[str, Any], made: Any) -> None:
    assert SOURCES.validate_python(written) == made


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"type": "object-created", "prefix": "a/"}, "give one of zone and bucket"),
        ({"type": "object-created", "zone": "raw", "bucket": "raw"}, "give one of zone and bucket"),
        ({"type": "object-created", "zone": "raw", "prefix": "/a/"}, "keys in S3 begin with no slash"),
        ({"type": "object-created", "zone": "raw", "parameters": {"key": "$.detail"}}, "the path of a field"),
        ({"type": "event", "pattern": {"source": "shop"}}, "source: give a list of values"),
        ({"type": "event", "pattern": {"detail": {"a": [1]}}}, "say source or detail-type in the pattern"),
        (
            {"type": "event", "pattern": {"source": ["shop"]}, "examples": [{"source": "shop"}, {"source": "x"}]},
            r"examples\[1\] does not match",
        ),
        (
            {"type": "event", "pattern": {"source": ["shop"]}, "counterExamples": [{"source": "shop"}]},
            r"counterExamples\[0\] matches",
        ),
        ({"type": "pipeline-succeeded", "pipeline": ""}, "a Pipeline, or the name of one"),
        ({"type": "weekly"}, "does not match any of the expected tags"),
        ({"type": "pipeline-succeeded", "pipeline": "daily", "zone": "raw"}, "Extra inputs are not permitted"),
    ],
)
def test_a_source_that_cannot_be_right_is_refused(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SOURCES.validate_python(written)


class Pipelines:
    """What pipelines of a test are made of."""

    def __init__(self) -> None:
        self.key = EncryptionKey("key")
        self.ledger = RunLedger("runs", key=self.key, notify=Topic("alarms", key=self.key))
        self.work = LambdaFunction("work", handler="ingest", key=self.key)

    def make(self, name: str, *triggers: AnySource, **more: Any) -> Pipeline:
        stages = [LambdaStage(name="work", function=self.work, timeout=60)]
        return Pipeline(name, stages=stages, ledger=self.ledger, triggers=triggers, **more)


def refused(program: Callable[[Pipelines], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        recorded(lambda: program(Pipelines()))


def test_a_bucket_that_tells_nobody_of_its_objects_starts_nothing() -> None:
    def program(made: Pipelines) -> None:
        quiet = Bucket("quiet", key=made.key, access_logs=AccessLogs("logs"))
        made.make("daily", ObjectCreated(bucket=quiet))

    refused(program, "trigger daily-object-created: bucket quiet tells nobody of its objects: give it events=True")


def test_what_is_not_there_is_named_with_what_is() -> None:
    refused(
        lambda made: made.make("daily", ObjectCreated(zone="raw")), "there is no Bucket called 'raw'; there is none"
    )
    refused(
        lambda made: made.make(
            "daily", PipelineSucceeded(pipeline="first"), components=[("other", made.make("other"))]
        ),
        "there is no Pipeline called 'first'; there are other",
    )


def test_a_parameter_that_the_pipeline_has_not_is_refused() -> None:
    source = EventPattern(pattern={"source": ["shop"]}, parameters={"kee": "detail.key"})
    refused(lambda made: made.make("daily", source, parameters={"key": 1}), "no parameter kee; it has key")
    refused(lambda made: made.work.on_event(source), "work has no parameter kee; it has none")


def test_two_triggers_of_one_name_are_refused() -> None:
    source = EventPattern(pattern={"source": ["shop"]})
    refused(lambda made: made.make("daily", source, source), "two triggers are called 'event': give one a name")
    recorded(lambda: Pipelines().make("daily", source, source.model_copy(update={"name": "other"})))


def test_pipelines_that_would_start_each_other_for_ever_are_refused() -> None:
    def itself(made: Pipelines) -> None:
        daily = made.make("daily")
        daily.on_event(PipelineSucceeded(pipeline=daily))

    def in_a_circle(made: Pipelines) -> None:
        first = made.make("first")
        second = made.make("second", PipelineSucceeded(pipeline=first))
        third = made.make("third", PipelineSucceeded(pipeline=second))
        first.on_event(PipelineSucceeded(pipeline=third))

    refused(itself, "daily and daily would start each other for ever")
    refused(in_a_circle, "first and third would start each other for ever")


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.states"], "detail": {"status": ["FAILED"]}},
        {"source": [{"prefix": "aws."}]},
        {"source": [RUN_SOURCE]},
    ],
)
def test_a_pattern_that_matches_what_its_own_runs_tell_is_refused(pattern: dict[str, Any]) -> None:
    refused(lambda made: made.make("daily", EventPattern(pattern=pattern)), "daily itself, which would start itself")


def test_another_machines_executions_may_start_a_pipeline() -> None:
    other = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:other"
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [other]}}
    recorded(lambda: Pipelines().make("daily", EventPattern(pattern=pattern)))


def test_a_key_that_makes_the_pattern_too_long_is_refused() -> None:
    bucket = {"prefix": "a" * 1_000 + "/", "suffix": "b" * 1_000}
    with pytest.raises(ValueError, match="EventBridge accepts 2,048"):
        objects_of(**bucket)


def test_a_scheduled_start_that_was_not_delivered_is_told_of() -> None:
    found = recorded(events.pipelines)
    alarm = found["first-dead-letters-alarm"].inputs
    assert alarm["dimensions"] == {"QueueName": found["first-dead-letters"].outputs["name"]}
    assert alarm["alarmActions"] == [found["alarms"].outputs["arn"]]


def test_the_schema_of_a_stack_config_tells_the_sources_apart() -> None:
    schema = SOURCES.json_schema()
    assert set(schema["discriminator"]["mapping"]) == {"object-created", "event", "pipeline-succeeded"}
    objects = schema["$defs"]["ObjectCreated"]
    assert objects["properties"]["zone"]["anyOf"] == [{"type": "string", "minLength": 1}, {"type": "null"}]
    assert "counterExamples" in schema["$defs"]["EventPattern"]["properties"]
