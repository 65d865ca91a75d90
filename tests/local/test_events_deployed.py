"""Buses and triggers, deployed by the engine to the emulated AWS, with the functions that run there."""

import datetime
import gc
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest

from cli.packaging import build_artifacts
from components import (
    DataLake,
    EncryptionKey,
    EventBus,
    EventPattern,
    LambdaFunction,
    LambdaStage,
    ObjectCreated,
    Pipeline,
    PipelineSucceeded,
    Role,
    RunLedger,
    Topic,
)
from components.compute import artifacts as built
from local.aws import ACCOUNT, Clients
from local.emulator.lifecycle import Emulator

from .provider_stage import provider
from .test_emulator import wait_until
from .test_provider_engine import Program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NOTE = """
import json

def handler(event, context):
    print("noted " + json.dumps(event))
    return {"done": True}
"""
PROJECT = """
[tool.watershed.deployables.note]
entry = "note.handler"
sources = ["note.py"]
"""
PLACED = EventPattern(
    pattern={"source": ["shop.orders"], "detail": {"total": [{"numeric": [">", 10]}]}},
    examples=({"source": "shop.orders", "detail": {"total": 11}},),
    counter_examples=({"source": "shop.orders", "detail": {"total": 10}},),
)


def parts(key: EncryptionKey) -> tuple[EventBus, LambdaFunction]:
    """A bus whose events a function gets, in two ways."""
    bus = EventBus("orders", key=key, accounts=["210987654321"], removable=True)
    note = LambdaFunction("note", handler="note", key=key)
    note.on_event(PLACED.model_copy(update={"bus": bus}))
    queue = bus.queue("returns", pattern={"source": ["shop.returns"]}, visibility_timeout=360)
    shop = Role("shop", service="lambda.amazonaws.com", description="Puts orders")
    bus.grant_put(shop, sources=["shop.orders"])
    bus.grant_replay(shop)
    pulumi.export("bus", bus.bus_name)
    pulumi.export("archive", bus.archive_arn)
    pulumi.export("queue", queue.url)
    pulumi.export("function", note.function_name)
    pulumi.export("undelivered", note_undelivered(note))
    return bus, note


def note_undelivered(note: LambdaFunction) -> pulumi.Output[str]:
    """The queue of what could not be delivered to the function from a bus of its own."""
    trigger = note.on_event(EventPattern(pattern={"source": ["shop.refused"]}), name="refused")
    return trigger.dead_letters.url


def other() -> None:
    """A bus and a key of other names, which are fixed: the stacks of these tests have one name."""
    bus = EventBus("returns", key=EncryptionKey("returns-key", removable=True), removable=True)
    note = LambdaFunction("note", handler="note", key=bus.key)
    note.on_event(PLACED.model_copy(update={"bus": bus}))
    bus.queue("all", pattern={"source": ["shop.orders"]})


def everything() -> None:
    """Objects start a pipeline, whose success starts another one."""
    lake = DataLake("lake", key=EncryptionKey("key", removable=True), removable=True)
    _, note = parts(lake.key)
    runs = RunLedger("runs", key=lake.key, notify=Topic("alarms", key=lake.key), removable=True)
    stage = LambdaStage(name="note", function=note, timeout=60, input={"key": "${parameters.key}"})
    first = Pipeline(
        "first",
        ledger=runs,
        stages=[stage],
        parameters={"key": "none"},
        triggers=[
            ObjectCreated(
                zone=lake.zone("raw"), prefix="landing/", suffix=".csv", parameters={"key": "detail.object.key"}
            )
        ],
    )
    plain = stage.model_copy(update={"input": {}})
    second = Pipeline(
        "second", ledger=runs, stages=[plain], date_offset=-7, triggers=[PipelineSucceeded(pipeline=first)]
    )
    pulumi.export("raw", lake.zone("raw").bucket_name)
    pulumi.export("first", first.arn)
    pulumi.export("second", second.arn)


@pytest.fixture(scope="module")
def program(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Program]]:
    project = tmp_path_factory.mktemp("project")
    (project / "note.py").write_text(NOTE)
    (project / "pyproject.toml").write_text(PROJECT)
    build_artifacts("host", project / "build", project)
    config = {"aws:allowedAccountIds": f'["{ACCOUNT}"]', "provider-test:allowDestroy": "true"}
    with provider("--endpoint", emulator.endpoint) as port, pytest.MonkeyPatch.context() as patched:
        patched.setenv(built.VARIABLE, str(project / "build"))
        yield lambda name: Program(tmp_path_factory.mktemp(name), port, config)
    gc.collect()


@pytest.fixture(scope="module")
def deployed(program: Callable[[str], Program]) -> Iterator[Program]:
    made = program("everything")
    assert set(made.up(everything)) == {"create"}
    yield made
    made.stack.destroy()


def executions(clients: Clients, machine: str) -> list[Any]:
    client = clients("stepfunctions")
    found = client.list_executions(stateMachineArn=machine)["executions"]
    return [client.describe_execution(executionArn=each["executionArn"]) for each in found]


def noted(clients: Clients, function: str) -> list[Any]:
    """What the function was called with."""
    logs = clients("logs")
    name = clients("lambda").get_function_configuration(FunctionName=function)["LoggingConfig"]["LogGroup"]
    lines = [event["message"] for event in logs.filter_log_events(logGroupName=name)["events"]]
    return [json.loads(line.partition("noted ")[2]) for line in lines if "noted " in line]


