"""An execution's life: started, succeeded, failed, timed out, stopped, redriven.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import contextvars
import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .cancelling import Cancel
from .errors import Cancelled, StateError
from .frames import Frame
from .history import History
from .integrations import Integrations
from .interpreter import Run, run_frame

_LOG = logging.getLogger("states")
SESSION = "StepFunctions"
"""Of the machine's role."""
_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")
_MOST_EVENT_BYTES = 248 * 1024


class Machines:
    """What replaces ministack's own running of executions."""

    def __init__(self, engine: Any, events: Any, integrations: Callable[[str, str], Integrations]) -> None:
        self._engine = engine
        self._events = events
        self._integrations = integrations
        self._runs: dict[str, Run] = {}
        self._ending = threading.Lock()
        self._describe = engine._describe_execution
        self._describe_machine = engine._describe_state_machine_for_execution
        self._handle = engine.handle_request

    def run(self, execution_arn: str) -> None:
        """Run an execution that was just started, to its end."""
        execution = self._engine._executions.get(execution_arn)
        machine = execution and self._engine._state_machines.get(execution["stateMachineArn"])
        if not machine:
            return
        definition = json.loads(machine["definition"])
        execution["redriveCount"] = 0
        execution["events"][0]["previousEventId"] = 0
        try:
            given = json.loads(execution["input"])
        except ValueError:
            given = {}
        context = {
            "Execution": {
                "Id": execution_arn,
                "Input": given,
                "Name": execution["name"],
                "RoleArn": machine["roleArn"],
                "StartTime": execution["startDate"],
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        }
        run = Run(
            engine=self._engine,
            execution=execution,
            definition=definition,
            context=context,
            history=History(execution, self._engine.now_iso),
            integrations=self._integrations(machine["roleArn"], self._engine.get_region()),
            cancel=Cancel(),
            spawn=_spawn,
            frame=Frame(definition["States"], definition["StartAt"], given, last_event=1),
        )
        self._runs[execution_arn] = run
        self._go(run)

    def stop(self, request: Mapping[str, Any]) -> Any:
        """StopExecution: the execution is aborted at once, and what it runs is told to end."""
        execution = self._engine._executions.get(request.get("executionArn"))
        if not execution:
            return self._no_execution(request)
        if execution["status"] == "RUNNING":
            run = self._runs[execution["executionArn"]]
            if not self._end(run, "ABORTED", request.get("error"), request.get("cause")):
                return self.stop(request)
            run.cancel.set()
        elif execution["status"] != "ABORTED":
            return self._engine.error_response_json("ValidationException", "Execution is not running", 400)
        return self._engine.json_response({"stopDate": execution["stopDate"]})

    def redrive(self, request: Mapping[str, Any]) -> Any:
        """RedriveExecution: go on at the state that failed, with its input and variables."""
        arn = str(request.get("executionArn"))
        execution = self._engine._executions.get(arn)
        if not execution:
            return self._no_execution(request)
        run = self._runs.get(arn)
        if execution["status"] not in _ENDED_BADLY or run is None or execution.get("mapRunArn"):
            return self._engine.error_response_json(
                "ExecutionNotRedrivable", f"Execution is {execution['status']} and cannot be redriven", 400
            )
        count, date = execution["redriveCount"] + 1, self._engine.now_iso()
        for name in ("error", "cause"):
            execution.pop(name, None)
        execution.update(status="RUNNING", stopDate=None, output=None, redriveCount=count, redriveDate=date)
        run.context["Execution"].update(RedriveCount=count, RedriveTime=date)
        run.cancel = Cancel()
        run.frame.last_event = run.history.add("ExecutionRedriven", run.frame.last_event, {"redriveCount": count})
        self._announce(execution)
        _spawn(lambda: self._go(run))
        return self._engine.json_response({"redriveDate": date})

    def describe(self, request: Mapping[str, Any]) -> Any:
        """DescribeExecution, with what it says of redriving."""
        status, headers, body = self._describe(request)
        if status != 200:
            return status, headers, body
        execution = self._engine._executions[request["executionArn"]]
        return self._engine.json_response({**json.loads(body), **_redriving(execution)})

    def describe_for_execution(self, request: Mapping[str, Any]) -> Any:
        """DescribeStateMachineForExecution: the definition that the execution was started with."""
        status, headers, body = self._describe_machine(request)
        run = self._runs.get(str(request.get("executionArn")))
        if status != 200 or run is None:
            return status, headers, body
        return self._engine.json_response({**json.loads(body), "definition": json.dumps(run.definition)})

    async def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Any:
        """Serve the operation that ministack does not have; leave all others to it."""
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            return self._engine._finalize_response(self.redrive(json.loads(body or b"{}")))
        return await self._handle(method, path, headers, body, query)

    def stop_all(self) -> None:
        """Tell the work of every execution to end."""
        for run in list(self._runs.values()):
            run.cancel.set()

    def _go(self, run: Run) -> None:
        seconds = run.definition.get("TimeoutSeconds")
        timer = None
        if seconds:
            timer = threading.Timer(seconds, contextvars.copy_context().run, [self._time_out, run])
            timer.daemon = True
            timer.start()
        try:
            output = run_frame(run, run.frame, run.cancel)
            run.execution["output"] = json.dumps(output)
            self._end(run, "SUCCEEDED", output=run.execution["output"])
        except Cancelled:
            pass
        except StateError as error:
            self._end(run, "FAILED", error.error, error.cause)
        except Exception as error:
            _LOG.exception("execution %s", run.execution["executionArn"])
            self._end(run, "FAILED", "States.Runtime", f"the local stage failed: {error!r}")
        finally:
            if timer is not None:
                timer.cancel()

    def _time_out(self, run: Run) -> None:
        self._end(run, "TIMED_OUT", "States.Timeout", "The execution ran longer than TimeoutSeconds.")
        run.cancel.set()

    def _end(self, run: Run, status: str, error: Any = None, cause: Any = None, output: Any = None) -> bool:
        """End an execution, once: False if it had ended already."""
        execution = run.execution
        with self._ending:
            if execution["status"] != "RUNNING":
                return False
            execution.update(status=status, stopDate=self._engine.now_iso())
        details = {"output": output} if status == "SUCCEEDED" else {"error": error, "cause": cause}
        details = {name: value for name, value in details.items() if value is not None}
        if status != "SUCCEEDED":
            execution.update(details)
        event = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "TIMED_OUT": "TimedOut", "ABORTED": "Aborted"}[status]
        run.history.add(f"Execution{event}", run.frame.last_event, details)
        self._announce(execution)
        return True

    def _announce(self, execution: Mapping[str, Any]) -> None:
        """Publish the change of status, as every Standard workflow does."""
        machine = self._engine._state_machines.get(execution["stateMachineArn"]) or {}
        if execution.get("sync") or machine.get("type") == "EXPRESS":
            return
        detail = {
            name: execution.get(name)
            for name in ("executionArn", "stateMachineArn", "name", "status", "input", "output", "error", "cause")
        }
        for name in ("input", "output"):
            included = len(detail[name] or "") <= _MOST_EVENT_BYTES
            detail[f"{name}Details"] = {"included": included} if detail[name] is not None else None
            detail[name] = detail[name] if included else None
        for name in ("startDate", "stopDate", "redriveDate"):
            detail[name] = self._engine._iso_to_epoch_ms(execution.get(name))
        detail |= {"stateMachineVersionArn": None, "stateMachineAliasArn": None}
        redriving = _redriving(execution)
        detail |= {name: redriving[name] for name in ("redriveCount", "redriveStatus")}
        detail["redriveStatusReason"] = redriving.get("redriveStatusReason")
        entry = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Detail": json.dumps(detail),
            "Resources": [execution["executionArn"]],
        }
        self._events._put_events({"Entries": [entry]}, allow_aws_source=True)

    def _no_execution(self, request: Mapping[str, Any]) -> Any:
        message = f"Execution Does Not Exist: '{request.get('executionArn')}'"
        return self._engine.error_response_json("ExecutionDoesNotExist", message, 400)


