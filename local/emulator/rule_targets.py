"""What a rule of EventBridge matches is delivered as AWS does it, or kept in the target's dead-letter queue.

A state machine is started under the role that the target names, if the role trusts EventBridge for the rule; a function
or a queue gets the event if its own policy lets the rule in, and so does the dead-letter queue.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any

from .schedules import queue_url
from .service_principals import ServicePrincipals
from .states.errors import StateError
from .states.integrations.api import Api
from .states.integrations.resources import parse

SESSION = "events"
PRINCIPAL = "events.amazonaws.com"
_LOG = logging.getLogger("eventbridge")
_START = parse("arn:aws:states:::aws-sdk:sfn:startExecution")
_SEND = parse("arn:aws:states:::aws-sdk:sqs:sendMessage")


class RuleTargets:
    """What ministack's dispatch to state machines, functions and queues is replaced by."""

    def __init__(
        self,
        events: Any,
        apis: Callable[[str, str, str], Api],
        root: Callable[[str], Api],
        principals: ServicePrincipals,
    ) -> None:
        self._events = events
        self._apis = apis
        self._root = root
        self._principals = principals
        self._invoke = events._invoke_target
        self._to_function = events._dispatch_to_lambda
        self._to_queue = events._dispatch_to_sqs
        # A target is invoked and dispatched in one thread, each in its own.
        self._current = threading.local()

    def invoke(self, target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
        """Remember whose target it is while ministack makes its input."""
        self._current.target, self._current.rule = target, rule
        self._invoke(target, event, rule, view)

    def start(self, arn: str, payload: str) -> None:
        """Start a state machine."""
        self._aside(self._start, arn, payload, self._current.target, self._current.rule)

    def call(self, arn: str, payload: str) -> None:
        """Invoke a function."""
        rule = self._current.rule
        if self._let_in(self._principals.may_invoke(PRINCIPAL, arn, rule["Arn"]), arn, payload):
            self._to_function(arn, payload)

    def send(self, spec: Any, payload: str, parameters: Any = None) -> None:
        """Send to a queue."""
        rule, arn = self._current.rule, str(spec)
        if self._let_in(self._principals.may_send(PRINCIPAL, arn, rule["Arn"]), arn, payload):
            self._to_queue(spec, payload, parameters)

    def _let_in(self, allowed: bool | None, arn: str, payload: str) -> bool:
        if allowed:
            return True
        said = (
            ("NO_RESOURCE", "it is not there") if allowed is None else ("NO_PERMISSIONS", "its policy does not allow")
        )
        target, rule = self._current.target, self._current.rule
        self._aside(self._fail, arn, payload, target, rule, StateError(said[0], f"{arn}: {said[1]} {rule['Arn']}"))
        return False

    @staticmethod
    def _aside(work: Callable[..., None], *arguments: Any) -> None:
        """Do it in a thread of its own: this one may be serving the event."""
        threading.Thread(target=contextvars.copy_context().run, args=(work, *arguments), daemon=True).start()

    def _start(self, arn: str, payload: str, target: dict[str, Any], rule: dict[str, Any]) -> None:
        role = target.get("RoleArn")
        try:
            if not role:
                raise StateError("NO_PERMISSIONS", f"the target {arn} of rule {rule.get('Name')} has no role")
            if not self._principals.may_assume(PRINCIPAL, role, rule["Arn"]):
                raise StateError("FAILED_TO_ASSUME_ROLE", f"{role} does not trust {PRINCIPAL} for {rule['Arn']}")
            api = self._apis(role, SESSION, self._events.get_region())
            api.call(_START, {"StateMachineArn": arn, "Input": payload})
        except StateError as error:
            self._fail(arn, payload, target, rule, error)

    def _fail(self, arn: str, payload: str, target: dict[str, Any], rule: dict[str, Any], error: StateError) -> None:
        _LOG.warning("rule %s: %s", rule.get("Name"), error)
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        if not self._principals.may_send(PRINCIPAL, queue, rule["Arn"]):
            _LOG.error("rule %s: its event is lost, %s does not let it send", rule.get("Name"), queue)
            return
        told = {
            "RULE_ARN": rule.get("Arn", ""),
            "TARGET_ARN": arn,
            "ERROR_CODE": error.error,
            "ERROR_MESSAGE": error.cause,
        }
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items() if value}
        message = {"QueueUrl": queue_url(queue), "MessageBody": payload, "MessageAttributes": attributes}
        self._root(self._events.get_region()).call(_SEND, message)


def install(
    events: Any,
    apis: Callable[[str, str, str], Api],
    root: Callable[[str], Api],
    principals: ServicePrincipals,
) -> None:
    """Put the dispatch into these hands."""
    targets = RuleTargets(events, apis, root, principals)
    events._invoke_target = targets.invoke
    events._dispatch_to_stepfunctions = targets.start
    events._dispatch_to_lambda = targets.call
    events._dispatch_to_sqs = targets.send
