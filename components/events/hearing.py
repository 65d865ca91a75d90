"""What a rule hears for each kind of source, and what it passes on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from ..core import named
from ..core.limits import BUCKET_NAME
from ..storage import Bucket
from .bus import EventBus
from .patterns import check, matches
from .sources import EventPattern, ObjectCreated, PipelineSucceeded
from .starting import Pipeline

RUN_SOURCE = "watershed.pipelines"
RUN_SUCCEEDED = "Pipeline Run Succeeded"
"""As the function `runs` puts them: `handlers/runs/announcements.py`."""
EXECUTION_CHANGE = "Step Functions Execution Status Change"

Components = Sequence[tuple[str, object]]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Events on a bus, and what of them is passed on: by default all of it."""

    pattern: Mapping[str, Any]
    description: str
    bus: EventBus | None = None
    template: str | None = None
    paths: Mapping[str, str] = field(default_factory=dict)


def heard(source: ObjectCreated | EventPattern | PipelineSucceeded, components: Components, where: str) -> Heard:
    """Return the rule's pattern for a source; raises ValueError for what is not there or tells nobody."""
    try:
        if isinstance(source, ObjectCreated):
            return _objects(source, components, where)
        if isinstance(source, PipelineSucceeded):
            return _runs(followed(source, components, where))
        bus = named.component(source.bus, EventBus, components, where) if source.bus else None
    except LookupError as error:
        raise ValueError(str(error.args[0])) from None
    on = f"on {bus.name}" if bus else "on the default bus"
    return Heard(pattern=source.pattern, description=f"Events {on} that match a pattern", bus=bus)


def followed(source: PipelineSucceeded, components: Components, where: str) -> Pipeline:
    """Return the pipeline whose success is waited for; raises LookupError where there is none of the name."""
    # mypy takes a protocol for abstract here, which isinstance understands.
    return named.component(source.pipeline, Pipeline, components, where)  # type: ignore[type-abstract]


def run_input(source: ObjectCreated | EventPattern | PipelineSucceeded) -> tuple[str, dict[str, str]]:
    """Return what a pipeline is started with, as a template and the paths of its variables.

    The run takes its date from the event's time, and its parameters from the event too: the state machine's first state
    does that, because EventBridge puts a text into JSON without escaping what stands in it. A run after another one has
    that one's date. Source: Amazon EventBridge User Guide, "Amazon EventBridge input transformation".
    """
    fields = ['"event": <aws.events.event.json>']
    paths: dict[str, str] = {}
    if isinstance(source, PipelineSucceeded):
        fields.append('"date": <date>')
        paths["date"] = "$.detail.date"
    if source.parameters:
        fields.append(f'"parameters_from_event": {json.dumps(source.parameters)}')
    return f"{{{', '.join(fields)}}}", paths


def _objects(source: ObjectCreated, components: Components, where: str) -> Heard:
    bucket = named.component(source.zone or source.bucket, Bucket, components, where)
    if bucket.notification is None:
        raise ValueError(f"{where}: bucket {bucket.name} tells nobody of its objects: give it events=True")
    key = _key(source.prefix, source.suffix)
    check(_objects_of("b" * BUCKET_NAME, key))
    under = source.prefix + ("*" + source.suffix if source.suffix else "")
    return Heard(
        pattern=_objects_of(bucket.bucket_name, key),
        description=f"Objects created in {bucket.name} under {under or '/'}",
    )


def _objects_of(bucket_name: pulumi.Input[str], key: dict[str, str]) -> dict[str, Any]:
    detail = {"bucket": {"name": [bucket_name]}, **({"object": {"key": [key]}} if key else {})}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def _key(prefix: str, suffix: str | None) -> dict[str, str]:
    """Of several comparisons in a list one suffices, so that both ends of a key take a wildcard."""
    if prefix and suffix:
        plain = [part.replace("\\", "\\\\").replace("*", "\\*") for part in (prefix, suffix)]
        return {"wildcard": "*".join(plain)}
    if suffix:
        return {"suffix": suffix}
    return {"prefix": prefix} if prefix else {}


def _runs(pipeline: Pipeline) -> Heard:
    return Heard(
        pattern={
            "source": [RUN_SOURCE],
            "detail-type": [RUN_SUCCEEDED],
            "detail": {"stateMachineArn": [pipeline.machine_arn]},
        },
        description=f"Runs of {pipeline.name} that succeeded",
    )


def note_following(target: object, pipeline: Pipeline, where: str) -> None:
    """Note that the target follows the pipeline; raises ValueError where they would start each other for ever."""
    if not isinstance(target, Pipeline):
        return
    before = [pipeline]
    while before:
        each = before.pop()
        if each is target:
            raise ValueError(f"{where}: {target.name} and {pipeline.name} would start each other for ever")
        before += each.follows
    target.follows.append(pipeline)


def must_not_hear_itself(target: object, source: EventPattern, where: str) -> None:
    """Raise ValueError where the pattern matches what the target's own runs make AWS tell of.

    Source: Amazon EventBridge User Guide, "Best practices when defining Amazon EventBridge rules": infinite loops.
    """
    if not isinstance(target, Pipeline) or source.bus is not None:
        return
    detail = {"stateMachineArn": target.machine_arn, "name": "any", "pipeline": target.name}
    told = [
        {"source": "aws.states", "detail-type": EXECUTION_CHANGE, "detail": {**detail, "status": status}}
        for status in ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
    ]
    for event in (*told, {"source": RUN_SOURCE, "detail-type": RUN_SUCCEEDED, "detail": detail}):
        if matches(source.pattern, event):
            raise ValueError(
                f"{where}: its pattern matches {event['detail-type']!r} of {target.name} itself, which would start "
                "itself for ever: name the state machines that are meant in detail.stateMachineArn"
            )
