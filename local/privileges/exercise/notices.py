"""What people are told, heard by a queue of the exercise's own."""

import json
import uuid

from ...aws import Clients
from ...errors import StageError
from .polling import poll

SECONDS = 60.0


class Notices:
    """Listens to a topic from now on."""

    def __init__(self, clients: Clients, topic: str) -> None:
        self._sqs = clients("sqs")
        self._heard: list[str] = []
        self._queue = self._sqs.create_queue(QueueName=f"exercise-{uuid.uuid4().hex[:8]}")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        clients("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def wait_for(self, *words: str) -> None:
        """Return once a subject with these words has come; raises StageError where none does."""
        heard = poll(self._listen, lambda subjects: _has(subjects, words), SECONDS)
        if not _has(heard, words):
            raise StageError(
                f"Nobody was told `{' ... '.join(words)}` in {SECONDS:.0f} s; told was: {heard}.",
                fix="See what the function `runs` logged: watershed local logs runs.",
            )

    def _listen(self) -> list[str]:
        """Return the subjects of all that has come, without waiting for more."""
        found = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        for message in found.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            self._heard.append(str(json.loads(message["Body"]).get("Subject")))
        return self._heard


def _has(subjects: list[str], words: tuple[str, ...]) -> bool:
    return any(all(word in subject for word in words) for subject in subjects)
