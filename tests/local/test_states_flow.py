"""How data, variables, choices, errors and time go through an execution."""

import json
from typing import Any

import pytest

from local.aws import Clients

from .machines import Machine, make_machine

LIST_BUCKETS = "arn:aws:states:::aws-sdk:s3:listBuckets"
MAY_LIST = ("s3:ListAllMyBuckets", "*")


def passing(output: Any, **fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", "Output": output, "End": True, **fields}


def failing(error: str = "Own.Error", **fields: Any) -> dict[str, Any]:
    """A task that fails with an error of this name."""
    return {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": error, "Cause": "why"}}}],
        "End": True,
        **fields,
    }


def test_the_context_object_names_execution_machine_and_state(clients: Clients) -> None:
    shown = "{% {'id': $states.context.Execution.Id, 'input': $states.context.Execution.Input.date, "
    shown += "'role': $states.context.Execution.RoleArn, 'machine': $states.context.StateMachine.Name, "
    shown += "'state': $states.context.State.Name, 'started': $exists($states.context.Execution.StartTime)} %}"
    machine = make_machine(clients, {"Show": passing(shown)})
    execution = machine.start({"date": "2026-01-02"})
    output = json.loads(machine.ended(execution)["output"])
    assert output == {
        "id": execution,
        "input": "2026-01-02",
        "role": machine.role,
        "machine": machine.arn.rpartition(":")[2],
        "state": "Show",
        "started": True,
    }


def test_assign_sees_the_variables_as_they_were_and_the_next_state_sees_the_new_ones(clients: Clients) -> None:
    machine = make_machine(
        clients,
        {
            "First": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "Swap"},
            "Swap": {
                "Type": "Pass",
                "Assign": {"a": "{% $b %}", "b": "{% $a %}"},
                "Output": "{% $a %}",
                "Next": "Show",
            },
            "Show": passing("{% {'a': $a, 'b': $b, 'then': $states.input} %}"),
        },
    )
    assert machine.output() == {"a": 2, "b": 1, "then": 1}


def test_a_branch_reads_outer_variables_and_changes_none(clients: Clients) -> None:
    branch = {
        "StartAt": "Change",
        "States": {
            "Change": {"Type": "Pass", "Assign": {"a": "{% $a + 1 %}"}, "Next": "Tell"},
            "Tell": passing("{% $a %}"),
        },
    }
    machine = make_machine(
        clients,
        {
            "Set": {"Type": "Pass", "Assign": {"a": 1}, "Next": "Both"},
            "Both": {
                "Type": "Parallel",
                "Branches": [branch, branch],
                "Assign": {"sum": "{% $sum($states.result) %}"},
                "Output": "{% $states.result %}",
                "Next": "Show",
            },
            "Show": passing("{% {'a': $a, 'sum': $sum, 'given': $states.input} %}"),
        },
    )
    assert machine.output() == {"a": 1, "sum": 4, "given": [2, 2]}


def test_a_choice_rule_has_an_output_and_variables_of_its_own(clients: Clients) -> None:
    machine = make_machine(
        clients,
        {
            "Which": {
                "Type": "Choice",
                "Choices": [
                    {
                        "Condition": "{% $states.input.n > 1 %}",
                        "Output": {"many": "{% $states.input.n %}"},
                        "Assign": {"seen": "many"},
                        "Next": "Show",
                    }
                ],
                "Default": "Show",
                "Assign": {"seen": "few"},
                "Output": "none",
            },
            "Show": passing("{% {'given': $states.input, 'seen': $seen} %}"),
        },
    )
    assert machine.output({"n": 2}) == {"given": {"many": 2}, "seen": "many"}
    assert machine.output({"n": 1}) == {"given": "none", "seen": "few"}


def test_an_expression_without_a_result_fails_the_execution_by_its_name(clients: Clients) -> None:
    ended = make_machine(clients, {"Show": passing("{% $states.input.missing %}")}).run()
    assert (ended["status"], ended["error"]) == ("FAILED", "States.QueryEvaluationError")


def test_a_condition_that_is_no_boolean_fails(clients: Clients) -> None:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% 'yes' %}", "Next": "Show"}], "Default": "Show"}
    ended = make_machine(clients, {"Which": choice, "Show": passing(1)}).run()
    assert ended["error"] == "States.QueryEvaluationError"


def test_more_than_256_kib_cannot_be_passed_on_and_cannot_be_caught(clients: Clients) -> None:
    large = passing("{% $join($map([1..40000], function($i) {'1234567'})) %}")
    ended = make_machine(clients, {"Large": large}).run()
    assert ended["error"] == "States.DataLimitExceeded"


@pytest.mark.parametrize(
    ("attempts", "tries"), [({"MaxAttempts": 0}, 1), ({"MaxAttempts": 2}, 3), ({}, 4)], ids=["none", "two", "default"]
)
def test_retries_are_as_many_as_max_attempts(clients: Clients, attempts: dict[str, int], tries: int) -> None:
    retry = {"ErrorEquals": ["Own.Error"], "IntervalSeconds": 1, "MaxDelaySeconds": 1, "JitterStrategy": "FULL"}
    machine = make_machine(clients, {"Fail": failing(Retry=[{**retry, **attempts}])})
    execution = machine.start()
    machine.ended(execution)
    assert machine.types(execution).count("ParallelStateStarted") == tries


