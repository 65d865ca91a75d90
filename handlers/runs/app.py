"""The runs function: it begins and finishes pipelines' runs, hears of those that ended, and looks for late ones."""

from __future__ import annotations

import os
from typing import Any

from ..common import clients
from ..common.telemetry import logger
from .announcements import Announcements
from .begin import begin
from .deadline import check_deadline
from .ended import ended
from .finish import finish
from .ledger import Ledger
from .notices import Notices


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do what `event["action"]` says; raises ValueError for an action there is not."""
    ledger = Ledger(clients.dynamodb(), os.environ["LEDGER_TABLE"])
    action = event["action"]
    logger.info("Run %s", action, extra={"event": event})
    if action == "begin":
        return begin(event, ledger, clients.stepfunctions())
    if action == "finish":
        return finish(event, ledger, Announcements(clients.events()))
    notices = Notices(clients.sns(), os.environ["NOTIFY_TOPIC"])
    if action == "ended":
        return ended(event["detail"], ledger, clients.stepfunctions(), notices)
    if action == "deadline":
        return check_deadline(event, ledger, notices)
    raise ValueError(f"no action {action!r}: there are begin, finish, ended and deadline")
