"""What starts things: schedules in their time zone and rules, under their roles, with their dead-letter queues."""

import datetime
import json
import uuid
import zoneinfo
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients
from local.emulator.schedules import Schedules, with_context

from .machines import REGION, Machine, make_machine, make_role
from .test_emulator import wait_until

ZONE = "Asia/Kolkata"


@pytest.fixture
def machine(clients: Clients) -> Machine:
    return make_machine(clients, {"Show": {"Type": "Pass", "End": True}})


def queue(clients: Clients) -> tuple[str, str]:
    name = f"dead-{uuid.uuid4().hex[:8]}"
    url = clients("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def in_zone(seconds: float) -> str:
    moment = datetime.datetime.now(zoneinfo.ZoneInfo(ZONE)) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def schedule(clients: Clients, expression: str, target: dict[str, Any], **fields: Any) -> str:
    name = f"schedule-{uuid.uuid4().hex[:8]}"
    clients("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=expression,
        ScheduleExpressionTimezone=ZONE,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
        **fields,
    )
    return name


def executions(machine: Machine) -> list[Any]:
    return list(machine.clients("stepfunctions").list_executions(stateMachineArn=machine.arn)["executions"])


def inputs(machine: Machine) -> list[Any]:
    return [json.loads(machine.describe(each["executionArn"])["input"]) for each in executions(machine)]


def test_a_one_time_schedule_starts_a_machine_once_at_its_moment_in_its_zone(
    clients: Clients, machine: Machine
) -> None:
    role = make_role(
        clients, f"starter-{uuid.uuid4().hex[:8]}", "scheduler.amazonaws.com", ("states:StartExecution", machine.arn)
    )
    wanted = {"scheduled_time": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>"}
    moment = in_zone(2)
    name = schedule(
        clients,
        f"at({moment})",
        {"Arn": machine.arn, "RoleArn": role, "Input": json.dumps(wanted)},
        ActionAfterCompletion="DELETE",
    )
    wait_until(lambda: executions(machine) != [])
    expected = datetime.datetime.fromisoformat(moment).replace(tzinfo=zoneinfo.ZoneInfo(ZONE))
    (given,) = inputs(machine)
    assert given["scheduled_time"] == expected.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert given["by"].endswith(f"/{name}")
    assert name not in [each["Name"] for each in clients("scheduler").list_schedules()["Schedules"]]


def test_what_a_schedules_role_may_not_start_goes_to_its_dead_letter_queue(clients: Clients, machine: Machine) -> None:
    url, arn = queue(clients)
    role = make_role(clients, f"starter-{uuid.uuid4().hex[:8]}", "scheduler.amazonaws.com", ("sqs:SendMessage", arn))
    target = {"Arn": machine.arn, "RoleArn": role, "Input": '{"a": 1}', "DeadLetterConfig": {"Arn": arn}}
    schedule(clients, f"at({in_zone(1)})", target)
    received: list[Any] = []

    def arrived() -> bool:
        answer = clients("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        received.extend(answer.get("Messages", []))
        return bool(received)

    wait_until(arrived)
    assert received[0]["Body"] == '{"a": 1}'
    assert received[0]["MessageAttributes"]["TARGET_ARN"]["StringValue"] == machine.arn
    assert "states:StartExecution" in received[0]["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]
    assert executions(machine) == []


def moment(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("expression", "after", "now", "fires"),
    [
        ("cron(30 6 * * ? *)", "2026-01-02T00:00:00+00:00", "2026-01-02T00:59:59+00:00", None),
        ("cron(30 6 * * ? *)", "2026-01-02T00:00:00+00:00", "2026-01-02T01:00:00+00:00", "2026-01-02T01:00:00+00:00"),
        ("cron(30 6 * * ? *)", "2026-01-02T01:00:01+00:00", "2026-01-02T09:00:00+00:00", None),
        (
            "at(2026-01-02T06:30:00)",
            "2026-01-02T00:59:00+00:00",
            "2026-01-02T01:00:01+00:00",
            "2026-01-02T01:00:00+00:00",
        ),
        ("rate(1 hour)", "2026-01-02T00:30:00+00:00", "2026-01-02T01:00:30+00:00", "2026-01-02T01:00:00+00:00"),
    ],
)
def test_a_schedule_is_due_by_the_clock_of_its_zone(expression: str, after: str, now: str, fires: str | None) -> None:
    from ministack.services import eventbridge, scheduler  # type: ignore[import-untyped]

    schedules = Schedules(scheduler, eventbridge, None, lambda *_: None)  # type: ignore[arg-type]
    found = schedules.due(
        {
            "State": "ENABLED",
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": ZONE,
            "CreationDate": moment("2026-01-02T00:00:00+00:00"),
        },
        moment(after),
        moment(now),
    )
    assert (found.isoformat() if found else None) == fires


def test_the_context_attributes_are_replaced_in_the_input() -> None:
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    payload = '{"t": "<aws.scheduler.scheduled-time>", "n": <aws.scheduler.attempt-number>}'
    assert with_context(payload, "arn", at, "id") == '{"t": "2026-01-02T03:04:05Z", "n": 1}'


def rule(clients: Clients, arn: str, **target: Any) -> str:
    name = f"rule-{uuid.uuid4().hex[:8]}"
    clients("events").put_rule(Name=name, EventPattern=json.dumps({"source": [name]}), State="ENABLED")
    clients("events").put_targets(Rule=name, Targets=[{"Id": "it", "Arn": arn, **target}])
    return name


def let_rule_send(clients: Clients, url: str, arn: str, rule_name: str = "*") -> None:
    """Let a rule of the account send to a queue."""
    source = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule_name}"
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    clients("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def received(clients: Clients, url: str) -> Any:
    """The message that arrives in a queue."""
    messages: list[Any] = []

    def arrived() -> bool:
        answer = clients("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        messages.extend(answer.get("Messages", []))
        return bool(messages)

    wait_until(arrived)
    return messages[0]


def as_role(clients: Clients, credentials: Any) -> Any:
    """EventBridge's client of a role."""
    return boto3.client(
        "events",
        region_name=REGION,
        endpoint_url=clients.endpoint,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def reason(message: Any) -> str:
    return str(message["MessageAttributes"]["ERROR_CODE"]["StringValue"])


def put(clients: Clients, source: str, detail: dict[str, Any]) -> None:
    entry: Any = {"Source": source, "DetailType": "told", "Detail": json.dumps(detail)}
    clients("events").put_events(Entries=[entry])


def test_a_rule_starts_a_machine_under_its_role_with_what_its_transformer_makes(
    clients: Clients, machine: Machine
) -> None:
    role = make_role(
        clients, f"starter-{uuid.uuid4().hex[:8]}", "events.amazonaws.com", ("states:StartExecution", machine.arn)
    )
    transformer = {"InputPathsMap": {"key": "$.detail.object.key"}, "InputTemplate": '{"parameters": {"key": <key>}}'}
    name = rule(clients, machine.arn, RoleArn=role, InputTransformer=transformer)
    put(clients, name, {"object": {"key": "a/b.csv"}})
    wait_until(lambda: executions(machine) != [])
    assert inputs(machine) == [{"parameters": {"key": "a/b.csv"}}]


def test_what_a_rules_role_may_not_start_goes_to_its_dead_letter_queue(clients: Clients, machine: Machine) -> None:
    url, arn = queue(clients)
    let_rule_send(clients, url, arn)
    role = make_role(clients, f"starter-{uuid.uuid4().hex[:8]}", "events.amazonaws.com")
    name = rule(clients, machine.arn, RoleArn=role, Input='{"a": 1}', DeadLetterConfig={"Arn": arn})
    put(clients, name, {})
    message = received(clients, url)
    assert (message["Body"], executions(machine)) == ('{"a": 1}', [])
    assert "states:StartExecution" in message["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]


def test_a_role_that_trusts_another_rule_starts_nothing(clients: Clients, machine: Machine) -> None:
    url, arn = queue(clients)
    let_rule_send(clients, url, arn)
    role_name = f"starter-{uuid.uuid4().hex[:8]}"
    role = make_role(clients, role_name, "events.amazonaws.com", ("states:StartExecution", machine.arn))
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/another"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    clients("iam").update_assume_role_policy(RoleName=role_name, PolicyDocument=document)
    put(clients, rule(clients, machine.arn, RoleArn=role, DeadLetterConfig={"Arn": arn}), {})
    assert reason(received(clients, url)) == "FAILED_TO_ASSUME_ROLE"
    assert executions(machine) == []


def test_a_queue_gets_the_events_of_a_rule_that_its_policy_lets_in(clients: Clients) -> None:
    url, arn = queue(clients)
    name = rule(clients, arn)
    let_rule_send(clients, url, arn, name)
    put(clients, name, {"a": 1})
    assert json.loads(received(clients, url)["Body"])["detail"] == {"a": 1}


def test_a_queue_whose_policy_lets_another_rule_in_gets_nothing(clients: Clients) -> None:
    (url, arn), (dead_url, dead_arn) = queue(clients), queue(clients)
    let_rule_send(clients, url, arn, "another")
    let_rule_send(clients, dead_url, dead_arn)
    put(clients, rule(clients, arn, DeadLetterConfig={"Arn": dead_arn}), {"a": 1})
    assert reason(received(clients, dead_url)) == "NO_PERMISSIONS"
    assert "Messages" not in clients("sqs").receive_message(QueueUrl=url)


def test_an_event_for_a_function_that_is_not_there_is_kept(clients: Clients) -> None:
    url, arn = queue(clients)
    let_rule_send(clients, url, arn)
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:gone"
    put(clients, rule(clients, function, DeadLetterConfig={"Arn": arn}), {})
    assert reason(received(clients, url)) == "NO_RESOURCE"


def test_whoever_puts_events_is_checked_by_their_source_and_detail_type(clients: Clients) -> None:
    may = f"may-{uuid.uuid4().hex[:8]}"
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
    conditions = {"ForAllValues:StringEquals": {"events:source": ["mine"]}, "Null": {"events:source": "false"}}
    statement = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus, "Condition": conditions}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    make_role(clients, may, "lambda.amazonaws.com")
    clients("iam").put_role_policy(RoleName=may, PolicyName="put", PolicyDocument=policy)
    taken = clients("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{may}", RoleSessionName="it")
    events = as_role(clients, taken["Credentials"])
    entry = {"DetailType": "told", "Detail": "{}"}
    assert events.put_events(Entries=[{**entry, "Source": "mine"}])["FailedEntryCount"] == 0
    with pytest.raises(ClientError, match="AccessDenied"):
        events.put_events(Entries=[{**entry, "Source": "mine"}, {**entry, "Source": "yours"}])


def test_a_buss_policy_is_set_and_read_as_a_whole(clients: Clients) -> None:
    events, name = clients("events"), f"bus-{uuid.uuid4().hex[:8]}"
    events.create_event_bus(Name=name)
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow"}, {"Sid": "B", "Effect": "Allow"}]}
    events.put_permission(EventBusName=name, Policy=json.dumps(policy))
    assert json.loads(events.describe_event_bus(Name=name)["Policy"]) == policy
    events.remove_permission(EventBusName=name, RemoveAllPermissions=True)
    assert "Policy" not in events.describe_event_bus(Name=name)
