"""What people are told of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient

_SUBJECT = 100
"""Characters of an e-mail's subject that SNS accepts (Amazon SNS API Reference, "Publish")."""
_CAUSE = 3_000


class Notices:
    """Tells a topic."""

    def __init__(self, sns: SNSClient, topic: str) -> None:
        self._sns = sns
        self._topic = topic

    def tell(self, subject: str, lines: dict[str, str]) -> None:
        """Publish a subject and lines of names and values; what is empty is left out."""
        text = "\n".join(f"{name}: {value}" for name, value in lines.items() if value)
        self._sns.publish(TopicArn=self._topic, Subject=_one_line(subject), Message=text)


def console_link(execution: str) -> str:
    """Return where the console shows an execution (AWS Step Functions Developer Guide, "Viewing executions")."""
    _, partition, _, region, *_ = execution.split(":")
    hosts = {
        "aws": "console.aws.amazon.com",
        "aws-cn": "console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    }
    return f"https://{region}.{hosts[partition]}/states/home?region={region}#/v2/executions/details/{execution}"


def shortened(cause: str) -> str:
    """Return a cause that fits into a message and an item."""
    return cause if len(cause) <= _CAUSE else f"{cause[:_CAUSE]}… (cut)"


def _one_line(subject: str) -> str:
    """SNS accepts printable ASCII only, and no line breaks."""
    return "".join(char if 32 <= ord(char) < 127 else "?" for char in subject)[:_SUBJECT]
