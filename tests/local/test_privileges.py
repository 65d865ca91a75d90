"""The comparison of calls with grants: what is used, what is missing, what is kept for a reason, what is nobody's."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from local.aws import Clients
from local.emulator import lifecycle
from local.emulator.athena.access import READS, WRITES
from local.emulator.iam_resources import IN_PARTS
from local.emulator.lifecycle import Emulator
from local.privileges import measure
from local.privileges.account import Account, FlowLog, Function, RuleTarget, Schedule, StateMachine, read_account
from local.privileges.api_stages import ApiStage
from local.privileges.calls import ITS_OWN, Call, Recorded
from local.privileges.exercise.runs import pause_schedules
from local.privileges.grants import Grant, RolePolicies, is_action, matching_actions
from local.privileges.implied import (
    API_CALLS,
    FLOW_LOG_CALLS,
    FUNCTION_CALLS,
    RULE_CALLS,
    SCHEDULE_CALLS,
    implied_calls,
)
from local.privileges.implied_keys import ENCRYPTED_USES
from local.privileges.implied_queries import QUERY_CALLS
from local.privileges.report import KEPT_FILE, Kept, Line, PrivilegesReport, compare, kept_grants
from local.processes import ProcessRecord

from .machines import make_machine

REGION = "eu-central-1"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"
BUCKET = "arn:aws:s3:::lake"
QUEUE = "arn:aws:sqs:eu-central-1:111122223333:arrivals"
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:odk-a1b2c3"
CATALOG = "arn:aws:glue:eu-central-1:111122223333:catalog"
TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/metadata"
ROLE = "worker-1a2b3c4"
EMPTY = Account("111122223333", REGION)


def role(*statements: dict[str, Any]) -> RolePolicies:
    return RolePolicies(ROLE, ("lambda.amazonaws.com",), {"work": list(statements)})


def allow(actions: str | list[str], resource: str, **condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, "Condition": condition}


def call(action: str, resource: str, context: dict[str, Any] | None = None, *, allowed: bool = True) -> Call:
    return Call(ROLE, action, resource, context=context or {}, allowed=allowed)


def compared(
    granted: RolePolicies, *calls: Call, account: Account = EMPTY, kept: Sequence[Kept] = ()
) -> PrivilegesReport:
    return compare(account, [granted], Recorded(calls, (), 0), kept)


def verdicts(report: PrivilegesReport) -> dict[tuple[str, str], str]:
    return {(line.action, line.resource): line.verdict for line in report.lines}


def test_a_grant_is_used_by_a_call_on_its_resource_alone() -> None:
    granted = role(allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/in/*"), allow("s3:GetObject", f"{BUCKET}/out/*"))
    report = compared(granted, call("s3:GetObject", f"{BUCKET}/in/a"))
    assert verdicts(report) == {
        ("s3:GetObject", f"{BUCKET}/in/*"): "used",
        ("s3:PutObject", f"{BUCKET}/in/*"): "unused",
        ("s3:GetObject", f"{BUCKET}/out/*"): "unused",
    }
    assert report.fails


def test_a_grant_under_a_condition_is_used_by_a_call_in_that_context() -> None:
    listing = role(allow("s3:ListBucket", BUCKET, StringLike={"s3:prefix": "in/*"}))
    asked = {"s3:prefix": "in/2026"}
    assert not compared(listing, call("s3:ListBucket", BUCKET, asked)).fails
    assert compared(listing, call("s3:ListBucket", BUCKET)).fails


def test_a_refused_call_is_missing() -> None:
    report = compared(role(), call("s3:DeleteObject", f"{BUCKET}/a", allowed=False))
    assert report.lines == (Line("worker", "missing", "s3:DeleteObject", f"{BUCKET}/a", ITS_OWN),)
    assert report.fails


def test_every_action_of_a_wildcard_must_be_used() -> None:
    report = compared(role(allow("sqs:*Message", QUEUE)), call("sqs:SendMessage", QUEUE))
    assert verdicts(report)["sqs:SendMessage", QUEUE] == "used"
    assert verdicts(report)["sqs:DeleteMessage", QUEUE] == "unused"


def test_an_unused_grant_with_a_reason_is_kept() -> None:
    reason = Kept("worker", "s3:Abort*", "arn:aws:s3:::lake/*", "large files")
    report = compared(role(allow("s3:AbortMultipartUpload", f"{BUCKET}/*")), kept=[reason])
    assert [(line.verdict, line.why) for line in report.lines] == [("kept", "large files")]
    assert not report.fails


def test_grants_of_what_this_machine_cannot_run_are_kept_and_say_why() -> None:
    account = Account("111122223333", REGION, not_run={ROLE: "recorded only: there is no Rscript on this machine"})
    report = compared(role(allow("s3:GetObject", f"{BUCKET}/*")), account=account)
    assert [(line.verdict, line.why) for line in report.lines] == [("kept", account.not_run[ROLE])]
    assert not report.fails


def test_a_reason_for_what_is_used_is_stale() -> None:
    reason = Kept("worker", "s3:GetObject", "*", "seldom")
    report = compared(role(allow("s3:GetObject", f"{BUCKET}/*")), call("s3:GetObject", f"{BUCKET}/a"), kept=[reason])
    assert "the reason for s3:GetObject of worker is stale" in report.problems[0]
    assert report.fails


@pytest.mark.parametrize(
    "recorded",
    [
        Recorded((), ((ROLE, "lambda GET /unknown"),), 0),
        Recorded((), (), 7),
        Recorded((Call("gone", "s3:GetObject", BUCKET),), (), 0),
        Recorded((call("s3:ReadObject", BUCKET),), (), 0),
    ],
    ids=["unchecked", "left out", "role gone", "no action"],
)
def test_what_cannot_be_compared_is_a_problem(recorded: Recorded) -> None:
    report = compare(EMPTY, [role()], recorded, ())
    assert len(report.problems) == 1
    assert report.fails


def test_an_object_in_an_encrypted_bucket_takes_the_key_in_the_context_of_the_bucket() -> None:
    account = Account("111122223333", REGION, keys={BUCKET: KEY}, bucket_keys=frozenset({BUCKET}))
    for context, fails in ((BUCKET, False), (f"{BUCKET}/a", True)):
        granted = role(
            allow("s3:GetObject", f"{BUCKET}/*"),
            allow(
                "kms:Decrypt",
                KEY,
                StringEquals={"kms:ViaService": "s3.eu-central-1.amazonaws.com"},
                ArnLike={"kms:EncryptionContext:aws:s3:arn": context},
            ),
        )
        assert compared(granted, call("s3:GetObject", f"{BUCKET}/a"), account=account).fails is fails


@pytest.mark.parametrize(
    ("action", "resource", "asked"),
    [
        ("s3:PutObject", f"{BUCKET}/a", {"kms:GenerateDataKey"}),
        ("dynamodb:PutItem", TABLE, {"kms:Decrypt"}),
        ("dynamodb:Query", f"{TABLE}/index/by-name", {"kms:Decrypt"}),
        ("sqs:SendMessage", QUEUE, {"kms:Decrypt", "kms:GenerateDataKey"}),
        ("s3:ListBucket", BUCKET, set()),
        ("secretsmanager:GetSecretValue", SECRET, {"kms:Decrypt"}),
        ("glue:GetTable", CATALOG.replace("catalog", "table/lake/flights"), {"kms:Decrypt"}),
        (
            "glue:BatchCreatePartition",
            CATALOG.replace("catalog", "table/lake/flights"),
            {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"},
        ),
    ],
)
def test_what_a_call_asks_of_the_key(action: str, resource: str, asked: set[str]) -> None:
    encrypted = (BUCKET, TABLE, QUEUE, SECRET, CATALOG)
    account = Account("111122223333", REGION, keys=dict.fromkeys(encrypted, KEY))
    implied = implied_calls(account, (call(action, resource),))
    assert {each.action for each in implied} == asked
    service = action.partition(":")[0]
    assert all(each.context["kms:ViaService"] == f"{service}.{REGION}.amazonaws.com" for each in implied)


def test_a_refused_call_asks_nothing_of_the_key() -> None:
    account = Account("111122223333", REGION, keys={BUCKET: KEY})
    assert implied_calls(account, (call("s3:GetObject", f"{BUCKET}/a", allowed=False),)) == []


def test_lambda_acts_under_the_role_of_its_function() -> None:
    function = Function("arn:function", ROLE, "/logs", traced=True, dead_letters=f"{QUEUE}-dead", sources=(QUEUE,))
    account = Account("111122223333", REGION, functions=(function,), keys={QUEUE: KEY})
    made = {(each.action, each.resource) for each in implied_calls(account, ())}
    assert made == {
        ("logs:CreateLogStream", f"arn:aws:logs:{REGION}:111122223333:log-group:/logs:log-stream:any"),
        ("logs:PutLogEvents", f"arn:aws:logs:{REGION}:111122223333:log-group:/logs:log-stream:any"),
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
        ("sqs:SendMessage", f"{QUEUE}-dead"),
        ("sqs:ReceiveMessage", QUEUE),
        ("sqs:DeleteMessage", QUEUE),
        ("sqs:GetQueueAttributes", QUEUE),
        ("kms:Decrypt", KEY),
    }


def test_lambda_polls_a_stream_and_kinesis_decrypts_it() -> None:
    stream = f"arn:aws:kinesis:{REGION}:111122223333:stream/clicks"
    function = Function("arn:function", ROLE, "/logs", traced=False, dead_letters=None, sources=(stream,))
    made = implied_calls(Account("111122223333", REGION, functions=(function,), keys={stream: KEY}), ())
    assert {"GetRecords", "GetShardIterator"} <= {
        each.action.removeprefix("kinesis:") for each in made if each.resource == stream
    }
    assert [each.context["kms:ViaService"] for each in made if each.resource == KEY] == [
        f"kinesis.{REGION}.amazonaws.com"
    ]


def test_step_functions_logs_traces_encrypts_and_stops_jobs_under_the_role_of_its_machine() -> None:
    machine = StateMachine("arn:machine", ROLE, logs=True, traced=True, key=KEY)
    asking = (
        call("ecs:DescribeTasks", "arn:aws:ecs:eu-central-1:111122223333:task/c/t"),
        call("athena:GetQueryExecution", "arn:group"),
        call("glue:GetJobRun", "arn:job"),
        call("states:DescribeExecution", "arn:execution"),
    )
    made = implied_calls(Account("111122223333", REGION, machines=(machine,)), asking)
    by_kind = {by: {(each.action, each.resource) for each in made if each.by == by} for by in {m.by for m in made}}
    assert by_kind["Step Functions stops jobs"] == {
        ("ecs:StopTask", "arn:aws:ecs:eu-central-1:111122223333:task/c/t"),
        ("athena:StopQueryExecution", "arn:group"),
        ("glue:BatchStopJobRun", "arn:job"),
        ("states:StopExecution", "arn:execution"),
    }
    assert by_kind["Step Functions encrypts"] == {("kms:Decrypt", KEY), ("kms:GenerateDataKey", KEY)}
    assert ("logs:CreateLogDelivery", "*") in by_kind["Step Functions delivers logs"]
    assert ("xray:PutTraceSegments", "*") in by_kind["Step Functions sends traces"]
    quiet = StateMachine("arn:machine", ROLE, logs=False, traced=False, key=None)
    assert implied_calls(Account("111122223333", REGION, machines=(quiet,)), ()) == []
    assert implied_calls(EMPTY, asking) == []


def test_the_account_tells_of_machines_secrets_and_the_catalog(clients: Clients) -> None:
    key = clients("kms").create_key()["KeyMetadata"]["Arn"]
    secret = clients("secretsmanager").create_secret(Name="read-account", SecretString="s", KmsKeyId=key)["ARN"]
    machine = make_machine(clients, {"End": {"Type": "Succeed"}})
    states = clients("stepfunctions")
    states.update_state_machine(
        stateMachineArn=machine.arn,
        definition=states.describe_state_machine(stateMachineArn=machine.arn)["definition"],
        loggingConfiguration={"level": "ERROR", "includeExecutionData": True, "destinations": []},
        tracingConfiguration={"enabled": True},
        encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key},
    )
    settings: Any = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": key}}
    clients("glue").put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=settings)
    account = read_account(clients)
    assert account.keys[secret] == key
    assert account.keys[f"arn:aws:glue:{REGION}:{account.number}:catalog"] == key
    found = next(each for each in account.machines if each.arn == machine.arn)
    assert (found.role, found.logs, found.traced, found.key) == (machine.role.rpartition("/")[2], True, True, key)
    assert account.keys[machine.arn] == key


def test_no_schedule_fires_by_the_clock_while_pipelines_are_exercised_and_none_changes_otherwise(
    clients: Clients,
) -> None:
    scheduler = clients("scheduler")
    scheduler.create_schedule_group(Name="nightly")
    scheduler.create_schedule(
        Name="nightly-run",
        GroupName="nightly",
        ScheduleExpression="cron(0 3 * * ? *)",
        ScheduleExpressionTimezone="Europe/Rome",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
            "RoleArn": "arn:aws:iam::000000000000:role/starter",
            "Input": "{}",
            "RetryPolicy": {"MaximumRetryAttempts": 3},
        },
    )

    def settings() -> dict[str, Any]:
        found = scheduler.get_schedule(Name="nightly-run", GroupName="nightly")
        changing = ("LastModificationDate", "ResponseMetadata")
        return {name: value for name, value in found.items() if name not in changing}

    before = settings()
    pause_schedules(clients)
    assert before["State"] == "ENABLED"
    assert settings() == {**before, "State": "DISABLED"}


def test_athena_writes_a_query_s_results_in_the_name_of_who_asks() -> None:
    group = f"arn:aws:athena:{REGION}:111122223333:workgroup/queries"
    account = Account("111122223333", REGION, results={group: f"{BUCKET}/results"}, keys={BUCKET: KEY})
    asked = (call("athena:StartQueryExecution", group),)
    assert {(each.action, each.resource) for each in implied_calls(account, asked)} == {
        ("glue:GetDatabase", CATALOG),
        ("glue:GetDatabase", CATALOG.replace("catalog", "database/default")),
        ("s3:GetBucketLocation", BUCKET),
        ("s3:ListBucket", BUCKET),
        ("s3:ListBucketMultipartUploads", BUCKET),
        ("s3:GetObject", f"{BUCKET}/results/any.csv"),
        ("s3:PutObject", f"{BUCKET}/results/any.csv"),
        ("s3:AbortMultipartUpload", f"{BUCKET}/results/any.csv"),
        ("s3:ListMultipartUploadParts", f"{BUCKET}/results/any.csv"),
        ("kms:GenerateDataKey", KEY),
        ("kms:Decrypt", KEY),
    }
    streamed = implied_calls(account, (call("athena:GetQueryResults", group),))
    assert {each.action for each in streamed} == {"s3:GetObject", "kms:Decrypt"}


def of_athena(by: str, action: str, resource: str) -> Call:
    return Call(ROLE, action, resource, by=by)


def actions_on_partitions(account: Account, *recorded: Call) -> set[str]:
    return {each.action for each in implied_calls(account, recorded) if "Partition" in each.action}


def test_athena_asks_for_a_table_s_database_and_its_partitions_where_the_query_did() -> None:
    table = CATALOG.replace("catalog", "table/lake/flights")
    read = of_athena(READS, "glue:GetTable", table)
    assert {(each.action, each.resource) for each in implied_calls(EMPTY, (read,))} == {
        ("glue:GetDatabase", CATALOG),
        ("glue:GetDatabase", CATALOG.replace("catalog", "database/lake")),
    }
    listed = of_athena(READS, "glue:GetPartitions", table)
    wanted = {"glue:BatchGetPartition", "glue:GetPartition", "glue:GetPartitions"}
    assert actions_on_partitions(EMPTY, listed) == wanted
    assert implied_calls(EMPTY, (call("glue:GetTable", table),)) == []


def test_athena_registers_partitions_of_what_it_writes_where_the_table_has_any() -> None:
    table = CATALOG.replace("catalog", "table/lake/flights")
    written = of_athena(WRITES, "glue:GetTable", table)
    assert actions_on_partitions(EMPTY, written) == set()
    partitioned = Account("111122223333", REGION, partitioned=frozenset({table}))
    assert {"glue:BatchCreatePartition", "glue:GetPartitions"} <= actions_on_partitions(partitioned, written)


def test_athena_writes_rows_in_parts_and_looks_into_their_folder() -> None:
    row = of_athena(WRITES, "s3:PutObject", f"{BUCKET}/totals/day=1/a.parquet")
    made = implied_calls(Account("111122223333", REGION, keys={BUCKET: KEY}), (row,))
    assert {each.action for each in made} == {
        *("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
        *("s3:GetBucketLocation", "s3:ListBucketMultipartUploads", "s3:ListBucket"),
        *("kms:GenerateDataKey", "kms:Decrypt"),
    }
    (listing,) = [each for each in made if each.action == "s3:ListBucket"]
    assert listing.context == {"s3:prefix": "totals/day=1/"}


def test_only_an_upload_in_parts_takes_decrypting_what_was_written() -> None:
    account = Account("111122223333", REGION, keys={BUCKET: KEY})
    for context, asked in (({}, {"kms:GenerateDataKey"}), ({IN_PARTS: "true"}, {"kms:GenerateDataKey", "kms:Decrypt"})):
        made = implied_calls(account, (call("s3:PutObject", f"{BUCKET}/a", context),))
        assert {each.action for each in made} == asked


def test_a_flow_log_is_delivered_under_its_role() -> None:
    account = Account("111122223333", REGION, flow_logs=(FlowLog(ROLE, "/network"),))
    streams = f"arn:aws:logs:{REGION}:111122223333:log-group:/network:log-stream:any"
    assert {(each.role, each.action, each.resource) for each in implied_calls(account, ())} == {
        (ROLE, action, streams) for action in ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    }


def test_the_account_tells_of_flow_logs_and_partitioned_tables(clients: Clients) -> None:
    vpc = clients("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    clients("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=f"arn:aws:logs:{REGION}:000000000000:log-group:/network",
        DeliverLogsPermissionArn="arn:aws:iam::000000000000:role/delivers",
    )
    glue = clients("glue")
    glue.create_database(DatabaseInput={"Name": "partitions"})
    for name, keys in (("with", [{"Name": "day", "Type": "date"}]), ("without", [])):
        glue.create_table(DatabaseName="partitions", TableInput={"Name": name, "PartitionKeys": keys})
    account = read_account(clients)
    assert FlowLog("delivers", "/network") in account.flow_logs
    tables = f"arn:aws:glue:{REGION}:{account.number}:table/partitions"
    assert {each for each in account.partitioned if each.startswith(tables)} == {f"{tables}/with"}


def test_an_api_s_logs_are_written_under_the_role_of_the_account() -> None:
    stage = ApiStage(ROLE, access_log="/access", execution_log="API-Gateway-Execution-Logs_a/v1")
    head = f"arn:aws:logs:{REGION}:111122223333:log-group"
    streams = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    executions = f"{head}:API-Gateway-Execution-Logs_a/v1:log-stream:any"
    assert {(each.role, each.action, each.resource) for each in of_stage(stage)} == {
        *((ROLE, action, f"{head}:/access:log-stream:any") for action in streams),
        *((ROLE, action, executions) for action in ("logs:CreateLogGroup", *streams)),
    }
    assert of_stage(ApiStage(ROLE, access_log=None, execution_log=None)) == []


def of_stage(stage: ApiStage) -> list[Call]:
    return implied_calls(Account("111122223333", REGION, api_stages=(stage,)), ())


def test_the_account_tells_of_the_stages_that_log(clients: Clients) -> None:
    gateway = clients("apigateway")
    assert read_account(clients).api_stages == ()
    role = "arn:aws:iam::000000000000:role/logs-apis"
    gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
    api = gateway.create_rest_api(name="logged")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="quiet")
    gateway.create_deployment(restApiId=api, stageName="loud")
    group = f"arn:aws:logs:{REGION}:000000000000:log-group:/access"
    for stage, path, value in (
        ("quiet", "/*/*/logging/loglevel", "OFF"),
        ("loud", "/*/*/logging/loglevel", "ERROR"),
        ("loud", "/accessLogSettings/destinationArn", group),
        ("loud", "/accessLogSettings/format", "$context.requestId"),
    ):
        operation = {"op": "replace", "path": path, "value": value}
        gateway.update_stage(restApiId=api, stageName=stage, patchOperations=[operation])
    assert set(read_account(clients).api_stages) == {
        ApiStage("logs-apis", None, None),
        ApiStage("logs-apis", "/access", f"API-Gateway-Execution-Logs_{api}/loud"),
    }


def test_a_schedule_starts_its_target_and_opens_its_payload_under_its_own_role() -> None:
    target = "arn:aws:lambda:eu-central-1:111122223333:function:f"
    schedule = Schedule("arn:aws:scheduler:::schedule/g/s", ROLE, target, dead_letters=QUEUE, key=KEY)
    made = implied_calls(Account("111122223333", REGION, schedules=(schedule,)), ())
    assert {(each.action, each.resource) for each in made} == {
        ("lambda:InvokeFunction", target),
        ("sqs:SendMessage", QUEUE),
        ("kms:Decrypt", KEY),
    }


def test_a_rule_starts_a_state_machine_under_its_own_role() -> None:
    machine = "arn:aws:states:eu-central-1:111122223333:stateMachine:m"
    made = implied_calls(Account("111122223333", REGION, rule_targets=(RuleTarget(ROLE, machine),)), ())
    assert [(each.role, each.action, each.resource) for each in made] == [(ROLE, "states:StartExecution", machine)]


def test_what_aws_calls_and_the_role_may_not_is_missing() -> None:
    function = Function("arn:function", ROLE, "/logs", traced=False, dead_letters=None, sources=())
    account = Account("111122223333", REGION, functions=(function,))
    streams = f"arn:aws:logs:{REGION}:111122223333:log-group:/logs:*"
    report = compared(role(allow("logs:PutLogEvents", streams)), account=account)
    assert [(line.verdict, line.action, line.why) for line in report.lines] == [
        ("missing", "logs:CreateLogStream", "Lambda delivers logs"),
        ("used", "logs:PutLogEvents", "Lambda delivers logs"),
    ]


def test_a_denied_call_is_missing_although_another_statement_allows_it() -> None:
    denied = {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}
    account = Account("111122223333", REGION, keys={BUCKET: KEY})
    granted = role(allow("s3:GetObject", f"{BUCKET}/*"), allow("kms:Decrypt", KEY), denied)
    assert ("kms:Decrypt", "missing") in [
        (line.action, line.verdict)
        for line in compared(granted, call("s3:GetObject", f"{BUCKET}/a"), account=account).lines
    ]


def test_equal_grants_of_two_policies_are_one() -> None:
    both = {"one": [allow("kms:Decrypt", KEY)], "two": [allow("kms:Decrypt", KEY)]}
    assert RolePolicies(ROLE, (), both).grants() == [Grant(ROLE, "one", "kms:Decrypt", KEY)]


def test_the_table_names_actions_of_aws_and_a_source_for_each() -> None:
    named = {action for use in ENCRYPTED_USES for action in (*use.actions, *use.asks)}
    services = (*API_CALLS, *FLOW_LOG_CALLS, *FUNCTION_CALLS, *QUERY_CALLS, *RULE_CALLS, *SCHEDULE_CALLS)
    named |= {action for line in services for action in line.actions}
    named |= {action for line in QUERY_CALLS for action in line.after}
    assert [action for action in named if not is_action(action)] == []
    for line in (*ENCRYPTED_USES, *services):
        assert line.source.startswith("https://docs.aws.amazon.com/")


def test_reasons_name_actions_of_aws_and_say_why() -> None:
    for kept in kept_grants(KEPT_FILE):
        assert matching_actions(kept.action) != (kept.action,) or is_action(kept.action)
        assert len(kept.reason) > 40


def test_a_report_is_json() -> None:
    report = compared(role(allow("s3:GetObject", f"{BUCKET}/*")))
    assert json.loads(json.dumps(asdict(report)))["lines"][0]["verdict"] == "unused"


def test_the_running_stage_is_asked_in_the_region_that_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Emulator(ProcessRecord(1, "now", 4566, lifecycle.serving("local", "000000000000", "ap-south-2")))
    asked: list[str] = []
    monkeypatch.setattr(lifecycle, "find", lambda _: running)
    monkeypatch.setattr(measure, "read_report", lambda clients: asked.append(clients.region))

    measure.measure_running(Path("/nowhere"))

    assert asked == ["ap-south-2"]
