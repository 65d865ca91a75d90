"""The pipelines of a stack config as components."""

from collections.abc import Sequence
from graphlib import TopologicalSorter

import pulumi

from ..config.crossing import followed
from ..config.pipelines import PipelineConfig
from ..events import EventBus
from ..orchestration import Pipeline, RunLedger
from .jobs import Jobs
from .parts import Parts


def run_ledger(parts: Parts) -> RunLedger:
    """Return the ledger that all pipelines share."""
    runs = parts.config.runs
    return RunLedger(
        parts.child("runs"),
        key=parts.key,
        notify=parts.alarms,
        recovery_days=runs.recovery_days,
        log_retention_days=parts.config.logs.retention_days,
        layers=parts.layers,
        artifacts=parts.artifacts,
        removable=runs.removable,
        tags=parts.tags,
        opts=parts.opts,
    )


def buses(parts: Parts) -> dict[str, EventBus]:
    """Return the event buses by name."""
    return {
        config.name: EventBus(
            parts.child(f"bus-{config.name}"),
            key=parts.key,
            archive_days=config.archive_days,
            accounts=config.accounts,
            notify=parts.alarms,
            removable=config.removable,
            tags=parts.tags,
            opts=parts.opts,
        )
        for config in parts.config.buses
    }


def pipelines(parts: Parts, jobs: Jobs, ledger: RunLedger, heard: dict[str, EventBus]) -> dict[str, Pipeline]:
    """Return the pipelines by name; raises pulumi.RunError for stages that could not run, saying which and why."""
    components: list[tuple[str, object]] = [
        *jobs.by_name.items(),
        *((dataset.name, dataset) for dataset in parts.config.datasets),
        *parts.lake.zones.items(),
        *heard.items(),
        ("catalog", parts.catalog),
    ]
    configs = {config.name: config for config in parts.config.pipelines}
    follows = {name: followed(config) for name, config in configs.items()}
    made: dict[str, Pipeline] = {}
    # Those that others follow come first.
    for name in TopologicalSorter(follows).static_order():
        made[name] = _pipeline(configs[name], parts, [*components, *made.items()], ledger)
    return made


def _pipeline(
    config: PipelineConfig, parts: Parts, components: Sequence[tuple[str, object]], ledger: RunLedger
) -> Pipeline:
    try:
        return Pipeline(
            parts.child(f"pipeline-{config.name}"),
            called=config.name,
            stages=config.stages,
            components=components,
            ledger=ledger,
            description=config.description,
            schedule=config.schedule,
            triggers=config.triggers,
            enabled=config.enabled,
            deadline=config.deadline,
            timezone=config.timezone,
            date_offset=config.date_offset,
            parameters=config.parameters,
            timeout=config.timeout,
            log_retention_days=parts.config.logs.retention_days,
            tags=parts.tags,
            opts=parts.opts,
        )
    except ValueError as error:
        where = f"pipeline {config.name}: "
        raise pulumi.RunError(where + str(error).removeprefix(where)) from error