def _keep_tracing(engine: Any) -> None:
    """Let a machine remember whether it is traced: ministack forgets it."""
    create, update = engine._create_state_machine, engine._update_state_machine

    def created(request: Mapping[str, Any]) -> Any:
        answer = create(request)
        if answer[0] == 200:
            machine = engine._state_machines[json.loads(answer[2])["stateMachineArn"]]
            machine["tracingConfiguration"] = request.get("tracingConfiguration") or {"enabled": False}
        return answer

    def updated(request: Mapping[str, Any]) -> Any:
        answer = update(request)
        if answer[0] == 200 and "tracingConfiguration" in request:
            engine._state_machines[request["stateMachineArn"]]["tracingConfiguration"] = request["tracingConfiguration"]
        return answer

    engine._create_state_machine, engine._update_state_machine = created, updated


def install(engine: Any, events: Any, integrations: Callable[[str, str], Integrations]) -> Machines:
    """Let ministack's Step Functions run its executions here."""
    _keep_tracing(engine)
    machines = Machines(engine, events, integrations)
    engine._run_execution = machines.run
    engine._stop_execution = machines.stop
    engine._describe_execution = machines.describe
    engine._describe_state_machine_for_execution = machines.describe_for_execution
    engine._emit_execution_status_event = machines._announce
    engine.handle_request = machines.handle
    return machines


def _redriving(execution: Mapping[str, Any]) -> dict[str, Any]:
    status = execution["status"]
    found: dict[str, Any] = {"redriveCount": execution.get("redriveCount", 0)}
    if execution.get("redriveDate"):
        found["redriveDate"] = execution["redriveDate"]
    if status in _ENDED_BADLY:
        return {**found, "redriveStatus": "REDRIVABLE"}
    reason = f"Execution is {status} and cannot be redriven"
    return {**found, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}


def _spawn(work: Callable[[], None]) -> None:
    """Start a thread that belongs to the same account and region."""
    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
