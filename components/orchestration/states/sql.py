"""An Athena statement as states: the partition it replaces is emptied first."""

import re
from functools import partial
from typing import Any

from ...catalog import Catalog, Dataset
from ..compilation import Compilation, Place, State, merged, noted, where, without
from ..expressions import REFERENCE, StageError, expression, literal, text
from ..retries import retry
from ..stages import SqlStage

FIELDS = frozenset({"query_execution_id", "bytes_scanned"})
_NOTE = "objects to replace"
_PAGE = f"$states.input.`{_NOTE}`"
_CALL_SECONDS = 300
_OUTPUT = (
    '{"query_execution_id": $states.result.QueryExecution.QueryExecutionId, '
    '"bytes_scanned": $states.result.QueryExecution.Statistics.DataScannedInBytes}'
)


def sql_states(stage: SqlStage, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the states that run the statement."""
    named = where(stage)
    catalog = compilation.component(stage.catalog, Catalog, named)
    if stage.zone not in catalog.database_names:
        raise StageError(f"{named}: the catalog has no zone {stage.zone!r} ({', '.join(catalog.database_names)})")
    reads = [compilation.component(dataset, Dataset, named) for dataset in stage.reads]
    writes = compilation.component(stage.writes, Dataset, named) if stage.writes is not None else None
    _grant(catalog, reads, writes, stage, compilation)
    states: dict[str, State] = {}
    query = stage.name
    if writes and stage.replaces:
        query = f"{stage.name} query"
        states = _emptying(stage, catalog, writes, compilation, place, query)
    parameters = [text(value, place.scope, f"{named}, parameters") for value in stage.parameters]
    states[query] = {
        "Type": "Task",
        "Resource": compilation.integration("athena:startQueryExecution.sync"),
        "Arguments": {
            "QueryString": _query(stage, catalog, compilation),
            "WorkGroup": compilation.values.mark(catalog.workgroup.workgroup_name),
            "QueryExecutionContext": {"Database": compilation.values.mark(catalog.database_names[stage.zone])},
            **({"ExecutionParameters": parameters} if parameters else {}),
        },
        "TimeoutSeconds": stage.timeout,
        # An INSERT that failed may have left files (Athena User Guide, "INSERT INTO"): no blind second try.
        "Retry": retry("athena", times=stage.retries, failures=stage.retry_failures),
        "Output": merged(stage.name, _OUTPUT),
        "Next": place.then,
    }
    return states


def _query(stage: SqlStage, catalog: Catalog, compilation: Compilation) -> str:
    """Return the statement with the names of databases; raises StageError for values, which are parameters."""

    def database(found: re.Match[str]) -> str:
        kind, _, zone = found[1].partition(".")
        if kind != "databases":
            raise StageError(
                f"{where(stage)}, query: {found[0]} is a value: write ? instead, and the value under parameters, as "
                "SQL writes it"
            )
        if zone not in catalog.database_names:
            names = ", ".join(catalog.database_names)
            raise StageError(f"{where(stage)}, query: {found[0]}: the catalog has no zone {zone!r} ({names})")
        return compilation.values.mark(catalog.database_names[zone])

    return literal(REFERENCE.sub(database, stage.query))


def _emptying(
    stage: SqlStage, catalog: Catalog, dataset: Dataset, compilation: Compilation, place: Place, then: str
) -> dict[str, State]:
    """Return the states that delete the partition's objects, a page at a time until none is left."""
    listing, any_left, deleting = stage.name, f"{stage.name} emptied?", f"{stage.name} emptying"
    bucket = compilation.values.mark(catalog.lake.zone(dataset.zone).bucket_name)
    call: dict[str, Any] = {
        "Type": "Task",
        "TimeoutSeconds": _CALL_SECONDS,
        "Retry": retry("s3", times=stage.retries),
    }
    return {
        listing: {
            **call,
            "Resource": compilation.integration("aws-sdk:s3:listObjectsV2"),
            "Arguments": {
                "Bucket": bucket,
                "Prefix": text(partition_prefix(stage, dataset), place.scope, f"{where(stage)}, replaces"),
            },
            "Output": noted(_NOTE, '[$states.result.Contents.{"Key": Key}]'),
            "Next": any_left,
        },
        any_left: {
            "Type": "Choice",
            "Choices": [{"Condition": expression(f"$count({_PAGE}) > 0"), "Next": deleting}],
            "Default": then,
        },
        deleting: {
            **call,
            "Resource": compilation.integration("aws-sdk:s3:deleteObjects"),
            "Arguments": {"Bucket": bucket, "Delete": {"Objects": expression(_PAGE), "Quiet": True}},
            # S3 answers 200 for objects that it did not delete; asking again and again would not end.
            "Output": expression(
                f'$exists($states.result.Errors[0]) ? $error("S3 did not delete " & $states.result.Errors[0].Key & '
                f'": " & $states.result.Errors[0].Message) : {without(_NOTE)}'
            ),
            "Next": listing,
        },
    }


def partition_prefix(stage: SqlStage, dataset: Dataset) -> str:
    """Return where the files of the partition lie; raises StageError unless it names every partition key."""
    if set(stage.replaces) != set(dataset.partition_names):
        raise StageError(
            f"{where(stage)}: replaces must give each partition key of {dataset.name} "
            f"({', '.join(dataset.partition_names) or 'it has none'}), not {', '.join(stage.replaces)}"
        )
    return dataset.prefix + "".join(f"{name}={stage.replaces[name]}/" for name in dataset.partition_names)


def grant_reading(catalog: Catalog, datasets: list[Dataset], stage: str, compilation: Compilation) -> None:
    """Let the state machine's statements read data sets; raises StageError for one that the catalog lacks."""
    for dataset in datasets:
        if dataset.name not in catalog.tables:
            raise StageError(f"stage {stage!r}: catalog {catalog.name} has no data set {dataset.name!r}")
    compilation.grant(f"run in {catalog.name}", lambda role: catalog.workgroup.grant_run(role))
    for dataset in datasets:
        compilation.grant(f"read {dataset.name}", partial(catalog.grant_read, dataset=dataset))


def _grant(
    catalog: Catalog, reads: list[Dataset], writes: Dataset | None, stage: SqlStage, compilation: Compilation
) -> None:
    grant_reading(catalog, reads, stage.name, compilation)
    if writes is None:
        return
    if writes.name not in catalog.tables:
        raise StageError(f"{where(stage)}: catalog {catalog.name} has no data set {writes.name!r}")
    compilation.grant(f"write {writes.name}", lambda role: catalog.grant_write(role, writes))
    if stage.replaces:
        lake, zone, prefix = catalog.lake, writes.zone, writes.prefix
        compilation.grant(f"list {prefix}", lambda role: lake.grant_list(role, zone=zone, prefix=prefix))
        compilation.grant(f"delete {prefix}", lambda role: lake.grant_delete(role, zone=zone, prefix=prefix))
