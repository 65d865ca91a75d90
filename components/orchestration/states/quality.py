"""Checks of a data set's rows as states: a query that finds what is wrong, and a failure that says so."""

from ...catalog import Catalog, Dataset
from ..checks import query
from ..compilation import Compilation, Place, State, noted, where, without
from ..expressions import StageError, expression, jsonata, text
from ..retries import retry
from ..stages import QualityStage
from .sql import grant_reading

FIELDS = frozenset({"query_execution_id", "bytes_scanned"})
ERROR = "DataQuality"
_NOTE = "quality problems"
_QUERY = f"$states.input.`{_NOTE}`"
_CALL_SECONDS = 60
_TOLD = 20
"""Problems that a failure tells; the query's result has all of them."""


def quality_states(stage: QualityStage, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the states that check the rows of the stage's data set."""
    named = where(stage)
    catalog = compilation.component(stage.catalog, Catalog, named)
    dataset = compilation.component(stage.dataset, Dataset, named)
    grant_reading(catalog, [dataset], stage.name, compilation)
    compilation.grant(f"results of {catalog.name}", lambda role: catalog.workgroup.grant_results(role))
    results, passed, failed = f"{stage.name} results", f"{stage.name} passed?", f"{stage.name} failed"
    parameters = _parameters(stage, dataset, place)
    return {
        stage.name: {
            "Type": "Task",
            "Resource": compilation.integration("athena:startQueryExecution.sync"),
            "Arguments": {
                "QueryString": _query(stage, dataset),
                "WorkGroup": compilation.values.mark(catalog.workgroup.workgroup_name),
                "QueryExecutionContext": {"Database": compilation.values.mark(catalog.database_names[dataset.zone])},
                **({"ExecutionParameters": parameters} if parameters else {}),
            },
            "TimeoutSeconds": stage.timeout,
            "Retry": retry("athena", times=stage.retries, failures=stage.retry_failures),
            "Output": noted(
                _NOTE,
                '{"query_execution_id": $states.result.QueryExecution.QueryExecutionId, '
                '"bytes_scanned": $states.result.QueryExecution.Statistics.DataScannedInBytes}',
            ),
            "Next": results,
        },
        results: {
            "Type": "Task",
            "Resource": compilation.integration("athena:getQueryResults"),
            "Arguments": {
                "QueryExecutionId": expression(f"{_QUERY}.query_execution_id"),
                "MaxResults": _TOLD + 1,
            },
            "TimeoutSeconds": _CALL_SECONDS,
            "Retry": retry("athena", times=stage.retries),
            # The first row is the header.
            "Output": noted(
                _NOTE,
                f'$merge([{_QUERY}, {{"problems": $append([], $states.result.ResultSet.Rows[[1..{_TOLD}]]'
                ".Data[0].VarCharValue)}])",
            ),
            "Next": passed,
        },
        passed: {
            "Type": "Choice",
            "Choices": [{"Condition": expression(f"$count({_QUERY}.problems) > 0"), "Next": failed}],
            "Default": f"{stage.name} passed",
        },
        f"{stage.name} passed": {
            "Type": "Pass",
            "Output": expression(
                without(
                    _NOTE,
                    f'{{"{stage.name}": {{"query_execution_id": {_QUERY}.query_execution_id, '
                    f'"bytes_scanned": {_QUERY}.bytes_scanned}}}}',
                )
            ),
            "Next": place.then,
        },
        failed: {
            "Type": "Fail",
            "Error": ERROR,
            "Cause": expression(f'{_opening(stage, dataset, place)} & $join({_QUERY}.problems, "; ")'),
        },
    }


def _query(stage: QualityStage, dataset: Dataset) -> str:
    unknown = sorted(set(stage.partition) - set(dataset.partition_names))
    if unknown:
        raise StageError(
            f"{where(stage)}: {dataset.name} has no partition key {', '.join(unknown)} "
            f"({', '.join(dataset.partition_names) or 'it has none'})"
        )
    try:
        return query(dataset, list(stage.partition), stage.rows, stage.columns)
    except ValueError as error:
        raise StageError(f"{where(stage)}: {error}") from error


def _parameters(stage: QualityStage, dataset: Dataset, place: Place) -> list[str]:
    """Return the partition's values as SQL writes literals of their columns' types."""
    types = {column.name: column.type for column in dataset.columns}
    found = []
    for name, value in stage.partition.items():
        given = text(value, place.scope, f"{where(stage)}, partition")
        if types[name] in ("string", "date", "timestamp"):
            kind = "" if types[name] == "string" else f"{types[name].upper()} "
            given = expression(f'"{kind}\'" & $replace({jsonata(given)}, "\'", "\'\'") & "\'"')
        found.append(given)
    return found


def _opening(stage: QualityStage, dataset: Dataset, place: Place) -> str:
    """Return the JSONata of how the cause begins: which data set and partition."""
    which = ", ".join(f"{name}={value}" for name, value in stage.partition.items())
    said = f"{dataset.name}{f' ({which})' if which else ''}: "
    return jsonata(text(said, place.scope, where(stage)))
