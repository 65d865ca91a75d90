"""When a message that failed comes again: soon at first, then as late as its queue says.

Lambda leaves a failed message hidden for the queue's whole visibility timeout, six times what the function may run:
half an hour for one refused connection. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..common import clients
from ..common.telemetry import logger

_SECONDS = (15, 120)
"""After the first and the second failure; a third one is no moment's trouble, and waits for the visibility timeout."""


def after_failure(record: dict[str, Any]) -> None:
    """Let a message that failed come again sooner than its queue says, if it is one of its first failures."""
    received = int(record["attributes"]["ApproximateReceiveCount"])
    if received <= len(_SECONDS):
        _show_again(record, _SECONDS[received - 1])


def unstarted(record: dict[str, Any]) -> None:
    """Let a message for which no time was left come again at once."""
    _show_again(record, 0)


def _show_again(record: dict[str, Any], seconds: int) -> None:
    account, queue = record["eventSourceARN"].split(":")[4:6]
    sqs = clients.sqs()
    try:
        sqs.change_message_visibility(
            QueueUrl=f"{sqs.meta.endpoint_url}/{account}/{queue}",
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=seconds,
        )
    except (BotoCoreError, ClientError) as error:
        logger.warning("A failed message comes again only after its queue's visibility timeout: %s", error)
