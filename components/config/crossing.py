"""What is wrong between the sections of a stack config: names that nothing has, or two things."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..catalog import Dataset
from ..events import ObjectCreated, PipelineSucceeded
from ..orchestration import AnyStage, Choice, ForEach, Parallel, S3Keys
from ..orchestration.expressions import REFERENCE
from ..orchestration.stages import Stage, WorkStage
from ..storage.zone import DEFAULT_ZONES
from .errors import Problem
from .jobs import CrawlerConfig, FargateJobConfig, GlueJobConfig, JobConfig, LambdaJobConfig, SecretConfig
from .pipelines import BusConfig, PipelineConfig

_JOBS = {FargateJobConfig: "fargate", LambdaJobConfig: "lambda", GlueJobConfig: "glue", CrawlerConfig: "crawler"}
_STAGE_FIELDS = {
    ("fargate", "job"): "fargate",
    ("lambda", "function"): "lambda",
    ("glue", "job"): "glue",
    ("crawler", "crawler"): "crawler",
}
"""Of stages, by their type: the field that names a job, and which type of job."""


def cross_problems(given: dict[str, Any], namespace: str) -> list[Problem]:
    """Return what is wrong between sections, for as much of them as can be read."""
    zones = _zone_names(given.get("lake"))
    datasets = _each(Dataset, given.get("datasets"))
    jobs = _each(JobConfig, given.get("jobs"))
    secrets = _each(SecretConfig, given.get("secrets"))
    pipelines = _each(PipelineConfig, given.get("pipelines"))
    buses = _each(BusConfig, given.get("buses"))
    return [
        *(Problem(f"{namespace}:lake.zones", name, "each zone once") for name in _more_than_once(zones)),
        *_of_datasets(f"{namespace}:datasets", datasets, zones),
        *_repeated(f"{namespace}:secrets", "secret", secrets).values(),
        *_of_jobs(f"{namespace}:jobs", jobs, datasets, zones, {secret.name for _, secret in secrets}),
        *_of_network(f"{namespace}:network", given.get("network"), jobs),
        *_repeated(f"{namespace}:buses", "bus", buses).values(),
        *_of_pipelines(f"{namespace}:pipelines", pipelines, jobs, datasets, zones),
        *_of_triggers(f"{namespace}:pipelines", pipelines, zones, [bus.name for _, bus in buses]),
    ]


def _of_datasets(listed: str, datasets: list[tuple[int, Dataset]], zones: list[str]) -> Iterator[Problem]:
    repeated = _repeated(listed, "data set", datasets)
    sources: dict[tuple[str, str], str] = {}
    for position, dataset in datasets:
        path = f"{listed}[{position}]"
        yield from filter(None, [repeated.get(position)])
        yield from _one_of(f"{path}.zone", dataset.zone, zones, "zone of the lake")
        if dataset.source is None:
            continue
        yield from _one_of(f"{path}.source.zone", dataset.source.zone, zones, "zone of the lake")
        source = (dataset.source.zone, dataset.source.prefix)
        if source in sources:
            yield Problem(f"{path}.source.prefix", source[1], f"a prefix of its own; {sources[source]} has this one")
        sources.setdefault(source, dataset.name)
        if source == (dataset.zone, dataset.prefix):
            accepted = "another place than where the data set's own files go"
            yield Problem(f"{path}.source.prefix", source[1], accepted)


def _of_jobs(
    listed: str,
    jobs: list[tuple[int, Any]],
    datasets: list[tuple[int, Dataset]],
    zones: list[str],
    secrets: Collection[str],
) -> Iterator[Problem]:
    yield from _repeated(listed, "job", jobs).values()
    names = {dataset.name for _, dataset in datasets}
    arriving = {dataset.name for _, dataset in datasets if dataset.source}
    for position, job in jobs:
        path = f"{listed}[{position}]"
        for key in ("reads", "writes", "puts", "datasets"):
            for number, name in enumerate(getattr(job, key, ())):
                yield from _one_of(f"{path}.{key}[{number}]", name, names, "data set")
        for key in ("delivers", "watches"):
            for number, name in enumerate(getattr(job, key, ())):
                yield from _one_of(f"{path}.{key}[{number}]", name, arriving, "data set that has a source")
        for variable, value in getattr(job, "environment", {}).items():
            for reference in REFERENCE.findall(value):
                known = [f"zones.{zone}" for zone in zones]
                yield from _one_of(f"{path}.environment.{variable}", reference, known, "reference, as in ${zones.raw}")
        for number, access in enumerate(getattr(job, "files", ())):
            yield from _one_of(f"{path}.files[{number}].zone", access.zone, zones, "zone of the lake")
        if isinstance(job, CrawlerConfig) and job.zone:
            yield from _one_of(f"{path}.zone", job.zone, zones, "zone of the lake")
        for variable, secret in getattr(job, "secrets", {}).items():
            yield from _one_of(f"{path}.secrets.{variable}", secret.partition(".")[0], secrets, "secret")


def _of_network(path: str, given: Any, jobs: list[tuple[int, Any]]) -> Iterator[Problem]:
    containers = [job.name for _, job in jobs if isinstance(job, FargateJobConfig)]
    if containers and given is None:
        yield Problem(
            path, given, f"a network ({{}} is one with the defaults): containers need it: {', '.join(containers)}"
        )


def _of_pipelines(
    listed: str,
    pipelines: list[tuple[int, PipelineConfig]],
    jobs: list[tuple[int, Any]],
    datasets: list[tuple[int, Dataset]],
    zones: list[str],
) -> Iterator[Problem]:
    yield from _repeated(listed, "pipeline", pipelines).values()
    by_type = {kind: [job.name for _, job in jobs if isinstance(job, model)] for model, kind in _JOBS.items()}
    names = {dataset.name for _, dataset in datasets}
    for position, pipeline in pipelines:
        for path, stage in _every(f"{listed}[{position}].stages", pipeline.stages):
            for (kind, field), wanted in _STAGE_FIELDS.items():
                if getattr(stage, "type", None) == kind:
                    yield from _one_of(f"{path}.{field}", getattr(stage, field), by_type[wanted], f"{wanted} job")
            for field in ("reads", "writes", "dataset"):
                found = getattr(stage, field, None) or ()
                for name in (found,) if isinstance(found, str) else found:
                    yield from _one_of(f"{path}.{field}", name, names, "data set")
            for field, zone in _zones_of(stage):
                yield from _one_of(f"{path}.{field}", zone, zones, "zone of the lake")


def _of_triggers(
    listed: str, pipelines: list[tuple[int, PipelineConfig]], zones: list[str], buses: list[str]
) -> Iterator[Problem]:
    names = [pipeline.name for _, pipeline in pipelines]
    for position, pipeline in pipelines:
        for number, trigger in enumerate(pipeline.triggers):
            path = f"{listed}[{position}].triggers[{number}]"
            if isinstance(trigger, ObjectCreated):
                field = "zone" if trigger.zone is not None else "bucket"
                yield from _one_of(f"{path}.{field}", getattr(trigger, field), zones, "zone of the lake")
            elif isinstance(trigger, PipelineSucceeded):
                yield from _one_of(f"{path}.pipeline", trigger.pipeline, names, "pipeline")
            elif trigger.bus is not None:
                yield from _one_of(f"{path}.bus", trigger.bus, buses, "bus")
    for circle in _circles({pipeline.name: followed(pipeline) for _, pipeline in pipelines}):
        yield Problem(listed, " -> ".join(circle), "pipelines that do not start each other for ever")


def followed(pipeline: PipelineConfig) -> list[str]:
    """Return the pipelines whose success starts one."""
    triggers = [trigger for trigger in pipeline.triggers if isinstance(trigger, PipelineSucceeded)]
    return [str(trigger.pipeline) for trigger in triggers]


def _circles(follows: Mapping[str, list[str]]) -> Iterator[list[str]]:
    try:
        list(TopologicalSorter(follows).static_order())
    except CycleError as error:
        yield [str(name) for name in error.args[1]]


def _zones_of(stage: Stage) -> Iterator[tuple[str, Any]]:
    """Return the zones that a stage names, each with its field; a bucket of a stack config is a zone's."""
    for field in ("zone", "bucket"):
        if hasattr(stage, field):
            yield field, getattr(stage, field)
    if isinstance(stage, ForEach) and isinstance(stage.items, S3Keys):
        yield "items.bucket", stage.items.bucket


