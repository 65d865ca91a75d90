"""What starts things: schedules in their time zone and rules, under their roles, with their dead-letter queues."""

import datetime
import json
import uuid
import zoneinfo
from typing import Any

import pytest

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


def rule(clients: Clients, machine: Machine, role: str, **target: Any) -> str:
    name = f"rule-{uuid.uuid4().hex[:8]}"
    clients("events").put_rule(Name=name, EventPattern=json.dumps({"source": [name]}), State="ENABLED")
    clients("events").put_targets(Rule=name, Targets=[{"Id": "it", "Arn": machine.arn, "RoleArn": role, **target}])
    return name


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
    put(clients, rule(clients, machine, role, InputTransformer=transformer), {"object": {"key": "a/b.csv"}})
    wait_until(lambda: executions(machine) != [])
    assert inputs(machine) == [{"parameters": {"key": "a/b.csv"}}]


def test_what_a_rules_role_may_not_start_goes_to_its_dead_letter_queue(clients: Clients, machine: Machine) -> None:
    url, arn = queue(clients)
    role = make_role(clients, f"starter-{uuid.uuid4().hex[:8]}", "events.amazonaws.com")
    put(clients, rule(clients, machine, role, Input='{"a": 1}', DeadLetterConfig={"Arn": arn}), {})
    messages: list[Any] = []

    def arrived() -> bool:
        messages.extend(clients("sqs").receive_message(QueueUrl=url).get("Messages", []))
        return bool(messages)

    wait_until(arrived)
    assert (messages[0]["Body"], executions(machine)) == ('{"a": 1}', [])
