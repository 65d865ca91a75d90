"""A SELECT that somebody wrote, as a tree that was checked, with every table that it names anywhere."""

from __future__ import annotations

import dataclasses
import logging
import re
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import TokenType

from ..athena import CATALOG
from ..problems import Problem, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

# It quotes queries in its warnings, and what it warns of is refused.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

DIALECT = "trino"
MARK = "watershed_parameter_"
"""What question marks are called while they are numbered; a number follows."""
MOST_TABLES = 40
_MOST_TOKENS = 10_000
_MOST_DEPTH = 25
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_OF_A_TABLE = {"this", "db", "catalog", "alias", "joins", "sample"}
_FOREIGN = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Hint, exp.Parameter, exp.SessionParameter, exp.Pivot)


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
        raise refused("The query is nested too deeply.") from error


def is_named_above(reference: exp.Table) -> bool:
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


def position(reference: exp.Table) -> tuple[int | None, int | None]:
    """Return the line and the column where a table is named, if they are known."""
    return next(_positions(reference), (None, None))


def refused(detail: str, *, line: Any = None, column: Any = None, at: exp.Table | None = None) -> Problem:
    """Return the problem of a query that is not run, with the place where that is known."""
    if at is not None:
        line, column = position(at)
    return Problem("query-refused", detail, line=line, column=column)


def _read(sql: str, databases: Collection[str]) -> Asked:
    control = _CONTROL.search(sql)
    if control:
        raise refused(f"The query holds the control character U+{ord(control[0]):04X}.")
    try:
        tokens = sqlglot.tokenize(sql, read=DIALECT)
    except SqlglotError as error:
        raise refused("The query has a text, a name or a comment that does not end.") from error
    text, marks = _marked(sql, tokens)
    try:
        trees = [tree for tree in sqlglot.parse(text, read=DIALECT) if not isinstance(tree, exp.Semicolon | None)]
    except ParseError as error:
        told: Any = error.errors[0] if error.errors else {}
        raise refused(
            f"This is not SQL as Athena speaks it: {told.get('description') or 'it cannot be parsed'}.",
            line=told.get("line"),
            column=told.get("col"),
        ) from error
    except (SqlglotError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise refused("This is not SQL as Athena speaks it.") from error
    if len(trees) != 1:
        raise refused("Send one statement, not several." if trees else "There is no statement in it.")
    tree = trees[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise refused("Only a SELECT may be run: nothing is changed, made or described here.")
    _check(tree)
    return Asked(tree, marks, _tables(tree, databases))


def _marked(sql: str, tokens: Sequence[Token]) -> tuple[str, int]:
    """Return the query with its question marks numbered, so that their order is known whatever becomes of it."""
    depth = marks = 0
    end = 0
    parts: list[str] = []
    if len(tokens) > _MOST_TOKENS:
        raise refused(f"The query has {len(tokens):,} words and marks; at most {_MOST_TOKENS:,} are read.")
    for token in tokens:
        if token.token_type in {TokenType.L_PAREN, TokenType.L_BRACKET}:
            depth += 1
            if depth > _MOST_DEPTH:
                raise refused(f"Parentheses are nested more than {_MOST_DEPTH} deep.", line=token.line)
        elif token.token_type in {TokenType.R_PAREN, TokenType.R_BRACKET}:
            depth -= 1
        elif token.token_type in {TokenType.COLON, TokenType.PARAMETER, TokenType.DOLLAR, TokenType.HINT}:
            raise refused(f"{shown(token.text)} has no place in a query; parameters are question marks.")
        elif token.token_type is TokenType.PLACEHOLDER:
            parts.append(f"{sql[end : token.start]}:{MARK}{marks}")
            marks += 1
            end = token.end + 1
    return "".join((*parts, sql[end:])), marks


def _check(tree: exp.Expr) -> None:
    for node in tree.walk():
        if isinstance(node, _FOREIGN):
            raise refused(f"{node.key.upper()} has no place in a query that only reads.")
        # Amazon Athena User Guide, "Use parameterized queries".
        if isinstance(node, exp.Placeholder) and node.find_ancestor(exp.Where) is None:
            raise refused("Athena takes question marks in WHERE only.")
        if isinstance(node, exp.With) and node.args.get("recursive"):
            raise refused("Recursive queries are not run.")
        if isinstance(node, exp.CTE) and not isinstance(node.this, exp.Query):
            raise refused("WITH takes queries only.")
        if isinstance(node, exp.Lateral) and not isinstance(node.this, exp.Subquery):
            raise refused("LATERAL takes a query in parentheses; table functions are not run.")
        if isinstance(node, exp.Anonymous) and not isinstance(node.this, str):
            raise refused(f"The function {shown(node.name)} is not one that queries may call.")


def _tables(tree: exp.Expr, databases: Collection[str]) -> dict[tuple[str, str], list[exp.Table]]:
    """Return the tables of the catalog that a query names anywhere; raise Problem for what is none."""
    found: dict[tuple[str, str], list[exp.Table]] = {}
    for reference in tree.find_all(exp.Table):
        if not isinstance(reference.this, exp.Identifier):
            raise refused("Tables are data sets; table functions and files are not read.", at=reference)
        strange = [name for name, value in reference.args.items() if value and name not in _OF_A_TABLE]
        if strange:
            raise refused(f"`{reference.name}` is read as it is now and in no other way.", at=reference)
        if not reference.db and not reference.catalog and is_named_above(reference):
            continue
        database, catalog = reference.db.lower(), reference.catalog.lower()
        if catalog not in {"", CATALOG} or (database and database not in databases) or (catalog and not database):
            whole = ".".join(part for part in (reference.catalog, reference.db, reference.name) if part)
            raise refused(f"{shown(whole)} is not a data set; name one as `orders` or `curated.orders`.", at=reference)
        found.setdefault((database, reference.name.lower()), []).append(reference)
    if len(found) > MOST_TABLES:
        raise refused(f"The query reads {len(found)} data sets; at most {MOST_TABLES} are read at once.")
    return found


def _positions(reference: exp.Table) -> Iterator[tuple[int, int]]:
    for node in (reference.this, reference):
        if isinstance(node, exp.Expression) and node.meta.get("line"):
            # The parser tells where a name ends.
            yield node.meta["line"], node.meta["col"] - (node.meta["end"] - node.meta["start"])
