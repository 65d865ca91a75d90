"""A pipeline's stages as one definition in the Amazon States Language.

Around the stages: the run begins by taking its date in the ledger, ends by giving it back, and between them the ledger
keeps each finished stage's output, so that a later run of the same date can go on from there.
"""

import json
from collections.abc import Sequence
from typing import Any

from ..compute import LambdaFunction
from .compilation import Compilation, Place, State, merged, noted, where
from .expressions import Scope, StageError, expression, jsonata
from .retries import retry
from .stages import (
    AnyStage,
    Choice,
    CrawlerStage,
    FargateStage,
    ForEach,
    GlueStage,
    LambdaStage,
    Parallel,
    QualityStage,
    SqlStage,
    WaitForData,
    WorkStage,
)
from .states import crawler, fargate, flow, function, glue, quality, sql, wait

BEGIN, HELD, ALREADY_RUNNING, FINISH = "Begin run", "Run of this date going on?", "Already running", "Finish run"
MAX_DEFINITION = 1_048_576
"""Bytes (AWS Step Functions Developer Guide, "Quotas related to state machines")."""
MAX_STATE_NAME = 80
"""Characters (Amazon States Language, "States")."""
_LEDGER_SECONDS = 60

_WORK: dict[type[WorkStage], tuple[Any, frozenset[str] | None]] = {
    FargateStage: (fargate.fargate_states, fargate.FIELDS),
    LambdaStage: (function.lambda_states, None),
    GlueStage: (glue.glue_states, glue.FIELDS),
    CrawlerStage: (crawler.crawler_states, crawler.FIELDS),
    SqlStage: (sql.sql_states, sql.FIELDS),
    QualityStage: (quality.quality_states, quality.FIELDS),
    WaitForData: (wait.wait_states, wait.FIELDS),
}
"""How each kind of work becomes states, and the fields of its output where they are known."""


