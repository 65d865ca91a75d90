"""A rule of EventBridge starts a state machine under the role that its target names, or tells the dead-letter queue.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any

from .schedules import queue_url
from .states.errors import StateError
from .states.integrations.api import Api
from .states.integrations.resources import parse

SESSION = "events"
_LOG = logging.getLogger("eventbridge")
_START = parse("arn:aws:states:::aws-sdk:sfn:startExecution")
_SEND = parse("arn:aws:states:::aws-sdk:sqs:sendMessage")


class RuleTargets:
    """What ministack's dispatch to Step Functions is replaced by."""

    def __init__(self, events: Any, apis: Callable[[str, str, str], Api], root: Callable[[str], Api]) -> None:
        self._events = events
        self._apis = apis
        self._root = root
        self._invoke = events._invoke_target
        # A target is invoked and dispatched in one thread, each in its own.
        self._current = threading.local()

    def invoke(self, target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        """Remember whose target it is while ministack makes its input."""
        self._current.target, self._current.rule = target, rule
        self._invoke(target, event, rule, view)

    def start(self, arn: str, payload: str) -> None:
        """Start the machine in a thread of its own: this one may be serving the event."""
        work = (self._start, arn, payload, self._current.target, self._current.rule)
        threading.Thread(target=contextvars.copy_context().run, args=work, daemon=True).start()

    def _start(self, arn: str, payload: str, target: dict[str, Any], rule: dict[str, Any]) -> None:
        region = self._events.get_region()
        try:
            if not target.get("RoleArn"):
                raise StateError("AccessDeniedException", f"the target {arn} of rule {rule.get('Name')} has no role")
            self._apis(target["RoleArn"], SESSION, region).call(_START, {"StateMachineArn": arn, "Input": payload})
        except StateError as error:
            _LOG.warning("rule %s: %s", rule.get("Name"), error)
            queue = (target.get("DeadLetterConfig") or {}).get("Arn")
            if queue:
                self._keep(queue, payload, arn, rule, error, region)

    def _keep(self, queue: str, payload: str, arn: str, rule: dict[str, Any], error: StateError, region: str) -> None:
        """EventBridge sends to the queue by the queue's own policy, not under a role."""
        told = {
            "RULE_ARN": rule.get("Arn", ""),
            "TARGET_ARN": arn,
            "ERROR_CODE": error.error,
            "ERROR_MESSAGE": error.cause,
        }
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items() if value}
        message = {"QueueUrl": queue_url(queue), "MessageBody": payload, "MessageAttributes": attributes}
        self._root(region).call(_SEND, message)


def install(events: Any, apis: Callable[[str, str, str], Api], root: Callable[[str], Api]) -> None:
    """Put the dispatch to state machines into these hands."""
    targets = RuleTargets(events, apis, root)
    events._invoke_target = targets.invoke
    events._dispatch_to_stepfunctions = targets.start
