"""Which stage a run failed at, and why: read from the end of its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

_LOOKED_AT = 1_000
_SUFFIXES = (
    *(" failed after cleaning up", " failed", " on demand", " query", " emptied?", " emptying"),
    *(" results", " passed?", " passed", " recorded", " looking", " status", " ended?", " late", " done?"),
)
"""Of the states that one stage is made of: `components/orchestration/states`."""


@dataclass(frozen=True)
class Failure:
    """Where and why."""

    stage: str | None
    error: str
    cause: str


def failure(execution: str, stepfunctions: SFNClient) -> Failure:
    """Return what failed last in the execution; it need not be known where it was stopped from outside."""
    answer = stepfunctions.get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=_LOOKED_AT, includeExecutionData=True
    )
    events = answer["events"]
    error = cause = ""
    stage = None
    for event in events:
        details: Any = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
        if not error and details.get("error"):
            error, cause = str(details["error"]), str(details.get("cause") or "")
        if event["type"].endswith("StateEntered"):
            stage = str(details["name"])
            break
    return Failure(stage=_stage(stage) if stage else None, error=error, cause=cause)


def _stage(state: str) -> str:
    for suffix in _SUFFIXES:
        if state.endswith(suffix):
            return state.removesuffix(suffix)
    return state
