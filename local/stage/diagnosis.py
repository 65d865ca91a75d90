"""What the emulated account knows about a failure: dead letters and the functions' logs."""

import json
from typing import Any

from ..aws import Clients

TAIL_LINES = 20
LINE_LETTERS = 400


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


def log_lines(clients: Clients, function: str, since: int = 0) -> list[str]:
    """Return what a function logged since a time (milliseconds), oldest first."""
    logs = clients("logs")
    try:
        events = logs.filter_log_events(logGroupName=log_group(clients, function), startTime=since, limit=10_000)
    except logs.exceptions.ResourceNotFoundException:
        return []
    ordered = sorted(events["events"], key=lambda event: int(event["timestamp"]))
    return [line for event in ordered for line in str(event["message"]).rstrip().splitlines()]


def failed_invocations(clients: Clients, function: str, since: int) -> list[str]:
    """Return the errors that a function logged since a time (milliseconds)."""
    return [readable(line) for line in log_lines(clients, function, since) if _is_error(line)]


def readable(line: str) -> str:
    """Return a structured log line as level, message and the last line of its exception; others as they are."""
    entry = _structured(line)
    if "message" not in entry:
        return line[:LINE_LETTERS]
    exception = str(entry.get("exception", "")).strip().rpartition("\n")[2]
    words = [str(entry.get("level", "")), str(entry["message"]), exception]
    return ": ".join(word for word in words if word)[:LINE_LETTERS]


def _is_error(line: str) -> bool:
    return (
        _structured(line).get("level") in ("ERROR", "CRITICAL") or "Task timed out" in line or "Runtime exited" in line
    )


def _structured(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def log_group(clients: Clients, function: str) -> str:
    """Return the log group that a function writes to."""
    described = clients("lambda").get_function_configuration(FunctionName=function)
    return str(described.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{described['FunctionName']}")


def explain_failure(clients: Clients, functions: list[str]) -> str:
    """Return what there is to read, as lines for a terminal."""
    found: list[str] = []
    for url, count in dead_letters(clients).items():
        found.append(f"Dead-letter queue {url.rpartition('/')[2]}: {count} message(s); the first:")
        received = clients("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
        found += [f"  {message['Body'][:600]}" for message in received[:1]]
    for function in functions:
        tail = [readable(line) for line in log_lines(clients, function) if "_aws" not in _structured(line)][
            -TAIL_LINES:
        ]
        if tail:
            found += [f"The end of the log of {function}:", *(f"  {line}" for line in tail)]
    return "\n".join(found) or "There are no dead letters and no logs."
