"""EventBridge Scheduler's schedules fire: in their time zone, under their role, and to their dead-letter queue.

ministack's own sweep knows no time zones, looks every ten seconds, and starts targets as nobody.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

import datetime
import json
import logging
import threading
import time
import uuid
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from .states.errors import StateError
from .states.integrations.api import Api
from .states.integrations.resources import parse

SESSION = "scheduler"
LOOK_SECONDS = 1
_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
_LOG = logging.getLogger("scheduler")

Moment = datetime.datetime


class Schedules:
    """The sweep over all schedules."""

    def __init__(self, scheduler: Any, events: Any, responses: Any, apis: Callable[[str, str, str], Api]) -> None:
        self._scheduler = scheduler
        self._events = events
        self._responses = responses
        self._apis = apis
        self._seen: dict[tuple[Any, ...], float] = {}

    def sweep(self) -> None:
        """Fire what is due."""
        now = time.time()
        for (account, region, key), schedule in list(self._scheduler._schedules._data.items()):
            identity = (account, region, key, schedule["ScheduleExpression"], schedule["CreationDate"])
            after = self._seen.setdefault(identity, float(schedule.get("LastModificationDate") or now) - 1)
            moment = self.due(schedule, after, now)
            if moment is None:
                continue
            self._seen[identity] = now
            fire = threading.Thread(target=self._fire, args=(account, region, dict(schedule), moment), daemon=True)
            fire.start()
            if schedule["ScheduleExpression"].startswith("at(") and schedule.get("ActionAfterCompletion") == "DELETE":
                self._scheduler._schedules._data.pop((account, region, key), None)

    def due(self, schedule: Mapping[str, Any], after: float, now: float) -> Moment | None:
        """Return the moment after `after` and not after `now` at which a schedule is to fire; none if there is none."""
        start, end = (self._scheduler._to_epoch(schedule.get(name)) for name in ("StartDate", "EndDate"))
        if schedule.get("State") != "ENABLED" or (end is not None and now > end) or (start or 0) > now:
            return None
        zone = zoneinfo.ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
        expression = str(schedule["ScheduleExpression"])
        found: Moment | None
        if expression.startswith("at("):
            found = Moment.fromisoformat(expression[3:-1]).replace(tzinfo=zone)
            # One that was late when it was made fires at once, and once only.
            after = min(after, found.timestamp() - 1) if after == self._first(schedule) else after
        elif seconds := self._events._parse_rate_seconds(expression):
            anchor = float(start or schedule["CreationDate"])
            found = Moment.fromtimestamp(anchor + seconds * (max(0.0, after - anchor) // seconds + 1), datetime.UTC)
        else:
            fields = self._events._parse_cron_fields(expression)
            found = self._events._cron_next_fire(fields, Moment.fromtimestamp(after, zone)) if fields else None
        if found is None or not after < found.timestamp() <= now:
            return None
        return found.astimezone(datetime.UTC)

    @staticmethod
    def _first(schedule: Mapping[str, Any]) -> float:
        return float(schedule.get("LastModificationDate") or 0) - 1

    def _fire(self, account: str, region: str, schedule: dict[str, Any], moment: Moment) -> None:
        with self._responses.request_scope(account, region):
            target = schedule["Target"]
            execution = str(uuid.uuid4())
            payload = with_context(target.get("Input") or "{}", schedule["Arn"], moment, execution)
            api = self._apis(target["RoleArn"], SESSION, region)
            try:
                call, arguments = request_of(target, payload)
                api.call(parse(call), arguments)
            except StateError as error:
                _LOG.warning("schedule %s: %s", schedule["Arn"], error)
                self._keep(api, schedule, payload, execution, error)

    def _keep(self, api: Api, schedule: Mapping[str, Any], payload: str, execution: str, error: StateError) -> None:
        """Send what could not be delivered to the dead-letter queue, if there is one."""
        queue = (schedule["Target"].get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        told = {
            "SCHEDULE_ARN": schedule["Arn"],
            "TARGET_ARN": schedule["Target"]["Arn"],
            "EXECUTION_ID": execution,
            "ERROR_CODE": error.error,
            "ERROR_MESSAGE": error.cause,
        }
        attributes = {name: {"DataType": "String", "StringValue": str(value)} for name, value in told.items()}
        try:
            message = {"QueueUrl": queue_url(queue), "MessageBody": payload, "MessageAttributes": attributes}
            api.call(parse("arn:aws:states:::aws-sdk:sqs:sendMessage"), message)
        except StateError as refused:
            _LOG.warning("schedule %s: the dead-letter queue is not reached: %s", schedule["Arn"], refused)


def with_context(payload: str, schedule_arn: str, moment: Moment, execution: str) -> str:
    """Return an input with what Scheduler knows of this firing."""
    known = {
        "<aws.scheduler.schedule-arn>": schedule_arn,
        "<aws.scheduler.scheduled-time>": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": execution,
        "<aws.scheduler.attempt-number>": "1",
    }
    for name, value in known.items():
        payload = payload.replace(name, value)
    return payload


def request_of(target: Mapping[str, Any], payload: str) -> tuple[str, dict[str, Any]]:
    """Return the request that a target stands for, as the resource of a Task and its arguments."""
    arn = str(target["Arn"])
    service = arn.split(":")[2]
    sdk = "arn:aws:states:::aws-sdk:"
    if arn.startswith(_UNIVERSAL):
        return f"{sdk}{arn.removeprefix(_UNIVERSAL)}", json.loads(payload)
    if service == "states":
        return f"{sdk}sfn:startExecution", {"StateMachineArn": arn, "Input": payload}
    if service == "lambda":
        return f"{sdk}lambda:invoke", {"FunctionName": arn, "InvocationType": "Event", "Payload": payload}
    if service == "sqs":
        group = (target.get("SqsParameters") or {}).get("MessageGroupId")
        fifo = {"MessageGroupId": group} if group else {}
        return f"{sdk}sqs:sendMessage", {"QueueUrl": queue_url(arn), "MessageBody": payload, **fifo}
    if service == "sns":
        return f"{sdk}sns:publish", {"TopicArn": arn, "Message": payload}
    if service == "events":
        told = target.get("EventBridgeParameters") or {}
        entry = {"EventBusName": arn, "Detail": payload, **told}
        return f"{sdk}eventbridge:putEvents", {"Entries": [entry]}
    if service == "ecs":
        return f"{sdk}ecs:runTask", {"Cluster": arn, **(target.get("EcsParameters") or {}), **json.loads(payload)}
    raise StateError("ValidationException", f"the local stage starts no target of {service}: {arn}")


def queue_url(arn: str) -> str:
    """Return a queue's URL in the emulator, which goes by account and name."""
    account, name = arn.split(":")[4:6]
    return f"http://localhost/{account}/{name}"


def install(scheduler: Any, events: Any, responses: Any, apis: Callable[[str, str, str], Api]) -> None:
    """Let ministack's ticker sweep here."""
    schedules = Schedules(scheduler, events, responses, apis)
    scheduler._tick_schedules = schedules.sweep
    scheduler._SCHEDULE_TICK_INTERVAL = LOOK_SECONDS