def definition(
    stages: Sequence[AnyStage],
    compilation: Compilation,
    *,
    runs: LambdaFunction,
    parameters: dict[str, Any],
    timezone: str,
    date_offset: int,
    timeout: int,
    comment: str,
) -> str:
    """Return the definition with marks for the values that only the deploy knows.

    Raises StageError for what Step Functions would refuse, or would find out only when it runs.
    """
    if not stages:
        raise StageError(f"pipeline {compilation.pipeline}: it has no stages")
    scope = Scope(parameters=frozenset(parameters), stages={})
    first, states, _ = row(stages, compilation, Place(scope, FINISH))
    function.allow_invoking(runs, compilation)
    all_states = {
        **_beginning(compilation, runs, parameters, timezone, date_offset, first),
        **states,
        FINISH: _finish(compilation, runs),
    }
    _check_names(all_states, compilation.pipeline)
    compiled = {
        "Comment": comment,
        "QueryLanguage": "JSONata",
        "StartAt": BEGIN,
        "TimeoutSeconds": timeout,
        "States": all_states,
    }
    text = json.dumps(compiled, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_DEFINITION:
        raise StageError(
            f"pipeline {compilation.pipeline}: its definition has {len(text.encode()):,} bytes, Step Functions accepts "
            f"{MAX_DEFINITION:,}: split it, and let one start the other"
        )
    return text


def row(stages: Sequence[AnyStage], compilation: Compilation, place: Place) -> tuple[str, dict[str, State], Scope]:
    """Return stages one after another: the first state, all states, and what may be referred to after them."""
    states: dict[str, State] = {}
    scope = place.scope
    for position, stage in enumerate(stages):
        then = entry(stages[position + 1], place.recorded) if position + 1 < len(stages) else place.then
        found, scope = _stage(stage, compilation, Place(scope, then, place.recorded))
        for name in found:
            if name in states:
                raise StageError(_twice(compilation.pipeline, name))
        states |= found
    return entry(stages[0], place.recorded) if stages else place.then, states, scope


def entry(stage: AnyStage, recorded: bool) -> str:
    """Return the state that a stage begins with."""
    return f"{stage.name} done?" if recorded and _is_recorded(stage) else stage.name


def _is_recorded(stage: AnyStage) -> bool:
    """Work and loops stand in the ledger; of what merely leads to other stages, those do."""
    return isinstance(stage, WorkStage | ForEach)


def _stage(stage: AnyStage, compilation: Compilation, place: Place) -> tuple[dict[str, State], Scope]:
    if stage.name in place.scope.stages or stage.name in place.scope.maybe:
        raise StageError(f"pipeline {compilation.pipeline}: it has two stages called {stage.name!r}")
    if isinstance(stage, Parallel):
        return flow.parallel_states(stage, compilation, place, row)
    if isinstance(stage, Choice):
        return flow.choice_states(stage, compilation, place, row)
    inner = place
    recorded = f"{stage.name} recorded"
    if place.recorded:
        inner = Place(place.scope, recorded, place.recorded)
    fields: frozenset[str] | None
    if isinstance(stage, ForEach):
        states, fields = flow.for_each_states(stage, compilation, inner, row), frozenset({"count", "results"})
    else:
        compile_work, fields = _WORK[type(stage)]
        states = compile_work(stage, compilation, inner)
        states |= _on_failure(stage, states, compilation, place)
    if place.recorded:
        states = {
            entry(stage, True): _done(stage.name, place.then),
            **states,
            recorded: _recorded(stage.name, compilation, place.then),
        }
    known = {**place.scope.stages, stage.name: fields}
    return states, Scope(place.scope.parameters, known, place.scope.maybe, place.scope.item)


def _done(name: str, then: str) -> State:
    """Go past a stage that an earlier attempt at this run has finished, with the output it had."""
    kept = f"$lookup($run.finished, {json.dumps(name)})"
    return {
        "Type": "Choice",
        "Choices": [{"Condition": expression(f"$exists({kept})"), "Output": merged(name, kept), "Next": then}],
        "Default": name,
    }


def _recorded(name: str, compilation: Compilation, then: str) -> State:
    """Keep the stage's output in the ledger: the data that follows is the one that came."""
    key = json.dumps(f"RUN#{compilation.pipeline}#")
    return {
        "Type": "Task",
        "Resource": compilation.integration("dynamodb:putItem"),
        "Arguments": {
            "TableName": compilation.ledger_table,
            "Item": {
                "pk": {"S": expression(f"{key} & $run.date")},
                "sk": {"S": expression(f"$run.id & {json.dumps('#' + name)}")},
                "stage": {"S": name},
                "output": {"S": expression(f"$string($lookup($states.input, {json.dumps(name)}))")},
                "execution": {"S": expression("$states.context.Execution.Id")},
                "recorded_at": {"S": expression("$states.context.State.EnteredTime")},
                "expires_at": {"N": expression("$string($run.expires_at)")},
            },
        },
        "TimeoutSeconds": _LEDGER_SECONDS,
        "Retry": retry("dynamodb", times=10),
        "Output": expression("$states.input"),
        "Next": then,
    }


def _on_failure(stage: WorkStage, states: dict[str, State], compilation: Compilation, place: Place) -> dict[str, State]:
    """Lead each way that the work fails through the cleaning up, to a failure with the work's own error."""
    if not stage.on_failure:
        return {}
    cleaned, error = f"{stage.name} failed after cleaning up", f"{stage.name} error"
    first, cleaning, _ = row(stage.on_failure, compilation, Place(place.scope, cleaned, recorded=False))
    for name, state in states.items():
        if state["Type"] == "Task":
            caught = {"ErrorEquals": ["States.ALL"], "Next": first, "Output": noted(error, "$states.errorOutput")}
            state["Catch"] = [*state.get("Catch", []), caught]
        elif state["Type"] == "Fail":
            found = f'{{"Error": {jsonata(state["Error"])}, "Cause": {jsonata(state["Cause"])}}}'
            states[name] = {"Type": "Pass", "Output": noted(error, found), "Next": first}
    ending = {
        "Type": "Fail",
        "Error": expression(f"$states.input.`{error}`.Error"),
        "Cause": expression(f"$states.input.`{error}`.Cause"),
    }
    return {**cleaning, cleaned: ending}


def _beginning(
    compilation: Compilation,
    runs: LambdaFunction,
    parameters: dict[str, Any],
    timezone: str,
    date_offset: int,
    first: str,
) -> dict[str, State]:
    return {
        BEGIN: {
            "Type": "Task",
            "Resource": compilation.integration("lambda:invoke"),
            "Arguments": {
                "FunctionName": compilation.values.mark(runs.arn),
                "Payload": {
                    "action": "begin",
                    "pipeline": compilation.pipeline,
                    "timezone": timezone,
                    "date_offset": date_offset,
                    "parameters": parameters,
                    "execution": expression("$states.context.Execution.Id"),
                    "started_at": expression("$states.context.Execution.StartTime"),
                    "input": expression("$states.input"),
                },
            },
            "TimeoutSeconds": _LEDGER_SECONDS,
            "Retry": retry("lambda", times=10),
            "Assign": {"run": expression("$states.result.Payload")},
            "Output": {},
            "Next": HELD,
        },
        HELD: {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$exists($run.held_by)"), "Next": ALREADY_RUNNING}],
            "Default": first,
        },
        ALREADY_RUNNING: {
            "Type": "Succeed",
            "Output": {
                "status": "ALREADY_RUNNING",
                "date": expression("$run.date"),
                "execution": expression("$run.held_by"),
            },
        },
    }


def _finish(compilation: Compilation, runs: LambdaFunction) -> State:
    return {
        "Type": "Task",
        "Resource": compilation.integration("lambda:invoke"),
        "Arguments": {
            "FunctionName": compilation.values.mark(runs.arn),
            "Payload": {
                "action": "finish",
                "pipeline": compilation.pipeline,
                "date": expression("$run.date"),
                "execution": expression("$states.context.Execution.Id"),
            },
        },
        "TimeoutSeconds": _LEDGER_SECONDS,
        "Retry": retry("lambda", times=10),
        "Output": {"status": "SUCCEEDED", "date": expression("$run.date"), "stages": expression("$states.input")},
        "End": True,
    }


def _check_names(states: dict[str, State], pipeline: str) -> None:
    seen: set[str] = set()
    for name, state in _every(states):
        if len(name) > MAX_STATE_NAME:
            raise StageError(
                f"pipeline {pipeline}: the state {name!r} has {len(name)} characters, Step Functions accepts "
                f"{MAX_STATE_NAME}: shorten the stage's name by {len(name) - MAX_STATE_NAME}"
            )
        if name in seen:
            raise StageError(_twice(pipeline, name))
        seen.add(name)
        if state["Type"] == "Task" and "TimeoutSeconds" not in state:
            raise StageError(f"pipeline {pipeline}: {where(state)} has no timeout")


def _twice(pipeline: str, name: str) -> str:
    return f"pipeline {pipeline}: two stages make a state called {name!r}: rename one"


def _every(states: dict[str, State]) -> list[tuple[str, State]]:
    """Return all states, those inside others too: Step Functions wants their names unique across all."""
    found: list[tuple[str, State]] = []
    for name, state in states.items():
        found.append((name, state))
        for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            found += _every(inner["States"])
    return found
