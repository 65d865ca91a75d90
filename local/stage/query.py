"""Run a query through the deployed Athena workgroup."""

import time
from dataclasses import dataclass

from ..aws import Clients
from ..errors import StageError

QUERY_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """A query's result, as Athena gives it: text."""

    question: str
    query: str
    columns: list[str]
    rows: list[list[str]]
    execution: str


def ask(clients: Clients, workgroup: str, database: str, query: str, question: str) -> Answer:
    """Run `query` in the workgroup and return its rows."""
    athena = clients("athena")
    execution = athena.start_query_execution(
        QueryString=query, WorkGroup=workgroup, QueryExecutionContext={"Database": database}
    )["QueryExecutionId"]
    deadline = time.monotonic() + QUERY_SECONDS
    while True:
        status = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING") or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    if status["State"] != "SUCCEEDED":
        raise StageError(
            f"A query failed in the workgroup {workgroup}: {status['State']} {status.get('StateChangeReason', '')}\n"
            + query
        )
    result = athena.get_query_results(QueryExecutionId=execution)["ResultSet"]
    lines = [[field.get("VarCharValue", "") for field in row["Data"]] for row in result["Rows"]]
    return Answer(question, query, lines[0] if lines else [], lines[1:], execution)