def test_a_catcher_leads_on_with_the_error_as_output(clients: Clients) -> None:
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "Show", "Assign": {"what": "{% $states.errorOutput.Error %}"}}
    machine = make_machine(
        clients,
        {"Fail": failing(Catch=[catcher]), "Show": passing("{% {'what': $what, 'given': $states.input} %}")},
    )
    assert machine.output() == {"what": "Own.Error", "given": {"Error": "Own.Error", "Cause": "why"}}


def test_task_failed_matches_no_timeout(clients: Clients) -> None:
    catcher = {"ErrorEquals": ["States.TaskFailed"], "Next": "Show"}
    ended = make_machine(clients, {"Fail": failing("States.Timeout", Catch=[catcher]), "Show": passing(1)}).run()
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")


def test_the_first_branch_that_fails_stops_the_others(clients: Clients) -> None:
    slow = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
    machine = make_machine(clients, {"Both": {**failing(), "Branches": [slow, failing()["Branches"][0]]}})
    assert machine.run()["error"] == "Own.Error"


def test_an_execution_over_its_time_is_timed_out(clients: Clients) -> None:
    machine = make_machine(clients, {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}, TimeoutSeconds=1)
    execution = machine.start()
    ended = machine.ended(execution)
    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")
    assert machine.types(execution)[-1] == "ExecutionTimedOut"


def test_a_stopped_execution_goes_no_further(clients: Clients) -> None:
    machine = make_machine(clients, {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Show"}, "Show": passing(1)})
    execution = machine.start()
    clients("stepfunctions").stop_execution(executionArn=execution, error="Stopped", cause="by a test")
    ended = machine.ended(execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Stopped", "by a test")
    assert "PassStateEntered" not in machine.types(execution)


def test_every_event_names_the_one_before_it_in_its_branch(clients: Clients) -> None:
    branch = {"StartAt": "Inner", "States": {"Inner": passing(1)}}
    machine = make_machine(clients, {"Both": {"Type": "Parallel", "Branches": [branch], "End": True}})
    execution = machine.start()
    machine.ended(execution)
    events = {event["id"]: event for event in machine.history(execution)}
    inner = next(event for event in events.values() if event.get("stateEnteredEventDetails", {}).get("name") == "Inner")
    assert events[inner["previousEventId"]]["type"] == "ParallelStateStarted"
    assert [event["type"] for event in events.values()] == [
        *("ExecutionStarted", "ParallelStateEntered", "ParallelStateStarted", "PassStateEntered", "PassStateExited"),
        *("ParallelStateSucceeded", "ParallelStateExited", "ExecutionSucceeded"),
    ]
    exited = [event["stateExitedEventDetails"]["name"] for event in events.values() if "Exited" in event["type"]]
    assert exited == ["Inner", "Both"]


def test_a_map_goes_over_its_items_under_its_limit(clients: Clients) -> None:
    each = {
        "StartAt": "One",
        "States": {"One": passing("{% $states.input & $string($states.context.Map.Item.Index) %}")},
    }
    machine = make_machine(
        clients,
        {
            "Each": {
                "Type": "Map",
                "Items": "{% $states.input.items %}",
                "ItemSelector": "{% $states.context.Map.Item.Value & '-' %}",
                "MaxConcurrency": 2,
                "ItemProcessor": each,
                "Output": "{% $join($states.result, ' ') %}",
                "End": True,
            }
        },
    )
    assert machine.output({"items": ["a", "b", "c"]}) == "a-0 b-1 c-2"


def test_json_path_machines_run_as_well(clients: Clients) -> None:
    machine = make_machine(
        clients,
        {
            "Keep": {"Type": "Pass", "Result": {"n": 1}, "ResultPath": "$.kept", "Next": "Which"},
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.kept.n", "NumericEquals": 1, "Next": "Show"}],
                "Default": "Fail",
            },
            "Show": {"Type": "Pass", "Parameters": {"all.$": "$", "name.$": "$$.Execution.Name"}, "End": True},
            "Fail": {"Type": "Fail"},
        },
        QueryLanguage="JSONPath",
    )
    output = machine.output({"a": 1})
    assert output["all"] == {"a": 1, "kept": {"n": 1}}


@pytest.fixture(scope="module")
def listing(clients: Clients) -> Machine:
    call = {
        "Type": "Task",
        "Resource": LIST_BUCKETS,
        "Arguments": {},
        "Output": "{% $exists($states.result.Buckets) %}",
    }
    return make_machine(clients, {"List": {**call, "End": True}}, MAY_LIST)


def test_a_call_is_made_under_the_machines_role(listing: Machine) -> None:
    from local.privileges.calls import read_calls

    assert listing.output() is True
    name = listing.role.rpartition("/")[2]
    recorded = read_calls(listing.clients.endpoint).calls
    assert [(call.action, call.allowed) for call in recorded if call.role == name] == [("s3:ListAllMyBuckets", True)]


def test_a_call_that_the_role_may_not_make_fails_the_state(clients: Clients) -> None:
    machine = make_machine(clients, {"List": {"Type": "Task", "Resource": LIST_BUCKETS, "Arguments": {}, "End": True}})
    ended = machine.run()
    assert ended["error"] == "S3.S3Exception"
    assert "not authorized" in ended["cause"] or "Access Denied" in ended["cause"]


def test_a_field_that_the_service_does_not_have_is_refused(clients: Clients) -> None:
    call = {"Type": "Task", "Resource": LIST_BUCKETS, "Arguments": {"Nonsense": 1}, "End": True}
    ended = make_machine(clients, {"List": call}, MAY_LIST).run()
    assert "The field 'Nonsense' is not supported by Step Functions" in ended["cause"]
