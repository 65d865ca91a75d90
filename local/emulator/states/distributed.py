"""Distributed Map: a Map Run whose items are executions of their own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

from .cancelling import Cancel
from .data import Data
from .errors import Cancelled, StateError
from .frames import Frame
from .history import History
from .interpreter import Run, run_frame
from .nested import items_of, note, selected

MOST_THREADS = 32
"""AWS runs thousands; one machine does not."""
_COUNTS = (
    *("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten"),
    *("failuresNotRedrivable", "pendingRedrive"),
)


def run_map_run(run: Run, frame: Frame, name: str, state: Mapping[str, Any], data: Data, cancel: Cancel) -> list[Any]:
    """Run the children that have not succeeded, and judge by the tolerated failures."""
    map_run = _begin(run, frame, name, state, data)
    children = _children(run, frame.map_run)
    own = Cancel(cancel)
    limits = _limits(data, len(children))

    def go(child: dict[str, Any]) -> None:
        if not own.is_set:
            _run_child(run, state, child, own)
        _count(run, map_run)
        if _exceeded(map_run, limits):
            own.set()

    waiting = [child for child in children if child["status"] != "SUCCEEDED"]
    most = int(data.field("MaxConcurrency") or 0) or MOST_THREADS
    if waiting:
        with ThreadPoolExecutor(max_workers=min(most, MOST_THREADS, len(waiting))) as pool:
            wait([pool.submit(copy_context().run, go, child) for child in waiting])
    cancel.forget(own.set)
    _count(run, map_run)
    map_run["stopDate"] = run.engine.now_iso()
    if cancel.is_set:
        map_run["status"] = "ABORTED"
        note(run, frame, "MapRunAborted")
        raise Cancelled
    if _exceeded(map_run, limits):
        map_run["status"] = "FAILED"
        error = StateError(
            "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
        )
        note(run, frame, "MapRunFailed", {"error": error.error, "cause": error.cause})
        raise error
    map_run["status"] = "SUCCEEDED"
    note(run, frame, "MapRunSucceeded")
    return [json.loads(child["output"]) for child in children if child["status"] == "SUCCEEDED"]


def _begin(run: Run, frame: Frame, name: str, state: Mapping[str, Any], data: Data) -> dict[str, Any]:
    """Start a Map Run, or redrive the one that a former attempt left."""
    engine = run.engine
    if frame.map_run:
        former: dict[str, Any] = engine._map_runs[frame.map_run]
        former.update(status="RUNNING", redriveCount=former["redriveCount"] + 1, redriveDate=engine.now_iso())
        former.pop("stopDate", None)
        note(run, frame, "MapRunRedriven", {"mapRunArn": frame.map_run, "redriveCount": former["redriveCount"]})
        return former
    items = _items(run, state, data)
    batches = _batches(state, data, [selected(data, state, index, item) for index, item in enumerate(items)])
    machine = run.context["StateMachine"]
    label = state.get("Label") or name[:40]
    identity = engine.new_uuid()
    arn = f"{machine['Id'].replace(':stateMachine:', ':mapRun:')}/{label}:{identity}"
    made = {
        "mapRunArn": arn,
        "executionArn": run.execution["executionArn"],
        "status": "RUNNING",
        "startDate": engine.now_iso(),
        "maxConcurrency": int(data.field("MaxConcurrency") or 0),
        "toleratedFailurePercentage": float(data.field("ToleratedFailurePercentage") or 0),
        "toleratedFailureCount": int(data.field("ToleratedFailureCount") or 0),
        "itemCounts": dict.fromkeys(_COUNTS, 0),
        "executionCounts": dict.fromkeys(_COUNTS, 0),
        "redriveCount": 0,
        "_stateMachineArn": f"{machine['Id']}/{label}",
    }
    engine._map_runs[arn] = made
    note(run, frame, "MapStateStarted", {"length": len(items)})
    note(run, frame, "MapRunStarted", {"mapRunArn": arn})
    for given in batches:
        _add_child(run, made, machine["Name"], label, given)
    frame.map_run = arn
    _count(run, made)
    return made


def _items(run: Run, state: Mapping[str, Any], data: Data) -> list[Any]:
    reader = state.get("ItemReader")
    if not reader:
        return items_of(data, state)
    where = data.value(reader.get("Arguments") or reader.get("Parameters") or {})
    items = run.integrations.read_items(str(reader["Resource"]), where, reader.get("ReaderConfig") or {})
    most = (reader.get("ReaderConfig") or {}).get("MaxItems")
    return items[: int(most)] if most else items


def _batches(state: Mapping[str, Any], data: Data, inputs: list[Any]) -> list[Any]:
    batcher = state.get("ItemBatcher")
    if not batcher:
        return inputs
    size = int(batcher.get("MaxItemsPerBatch") or len(inputs) or 1)
    shared = {"BatchInput": data.value(batcher["BatchInput"])} if "BatchInput" in batcher else {}
    return [{**shared, "Items": inputs[start : start + size]} for start in range(0, len(inputs), size)]


def _add_child(run: Run, map_run: Mapping[str, Any], machine: str, label: str, given: Any) -> None:
    name = run.engine.new_uuid()
    parent = str(run.execution["executionArn"]).rpartition(f":{machine}:")[0]
    run.engine._executions[f"{parent}:{machine}/{label}:{name}"] = {
        "executionArn": f"{parent}:{machine}/{label}:{name}",
        "stateMachineArn": map_run["_stateMachineArn"],
        "name": name,
        "status": "PENDING_REDRIVE",
        "startDate": run.engine.now_iso(),
        "stopDate": None,
        "input": json.dumps(given),
        "output": None,
        "mapRunArn": map_run["mapRunArn"],
        "events": [],
        "redriveCount": 0,
    }


def _children(run: Run, map_run: str) -> list[dict[str, Any]]:
    return [each for each in run.engine._executions.values() if each.get("mapRunArn") == map_run]


def _run_child(run: Run, state: Mapping[str, Any], child: dict[str, Any], cancel: Cancel) -> None:
    """Run a child; it sees no variables of its parent. One that failed before goes on where it failed."""
    engine = run.engine
    history = History(child, engine.now_iso)
    frame: Frame = child.get("_frame") or Frame({}, None, None).branch(
        state.get("ItemProcessor") or state["Iterator"], json.loads(child["input"])
    )
    details = {"input": child["input"], "roleArn": run.context["Execution"]["RoleArn"]}
    frame.last_event = history.add("ExecutionStarted", 0, details)
    child.update(_frame=frame, status="RUNNING", stopDate=None)
    context = {
        **run.context,
        "Execution": {
            **run.context["Execution"],
            "Id": child["executionArn"],
            "Name": child["name"],
            "Input": json.loads(child["input"]),
        },
    }
    below = Run(engine, child, run.definition, context, history, run.integrations, cancel, run.spawn, frame)
    try:
        child.update(output=json.dumps(run_frame(below, frame, cancel)), status="SUCCEEDED")
        history.add("ExecutionSucceeded", frame.last_event, {"output": child["output"]})
    except Cancelled:
        child["status"] = "ABORTED"
        history.add("ExecutionAborted", frame.last_event)
    except StateError as error:
        child.update(status="FAILED", error=error.error, cause=error.cause)
        history.add("ExecutionFailed", frame.last_event, {"error": error.error, "cause": error.cause})
    child["stopDate"] = engine.now_iso()


def _count(run: Run, map_run: dict[str, Any]) -> None:
    names = {"SUCCEEDED": "succeeded", "FAILED": "failed", "ABORTED": "aborted", "RUNNING": "running"}
    counts = dict.fromkeys(_COUNTS, 0)
    for child in _children(run, map_run["mapRunArn"]):
        counts["total"] += 1
        counts[names.get(child["status"], "pending")] += 1
    map_run.update(itemCounts=counts, executionCounts=dict(counts))


def _limits(data: Data, total: int) -> float:
    """Return how many children may fail: with no threshold, none."""
    share, count = data.field("ToleratedFailurePercentage"), data.field("ToleratedFailureCount")
    allowed = [float(share) * total / 100] if share is not None else []
    return min([*allowed, *([float(count)] if count is not None else [])], default=0.0)


def _exceeded(map_run: Mapping[str, Any], limit: float) -> bool:
    return bool(map_run["executionCounts"]["failed"] > limit)
