"""The function itself: batches from the queue, of which only what failed comes again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from handlers.common import clients
from handlers.ingest import app, redelivery
from handlers.ingest.ingest import ingest
from tests.handlers.lake import Lake, dataset

if TYPE_CHECKING:
    from collections.abc import Callable

CSV = b"id,name,amount\n1,Ada,1.5\n"


class Context:
    def __init__(self, *milliseconds: int) -> None:
        self._left = list(milliseconds)

    def get_remaining_time_in_millis(self) -> int:
        return self._left.pop(0)


@pytest.fixture
def lake(make_lake: Callable[..., Lake], monkeypatch: pytest.MonkeyPatch) -> Lake:
    lake = make_lake()
    version = lake.s3.put_object(Bucket=lake.system, Key="settings/platform.json", Body=lake.document)
    monkeypatch.setenv("SETTINGS_BUCKET", lake.system)
    monkeypatch.setenv("SETTINGS_KEY", "settings/platform.json")
    monkeypatch.setenv("SETTINGS_VERSION", version.get("VersionId", ""))
    return lake


class Queue:
    """The queue that messages come from; each is hidden for half an hour once it was received."""

    def __init__(self, lake: Lake) -> None:
        self._sqs, self._name = lake.client("sqs"), f"queue-{lake.raw}"
        self._url = self._sqs.create_queue(QueueName=self._name, Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]

    def receive(self) -> list[dict[str, Any]]:
        """Return what is to be seen, as Lambda gives it to a function."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{self._name}",
            }
            for message in answer.get("Messages", [])
        ]

    def send(self, body: str) -> dict[str, Any]:
        """Send one message, and return it received."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)
        (received,) = self.receive()
        return received

    def delete(self) -> None:
        self._sqs.delete_queue(QueueUrl=self._url)


@pytest.fixture
def queue(lake: Lake) -> Queue:
    return Queue(lake)


def handle(queue: Queue, *bodies: str, context: Any = None) -> list[str]:
    """Return which messages of the batch failed: m0, m1, ..."""
    records = [queue.send(body) for body in bodies]
    names = {record["messageId"]: f"m{number}" for number, record in enumerate(records)}
    answer = app.handler({"Records": records}, context)
    return [names[failure["itemIdentifier"]] for failure in answer["batchItemFailures"]]


def test_a_batch_is_ingested(lake: Lake, queue: Queue) -> None:
    assert handle(queue, lake.put("in/orders/a.csv", CSV), lake.put("in/orders/b.csv", CSV)) == []
    assert (lake.item()["objects"], lake.item()["rows"]) == (2, 2)


def test_only_what_failed_comes_again(lake: Lake, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ingest

    def failing(event: Any, *rest: Any) -> Any:
        if event.key.endswith("b.csv"):
            raise ConnectionError("throttled")
        return real(event, *rest)

    monkeypatch.setattr(app, "ingest", failing)
    messages = [lake.put(f"in/orders/{name}.csv", CSV) for name in "abc"]
    assert handle(queue, *messages) == ["m1"]
    assert lake.item()["objects"] == 2


def fail(*_: Any) -> None:
    raise ConnectionError("refused")


def test_a_message_that_fails_comes_again_soon_but_not_for_ever(
    lake: Lake, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redelivery, "_SECONDS", (0, 0))
    monkeypatch.setattr(app, "ingest", fail)
    handle(queue, lake.put("in/orders/a.csv", CSV))
    for times in ("2", "3"):
        (again,) = queue.receive()
        assert again["attributes"]["ApproximateReceiveCount"] == times
        app.handler({"Records": [again]}, None)
    assert queue.receive() == []


def test_a_message_that_fails_is_left_alone_for_a_while(
    lake: Lake, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "ingest", fail)
    handle(queue, lake.put("in/orders/a.csv", CSV))
    assert queue.receive() == []


def test_a_queue_that_refuses_to_show_a_message_again_harms_nothing(
    lake: Lake, queue: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = (queue.send(lake.put(f"in/orders/{name}.csv", CSV)) for name in "ab")
    queue.delete()
    clients.sqs.cache_clear()
    real = ingest
    monkeypatch.setattr(app, "ingest", lambda event, *rest: fail() if "b.csv" in event.key else real(event, *rest))
    answer = app.handler({"Records": [bad, good]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert "comes again only after its queue's visibility timeout" in caplog.text
    assert lake.item()["objects"] == 1


def event(kind: str, **thing: str) -> str:
    return json.dumps({"detail-type": kind, "detail": {"bucket": {"name": "b"}, "object": {"key": "k", **thing}}})


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "{}",
        event("Object Created"),
        event("Object Created", sequencer="x"),
        event("Object Tags Added", sequencer="1"),
    ],
)
def test_a_message_that_is_no_event_fails_alone_and_ends_in_the_dead_letter_queue(
    lake: Lake, queue: Queue, body: str
) -> None:
    assert handle(queue, body, lake.put("in/orders/a.csv", CSV)) == ["m0"]
    assert lake.item()["objects"] == 1


def test_a_quarantined_or_unassigned_object_is_no_failure(lake: Lake, queue: Queue) -> None:
    assert handle(queue, lake.put("in/orders/a.csv", b""), lake.put("elsewhere", b"x")) == []


def test_messages_for_which_no_time_is_left_go_back_unstarted(lake: Lake, queue: Queue) -> None:
    messages = [lake.put(f"in/orders/{name}.csv", CSV) for name in "abc"]
    assert handle(queue, *messages, context=Context(60_000, 500)) == ["m2"]
    assert lake.item()["objects"] == 2
    assert [message["body"] for message in queue.receive()] == [messages[2]]


def test_a_wrong_settings_document_fails_every_message_and_says_why(
    lake: Lake, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    lake.s3.put_object(Bucket=lake.system, Key="settings/platform.json", Body=b'{"version": 2}')
    assert handle(queue, lake.put("in/orders/a.csv", CSV)) == ["m0"]
    assert "settings document is refused" in caplog.text


def test_what_becomes_of_an_object_is_logged_and_counted(
    lake: Lake, queue: Queue, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    handle(queue, lake.put("elsewhere/x", b"x"), lake.put("in/orders/a.csv", CSV))
    assert [(record.levelname, vars(record)["status"], vars(record)["key"]) for record in caplog.records] == [
        ("WARNING", "unassigned", "elsewhere/x"),
        ("INFO", "committed", "in/orders/a.csv"),
    ]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    counted = {(line["dataset"], metric["Name"]): line for line in lines for metric in metrics_of(line)}
    assert counted["none", "IngestObjects"]["status"] == "unassigned"
    assert counted["orders", "IngestRows"]["IngestRows"] == 1


def metrics_of(line: dict[str, Any]) -> list[dict[str, str]]:
    """What CloudWatch would make of a line: every metric and dimension it names must be in it."""
    metrics = [metric for group in line["_aws"]["CloudWatchMetrics"] for metric in group["Metrics"]]
    named = [metric["Name"] for metric in metrics]
    named += [name for group in line["_aws"]["CloudWatchMetrics"] for names in group["Dimensions"] for name in names]
    assert set(named) <= set(line)
    return metrics


def test_an_event_as_the_emulated_s3_sends_it_is_understood(lake: Lake, queue: Queue) -> None:
    sqs, bus = lake.client("sqs"), lake.client("events")
    arrivals = sqs.create_queue(QueueName=lake.raw)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=arrivals, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    lake.s3.put_bucket_notification_configuration(
        Bucket=lake.raw, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [lake.raw]}}}
    bus.put_rule(Name=lake.raw, EventPattern=json.dumps(pattern))
    bus.put_targets(Rule=lake.raw, Targets=[{"Id": "queue", "Arn": arn}])
    key = "in/orders/with space/é+日本.csv"
    lake.s3.put_object(Bucket=lake.raw, Key=key, Body=CSV)
    received = sqs.receive_message(QueueUrl=arrivals, WaitTimeSeconds=10)["Messages"]
    assert handle(queue, received[0]["Body"]) == []
    assert lake.state(key)
    assert lake.item()["rows"] == 1


def test_the_data_set_of_another_settings_version_is_loaded_once(lake: Lake, queue: Queue) -> None:
    lake.use(dataset(id="other", prefix="other/"))
    lake.s3.put_object(Bucket=lake.system, Key="settings/platform.json", Body=lake.document)
    handle(queue, lake.put("in/orders/a.csv", CSV))
    lake.s3.delete_object(Bucket=lake.system, Key="settings/platform.json")
    assert handle(queue, lake.put("in/orders/b.csv", CSV)) == []
    assert lake.item("other")["objects"] == 2
