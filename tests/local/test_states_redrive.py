"""A redrive goes on where an execution failed, and repeats nothing that was done."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients

from .machines import REGION, Machine, make_machine
from .test_emulator import wait_until

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/redrive"
MAY = (("dynamodb:GetItem", TABLE), ("dynamodb:UpdateItem", TABLE))


@pytest.fixture(scope="module", autouse=True)
def table(clients: Clients) -> None:
    clients("dynamodb").create_table(
        TableName="redrive",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def counting(key: str, **fields: Any) -> dict[str, Any]:
    """A task that counts how often it ran."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:updateItem",
        "Arguments": {
            "TableName": "redrive",
            "Key": {"pk": {"S": key}},
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        },
        "Output": "{% $states.input %}",
        **({"End": True} if "Next" not in fields else {}),
        **fields,
    }


def needing(key: str, **fields: Any) -> dict[str, Any]:
    """A task that fails until an item is there."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:getItem",
        "Arguments": {"TableName": "redrive", "Key": {"pk": {"S": key}}},
        "Output": "{% $states.result.Item.value.S %}",
        **({"End": True} if "Next" not in fields else {}),
        **fields,
    }


def count(clients: Clients, key: str) -> int:
    item = clients("dynamodb").get_item(TableName="redrive", Key={"pk": {"S": key}}).get("Item")
    return int(item["n"]["N"]) if item else 0


def mend(clients: Clients, key: str) -> None:
    clients("dynamodb").put_item(TableName="redrive", Item={"pk": {"S": key}, "value": {"S": f"{key} is there"}})


def failed(machine: Machine, given: Any = None) -> str:
    execution = machine.start(given)
    assert machine.ended(execution)["status"] == "FAILED"
    return execution


def test_it_goes_on_at_the_failed_state_with_its_input_and_variables(clients: Clients) -> None:
    machine = make_machine(
        clients,
        {
            "Once": counting("plain-once", Assign={"kept": "{% $states.input.a %}"}, Next="Need"),
            "Need": needing("plain", Assign={"given": "{% $states.input.a %}"}, Next="Show"),
            "Show": {"Type": "Pass", "Output": "{% $states.input & $kept & $given %}", "End": True},
        },
        *MAY,
    )
    execution = failed(machine, {"a": "!"})
    mend(clients, "plain")
    ended = machine.redrive(execution)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", "plain is there!!")
    assert count(clients, "plain-once") == 1


def test_what_is_described_tells_of_the_redrives(clients: Clients) -> None:
    machine = make_machine(clients, {"Need": needing("described")}, *MAY)
    execution = failed(machine)
    before = machine.describe(execution)
    assert (before["redriveCount"], before["redriveStatus"]) == (0, "REDRIVABLE")
    assert "redriveDate" not in before
    assert machine.redrive(execution)["status"] == "FAILED"
    mend(clients, "described")
    after = machine.redrive(execution)
    assert (after["redriveCount"], after["redriveStatus"]) == (2, "NOT_REDRIVABLE")
    assert after["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert after["redriveDate"] > after["startDate"]
    assert "error" not in after
    redriven = [event for event in machine.history(execution) if event["type"] == "ExecutionRedriven"]
    assert [event["executionRedrivenEventDetails"]["redriveCount"] for event in redriven] == [1, 2]
    assert machine.types(execution).count("TaskStateEntered") == 1


def test_an_execution_keeps_the_definition_that_it_was_started_with(clients: Clients) -> None:
    machine = make_machine(clients, {"Need": needing("kept")}, *MAY)
    execution = failed(machine)
    states = clients("stepfunctions")
    before = states.describe_state_machine_for_execution(executionArn=execution)["definition"]
    changed = {"StartAt": "Show", "States": {"Show": {"Type": "Succeed"}}}
    states.update_state_machine(stateMachineArn=machine.arn, definition=json.dumps(changed))
    after = states.describe_state_machine_for_execution(executionArn=execution)["definition"]
    assert json.loads(after) == json.loads(before)
    assert machine.redrive(execution)["status"] == "FAILED"


def test_an_execution_that_succeeded_or_runs_cannot_be_redriven(clients: Clients) -> None:
    machine = make_machine(clients, {"Wait": {"Type": "Wait", "Seconds": 2, "End": True}})
    execution = machine.start()
    with pytest.raises(ClientError, match="Execution is RUNNING and cannot be redriven"):
        clients("stepfunctions").redrive_execution(executionArn=execution)
    machine.ended(execution)
    with pytest.raises(ClientError, match="Execution is SUCCEEDED and cannot be redriven"):
        clients("stepfunctions").redrive_execution(executionArn=execution)


def test_of_a_parallel_only_the_branches_that_did_not_finish_run_again(clients: Clients) -> None:
    slow = {"Pause": {"Type": "Wait", "Seconds": 1, "Next": "Need"}, "Need": needing("branch", Next="After")}
    branches = [
        {"StartAt": "Done", "States": {"Done": counting("branch-done")}},
        {
            "StartAt": "Begin",
            "States": {"Begin": counting("branch-begin", Next="Pause"), **slow, "After": counting("branch-after")},
        },
    ]
    machine = make_machine(clients, {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}, *MAY)
    execution = failed(machine, {"x": 1})
    mend(clients, "branch")
    ended = machine.redrive(execution)
    assert json.loads(ended["output"]) == [{"x": 1}, "branch is there"]
    assert [count(clients, f"branch-{each}") for each in ("done", "begin", "after")] == [1, 1, 1]


def test_of_a_map_only_the_iterations_that_failed_run_again(clients: Clients) -> None:
    states = {
        "Count": counting("{% 'item-' & $states.input %}", Next="Pause"),
        "Pause": {"Type": "Wait", "Seconds": "{% $states.input = 'c' ? 1 : 0 %}", "Next": "Which"},
        "Which": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 'c' %}", "Next": "Need"}],
            "Default": "Fine",
        },
        "Need": needing("item"),
        "Fine": {"Type": "Pass", "End": True},
    }
    each = {"Type": "Map", "Items": ["a", "b", "c"], "ItemProcessor": {"StartAt": "Count", "States": states}}
    machine = make_machine(clients, {"Each": {**each, "End": True}}, *MAY)
    execution = failed(machine)
    mend(clients, "item")
    assert json.loads(machine.redrive(execution)["output"]) == ["a", "b", "item is there"]
    assert [count(clients, f"item-{each}") for each in "abc"] == [1, 1, 1]


def test_a_map_run_is_redriven_with_the_children_that_failed(clients: Clients) -> None:
    states = {
        "Count": counting("{% 'child-' & $states.input %}", Next="Which"),
        "Which": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 'b' %}", "Next": "Need"}],
            "Default": "Fine",
        },
        "Need": needing("child"),
        "Fine": {"Type": "Pass", "End": True},
    }
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Count",
        "States": states,
    }
    each = {"Type": "Map", "Label": "each", "Items": ["a", "b"], "MaxConcurrency": 1, "ItemProcessor": processor}
    machine = make_machine(clients, {"Each": {**each, "End": True}}, *MAY)
    execution = failed(machine)
    mend(clients, "child")
    assert json.loads(machine.redrive(execution)["output"]) == ["a", "child is there"]
    runs = clients("stepfunctions").list_map_runs(executionArn=execution)["mapRuns"]
    described = clients("stepfunctions").describe_map_run(mapRunArn=runs[0]["mapRunArn"])
    assert (len(runs), described["redriveCount"], described["status"]) == (1, 1, "SUCCEEDED")
    assert [count(clients, f"child-{each}") for each in "ab"] == [1, 1]


def test_retries_begin_anew(clients: Clients) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    machine = make_machine(clients, {"Need": needing("retried", Retry=retry)}, *MAY)
    execution = failed(machine)
    assert machine.redrive(execution)["status"] == "FAILED"
    assert machine.types(execution).count("TaskScheduled") == 4


def test_a_stopped_execution_and_one_out_of_time_can_be_redriven(clients: Clients) -> None:
    machine = make_machine(
        clients, {"Wait": {"Type": "Wait", "Seconds": 2, "Next": "Need"}, "Need": needing("stopped")}, *MAY
    )
    mend(clients, "stopped")
    execution = machine.start()
    wait_until(lambda: "WaitStateEntered" in machine.types(execution))
    clients("stepfunctions").stop_execution(executionArn=execution)
    assert machine.describe(execution)["redriveStatus"] == "REDRIVABLE"
    assert machine.redrive(execution)["status"] == "SUCCEEDED"


def test_every_end_is_told_as_an_event_that_says_if_it_can_be_redriven(clients: Clients) -> None:
    queue = clients("sqs").create_queue(QueueName="ends")["QueueUrl"]
    pattern = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
    clients("events").put_rule(Name="ends", EventPattern=json.dumps(pattern), State="ENABLED")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:ends"
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [let_in]})
    clients("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    clients("events").put_targets(Rule="ends", Targets=[{"Id": "queue", "Arn": arn}])
    wait = {"Wait": {"Type": "Wait", "Seconds": 30, "End": True}}
    machines = {
        "SUCCEEDED": make_machine(clients, {"Show": {"Type": "Succeed"}}),
        "FAILED": make_machine(clients, {"Fail": {"Type": "Fail", "Error": "Own", "Cause": "why"}}),
        "TIMED_OUT": make_machine(clients, wait, TimeoutSeconds=1),
        "ABORTED": make_machine(clients, wait),
    }
    executions = {status: machine.start() for status, machine in machines.items()}
    clients("stepfunctions").stop_execution(executionArn=executions["ABORTED"], error="Own", cause="why")
    told: dict[tuple[str, str], Any] = {}
    deadline = time.monotonic() + 20
    while len(told) < 8 and time.monotonic() < deadline:
        messages = clients("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in messages.get("Messages", []):
            detail = json.loads(message["Body"])["detail"]
            if detail["executionArn"] in executions.values():
                told[detail["executionArn"], detail["status"]] = detail
    assert set(told) == {(arn, status) for end, arn in executions.items() for status in ("RUNNING", end)}
    for status, execution in executions.items():
        expected = "NOT_REDRIVABLE" if status == "SUCCEEDED" else "REDRIVABLE"
        assert told[execution, status]["redriveStatus"] == expected
    assert told[executions["FAILED"], "FAILED"]["cause"] == "why"
    assert told[executions["ABORTED"], "ABORTED"]["error"] == "Own"
    assert told[executions["TIMED_OUT"], "TIMED_OUT"]["error"] == "States.Timeout"