def put(clients: Clients, source: str, detail: dict[str, Any], bus: str = "default") -> None:
    entry: Any = {"EventBusName": bus, "Source": source, "DetailType": "told", "Detail": json.dumps(detail)}
    assert clients("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def received(clients: Clients, url: str) -> Any:
    messages: list[Any] = []

    def arrived() -> bool:
        answer = clients("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        messages.extend(answer.get("Messages", []))
        return bool(messages)

    wait_until(arrived)
    return messages[0]


def test_an_object_starts_a_pipeline_whose_success_starts_the_next_one_for_the_same_date(
    deployed: Program, clients: Clients
) -> None:
    raw, first, second = (deployed.outputs[name] for name in ("raw", "first", "second"))
    clients("s3").put_object(Bucket=raw, Key='landing/"a" b.csv', Body=b"1")
    wait_until(lambda: [each["status"] for each in executions(clients, second)] == ["SUCCEEDED"], 60)
    (one,), (two,) = executions(clients, first), executions(clients, second)
    date = json.loads(one["input"])["event"]["time"][:10]
    assert json.loads(one["output"])["date"] == json.loads(two["output"])["date"] == date
    calls = [call for call in noted(clients, deployed.outputs["function"]) if "run" in call]
    assert [(call["run"]["pipeline"], call["input"]) for call in calls] == [
        ("first", {"key": 'landing/"a" b.csv'}),
        ("second", {}),
    ]


def test_objects_elsewhere_and_of_another_kind_start_nothing(deployed: Program, clients: Clients) -> None:
    before = len(executions(clients, deployed.outputs["first"]))
    for key in ("other/a.csv", "landing/a.txt"):
        clients("s3").put_object(Bucket=deployed.outputs["raw"], Key=key, Body=b"1")
    # What comes after them has started, and so would they have.
    clients("s3").put_object(Bucket=deployed.outputs["raw"], Key="landing/last.csv", Body=b"1")
    wait_until(lambda: len(executions(clients, deployed.outputs["first"])) > before)
    inputs = [json.loads(each["input"]) for each in executions(clients, deployed.outputs["first"])]
    keys = {each["event"]["detail"]["object"]["key"] for each in inputs}
    assert "landing/last.csv" in keys
    assert not keys & {"other/a.csv", "landing/a.txt"}


def test_a_buss_event_that_matches_starts_a_function_with_the_event_as_it_is(
    deployed: Program, clients: Clients
) -> None:
    bus, order = deployed.outputs["bus"], uuid.uuid4().hex
    for total in (5, 50):
        put(clients, "shop.orders", {"order": order, "total": total}, bus)

    def of_this_order() -> list[Any]:
        calls = noted(clients, deployed.outputs["function"])
        return [call["detail"]["total"] for call in calls if call.get("detail", {}).get("order") == order]

    wait_until(lambda: of_this_order() != [])
    assert of_this_order() == [50]


def test_a_queue_gets_the_events_that_match_its_pattern(deployed: Program, clients: Clients) -> None:
    put(clients, "shop.returns", {"order": "1"}, deployed.outputs["bus"])
    assert json.loads(received(clients, deployed.outputs["queue"])["Body"])["detail"] == {"order": "1"}


def test_what_a_function_does_not_let_in_is_kept(deployed: Program, clients: Clients) -> None:
    function = deployed.outputs["function"]
    policy = json.loads(clients("lambda").get_policy(FunctionName=function)["Policy"])
    (sid,) = [each["Sid"] for each in policy["Statement"] if "refused" in json.dumps(each["Condition"])]
    clients("lambda").remove_permission(FunctionName=function, StatementId=sid)
    put(clients, "shop.refused", {"a": 1})
    message = received(clients, deployed.outputs["undelivered"])
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert json.loads(message["Body"])["detail"] == {"a": 1}


def test_archived_events_are_delivered_again_by_a_replay(deployed: Program, clients: Clients) -> None:
    order, events = uuid.uuid4().hex, clients("events")
    put(clients, "shop.orders", {"order": order, "total": 20}, deployed.outputs["bus"])
    now = datetime.datetime.now(datetime.UTC)
    events.start_replay(
        ReplayName=f"{deployed.outputs['bus']}-{order[:8]}",
        EventSourceArn=deployed.outputs["archive"],
        EventStartTime=now - datetime.timedelta(minutes=1),
        EventEndTime=now + datetime.timedelta(minutes=1),
        Destination={"Arn": events.describe_event_bus(Name=deployed.outputs["bus"])["Arn"]},
    )

    def times() -> int:
        calls = noted(clients, deployed.outputs["function"])
        return [call.get("detail", {}).get("order") for call in calls].count(order)

    wait_until(lambda: times() == 2)


def test_a_second_deploy_changes_nothing(deployed: Program) -> None:
    assert deployed.up(everything) == {}


def test_a_bus_and_its_triggers_stay_as_they_are_and_then_leave_nothing(
    program: Callable[[str], Program], clients: Clients
) -> None:
    def all_there_is() -> list[str]:
        events, found = clients("events"), []
        for bus in events.list_event_buses()["EventBuses"]:
            rules = [each["Name"] for each in events.list_rules(EventBusName=bus["Name"])["Rules"]]
            found += [bus["Name"], *(f"{bus['Name']}/{rule}" for rule in rules)]
        found += [each["ArchiveName"] for each in events.list_archives()["Archives"]]
        return sorted([*found, *clients("sqs").list_queues().get("QueueUrls", [])])

    before = all_there_is()
    made = program("other")
    assert set(made.up(other)) == {"create"}
    assert all_there_is() != before
    made.stack.refresh()
    assert made.up(other) == {}
    made.stack.destroy()
    assert all_there_is() == before
