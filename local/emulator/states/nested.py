"""Parallel and inline Map: branches and iterations, each in a frame of its own, that a redrive finds again.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

from .cancelling import Cancel
from .data import Data
from .errors import Cancelled, StateError
from .frames import Frame
from .interpreter import Entered, Run, following, run_frame, state_data
from .tasks import Retries, catch

MOST_AT_ONCE = 40
"""An inline Map without MaxConcurrency: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html"""


def run_parallel(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    """Run all branches at once; the first that fails stops the others."""

    def attempt(data: Data) -> list[Any]:
        if not frame.children:
            given = data.arguments()
            frame.children = {
                index: frame.branch(branch, given) for index, branch in enumerate(state.get("Branches", []))
            }
        note(run, frame, "ParallelStateStarted")
        for child in frame.children.values():
            child.last_event = frame.last_event
        return run_children(run, frame, list(frame.children), len(frame.children), cancel)

    return with_retries(run, frame, name, state, cancel, "ParallelState", attempt)


def run_map(run: Run, frame: Frame, name: str, state: Mapping[str, Any], cancel: Cancel) -> Entered:
    """Run the item processor for each item: as iterations, or as executions of a Map Run."""
    processor = state.get("ItemProcessor") or state.get("Iterator") or {}
    if (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
        from .distributed import run_map_run

        return with_retries(
            run, frame, name, state, cancel, "MapState", lambda data: run_map_run(run, frame, name, state, data, cancel)
        )

    def attempt(data: Data) -> list[Any]:
        items = items_of(data, state)
        if not frame.children:
            frame.children = {
                index: frame.branch(processor, selected(data, state, index, value), {"Index": index, "Value": value})
                for index, value in enumerate(items)
            }
        note(run, frame, "MapStateStarted", {"length": len(items)})
        for index, child in frame.children.items():
            if not child.is_done:
                child.last_event = run.history.add(
                    "MapIterationStarted", frame.last_event, {"name": name, "index": index}
                )
        most = int(data.field("MaxConcurrency") or 0) or MOST_AT_ONCE
        return run_children(run, frame, list(frame.children), most, cancel, name)

    return with_retries(run, frame, name, state, cancel, "MapState", attempt)


def with_retries(
    run: Run,
    frame: Frame,
    name: str,
    state: Mapping[str, Any],
    cancel: Cancel,
    kind: str,
    attempt: Callable[[Data], Any],
) -> Entered:
    """Try under the state's own Retry and Catch; a retry begins with new branches."""
    retries = Retries(state)
    while True:
        data = state_data(run, frame, name, state, retries.count)
        try:
            result = attempt(data)
            note(run, frame, f"{kind}Succeeded")
            return following(state), data.output(result), data.assign(state, result=result)
        except StateError as error:
            note(run, frame, f"{kind}Failed")
            seconds = retries.delay(error)
            if seconds is None:
                return catch(data, state, error)
            run.pause(seconds, cancel)
            frame.children, frame.map_run = {}, ""


def run_children(
    run: Run, frame: Frame, indexes: Sequence[int], most: int, cancel: Cancel, iterations_of: str = ""
) -> list[Any]:
    """Run the frames that are not done, `most` at a time; the first error stops the others and is raised."""
    own = Cancel(cancel)
    first: list[BaseException] = []
    lock = threading.Lock()

    def go(index: int) -> None:
        child = frame.children[index]
        try:
            run_frame(run, child, own)
            outcome = "Succeeded"
        except Cancelled:
            outcome = "Aborted"
        except Exception as error:
            outcome = "Failed"
            with lock:
                first.append(error)
            own.set()
        if iterations_of:
            details = {"name": iterations_of, "index": index}
            child.last_event = run.history.add(f"MapIteration{outcome}", child.last_event, details)

    waiting = [index for index in indexes if not frame.children[index].is_done]
    if waiting:
        with ThreadPoolExecutor(max_workers=min(most, len(waiting))) as pool:
            wait([pool.submit(copy_context().run, go, index) for index in waiting])
    cancel.forget(own.set)
    if first:
        raise first[0]
    cancel.check()
    frame.last_event = max([frame.last_event, *(child.last_event for child in frame.children.values())])
    return [frame.children[index].data for index in indexes]


def note(run: Run, frame: Frame, event: str, details: dict[str, Any] | None = None) -> None:
    """Add an event of the Parallel or Map state itself."""
    frame.last_event = run.history.add(event, frame.last_event, details)


def items_of(data: Data, state: Mapping[str, Any]) -> list[Any]:
    """Return what a Map without a reader goes over."""
    found = data.field("Items", data.effective) if data.is_jsonata else data.field("Items")
    if not data.is_jsonata and "ItemsPath" not in state:
        found = data.effective
    elif data.is_jsonata and isinstance(state.get("Items"), list):
        found = data.value(state["Items"])
    if not isinstance(found, list):
        raise StateError("States.Runtime", f"A Map needs an array, and was given {type(found).__name__}.")
    return found


def selected(data: Data, state: Mapping[str, Any], index: int, value: Any) -> Any:
    """Return an iteration's input: the item, or what ItemSelector makes of it."""
    template = state.get("ItemSelector") or state.get("Parameters")
    return data.value(template, item={"Index": index, "Value": value}) if template else value
