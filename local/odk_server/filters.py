"""`$filter` as Central understands it: comparisons of a submission's system fields with literals, and/or/not.

Where an expression does not speak of deletion, deleted submissions are left out (central-backend, "odata-filter").
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .data import Submission

Predicate = Callable[[Submission], bool]
_DELETED = "__system/deletedAt"
_FIELDS: dict[str, Callable[[Submission], Any]] = {
    "__system/submissionDate": lambda each: each.created,
    "__system/updatedAt": lambda each: each.updated,
    _DELETED: lambda each: each.deleted,
    "__system/submitterId": lambda each: each.submitter[0],
    "__system/reviewState": lambda each: each.review,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left is not None and right is not None and left < right,
    "le": lambda left, right: left is not None and right is not None and left <= right,
    "gt": lambda left, right: left is not None and right is not None and left > right,
    "ge": lambda left, right: left is not None and right is not None and left >= right,
}
_TOKEN = re.compile(r"\s*(?:([()])|('[^']*')|([^\s()']+))")


class FilterError(Exception):
    """An expression that Central refuses; `code` is that of its problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def predicate(expression: str | None) -> Predicate:
    """Return what tells whether a submission satisfies an expression."""
    if not expression:
        return lambda each: each.deleted is None
    parser = _Parser(_tokens(expression))
    found = parser.either()
    parser.expect_end()
    if _DELETED in expression:
        return found
    return lambda each: each.deleted is None and found(each)


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def either(self) -> Predicate:
        alternatives = [self._both()]
        while self._taken("or"):
            alternatives.append(self._both())
        return lambda submission: any(each(submission) for each in alternatives)

    def expect_end(self) -> None:
        if self._tokens:
            raise FilterError("400.18", f"Unexpected {self._tokens[0]!r}.")

    def _both(self) -> Predicate:
        conditions = [self._one()]
        while self._taken("and"):
            conditions.append(self._one())
        return lambda submission: all(each(submission) for each in conditions)

    def _one(self) -> Predicate:
        if self._taken("not"):
            inner = self._one()
            return lambda each: not inner(each)
        if self._taken("("):
            found = self.either()
            if not self._taken(")"):
                raise FilterError("400.18", "A parenthesis is not closed.")
            return found
        left = self._operand()
        name = self._next()
        if name not in _COMPARISONS:
            raise FilterError("400.18", f"{name!r} is not an operator.")
        compare, right = _COMPARISONS[name], self._operand()
        return lambda each: compare(left(each), right(each))

    def _operand(self) -> Callable[[Submission], Any]:
        text = self._next()
        if text in _FIELDS:
            return _FIELDS[text]
        if text.startswith(("__", "$")):
            raise FilterError("501.5", f"The given OData filter expression references {text}, which is not supported.")
        value = _literal(text)
        return lambda _: value

    def _next(self) -> str:
        if not self._tokens:
            raise FilterError("400.18", "The expression ends too early.")
        return self._tokens.pop(0)

    def _taken(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            self._tokens.pop(0)
            return True
        return False


def _tokens(expression: str) -> list[str]:
    tokens, position = [], 0
    text = expression.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise FilterError("400.18", f"The expression cannot be read at {position}.")
        tokens.append(found[1] or found[2] or found[3])
        position = found.end()
    return tokens


def _literal(text: str) -> Any:
    if text == "null":
        return None
    if text.startswith("'"):
        return text[1:-1]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
