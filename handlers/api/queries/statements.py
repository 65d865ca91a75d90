"""A SELECT that somebody wrote, as one that may be run: parsed, checked, and written anew with every name in full.

What is sent to Athena is never the text that came, but what the parser understood of it, with each name in quotes:
so what was checked is what runs, and nothing hides in a comment. Parameters are bound by Athena, never pasted.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import re
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError
from sqlglot.tokenizer_core import TokenType

from ...common.sql import literal
from ..athena import CATALOG
from ..problems import Problem, invalid, shown
from .functions import BEFORE_PARENTHESES, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

    from .bodies import Parameter

# It quotes queries in its warnings, and what it warns of is refused.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

DIALECT = "trino"
MOST_TABLES = 40
_MOST_TOKENS = 10_000
_MOST_DEPTH = 25
_MOST_PARAMETER_CHARACTERS = 1_024
"""Of a parameter with its quotes: Amazon Athena API Reference, "ExecutionParameter"."""
_MARK = "watershed_parameter_"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_OF_A_TABLE = {"this", "db", "catalog", "alias", "joins", "sample"}
_FOREIGN = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Hint, exp.Parameter, exp.SessionParameter, exp.Pivot)


@dataclasses.dataclass(frozen=True)
class Statement:
    """What Athena is to run, with its parameters as it takes them."""

    sql: str
    parameters: list[str]
    row_limit: int


@dataclasses.dataclass(frozen=True)
class Asked:
    """A query that was understood, and the tables it names, each with the references to it."""

    tree: exp.Query
    marks: int
    tables: Mapping[tuple[str, str], Sequence[exp.Table]]
    """By the database that the text names (or nothing) and the table, in lower case."""

    @property
    def names(self) -> list[str]:
        """Return the names of the tables, each once."""
        return list(dict.fromkeys(name for _, name in self.tables))


def read(sql: str, databases: Collection[str]) -> Asked:
    """Parse a query; `databases` are the names that one may stand before a table.

    Raises:
        Problem: 400, with line and column where they are known.

    """
    try:
        return _read(sql, databases)
    except RecursionError as error:
        raise _refused("The query is nested too deeply.") from error


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
        raise _refused("The query is nested too deeply.") from error


def _read(sql: str, databases: Collection[str]) -> Asked:
    control = _CONTROL.search(sql)
    if control:
        raise _refused(f"The query holds the control character U+{ord(control[0]):04X}.")
    try:
        tokens = sqlglot.tokenize(sql, read=DIALECT)
    except SqlglotError as error:
        raise _refused("The query has a text, a name or a comment that does not end.") from error
    text, marks = _marked(sql, tokens)
    try:
        trees = [tree for tree in sqlglot.parse(text, read=DIALECT) if not isinstance(tree, exp.Semicolon | None)]
    except ParseError as error:
        told: Any = error.errors[0] if error.errors else {}
        raise _refused(
            f"This is not SQL as Athena speaks it: {told.get('description') or 'it cannot be parsed'}.",
            line=told.get("line"),
            column=told.get("col"),
        ) from error
    except (SqlglotError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise _refused("This is not SQL as Athena speaks it.") from error
    if len(trees) != 1:
        raise _refused("Send one statement, not several." if trees else "There is no statement in it.")
    tree = trees[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise _refused("Only a SELECT may be run: nothing is changed, made or described here.")
    _check(tree)
    return Asked(tree, marks, _tables(tree, databases))


def _marked(sql: str, tokens: Sequence[Token]) -> tuple[str, int]:
    """Return the query with its question marks numbered, so that their order is known whatever becomes of it."""
    depth = marks = 0
    end = 0
    parts: list[str] = []
    if len(tokens) > _MOST_TOKENS:
        raise _refused(f"The query has {len(tokens):,} words and marks; at most {_MOST_TOKENS:,} are read.")
    for token in tokens:
        if token.token_type in {TokenType.L_PAREN, TokenType.L_BRACKET}:
            depth += 1
            if depth > _MOST_DEPTH:
                raise _refused(f"Parentheses are nested more than {_MOST_DEPTH} deep.", line=token.line)
        elif token.token_type in {TokenType.R_PAREN, TokenType.R_BRACKET}:
            depth -= 1
        elif token.token_type in {TokenType.COLON, TokenType.PARAMETER, TokenType.DOLLAR, TokenType.HINT}:
            raise _refused(f"{shown(token.text)} has no place in a query; parameters are question marks.")
        elif token.token_type is TokenType.PLACEHOLDER:
            parts.append(f"{sql[end : token.start]}:{_MARK}{marks}")
            marks += 1
            end = token.end + 1
    return "".join((*parts, sql[end:])), marks


def _check(tree: exp.Expr) -> None:
    for node in tree.walk():
        if isinstance(node, _FOREIGN):
            raise _refused(f"{node.key.upper()} has no place in a query that only reads.")
        # Amazon Athena User Guide, "Use parameterized queries".
        if isinstance(node, exp.Placeholder) and node.find_ancestor(exp.Where) is None:
            raise _refused("Athena takes question marks in WHERE only.")
        if isinstance(node, exp.With) and node.args.get("recursive"):
            raise _refused("Recursive queries are not run.")
        if isinstance(node, exp.CTE) and not isinstance(node.this, exp.Query):
            raise _refused("WITH takes queries only.")
        if isinstance(node, exp.Lateral) and not isinstance(node.this, exp.Subquery):
            raise _refused("LATERAL takes a query in parentheses; table functions are not run.")
        if isinstance(node, exp.Anonymous) and not isinstance(node.this, str):
            raise _refused(f"The function {shown(node.name)} is not one that queries may call.")


def _tables(tree: exp.Expr, databases: Collection[str]) -> dict[tuple[str, str], list[exp.Table]]:
    """Return the tables of the catalog that a query names anywhere; raise Problem for what is none."""
    found: dict[tuple[str, str], list[exp.Table]] = {}
    for reference in tree.find_all(exp.Table):
        if not isinstance(reference.this, exp.Identifier):
            raise _refused("Tables are data sets; table functions and files are not read.", at=reference)
        strange = [name for name, value in reference.args.items() if value and name not in _OF_A_TABLE]
        if strange:
            raise _refused(f"`{reference.name}` is read as it is now and in no other way.", at=reference)
        if not reference.db and not reference.catalog and _is_named_above(reference):
            continue
        database, catalog = reference.db.lower(), reference.catalog.lower()
        if catalog not in {"", CATALOG} or (database and database not in databases) or (catalog and not database):
            whole = ".".join(part for part in (reference.catalog, reference.db, reference.name) if part)
            raise _refused(f"{shown(whole)} is not a data set; name one as `orders` or `curated.orders`.", at=reference)
        found.setdefault((database, reference.name.lower()), []).append(reference)
    if len(found) > MOST_TABLES:
        raise _refused(f"The query reads {len(found)} data sets; at most {MOST_TABLES} are read at once.")
    return found


def _is_named_above(reference: exp.Table) -> bool:
    """Say whether a name is one of a WITH that reaches it: of a query around it, or earlier in the same WITH."""
    name = reference.name.lower()
    node: exp.Expr = reference
    while node.parent is not None:
        parent = node.parent
        if isinstance(parent, exp.With):
            earlier = parent.expressions[: next(n for n, each in enumerate(parent.expressions) if each is node)]
            if any(each.alias.lower() == name for each in earlier):
                return True
        else:
            own = parent.args.get("with_")
            if own is not None and own is not node and any(each.alias.lower() == name for each in own.expressions):
                return True
        node = parent
    return False


def _finish(asked: Asked, places: Mapping[str, str], bound: Sequence[str], most_rows: int) -> Statement:
    tree = asked.tree.copy()
    names = {database for database, _ in asked.tables if database}
    for reference in list(tree.find_all(exp.Table)):
        if not reference.db and _is_named_above(reference):
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
        raise _refused("It says something that Athena's SQL has no words for.") from error
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
            raise _refused("Write the limit of rows as `LIMIT` and a number.")
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
        if before.token_type is TokenType.COLON and token.text.startswith(_MARK):
            parts.append(f"{sql[end : before.start]}?")
            order.append(int(token.text.removeprefix(_MARK)))
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
            raise _refused(f"{word.upper()} has no place in a query that only reads.")
        called = following is not None and following.token_type is TokenType.L_PAREN
        if called and word.isidentifier() and word not in BEFORE_PARENTHESES:
            raise _refused(f"The function {shown(word)} is not one that queries may call.")
    tree = sqlglot.parse_one(sql, read=DIALECT)
    for reference in tree.find_all(exp.Table):
        whole = reference.catalog == CATALOG and reference.db in databases
        if not whole and (reference.db or reference.catalog or not _is_named_above(reference)):
            raise _refused(f"{shown(reference.name)} is not a data set.")


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


def _refused(detail: str, *, line: Any = None, column: Any = None, at: exp.Table | None = None) -> Problem:
    if at is not None:
        line, column = position(at)
    return Problem("query-refused", detail, line=line, column=column)


def position(reference: exp.Table) -> tuple[int | None, int | None]:
    """Return the line and the column where a table is named, if they are known."""
    return next(_positions(reference), (None, None))


def _positions(reference: exp.Table) -> Iterator[tuple[int, int]]:
    for node in (reference.this, reference):
        if isinstance(node, exp.Expression) and node.meta.get("line"):
            # The parser tells where a name ends.
            yield node.meta["line"], node.meta["col"] - (node.meta["end"] - node.meta["start"])
