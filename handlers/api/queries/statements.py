"""A checked query as the statement that Athena is to run: written anew with every name in full, its parameters bound.

What is sent to Athena is never the text that came, but what the parser understood of it, with each name in quotes:
so what was checked is what runs, and nothing hides in a comment. Parameters are bound by Athena, never pasted.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokenizer_core import TokenType

from ...common.sql import literal
from ..athena import CATALOG
from ..problems import invalid, shown
from .functions import BEFORE_PARENTHESES, STATEMENTS
from .parsing import DIALECT, MARK, is_named_above, refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .bodies import Parameter
    from .parsing import Asked

_MOST_PARAMETER_CHARACTERS = 1_024
"""Of a parameter with its quotes: Amazon Athena API Reference, "ExecutionParameter"."""


@dataclasses.dataclass(frozen=True)
class Statement:
    """What Athena is to run, with its parameters as it takes them."""

    sql: str
    parameters: list[str]
    row_limit: int


def finish(asked: Asked, places: Mapping[str, str], parameters: Sequence[Parameter], most_rows: int) -> Statement:
    """Write a query anew for Athena; `places` are the databases of its tables, by name.

    Raises:
        Problem: 400.

    """
    if len(parameters) != asked.marks:
        wrong = f"{len(parameters)} given; the query has {asked.marks} question marks"
        raise invalid([("$.parameters", wrong)])
    bound = [_bound(number, value) for number, value in enumerate(parameters)]
    try:
        return _finish(asked, places, bound, most_rows)
    except RecursionError as error:
        raise refused("The query is nested too deeply.") from error


def _finish(asked: Asked, places: Mapping[str, str], bound: Sequence[str], most_rows: int) -> Statement:
    tree = asked.tree.copy()
    names = {database for database, _ in asked.tables if database}
    for reference in list(tree.find_all(exp.Table)):
        if not reference.db and is_named_above(reference):
            continue
        name = reference.name.lower()
        if not reference.alias:
            reference.set("alias", exp.TableAlias(this=exp.to_identifier(reference.name, quoted=True)))
        reference.set("this", exp.to_identifier(name, quoted=True))
        reference.set("db", exp.to_identifier(places[name], quoted=True))
        reference.set("catalog", exp.to_identifier(CATALOG, quoted=True))
    for column in tree.find_all(exp.Column):
        if column.args.get("db") and column.db.lower() in names:
            column.set("db", None)
            column.set("catalog", None)
    row_limit = _limit(tree, most_rows)
    try:
        sql = tree.sql(DIALECT, identify=True, comments=False, copy=False, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise refused("It says something that Athena's SQL has no words for.") from error
    text, order = _unmarked(sql)
    _check_again(text, set(places.values()))
    return Statement(text, [bound[number] for number in order], row_limit)


def _limit(tree: exp.Query, most_rows: int) -> int:
    """Let a query give no more rows than allowed; return how many it may give."""
    given = tree.args.get("limit")
    rows = most_rows
    if given is not None:
        count = given.args.get("expression") if isinstance(given, exp.Limit) else None
        if not isinstance(count, exp.Literal) or count.is_string or not count.name.isdecimal():
            raise refused("Write the limit of rows as `LIMIT` and a number.")
        rows = min(int(count.name), most_rows)
    tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
    return rows


def _unmarked(sql: str) -> tuple[str, list[int]]:
    """Return the query with plain question marks, and which parameter each of them stands for."""
    order: list[int] = []
    parts: list[str] = []
    end = 0
    tokens = sqlglot.tokenize(sql, read=DIALECT)
    for before, token in itertools.pairwise(tokens):
        if before.token_type is TokenType.COLON and token.text.startswith(MARK):
            parts.append(f"{sql[end : before.start]}?")
            order.append(int(token.text.removeprefix(MARK)))
            end = token.end + 1
    return "".join((*parts, sql[end:])), order


def _check_again(sql: str, databases: Collection[str]) -> None:
    """Look at what is to be sent, by itself: its words, its functions and its tables."""
    tokens = sqlglot.tokenize(sql, read=DIALECT)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.token_type in {TokenType.STRING, TokenType.IDENTIFIER, TokenType.NUMBER}:
            continue
        word = token.text.lower()
        if word in STATEMENTS or token.token_type is TokenType.SEMICOLON:
            raise refused(f"{word.upper()} has no place in a query that only reads.")
        called = following is not None and following.token_type is TokenType.L_PAREN
        if called and word.isidentifier() and word not in BEFORE_PARENTHESES:
            raise refused(f"The function {shown(word)} is not one that queries may call.")
    tree = sqlglot.parse_one(sql, read=DIALECT)
    for reference in tree.find_all(exp.Table):
        whole = reference.catalog == CATALOG and reference.db in databases
        if not whole and (reference.db or reference.catalog or not is_named_above(reference)):
            raise refused(f"{shown(reference.name)} is not a data set.")


def _bound(number: int, value: Parameter) -> str:
    """Return a parameter as Athena takes it: an SQL literal."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value) if isinstance(value, int) else f"{value!r}e0" if "e" not in repr(value) else repr(value)
    text = literal(value)
    if "\x00" in value or len(text) > _MOST_PARAMETER_CHARACTERS:
        most = _MOST_PARAMETER_CHARACTERS - 2
        raise invalid([(f"$.parameters[{number}]", f"a text of at most {most:,} characters, quotes twice, and no NUL")])
    return text
