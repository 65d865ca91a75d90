"""The pipelines of a stack config as components."""

from collections.abc import Sequence

import pulumi

from ..config.pipelines import PipelineConfig
from ..orchestration import Pipeline, RunLedger, StageError
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


def pipelines(parts: Parts, jobs: Jobs, ledger: RunLedger) -> dict[str, Pipeline]:
    """Return the pipelines by name; raises pulumi.RunError for stages that could not run, saying which and why."""
    components = [
        *jobs.by_name.items(),
        *((dataset.name, dataset) for dataset in parts.config.datasets),
        *parts.lake.zones.items(),
        ("catalog", parts.catalog),
    ]
    return {config.name: _pipeline(config, parts, components, ledger) for config in parts.config.pipelines}


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
            schedule=config.schedule,
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
    except StageError as error:
        raise pulumi.RunError(f"pipeline {config.name}: {error}") from error
