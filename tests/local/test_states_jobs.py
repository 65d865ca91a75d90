"""Tasks that call services: functions, tables, queues, and jobs that are waited for and ended with their state."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients
from local.emulator import lifecycle

from .machines import REGION, Machine, make_machine, make_role
from .test_emulated_tasks import hook, is_running
from .test_emulator import wait_until

RUN_TASK = "arn:aws:states:::ecs:runTask.sync"
NETWORK = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}}
MANAGED_RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForECSTaskRule"
TASK_ROLE = f"arn:aws:iam::{ACCOUNT}:role/states-task"
MAY_RUN_TASKS = (
    ("ecs:RunTask", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/states:*"),
    ("ecs:DescribeTasks", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/states/*"),
    ("ecs:StopTask", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/states/*"),
    ("iam:PassRole", TASK_ROLE),
    ("events:PutRule", MANAGED_RULE),
    ("events:PutTargets", MANAGED_RULE),
    ("events:DescribeRule", MANAGED_RULE),
)


@pytest.fixture(scope="module")
def task_definition(clients: Clients) -> str:
    clients("ecs").create_cluster(clusterName="states")
    make_role(clients, "states-task", "ecs-tasks.amazonaws.com")
    made = clients("ecs").register_task_definition(
        family="states",
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        requiresCompatibilities=["FARGATE"],
        taskRoleArn=TASK_ROLE,
        executionRoleArn=TASK_ROLE,
        containerDefinitions=[{"name": "main", "image": "job", "command": ["true"], "essential": True}],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def container(definition: str, *command: str, spot: bool = False, **fields: Any) -> dict[str, Any]:
    """A state that runs a command as a task."""
    where = {"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]}
    return {
        "Type": "Task",
        "Resource": RUN_TASK,
        "Arguments": {
            "Cluster": "states",
            "TaskDefinition": definition,
            **(where if spot else {"LaunchType": "FARGATE"}),
            "NetworkConfiguration": NETWORK,
            "Overrides": {"ContainerOverrides": [{"Name": "main", "Command": list(command)}]},
        },
        "End": True,
        **fields,
    }


def test_a_task_gives_its_description_when_it_ends_with_zero(clients: Clients, task_definition: str) -> None:
    machine = make_machine(clients, {"Run": container(task_definition, "true")}, *MAY_RUN_TASKS)
    execution = machine.start()
    output = json.loads(machine.ended(execution)["output"])
    assert (output["LastStatus"], output["Containers"][0]["ExitCode"]) == ("STOPPED", 0)
    assert isinstance(output["StartedAt"], int)
    assert [event for event in machine.types(execution) if event.startswith("Task")] == [
        *("TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited"),
    ]


def test_a_task_that_ends_otherwise_fails_the_state_with_its_description(
    clients: Clients, task_definition: str
) -> None:
    machine = make_machine(clients, {"Run": container(task_definition, "sh", "-c", "exit 3")}, *MAY_RUN_TASKS)
    ended = machine.run()
    assert ended["error"] == "States.TaskFailed"
    cause = json.loads(ended["cause"])
    assert (cause["Containers"][0]["ExitCode"], cause["StopCode"]) == (3, "EssentialContainerExited")


def test_a_task_over_the_states_time_is_stopped(clients: Clients, task_definition: str, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    state = container(task_definition, "sh", "-c", f"echo $$ > {note}; sleep 60", TimeoutSeconds=2)
    ended = make_machine(clients, {"Run": state}, *MAY_RUN_TASKS).run()
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    wait_until(lambda: not is_running(int(note.read_text())))


def test_a_stopped_execution_stops_its_task(clients: Clients, task_definition: str, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    state = container(task_definition, "sh", "-c", f"echo $$ > {note}; sleep 60")
    machine = make_machine(clients, {"Run": state}, *MAY_RUN_TASKS)
    execution = machine.start()
    wait_until(lambda: note.exists() and note.read_text().strip() != "")
    clients("stepfunctions").stop_execution(executionArn=execution)
    wait_until(lambda: not is_running(int(note.read_text())))
    task = clients("ecs").describe_tasks(
        cluster="states", tasks=clients("ecs").list_tasks(cluster="states", desiredStatus="STOPPED")["taskArns"]
    )["tasks"]
    assert "Task aborted by AWS Step Functions" in [each["stoppedReason"] for each in task]


def test_without_capacity_a_spot_task_falls_to_the_catcher(
    clients: Clients, task_definition: str, emulator: lifecycle.Emulator
) -> None:
    caught = {"ErrorEquals": ["AmazonECS.Unknown"], "Next": "On demand"}
    spot = container(task_definition, "true", spot=True, Catch=[caught])
    machine = make_machine(clients, {"Spot": spot, "On demand": container(task_definition, "true")}, *MAY_RUN_TASKS)
    hook(emulator, "capacity", {"none": ["FARGATE_SPOT"]})
    try:
        execution = machine.start()
        assert machine.ended(execution)["status"] == "SUCCEEDED"
    finally:
        hook(emulator, "capacity", {"none": []})
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in machine.history(execution)
        if event["type"] == "TaskStateEntered"
    ]
    assert entered == ["Spot", "On demand"]


@pytest.mark.parametrize("lacking", ["ecs:RunTask", "ecs:DescribeTasks", "iam:PassRole"])
def test_a_machine_that_lacks_a_permission_fails_as_on_aws(
    clients: Clients, task_definition: str, lacking: str
) -> None:
    allowed = [each for each in MAY_RUN_TASKS if each[0] != lacking]
    ended = make_machine(clients, {"Run": container(task_definition, "true")}, *allowed).run()
    assert ended["error"].startswith("ECS.")
    assert lacking in ended["cause"]


@pytest.fixture(scope="module")
def function(clients: Clients) -> str:
    role = make_role(clients, "states-function", "lambda.amazonaws.com")
    code = "def handler(event, context):\n    return {'twice': event['n'] * 2}\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("app.py", code)
    made = clients("lambda").create_function(
        FunctionName="states-function",
        Runtime="python3.13",
        Handler="app.handler",
        Role=role,
        Code={"ZipFile": archive.getvalue()},
        Timeout=20,
    )
    return str(made["FunctionArn"])


def lambda_state(function: str) -> dict[str, Any]:
    arguments = {"FunctionName": function, "Payload": "{% $states.input %}"}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, "End": True}


def test_a_function_answers_as_payload(clients: Clients, function: str) -> None:
    machine = make_machine(clients, {"Call": lambda_state(function)}, ("lambda:InvokeFunction", function))
    assert machine.output({"n": 2})["Payload"] == {"twice": 4}


def test_a_function_that_raises_gives_its_error_type(clients: Clients, function: str) -> None:
    machine = make_machine(clients, {"Call": lambda_state(function)}, ("lambda:InvokeFunction", function))
    ended = machine.run({"m": 2})
    assert ended["error"] == "KeyError"
    assert json.loads(ended["cause"])["errorMessage"] == "'n'"


def test_items_are_written_and_read_with_conditions(clients: Clients) -> None:
    clients("dynamodb").create_table(
        TableName="states",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Arguments": {
            "TableName": "states",
            "Item": {"pk": {"S": "{% $states.input.key %}"}, "n": {"N": "1"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        },
        "Catch": [{"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "Next": "Taken"}],
        "Next": "Get",
    }
    get = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:getItem",
        "Arguments": {"TableName": "states", "Key": {"pk": {"S": "a"}}},
        "Output": "{% $number($states.result.Item.n.N) %}",
        "End": True,
    }
    taken = {"Type": "Pass", "Output": "taken", "End": True}
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/states"
    machine = make_machine(
        clients, {"Put": put, "Get": get, "Taken": taken}, ("dynamodb:PutItem", table), ("dynamodb:GetItem", table)
    )
    assert machine.output({"key": "a"}) == 1
    assert machine.output({"key": "a"}) == "taken"


def test_messages_and_events_are_sent_as_json(clients: Clients) -> None:
    queue = clients("sqs").create_queue(QueueName="states")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:states"
    topic = clients("sns").create_topic(Name="states")["TopicArn"]
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
    entry = {"Source": "own", "DetailType": "told", "Detail": {"a": 3}, "EventBusName": "default"}
    sending = {
        "sqs:sendMessage": {"QueueUrl": queue, "MessageBody": {"a": 1}},
        "sns:publish": {"TopicArn": topic, "Message": {"a": 2}},
        "events:putEvents": {"Entries": [entry]},
    }
    names = list(sending)
    states = {
        name: {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{name}",
            "Arguments": arguments,
            **({"Next": names[index + 1]} if index + 1 < len(names) else {"End": True}),
        }
        for index, (name, arguments) in enumerate(sending.items())
    }
    machine = make_machine(clients, states, ("sqs:SendMessage", arn), ("sns:Publish", topic), ("events:PutEvents", bus))
    assert machine.output()["FailedEntryCount"] == 0
    received = clients("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=2)["Messages"]
    assert json.loads(received[0]["Body"]) == {"a": 1}


def test_a_token_that_comes_back_ends_the_state(clients: Clients) -> None:
    queue = clients("sqs").create_queue(QueueName="tokens")["QueueUrl"]
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": queue, "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
        "End": True,
    }
    machine = make_machine(clients, {"Ask": state}, ("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:tokens"))
    execution = machine.start()
    message = clients("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"][0]
    token = json.loads(message["Body"])["token"]
    clients("stepfunctions").send_task_success(taskToken=token, output='{"answer": 1}')
    assert json.loads(machine.ended(execution)["output"]) == {"answer": 1}


def nested(clients: Clients, inner: Machine) -> Machine:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": inner.arn, "Input": {"n": "{% $states.input.n %}"}},
        "Output": "{% $states.result.Output %}",
        "End": True,
    }
    execution = inner.arn.replace(":stateMachine:", ":execution:") + ":*"
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
    return make_machine(
        clients,
        {"Inner": state},
        ("states:StartExecution", inner.arn),
        ("states:DescribeExecution", execution),
        ("states:StopExecution", execution),
        *((f"events:{name}", rule) for name in ("PutRule", "PutTargets", "DescribeRule")),
    )


def test_another_machines_output_is_json_with_sync_2(clients: Clients) -> None:
    inner = make_machine(clients, {"Twice": {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}})
    assert nested(clients, inner).output({"n": 2}) == 4


def test_stopping_an_execution_stops_the_one_it_started(clients: Clients) -> None:
    inner = make_machine(clients, {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}})
    outer = nested(clients, inner)
    execution = outer.start({"n": 1})
    started = clients("stepfunctions")

    def below() -> list[Any]:
        return list(started.list_executions(stateMachineArn=inner.arn)["executions"])

    wait_until(lambda: len(below()) == 1)
    started.stop_execution(executionArn=execution)
    wait_until(lambda: below()[0]["status"] == "ABORTED")


@pytest.fixture(scope="module")
def numbers(clients: Clients) -> str:
    """A bucket with an object for each number."""
    clients("s3").create_bucket(Bucket="numbers", CreateBucketConfiguration={"LocationConstraint": REGION})
    for number in range(6):
        clients("s3").put_object(Bucket="numbers", Key=f"in/{number}", Body=b"x" * number)
    return "numbers"


def over_objects(bucket: str, **fields: Any) -> dict[str, Any]:
    """A distributed Map over a listing: it fails for objects of more than three bytes."""
    which = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input.size > $states.input.most %}", "Next": "Large"}],
        "Default": "Small",
    }
    return {
        "Type": "Map",
        "Label": "objects",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "Arguments": {"Bucket": bucket, "Prefix": "in/"},
        },
        "ItemSelector": {
            "key": "{% $states.context.Map.Item.Value.Key %}",
            "size": "{% $states.context.Map.Item.Value.Size %}",
            "most": "{% $states.input.most %}",
        },
        "MaxConcurrency": 2,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Which",
            "States": {
                "Which": which,
                "Large": {"Type": "Fail", "Error": "Large"},
                "Small": {"Type": "Pass", "Output": "{% $states.input.key %}", "End": True},
            },
        },
        "End": True,
        **fields,
    }


def test_a_distributed_map_goes_over_a_listing_as_executions_of_their_own(clients: Clients, numbers: str) -> None:
    machine = make_machine(clients, {"Each": over_objects(numbers)}, ("s3:ListBucket", f"arn:aws:s3:::{numbers}"))
    execution = machine.start({"most": 9})
    output = json.loads(machine.ended(execution)["output"])
    assert output == [f"in/{number}" for number in range(6)]
    map_run = clients("stepfunctions").list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
    described = clients("stepfunctions").describe_map_run(mapRunArn=map_run)
    assert (described["status"], described["itemCounts"]["succeeded"]) == ("SUCCEEDED", 6)
    assert len(clients("stepfunctions").list_executions(mapRunArn=map_run)["executions"]) == 6


@pytest.mark.parametrize(("tolerated", "status"), [(40, "SUCCEEDED"), (20, "FAILED")])
def test_a_map_run_fails_when_more_fail_than_is_tolerated(
    clients: Clients, numbers: str, tolerated: int, status: str
) -> None:
    state = over_objects(numbers, ToleratedFailurePercentage=tolerated)
    machine = make_machine(clients, {"Each": state}, ("s3:ListBucket", f"arn:aws:s3:::{numbers}"))
    ended = machine.run({"most": 3})
    assert ended["status"] == status
    if status == "FAILED":
        assert ended["error"] == "States.ExceedToleratedFailureThreshold"


def test_a_listing_that_the_role_may_not_read_fails_the_reader(clients: Clients, numbers: str) -> None:
    ended = make_machine(clients, {"Each": over_objects(numbers)}).run({"most": 9})
    assert ended["error"] == "States.ItemReaderFailed"


def test_a_role_that_may_not_keep_the_managed_rule_gets_no_machine(clients: Clients, task_definition: str) -> None:
    allowed = [each for each in MAY_RUN_TASKS if each[0] != "events:PutTargets"]
    with pytest.raises(ClientError, match="is not authorized to create managed-rule"):
        make_machine(clients, {"Run": container(task_definition, "true")}, *allowed)
