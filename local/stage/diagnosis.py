"""What the emulated account knows about a failure: dead letters, quarantined objects, the functions' logs."""

import json
from typing import Any

from ..aws import Clients

TAIL_LINES = 20


def dead_letters(clients: Clients) -> dict[str, int]:
    """Return the dead-letter queues that hold something, and how much."""
    sqs = clients("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    attributes: dict[str, dict[str, Any]] = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls
    }
    targets = {
        json.loads(each["RedrivePolicy"])["deadLetterTargetArn"]
        for each in attributes.values()
        if each.get("RedrivePolicy")
    }
    counts = {
        url: int(each.get("ApproximateNumberOfMessages", 0))
        for url, each in attributes.items()
        if each["QueueArn"] in targets
    }
    return {url: count for url, count in counts.items() if count}


def log_tail(clients: Clients, function: str, lines: int = TAIL_LINES) -> list[str]:
    """Return the last lines that a function logged."""
    logs = clients("logs")
    try:
        events = logs.filter_log_events(logGroupName=log_group(clients, function), limit=10_000)["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    ordered = sorted(events, key=lambda event: int(event["timestamp"]))
    return [line for event in ordered for line in str(event["message"]).rstrip().splitlines()][-lines:]


def log_group(clients: Clients, function: str) -> str:
    """Return the log group that a function writes to."""
    described = clients("lambda").get_function_configuration(FunctionName=function)
    return str(described.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{described['FunctionName']}")


def explain_failure(clients: Clients, functions: list[str], quarantine: str) -> str:
    """Return what there is to read, as lines for a terminal."""
    found: list[str] = []
    for url, count in dead_letters(clients).items():
        found.append(f"Dead-letter queue {url.rpartition('/')[2]}: {count} message(s); the first:")
        received = clients("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
        found += [f"  {message['Body'][:600]}" for message in received[:1]]
    if quarantine:
        kept = clients("s3").list_objects_v2(Bucket=quarantine, MaxKeys=10).get("Contents", [])
        found += [f"Quarantined: s3://{quarantine}/{each['Key']} ({each['Size']:,} bytes)" for each in kept]
    for function in functions:
        tail = log_tail(clients, function)
        if tail:
            found += [f"The end of the log of {function}:", *(f"  {line}" for line in tail)]
    return "\n".join(found) or "There are no dead letters, no quarantined objects and no logs."
