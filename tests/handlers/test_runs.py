"""The ledger of runs: one run per date at a time, what it remembers, and whom it tells."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common import clients
from handlers.runs.app import handler
from handlers.runs.dates import InvalidRunInputError, logical_date
from handlers.runs.history import failure
from handlers.runs.ledger import Ledger
from handlers.runs.states import stage_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPELINE = "daily"
LONG = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}


class Runs:
    """The function `runs` with a table, a topic that a queue hears, and a state machine whose executions wait."""

    def __init__(self, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.endpoint = endpoint
        name = f"runs-{uuid.uuid4().hex[:10]}"
        self.dynamodb, self.sqs, self.sfn = (self.client(each) for each in ("dynamodb", "sqs", "stepfunctions"))
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        self.ledger = Ledger(self.dynamodb, name)
        self.table = name
        topic = self.client("sns").create_topic(Name=name)["TopicArn"]
        self.queue = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        self.machine = self.sfn.create_state_machine(
            name=name, definition=json.dumps(LONG), roleArn="arn:aws:iam::000000000000:role/r"
        )["stateMachineArn"]
        monkeypatch.setenv("LEDGER_TABLE", name)
        monkeypatch.setenv("NOTIFY_TOPIC", topic)

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1")  # type: ignore[call-overload]

    def execution(self) -> str:
        answer = self.sfn.start_execution(stateMachineArn=self.machine, name=uuid.uuid4().hex, input="{}")
        return str(answer["executionArn"])

    def stop(self, execution: str) -> None:
        self.sfn.stop_execution(executionArn=execution)

    def begin(self, execution: str, day: str = "2013-01-01", **given: Any) -> dict[str, Any]:
        event = {
            "action": "begin",
            "pipeline": PIPELINE,
            "timezone": "UTC",
            "date_offset": 0,
            "parameters": {"mode": "full"},
            "execution": execution,
            "started_at": "2013-01-01T06:00:00Z",
            "input": {"date": day, **given},
        }
        return handler(event, None)

    def finish(self, execution: str, day: str = "2013-01-01") -> dict[str, Any]:
        return handler({"action": "finish", "pipeline": PIPELINE, "date": day, "execution": execution}, None)

    def record(self, run: dict[str, Any], stage: str, output: Any) -> None:
        """What the state machine does after a stage."""
        self.dynamodb.put_item(
            TableName=self.table,
            Item={
                "pk": {"S": f"RUN#{PIPELINE}#{run['date']}"},
                "sk": {"S": f"{run['id']}#{stage}"},
                "stage": {"S": stage},
                "output": {"S": json.dumps(output)},
            },
        )

    def ended(self, execution: str, status: str = "ABORTED", **detail: Any) -> dict[str, Any]:
        event = {"executionArn": execution, "stateMachineArn": self.machine, "status": status, "stopDate": 1, **detail}
        return handler({"action": "ended", "detail": event}, None)

    def told(self) -> list[dict[str, Any]]:
        """What people were told, each with its subject."""
        messages = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture
def runs(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    for cached in (clients.stepfunctions, clients.sns):
        cached.cache_clear()
    yield Runs(endpoint, monkeypatch)
    for cached in (clients.stepfunctions, clients.sns):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("moment", "timezone", "offset", "day"),
    [
        ("2027-01-31T23:30:00Z", "Europe/Rome", 0, "2027-02-01"),
        ("2027-01-31T23:30:00Z", "Europe/Rome", -1, "2027-01-31"),
        ("2027-01-31T23:30:00Z", "America/New_York", 0, "2027-01-31"),
        ("2027-03-28T01:30:00+02:00", "UTC", 0, "2027-03-27"),
        ("2027-01-31T05:00:00", "Asia/Tokyo", 0, "2027-01-31"),
    ],
)
def test_a_runs_date_is_that_of_its_moment_in_the_pipelines_timezone(
    moment: str, timezone: str, offset: int, day: str
) -> None:
    assert (
        logical_date({"scheduled_time": moment}, started_at="2000-01-01T00:00:00Z", timezone=timezone, offset=offset)
        == day
    )


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["UTC", "Europe/Rome", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"]),
    st.integers(-400, 400),
)
def test_a_date_is_never_further_from_its_moment_than_a_day_and_the_offset(
    moment: datetime, timezone: str, offset: int
) -> None:
    at = moment.replace(tzinfo=UTC)
    found = date.fromisoformat(logical_date({}, started_at=at.isoformat(), timezone=timezone, offset=offset))
    assert found == at.astimezone(ZoneInfo(timezone)).date() + timedelta(days=offset)
    assert abs((found - at.date()).days - offset) <= 1


def test_the_date_that_is_given_goes_before_every_moment_and_is_not_moved() -> None:
    given_date = {"date": "2013-05-06", "scheduled_time": "2027-01-31T05:00:00Z", "event": {"time": "x"}}
    assert logical_date(given_date, started_at="", timezone="UTC", offset=-1) == "2013-05-06"


@pytest.mark.parametrize("given_input", [{"date": "31.1.2027"}, {"scheduled_time": "soon"}, {"event": {"time": "x"}}])
def test_what_is_no_date_is_refused_with_how_to_write_one(given_input: dict[str, Any]) -> None:
    with pytest.raises(InvalidRunInputError, match="write it as 2027-01-31"):
        logical_date(given_input, started_at="2027-01-01T00:00:00Z", timezone="UTC", offset=0)


def test_a_run_takes_its_date_and_is_told_the_same_when_it_asks_again(runs: Runs) -> None:
    execution = runs.execution()
    first = runs.begin(execution)
    assert (first["date"], first["parameters"], first["finished"]) == ("2013-01-01", {"mode": "full"}, {})
    assert runs.begin(execution) == first


def test_a_second_run_of_a_date_that_goes_on_is_told_who_has_it(runs: Runs) -> None:
    first, second = runs.execution(), runs.execution()
    runs.begin(first)
    assert runs.begin(second) == {"pipeline": PIPELINE, "date": "2013-01-01", "held_by": first}
    assert "held_by" not in runs.begin(second, day="2013-01-02")


@pytest.mark.parametrize("end", ["finished", "stopped", "forgotten"])
def test_a_date_whose_run_has_ended_is_taken_over(runs: Runs, end: str) -> None:
    first, second = runs.execution(), runs.execution()
    if end == "forgotten":
        first = first.rpartition(":")[0] + ":never-was"
    taken = runs.begin(first)
    if end == "finished":
        runs.finish(first)
    elif end == "stopped":
        runs.stop(first)
    after = runs.begin(second)
    assert "held_by" not in after
    assert after["id"] != taken["id"]


def test_of_many_that_begin_at_once_one_gets_the_date(runs: Runs) -> None:
    executions = [runs.execution() for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(runs.begin, executions))
    won = [answer["execution"] for answer in answers if "held_by" not in answer]
    assert len(won) == 1
    assert {answer["held_by"] for answer in answers if "held_by" in answer} == set(won)


def test_a_run_that_resumes_has_the_last_ones_id_parameters_and_finished_stages(runs: Runs) -> None:
    first = runs.execution()
    begun = runs.begin(first, parameters={"mode": "fast"})
    runs.record(begun, "extract", {"rows": 3})
    runs.stop(first)
    again = runs.begin(runs.execution(), resume=True)
    assert (again["id"], again["attempt"], again["parameters"]) == (begun["id"], 2, {"mode": "fast"})
    assert again["finished"] == {"extract": {"rows": 3}}


def test_a_run_that_begins_anew_repeats_all_stages(runs: Runs) -> None:
    first = runs.execution()
    runs.record(runs.begin(first), "extract", {"rows": 3})
    runs.stop(first)
    assert runs.begin(runs.execution())["finished"] == {}


def test_a_parameter_that_the_pipeline_lacks_is_refused_with_those_it_has(runs: Runs) -> None:
    with pytest.raises(InvalidRunInputError, match="no parameter mod; it has mode"):
        runs.begin(runs.execution(), parameters={"mod": 1})


def test_a_run_that_lost_its_date_does_not_mark_it_finished(runs: Runs) -> None:
    first, second = runs.execution(), runs.execution()
    runs.begin(first)
    runs.stop(first)
    runs.begin(second)
    with pytest.raises(RuntimeError, match="holds daily for 2013-01-01"):
        runs.finish(first)
    assert runs.finish(second) == {"status": "SUCCEEDED"}


def test_the_latest_dates_are_listed_first(runs: Runs) -> None:
    for day in ("2013-01-03", "2013-01-01", "2013-01-02"):
        runs.begin(runs.execution(), day=day)
    assert [run.date for run in runs.ledger.latest(PIPELINE, 2)] == ["2013-01-03", "2013-01-02"]


def test_people_are_told_once_of_a_run_that_ended_badly_and_how_to_go_on(runs: Runs) -> None:
    execution = runs.execution()
    runs.begin(execution)
    runs.stop(execution)
    assert runs.ended(execution, "FAILED", error="Boom", cause="the disk is full") == {"told": True}
    assert runs.ended(execution, "FAILED", error="Boom", cause="the disk is full") == {"told": False}
    (notice,) = runs.told()
    assert notice["Subject"].startswith("daily failed")
    for part in ("Date: 2013-01-01", "Cause: the disk is full", f"details/{execution}", "watershed runs redrive daily"):
        assert part in notice["Message"]
    run = runs.ledger.run(PIPELINE, "2013-01-01")
    assert run
    assert (run.status, run.error, run.cause) == ("FAILED", "Boom", "the disk is full")


def test_a_redriven_run_that_fails_again_is_told_of_again(runs: Runs) -> None:
    execution = runs.execution()
    runs.begin(execution)
    runs.stop(execution)
    runs.ended(execution, "FAILED", stopDate=1)
    assert runs.ended(execution, "FAILED", stopDate=2) == {"told": True}


def test_an_execution_that_never_began_is_told_of_by_its_machines_name(runs: Runs) -> None:
    execution = runs.execution()
    runs.stop(execution)
    assert runs.ended(execution, "TIMED_OUT") == {"told": True}
    (notice,) = runs.told()
    assert "ran longer than its timeout" in notice["Subject"]


def test_the_end_of_a_child_of_a_map_is_its_parents_matter(runs: Runs) -> None:
    assert runs.ended(f"{runs.machine.replace('stateMachine', 'execution')}/items:1") == {"told": False}
    assert runs.told() == []


def test_a_late_run_is_told_of_and_counted_and_one_in_time_is_not(
    runs: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    def look(day: str) -> dict[str, Any]:
        event = {
            "action": "deadline",
            "pipeline": PIPELINE,
            "timezone": "Europe/Rome",
            "date_offset": -1,
            "deadline": "08:00",
            "scheduled_time": f"{day}T06:00:00Z",
        }
        return handler(event, None)

    assert look("2013-01-02") == {"date": "2013-01-01", "late": True}
    (notice,) = runs.told()
    assert notice["Subject"] == "daily is late, 2013-01-01"
    assert "never began" in notice["Message"]
    execution = runs.execution()
    runs.begin(execution)
    runs.finish(execution)
    assert look("2013-01-02")["late"] is False
    assert runs.told() == []
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "RunsLate" in line]
    assert [metric["RunsLate"] for metric in metrics] == [1, 0]


def test_an_action_that_there_is_not_is_refused(runs: Runs) -> None:
    with pytest.raises(ValueError, match="no action 'stop': there are begin, finish, ended and deadline"):
        handler({"action": "stop"}, None)


class Histories:
    """Step Functions' answer to GetExecutionHistory, a page at a time, the last event first."""

    def __init__(self, events: list[dict[str, Any]], page: int = 3) -> None:
        self._events = list(reversed(events))
        self._page = page

    def get_execution_history(self, *, nextToken: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N803
        begin = int(nextToken)
        more = {"nextToken": str(begin + self._page)} if begin + self._page < len(self._events) else {}
        return {"events": self._events[begin : begin + self._page], **more}


def event(number: int, before: int, kind: str, **details: Any) -> dict[str, Any]:
    name = "stateEnteredEventDetails" if kind.endswith("StateEntered") else f"{kind[0].lower()}{kind[1:]}EventDetails"
    return {"id": number, "previousEventId": before, "type": kind, **({name: details} if details else {})}


def test_of_parallel_branches_the_one_that_failed_is_named_and_not_the_one_entered_last() -> None:
    history = [
        event(1, 0, "ExecutionStarted"),
        event(2, 1, "ParallelStateEntered", name="both"),
        event(3, 2, "TaskStateEntered", name="slow"),
        event(4, 3, "TaskScheduled", resource="x"),
        event(5, 2, "TaskStateEntered", name="quick recorded"),
        event(6, 4, "TaskFailed", error="States.TaskFailed", cause="it broke"),
        event(7, 5, "TaskScheduled", resource="y"),
        event(8, 6, "ExecutionFailed", error="States.TaskFailed", cause="it broke"),
    ]
    found = failure("arn", Histories(history))  # type: ignore[arg-type]
    assert (found.stage, found.error, found.cause) == ("slow", "States.TaskFailed", "it broke")


def test_a_stage_that_found_its_failure_itself_is_named_with_its_words() -> None:
    history = [
        event(1, 0, "ExecutionStarted"),
        event(2, 1, "ChoiceStateEntered", name="quality passed?"),
        event(3, 2, "FailStateEntered", name="quality failed"),
        event(4, 3, "ExecutionFailed", error="DataQuality", cause="rows: 0"),
    ]
    found = failure("arn", Histories(history))  # type: ignore[arg-type]
    assert (found.stage, found.error, found.cause) == ("quality", "DataQuality", "rows: 0")


def test_a_failure_around_the_stages_names_none() -> None:
    history = [
        event(1, 0, "ExecutionStarted"),
        event(2, 1, "TaskStateEntered", name="Begin run"),
        event(3, 2, "TaskFailed", error="InvalidRunInputError", cause="no date"),
        event(4, 3, "ExecutionFailed", error="InvalidRunInputError", cause="no date"),
    ]
    assert failure("arn", Histories(history)).stage is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("load", "load"),
        ("load done?", "load"),
        ("load-all recorded", "load-all"),
        ("both branch 12 done", "both"),
        ("cheap lost to Spot?", "cheap"),
        ("Begin run", "Begin run"),
    ],
)
def test_a_state_tells_the_stage_that_it_belongs_to(state: str, stage: str) -> None:
    assert stage_of(state) == stage
