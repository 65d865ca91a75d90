"""`.sync`: start a job, wait for its end, and end it when the state does.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..cancelling import Cancel
from ..errors import Cancelled, StateError
from .api import Api
from .resources import Call

POLL_SECONDS = 0.2
Job = Callable[[Api, Call, Mapping[str, Any], Cancel, Callable[[Any], None]], Any]


def run_ecs_task(
    api: Api, call: Call, arguments: Mapping[str, Any], cancel: Cancel, submitted: Callable[[Any], None]
) -> Any:
    """A task: its description when each container ended with 0, else States.TaskFailed with it as the cause.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
    """
    answer = api.call(call, arguments)
    if answer.get("Failures") or not answer.get("Tasks"):
        raise StateError("AmazonECS.Unknown", _text(answer))
    submitted(answer)
    one = {"Cluster": answer["Tasks"][0]["ClusterArn"], "Tasks": [answer["Tasks"][0]["TaskArn"]]}

    def described() -> Any:
        task = api.request(call, "describeTasks", one)["Tasks"][0]
        return task if task["LastStatus"] == "STOPPED" else None

    def stop() -> None:
        reason = "Task aborted by AWS Step Functions"
        api.request(call, "stopTask", {"Cluster": one["Cluster"], "Task": one["Tasks"][0], "Reason": reason})

    task = _wait(described, stop, cancel)
    if all(container.get("ExitCode") == 0 for container in task["Containers"]):
        return task
    raise StateError("States.TaskFailed", _text(task))


def run_query(
    api: Api, call: Call, arguments: Mapping[str, Any], cancel: Cancel, submitted: Callable[[Any], None]
) -> Any:
    """A query of Athena: what is known of it once it succeeded.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html
    """
    answer = api.call(call, arguments)
    submitted(answer)

    def described() -> Any:
        query = api.request(call, "getQueryExecution", answer)["QueryExecution"]
        return query if query["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED") else None

    query = _wait(described, lambda: api.request(call, "stopQueryExecution", answer), cancel)
    if query["Status"]["State"] == "SUCCEEDED":
        return {"QueryExecution": query}
    raise StateError("States.TaskFailed", _text(query))


def run_glue_job(
    api: Api, call: Call, arguments: Mapping[str, Any], cancel: Cancel, submitted: Callable[[Any], None]
) -> Any:
    """A job run of Glue.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
    """
    answer = api.call(call, arguments)
    submitted(answer)
    name, run_id = arguments["JobName"], answer["JobRunId"]

    def described() -> Any:
        run = api.request(call, "getJobRun", {"JobName": name, "RunId": run_id})["JobRun"]
        ended = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")
        return run if run["JobRunState"] in ended else None

    run = _wait(
        described, lambda: api.request(call, "batchStopJobRun", {"JobName": name, "JobRunIds": [run_id]}), cancel
    )
    if run["JobRunState"] == "SUCCEEDED":
        return run
    raise StateError("States.TaskFailed", _text(run))


def run_execution(
    api: Api, call: Call, arguments: Mapping[str, Any], cancel: Cancel, submitted: Callable[[Any], None]
) -> Any:
    """Another state machine; with `sync:2` its output is JSON rather than text.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    """
    answer = api.call(call, arguments)
    submitted(answer)
    one = {"ExecutionArn": answer["ExecutionArn"]}

    def described() -> Any:
        execution = api.request(call, "describeExecution", one)
        return execution if execution["Status"] != "RUNNING" else None

    def stop() -> None:
        cause = "The parent execution was stopped."
        api.request(call, "stopExecution", {**one, "Cause": cause})

    execution = _wait(described, stop, cancel)
    if call.pattern == "sync:2":
        for name in ("Input", "Output"):
            if execution.get(name):
                execution[name] = json.loads(execution[name])
    if execution["Status"] == "SUCCEEDED":
        return execution
    raise StateError("States.TaskFailed", _text(execution))


JOBS: Mapping[tuple[str, str], Job] = {
    ("athena", "startQueryExecution"): run_query,
    ("ecs", "runTask"): run_ecs_task,
    ("glue", "startJobRun"): run_glue_job,
    ("states", "startExecution"): run_execution,
}


def _wait(described: Callable[[], Any], stop: Callable[[], Any], cancel: Cancel) -> Any:
    try:
        while (found := described()) is None:
            cancel.pause(POLL_SECONDS)
    except Cancelled:
        stop()
        raise
    return found


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
