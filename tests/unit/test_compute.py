"""Functions, their layers and event sources: defaults, options, refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from components import Image, ImageRepository, LambdaFunction, Queue
from components.compute import Artifacts
from tests.policy.harness import Recorded, record
from tests.unit.programs import ACCOUNT, CONFIG, bucket, function, ingestion, key, started_function


def recorded(program: Any = function) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config=CONFIG)}


def of_type(found: dict[str, Recorded], type_: str) -> dict[str, Any]:
    (resource,) = [resource for resource in found.values() if resource.type == type_]
    return dict(resource.inputs)


def test_a_function_runs_what_was_built_for_its_architecture() -> None:
    inputs = recorded()["function"].inputs
    assert inputs["handler"] == "handlers.ingest.app.handler"
    assert inputs["runtime"] == "python3.13"
    assert inputs["architectures"] == ["arm64"]
    assert len(inputs["layers"]) == 1


def test_a_functions_role_may_write_its_own_logs_traces_and_dead_letters_and_nothing_else() -> None:
    found = recorded()
    policies = [resource for resource in found.values() if resource.type == "aws:iam/rolePolicy:RolePolicy"]
    actions = {
        action
        for policy in policies
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert actions == {
        "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        "sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey",
    }  # fmt: skip


def test_a_functions_logs_go_to_its_own_group_which_is_encrypted_and_ends() -> None:
    found = recorded()
    group = found["function-logs"]
    assert group.inputs["kmsKeyId"] == found["key"].outputs["arn"]
    assert group.inputs["retentionInDays"] == 30
    assert found["function"].inputs["loggingConfig"]["logGroup"] == group.outputs["name"]


def test_a_function_reserves_no_concurrency_unless_it_is_told_to() -> None:
    assert "reservedConcurrentExecutions" not in recorded()["function"].inputs


def test_a_function_is_made_after_it_may_send_to_its_dead_letter_queue() -> None:
    found = recorded()
    assert found["function-role-send-function-dead-letters"].urn in found["function"].waits_for


def test_alarms_tell_of_errors_throttles_and_runs_near_the_timeout() -> None:
    found = recorded()
    assert found["function-errors"].inputs["metricName"] == "Errors"
    assert found["function-throttles"].inputs["metricName"] == "Throttles"
    assert found["function-duration"].inputs["threshold"] == 54_000


def test_alarms_tell_of_anything_that_waits_among_dead_letters() -> None:
    found = recorded(started_function)
    watched = {
        alarm.inputs["dimensions"]["QueueName"]
        for alarm in found.values()
        if alarm.inputs.get("metricName") == "ApproximateNumberOfMessagesVisible"
    }
    queues = ("function-dead-letters", "function-objects-queue-dead-letters")
    assert watched == {found[queue].outputs["name"] for queue in queues}


def test_objects_reach_a_function_through_a_rule_and_a_queue_with_dead_letters() -> None:
    found = recorded(started_function)
    pattern = json.loads(of_type(found, "aws:cloudwatch/eventRule:EventRule")["eventPattern"])
    assert pattern == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {"bucket": {"name": ["lake-raw-abc1234"]}, "object": {"key": [{"prefix": "orders/"}]}},
    }
    queue = found["function-objects-queue"]
    assert json.loads(queue.inputs["redrivePolicy"])["maxReceiveCount"] == 5
    assert of_type(found, "aws:cloudwatch/eventTarget:EventTarget")["deadLetterConfig"]["arn"]


def test_a_queues_messages_stay_hidden_six_times_as_long_as_the_function_may_run() -> None:
    assert recorded(started_function)["function-objects-queue"].inputs["visibilityTimeoutSeconds"] == 360


def test_only_the_failed_messages_of_a_batch_come_again() -> None:
    mapping = recorded(started_function)["function-queue"].inputs
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["scalingConfig"] == {"maximumConcurrency": 10}


def test_a_queue_that_hides_messages_for_less_than_a_run_is_refused() -> None:
    """As Lambda does: "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds"."""

    def program() -> None:
        made = key()
        LambdaFunction("function", handler="ingest", key=made).on_queue(Queue("queue", key=made))

    with pytest.raises(ValueError, match="visibility_timeout=360"):
        record(program, config=CONFIG)


def test_a_batch_that_takes_time_to_gather_is_refused_without_that_time() -> None:
    def program() -> None:
        made = key()
        queue = Queue("queue", key=made, visibility_timeout=360)
        LambdaFunction("function", handler="ingest", key=made).on_queue(queue, batch_size=11)

    with pytest.raises(ValueError, match="batching_seconds"):
        record(program, config=CONFIG)


def test_a_function_gets_messages_only_when_it_has_all_it_was_granted() -> None:
    """What arrives earlier fails, and comes again only after the queue's visibility timeout."""
    found = record(ingestion, config=CONFIG)
    (mapping,) = [one for one in found if one.type == "aws:lambda/eventSourceMapping:EventSourceMapping"]
    granted = {one.urn for one in found if one.name.startswith("ingestion-function-role-")}
    assert len(granted) > 8
    assert granted <= set(mapping.waits_for)


def test_a_bucket_that_tells_nobody_of_its_objects_cannot_start_a_function() -> None:
    def program() -> None:
        LambdaFunction("function", handler="ingest", key=key()).on_objects(bucket())

    with pytest.raises(ValueError, match="events=True"):
        record(lambda: program(), config=CONFIG)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_REGION": "eu-west-1"}, "'AWS_REGION'"),
        ({"1ST": "x"}, "'1ST'"),
        ({"X": "x"}, "'X'"),
        ({"LONG": "x" * 4_096}, "accepts 4,096"),
    ],
)
def test_an_environment_that_lambda_would_refuse_is_refused(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(lambda: LambdaFunction("function", handler="ingest", key=key(), environment=environment), config=CONFIG)


def test_a_handler_that_was_not_built_is_refused_with_the_command() -> None:
    with pytest.raises(KeyError, match="watershed build"):
        record(lambda: LambdaFunction("function", handler="unknown", key=key()), config=CONFIG)


def test_a_project_that_built_nothing_is_told_the_command(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="watershed build"):
        Artifacts.find(tmp_path / "nothing")


def image_function(**given: Any) -> LambdaFunction:
    made = key()
    image = ImageRepository("images", key=made, for_functions=True).image(tag="1")
    return LambdaFunction("function", key=made, **{"image": image, **given})


def test_a_function_runs_an_image_of_a_private_repository_for_its_architecture() -> None:
    inputs = recorded(lambda: image_function(command=["app.handler"], architecture="x86_64"))["function"].inputs
    assert inputs["packageType"] == "Image"
    assert inputs["imageUri"] == f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/images-abc1234:1"
    assert inputs["imageConfig"] == {"commands": ["app.handler"]}
    assert inputs["architectures"] == ["x86_64"]
    assert not {"handler", "runtime", "layers", "code"} & set(inputs)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"handler": "ingest"}, "either handler .* or image"),
        ({"image": None}, "either handler .* or image"),
        ({"image": Image("public.ecr.aws/docker/library/python:3.13")}, "private repository alone"),
    ],
)
def test_a_function_runs_one_thing_that_lambda_takes(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(lambda: image_function(**given), config=CONFIG)


def test_an_archive_that_is_gone_is_refused(built: Path) -> None:
    (built / "ingest.zip").unlink()
    with pytest.raises(FileNotFoundError, match=r"ingest\.zip is gone"):
        Artifacts.find().deployable("ingest")
