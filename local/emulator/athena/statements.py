"""What a query string asks for, once its parameters stand in it.

https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .errors import QueryError

DIALECT = "athena"
_OURS = re.compile(r"\s*(select|with|values|insert|delete|update|merge|unload|execute)\b|\s*\(", re.IGNORECASE)
_CTAS = re.compile(r"\s*create\s+table\s+(if\s+not\s+exists\s+)?[\w.\"`-]+\s*(with\s*\(|as\b)", re.IGNORECASE)
_UNLOAD = re.compile(
    r"\s*unload\s*\((?P<query>.*)\)\s*to\s*'(?P<place>[^']+)'\s*with\s*\((?P<options>.*)\)\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_EXECUTE = re.compile(r"\s*execute\s+(?P<name>[\w-]+)(\s+using\s+(?P<values>.*))?\s*;?\s*", re.IGNORECASE | re.DOTALL)
_ONLY_TRANSACTIONAL = "NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables"


@dataclass(frozen=True)
class Statement:
    """One of SELECT, INSERT_INTO, CREATE_TABLE_AS_SELECT, UNLOAD: the query, and where its rows go."""

    kind: str
    query: exp.Query
    target: exp.Table | None = None
    columns: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    if_not_exists: bool = False
    with_data: bool = True


def is_ours(text: str) -> bool:
    """Say whether a statement is run here: all but DDL and utilities."""
    bare = _without_comments(text)
    return bool(_OURS.match(bare) or _CTAS.match(bare))


def read(text: str, parameters: Sequence[str], prepared: Mapping[str, str]) -> Statement:
    """Parse a query; `prepared` are the workgroup's prepared statements by name."""
    bare = _without_comments(text)
    if found := _EXECUTE.fullmatch(bare):
        if found["name"] not in prepared:
            raise QueryError(f"NOT_FOUND: Prepared statement not found: {found['name']}")
        values = tuple(_expressions(found["values"])) if found["values"] else tuple(parameters)
        return read(prepared[found["name"]], values, {})
    if found := _UNLOAD.fullmatch(bare):
        query = _query(_bound(_parse(found["query"]), parameters))
        return Statement("UNLOAD", query, properties=_options(found["options"]), place=found["place"])
    tree = _bound(_parse(text), parameters)
    if isinstance(tree, exp.Delete | exp.Update | exp.Merge):
        raise QueryError(_ONLY_TRANSACTIONAL)
    if isinstance(tree, exp.Insert):
        target = tree.this
        named = isinstance(target, exp.Schema)
        return Statement(
            "INSERT_INTO",
            _query(tree.expression),
            target.this if named else target,
            tuple(column.name for column in target.expressions) if named else (),
        )
    if isinstance(tree, exp.Create):
        return Statement(
            "CREATE_TABLE_AS_SELECT",
            _query(tree.expression),
            tree.this,
            properties=_properties(tree),
            if_not_exists=bool(tree.args.get("exists")),
            with_data="with no data" not in " ".join(bare.lower().split()),
        )
    return Statement("SELECT", _query(tree))


def _parse(text: str) -> exp.Expr:
    try:
        found = sqlglot.parse(text, read=DIALECT)
    except SqlglotError as error:
        raise QueryError(f"SYNTAX_ERROR: {_first_line(error)}") from error
    trees = [tree for tree in found if tree is not None]
    if len(trees) != 1:
        raise QueryError("Only one sql statement is allowed.")
    return trees[0]


def _query(tree: Any) -> exp.Query:
    if isinstance(tree, exp.Values):
        return exp.select("*").from_(tree)
    if not isinstance(tree, exp.Query):
        raise QueryError(f"NOT_SUPPORTED: the local stage does not run this statement: {tree}")
    return tree


def _bound(tree: exp.Expr, parameters: Sequence[str]) -> exp.Expr:
    """Put the execution parameters, each a SQL expression, where the `?` are."""
    marks = [mark for mark in tree.find_all(exp.Placeholder, bfs=False) if not mark.args.get("this")]
    if len(marks) != len(parameters):
        raise QueryError(
            f"INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected {len(marks)} but found "
            f"{len(parameters)}"
        )
    for mark, parameter in zip(marks, parameters, strict=True):
        mark.replace(_parse_value(parameter))
    return tree


def _parse_value(text: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(text, read=DIALECT, into=exp.Condition)
    except SqlglotError:
        return exp.Literal.string(text)


def _expressions(text: str) -> list[str]:
    select = sqlglot.parse_one(f"SELECT {text}", read=DIALECT)
    return [each.sql(DIALECT) for each in select.expressions]


def _properties(tree: exp.Create) -> dict[str, Any]:
    found: dict[str, Any] = {}
    properties = tree.args.get("properties")
    for each in properties.expressions if properties else ():
        if isinstance(each, exp.FileFormatProperty):
            found["format"] = each.this.name
        elif isinstance(each, exp.PartitionedByProperty):
            found["partitioned_by"] = _names(each.this)
        elif isinstance(each, exp.LocationProperty):
            found["external_location"] = each.this.name
        elif isinstance(each, exp.Property):
            value = each.args["value"]
            found[each.name.lower()] = _names(value) if isinstance(value, exp.Array) else value.name
    return found


def _options(text: str) -> dict[str, Any]:
    create = sqlglot.parse_one(f"CREATE TABLE t WITH ({text}) AS SELECT 1", read=DIALECT)
    return _properties(create) if isinstance(create, exp.Create) else {}


def _names(value: exp.Expr) -> tuple[str, ...]:
    return tuple(each.name for each in value.expressions)


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
