"""The function itself: batches from the queue, of which only what failed comes again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from handlers.ingest import app
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


def handle(*bodies: str, context: Any = None) -> list[str]:
    records = [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]
    answer = app.handler({"Records": records}, context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_batch_is_ingested(lake: Lake) -> None:
    assert handle(lake.put("in/orders/a.csv", CSV), lake.put("in/orders/b.csv", CSV)) == []
    assert (lake.item()["objects"], lake.item()["rows"]) == (2, 2)


def test_only_what_failed_comes_again(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ingest

    def failing(event: Any, *rest: Any) -> Any:
        if event.key.endswith("b.csv"):
            raise ConnectionError("throttled")
        return real(event, *rest)

    monkeypatch.setattr(app, "ingest", failing)
    messages = [lake.put(f"in/orders/{name}.csv", CSV) for name in "abc"]
    assert handle(*messages) == ["m1"]
    assert lake.item()["objects"] == 2


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
def test_a_message_that_is_no_event_fails_alone_and_ends_in_the_dead_letter_queue(lake: Lake, body: str) -> None:
    assert handle(body, lake.put("in/orders/a.csv", CSV)) == ["m0"]
    assert lake.item()["objects"] == 1


def test_a_quarantined_or_unassigned_object_is_no_failure(lake: Lake) -> None:
    assert handle(lake.put("in/orders/a.csv", b""), lake.put("elsewhere", b"x")) == []


def test_messages_for_which_no_time_is_left_go_back_unstarted(lake: Lake) -> None:
    messages = [lake.put(f"in/orders/{name}.csv", CSV) for name in "abc"]
    assert handle(*messages, context=Context(60_000, 500)) == ["m2"]
    assert lake.item()["objects"] == 2


def test_a_wrong_settings_document_fails_every_message_and_says_why(
    lake: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    lake.s3.put_object(Bucket=lake.system, Key="settings/platform.json", Body=b'{"version": 2}')
    assert handle(lake.put("in/orders/a.csv", CSV)) == ["m0"]
    assert "settings document is refused" in caplog.text


def test_what_becomes_of_an_object_is_logged_and_counted(
    lake: Lake, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    handle(lake.put("elsewhere/x", b"x"), lake.put("in/orders/a.csv", CSV))
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


def test_an_event_as_the_emulated_s3_sends_it_is_understood(lake: Lake) -> None:
    sqs, bus = lake.client("sqs"), lake.client("events")
    queue = sqs.create_queue(QueueName=lake.raw)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    lake.s3.put_bucket_notification_configuration(
        Bucket=lake.raw, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [lake.raw]}}}
    bus.put_rule(Name=lake.raw, EventPattern=json.dumps(pattern))
    bus.put_targets(Rule=lake.raw, Targets=[{"Id": "queue", "Arn": arn}])
    key = "in/orders/with space/é+日本.csv"
    lake.s3.put_object(Bucket=lake.raw, Key=key, Body=CSV)
    received = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    assert handle(received[0]["Body"]) == []
    assert lake.state(key)
    assert lake.item()["rows"] == 1


def test_the_data_set_of_another_settings_version_is_loaded_once(lake: Lake) -> None:
    lake.use(dataset(id="other", prefix="other/"))
    lake.s3.put_object(Bucket=lake.system, Key="settings/platform.json", Body=lake.document)
    handle(lake.put("in/orders/a.csv", CSV))
    lake.s3.delete_object(Bucket=lake.system, Key="settings/platform.json")
    assert handle(lake.put("in/orders/b.csv", CSV)) == []
    assert lake.item("other")["objects"] == 2
