"""A query's life: checked when it is asked, run under its caller, ended once, with its results in S3.

https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html
"""

import asyncio
import csv
import io
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..roles import RoleClients, Roles
from . import writes
from .access import READS, WRITES, Access
from .errors import QueryError
from .selects import prepare, run
from .statements import Statement, is_ours, read
from .tables import Table, bucket_and_prefix

_LOG = logging.getLogger("athena")
_OTHER_CATALOGS = "s3tablescatalog/"


@dataclass(frozen=True)
class Answer:
    """What a statement gives."""

    columns: list[str]
    types: list[str]
    rows: list[list[Any]]
    bytes: int
    objects: tuple[tuple[str, str], ...] = ()


class Queries:
    """What replaces ministack's own running of queries."""

    def __init__(self, engine: Any, roles: Roles, clients: RoleClients) -> None:
        self._engine = engine
        self._roles = roles
        self._clients = clients
        self._start, self._execute = engine._start_query_execution, engine._execute_query
        self._by_token: dict[tuple[str, ...], tuple[Mapping[str, Any], Any]] = {}

    def start_once(self, request: Mapping[str, Any]) -> Any:
        """StartQueryExecution: the same token starts one query, and gives its id again."""
        token = request.get("ClientRequestToken")
        if not token:
            return self.start(request)
        key = (self._engine.get_account_id(), self._engine.get_region(), str(token))
        known, answer = self._by_token.get(key, (request, None))
        if known != request:
            return self._engine.error_response_json(
                "InvalidRequestException", "Idempotent parameters do not match", 400
            )
        if answer is None:
            answer = self.start(request)
            if answer[0] == 200:
                self._by_token[key] = (request, answer)
        return answer[0], dict(answer[1]), answer[2]

    def start(self, request: Mapping[str, Any]) -> Any:
        """Start a query; a statement that cannot be read is refused at once."""
        text, parameters = str(request.get("QueryString", "")), request.get("ExecutionParameters") or []
        kind = ""
        if is_ours(text):
            try:
                kind = read(text, parameters, self._prepared(request.get("WorkGroup", "primary"))).kind
            except QueryError as error:
                if str(error).startswith(("SYNTAX_ERROR", "Only one")):
                    return self._engine.error_response_json("InvalidRequestException", str(error), 400)
        answer = self._start(self._placed(request))
        if answer[0] == 200:
            execution = self._engine._executions[json.loads(answer[2])["QueryExecutionId"]]
            if parameters:
                execution["ExecutionParameters"] = list(parameters)
            if kind:
                execution["SubstatementType"] = kind
                execution["StatementType"] = "DDL" if kind == "CREATE_TABLE_AS_SELECT" else "DML"
        return answer

    async def execute(self, query_id: str, text: str, database: str, ddl: Any, catalog: str | None = None) -> None:
        """Run a query to its end; DDL and other catalogs are left to ministack."""
        execution = self._engine._executions.get(query_id)
        if not is_ours(text) or (catalog or "").lower().startswith(_OTHER_CATALOGS) or _OTHER_CATALOGS in text:
            await self._execute(query_id, text, database, ddl, catalog)
            return
        if execution is None or execution["Status"]["State"] == "CANCELLED":
            return
        execution["Status"]["State"] = "RUNNING"
        started = time.monotonic()
        try:
            answer = await asyncio.to_thread(self._answer, execution, text, database)
        except QueryError as error:
            self._end(execution, "FAILED", str(error))
        except Exception as error:
            _LOG.exception("query %s", query_id)
            self._end(execution, "FAILED", f"INTERNAL_ERROR: the local stage failed: {error!r}")
        else:
            self._succeed(execution, answer, started)

    def _answer(self, execution: dict[str, Any], text: str, database: str) -> Answer:
        statement = read(text, execution.get("ExecutionParameters", []), self._prepared(execution["WorkGroup"]))
        access = self._access()
        folder = Path(tempfile.mkdtemp(prefix="athena-"))
        try:
            return self._run(execution, statement, database, access, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(
        self, execution: dict[str, Any], statement: Statement, database: str, access: Access, folder: Path
    ) -> Answer:
        target = None
        if statement.target is not None:
            name = (statement.target.db or database).lower(), statement.target.name.lower()
            access.database(name[0])
            if statement.kind == "INSERT_INTO":
                target = Table(*name, access.target(*name))
            elif self._exists(access, name):
                if statement.if_not_exists:
                    return Answer([], [], [], 0)
                raise QueryError(f"TABLE_ALREADY_EXISTS: Table 'awsdatacatalog.{name[0]}.{name[1]}' already exists")
        prepared = prepare(statement.query, database, access, self._engine, folder)
        self._refuse_too_much(execution, prepared.bytes)
        results = execution["ResultConfiguration"]["OutputLocation"].removesuffix(".csv")
        try:
            if statement.kind == "SELECT":
                return self._select(execution, prepared, access)
            if target is not None:
                written = writes.insert(statement, prepared, target, access, folder)
            elif statement.kind == "UNLOAD":
                written = writes.unload(statement, prepared, access, folder)
            else:
                place = f"{results.rpartition('/')[0]}/tables/{results.rpartition('/')[2]}"
                written = writes.create(statement, prepared, database, place, access, folder)
        finally:
            prepared.connection.close()
        bucket, key = bucket_and_prefix(f"{results}-manifest.csv")
        listed = "".join(f"s3://{where}/{name}\n" for where, name in written.objects)
        access.upload(bucket, key.rstrip("/"), listed.encode(), "text/csv")
        execution["Statistics"]["DataManifestLocation"] = f"{results}-manifest.csv"
        execution["ResultConfiguration"]["OutputLocation"] = results
        return Answer(["rows"], ["bigint"], [[written.rows]], prepared.bytes, written.objects)

    def _select(self, execution: Mapping[str, Any], prepared: Any, access: Access) -> Answer:
        found = run(prepared)
        columns = [str(each[0]) for each in found.description]
        bare = [str(each[1]).upper().partition("(")[0].strip() for each in found.description]
        types = [self._engine._DUCKDB_TYPE_MAP.get(kind, "varchar") for kind in bare]
        rows = [list(row) for row in found.fetchall()]
        text = io.StringIO()
        csv.writer(text).writerows([columns, *([_shown(cell) for cell in row] for row in rows)])
        bucket, key = bucket_and_prefix(execution["ResultConfiguration"]["OutputLocation"])
        access.upload(bucket, key.rstrip("/"), text.getvalue().encode(), "text/csv")
        metadata = ",".join(columns) + "\n" + ",".join(types)
        access.upload(bucket, f"{key.rstrip('/')}.metadata", metadata.encode(), "text/plain")
        return Answer(columns, types, rows, prepared.bytes)

    def _refuse_too_much(self, execution: Mapping[str, Any], scanned: int) -> None:
        group = self._engine._workgroups.get(execution["WorkGroup"]) or {}
        most = (group.get("Configuration") or {}).get("BytesScannedCutoffPerQuery")
        if most and scanned > int(most):
            raise QueryError("Query cancelled! : Bytes scanned limit was exceeded")

    def _succeed(self, execution: dict[str, Any], answer: Answer, started: float) -> None:
        if execution["Status"]["State"] != "RUNNING":
            return
        elapsed = int((time.monotonic() - started) * 1000)
        execution["_results"] = {"columns": answer.columns, "rows": answer.rows}
        execution["_column_types"] = answer.types
        execution["Statistics"].update(
            EngineExecutionTimeInMillis=elapsed, TotalExecutionTimeInMillis=elapsed, DataScannedInBytes=answer.bytes
        )
        self._end(execution, "SUCCEEDED")

    @staticmethod
    def _end(execution: dict[str, Any], state: str, reason: str = "") -> None:
        if execution["Status"]["State"] != "RUNNING":
            return
        if "Bytes scanned limit" in reason:
            state = "CANCELLED"
        execution["Status"].update(State=state, StateChangeReason=reason[:2000], CompletionDateTime=int(time.time()))

    def _access(self) -> Access:
        """Return what acts as the caller of this request."""
        region = self._engine.get_region()
        root = self._clients.root(region)
        caller = self._roles.caller()
        if caller is None:
            return Access(root, root, root, root)

        def looking(service: str) -> Any:
            return self._clients(*caller, service, region, READS)

        def writing(service: str) -> Any:
            return self._clients(*caller, service, region, WRITES)

        # Who may not reads by their own permissions, which is no refusal to record.
        vended = self._roles.may(*caller, "lakeformation:GetDataAccess", "*")
        if vended:
            self._roles.allows(*caller, "lakeformation:GetDataAccess", "*", by=READS)
        return Access(looking, root if vended else looking, writing, root)

    def _prepared(self, workgroup: str) -> Mapping[str, str]:
        """Return a workgroup's prepared statements."""
        found = self._engine._prepared_statements.items()
        return {
            str(each["StatementName"]): str(each["QueryStatement"])
            for _, each in found
            if each.get("WorkGroupName", each.get("WorkGroup")) == workgroup
        }

    @staticmethod
    def _exists(access: Access, name: tuple[str, str]) -> bool:
        try:
            access.target(*name)
        except QueryError as error:
            if str(error).startswith("TABLE_NOT_FOUND"):
                return False
            raise
        return True

    def _placed(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a request whose results go where its workgroup says, if the workgroup insists."""
        group = (self._engine._workgroups.get(request.get("WorkGroup", "primary")) or {}).get("Configuration") or {}
        own = (request.get("ResultConfiguration") or {}).get("OutputLocation")
        insisted = (group.get("ResultConfiguration") or {}).get("OutputLocation")
        place = insisted if insisted and group.get("EnforceWorkGroupConfiguration", True) else own or insisted
        if not place:
            return request
        configuration = {**(request.get("ResultConfiguration") or {}), "OutputLocation": place.rstrip("/") + "/"}
        return {**request, "ResultConfiguration": configuration}


def _shown(cell: Any) -> Any:
    return str(cell).lower() if isinstance(cell, bool) else cell


def install(engine: Any, roles: Roles, clients: RoleClients) -> None:
    """Let ministack's Athena run its queries here."""
    queries: Queries = Queries(engine, roles, clients)
    engine._start_query_execution = queries.start_once
    execute: Callable[..., Any] = queries.execute
    engine._execute_query = execute
