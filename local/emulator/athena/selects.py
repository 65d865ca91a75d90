"""A query in DuckDB: its tables as views, its SQL as DuckDB speaks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from .access import Access
from .errors import QueryError
from .pruning import partition_filter
from .tables import Table, Tables

_CATALOG = "awsdatacatalog"
_WHOLE = (exp.DataType.Type.BIGINT, exp.DataType.Type.INT, exp.DataType.Type.SMALLINT, exp.DataType.Type.TINYINT)


@dataclass(frozen=True)
class Prepared:
    """A connection that holds a query's tables, and the query for it."""

    connection: duckdb.DuckDBPyConnection
    sql: str
    bytes: int


def prepare(query: exp.Query, database: str, access: Access, engine: Any, folder: Path) -> Prepared:
    """Fetch what a query reads; returns it in DuckDB's words."""
    tree = query.copy()
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    references: dict[tuple[str, str], list[exp.Table]] = {}
    for reference in _references(tree):
        _leave_out_catalog(reference)
        name = (reference.db.lower() or database.lower(), reference.name.lower())
        reference.set("db", exp.to_identifier(name[0], quoted=True))
        reference.set("this", exp.to_identifier(name[1], quoted=True))
        references.setdefault(name, []).append(reference)
    tables = Tables(access, engine, folder, connection)
    schema: dict[str, object] = {}
    for (schema_name, table_name), found in references.items():
        table = Table(schema_name, table_name, access.table(schema_name, table_name))
        tables.add(table, partition_filter(table, found))
        columns = {column.name: column.duckdb_type for column in (*table.columns, *table.keys)}
        tables_of_schema: Any = schema.setdefault(schema_name, {})
        tables_of_schema[table_name] = columns
    for column in tree.find_all(exp.Column):
        if column.catalog.lower() == _CATALOG:
            column.set("catalog", None)
    return Prepared(connection, _whole_division(tree, schema).sql("duckdb"), tables.bytes)


def run(prepared: Prepared, sql: str = "") -> Any:
    """Run SQL on a query's tables; what DuckDB says becomes the reason of a failure."""
    try:
        return prepared.connection.execute(sql or prepared.sql)
    except duckdb.CatalogException as error:
        raise QueryError(f"FUNCTION_NOT_FOUND: {_first_line(error)}") from error
    except duckdb.BinderException as error:
        raise QueryError(f"COLUMN_NOT_FOUND: {_first_line(error)}") from error
    except duckdb.Error as error:
        raise QueryError(f"GENERIC_USER_ERROR: {_first_line(error)}") from error


def _references(tree: exp.Query) -> Iterator[exp.Table]:
    """The tables of the catalog that a query names, and no common table expressions."""
    for scope in traverse_scope(tree):
        for source in scope.tables:
            if isinstance(scope.sources.get(source.alias_or_name), exp.Table) and source.name:
                yield source


def _leave_out_catalog(reference: exp.Table) -> None:
    catalog = reference.catalog.lower()
    if catalog not in ("", _CATALOG):
        raise QueryError(f"CATALOG_NOT_FOUND: Catalog '{catalog}' does not exist")
    reference.set("catalog", None)


def _whole_division(tree: exp.Query, schema: dict[str, object]) -> exp.Query:
    """Divide whole numbers as Trino does, without a fraction: that takes the types of all columns."""
    if tree.find(exp.Div) is None:
        return tree
    try:
        typed = annotate_types(
            qualify(tree.copy(), schema=schema, dialect="duckdb", validate_qualify_columns=False, expand_stars=False),
            schema=schema,
        )
    except SqlglotError:
        return tree
    for division in list(typed.find_all(exp.Div)):
        if all(side.is_type(*_WHOLE) for side in (division.this, division.expression)):
            division.replace(exp.IntDiv(this=division.this, expression=division.expression))
    return typed


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
