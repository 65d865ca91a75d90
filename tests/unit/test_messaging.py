"""Queues and topics: defaults and options."""

import json
from typing import Any

from components import Queue, Sender, Topic
from tests.policy.harness import Recorded, record
from tests.unit.programs import ACCOUNT, CONFIG, key

RULE = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/orders"


def recorded(program: Any) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config=CONFIG)}


def statements(resource: Recorded) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(resource.inputs["policy"])["Statement"]
    return found


def test_a_queue_is_encrypted_and_keeps_what_was_received_five_times() -> None:
    found = recorded(lambda: Queue("queue", key=key()))
    assert found["queue"].inputs["kmsMasterKeyId"] == found["key"].outputs["arn"]
    redrive = json.loads(found["queue"].inputs["redrivePolicy"])
    assert redrive == {"deadLetterTargetArn": found["queue-dead-letters"].outputs["arn"], "maxReceiveCount": 5}
    assert found["queue-dead-letters"].inputs["messageRetentionSeconds"] == 14 * 86_400


def test_only_its_own_queue_may_redrive_into_a_dead_letter_queue() -> None:
    found = recorded(lambda: Queue("queue", key=key()))
    allowed = json.loads(found["queue-redrive"].inputs["redriveAllowPolicy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [found["queue"].outputs["arn"]]}


def test_a_service_may_send_for_its_own_resource_of_this_account_alone() -> None:
    found = recorded(lambda: Queue("queue", key=key(), senders=[Sender("events.amazonaws.com", RULE)]))
    for queue in ("queue", "queue-dead-letters"):
        _, send = statements(found[f"{queue}-policy"])
        assert send["Principal"] == {"Service": "events.amazonaws.com"}
        assert send["Condition"] == {"ArnEquals": {"aws:SourceArn": RULE}}


def test_a_bucket_may_send_only_while_it_is_this_accounts() -> None:
    """Its ARN names no account, and a deleted bucket's name may become another's."""
    found = recorded(lambda: Queue("queue", key=key(), senders=[Sender("s3.amazonaws.com", "arn:aws:s3:::drop")]))
    _, send = statements(found["queue-policy"])
    assert send["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_queues_and_topics_refuse_plain_http() -> None:
    def program() -> None:
        made = key()
        Queue("queue", key=made)
        Topic("topic", key=made)

    found = recorded(program)
    for name in ("queue-policy", "queue-dead-letters-policy", "topic-policy"):
        denied = statements(found[name])[0]
        assert denied["Effect"] == "Deny"
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_everyone_named_is_told() -> None:
    found = recorded(lambda: Topic("topic", key=key(), emails=["a@example.com", "b@example.com"]))
    told = [r.inputs["endpoint"] for r in found.values() if r.type == "aws:sns/topicSubscription:TopicSubscription"]
    assert sorted(told) == ["a@example.com", "b@example.com"]