def _every(path: str, stages: Iterable[AnyStage]) -> Iterator[tuple[str, Stage]]:
    """Return all stages with their paths, those inside others too."""
    for number, stage in enumerate(stages):
        here = f"{path}[{number}]"
        yield here, stage
        if isinstance(stage, WorkStage):
            yield from _every(f"{here}.onFailure", stage.on_failure)
        elif isinstance(stage, ForEach):
            yield from _every(f"{here}.stages", stage.stages)
        elif isinstance(stage, Parallel):
            for branch, inner in enumerate(stage.branches):
                yield from _every(f"{here}.branches[{branch}]", inner)
        elif isinstance(stage, Choice):
            for branch, when in enumerate(stage.when):
                yield from _every(f"{here}.when[{branch}].stages", when.stages)
            yield from _every(f"{here}.otherwise", stage.otherwise)


def _one_of(path: str, name: Any, known: Collection[str], what: str) -> Iterator[Problem]:
    if name not in known:
        yield Problem(path, name, f"a {what}: {', '.join(sorted(known)) or 'there is none'}")


def _repeated(listed: str, what: str, entries: Iterable[tuple[int, Any]]) -> dict[int, Problem]:
    """Return, by their places, the entries whose name an earlier one has."""
    seen: dict[str, int] = {}
    found = {}
    for position, entry in entries:
        if entry.name in seen:
            first = f"{listed.partition(':')[2]}[{seen[entry.name]}]"
            found[position] = Problem(
                f"{listed}[{position}].name", entry.name, f"each {what} once; {first} has this name"
            )
        seen.setdefault(entry.name, position)
    return found


def _more_than_once(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _zone_names(lake: Any) -> list[str]:
    """Return what the zones are called, whatever else is wrong with them."""
    if not isinstance(lake, dict) or not isinstance(lake.get("zones"), list):
        return [zone.name for zone in DEFAULT_ZONES]
    return [str(zone["name"]) for zone in lake["zones"] if isinstance(zone, dict) and "name" in zone]


def _each(model: Any, values: Any) -> list[tuple[int, Any]]:
    """Return the entries that can be read, each with its place in the list."""
    adapter = TypeAdapter(model)
    found = []
    for position, value in enumerate(values if isinstance(values, list) else []):
        try:
            found.append((position, adapter.validate_python(value)))
        except ValidationError:
            continue
    return found
