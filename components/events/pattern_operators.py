"""The comparison operators of event patterns: what each takes, and which values it holds for.

Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns".
"""

import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

Check = Callable[[Any], str | None]
"""What is wrong with an operand, in words that follow the operator's name; None where nothing is."""
Holds = Callable[[Any, Any], bool]
"""Whether an operand holds for one text, number, truth value or null of an event."""

_LARGEST = 5_000_000_000
"""The guide's "Numeric matching": values between -5.0e9 and +5.0e9."""
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class Operator:
    """One operator."""

    wrong: Check
    holds: Holds


def same(one: Any, other: Any) -> bool:
    """Compare as EventBridge does, by how JSON writes a value: 300 and 300.0 are two, and so are 1 and true."""
    return type(one) is type(other) and json.dumps(one) == json.dumps(other)


def is_number(value: Any) -> bool:
    """Say whether JSON calls it a number; Python counts truth values among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(operand: Any) -> str | None:
    return None if isinstance(operand, str) and operand else "takes a text that is not empty"


def _affix(operand: Any) -> str | None:
    if isinstance(operand, dict):
        if list(operand) != ["equals-ignore-case"]:
            return 'takes a text, or {"equals-ignore-case": text}'
        return _text(operand["equals-ignore-case"])
    return _text(operand)


def _begins(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        return isinstance(value, str) and value.lower().startswith(operand["equals-ignore-case"].lower())
    return isinstance(value, str) and value.startswith(operand)


def _ends(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        return isinstance(value, str) and value.lower().endswith(operand["equals-ignore-case"].lower())
    return isinstance(value, str) and value.endswith(operand)


def _alike(operand: Any, value: Any) -> bool:
    return isinstance(value, str) and value.lower() == operand.lower()


def _wildcard(operand: Any) -> str | None:
    if problem := _text(operand):
        return problem
    try:
        parts = _literals(operand)
    except ValueError:
        return r"takes \ before * and \ only, to mean the character itself"
    return "takes no two * in a row" if "" in parts[1:-1] else None


def _fits(operand: Any, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    first, *rest = _literals(operand)
    if not rest:
        return value == first
    *middle, last = rest
    if not value.startswith(first):
        return False
    position = len(first)
    for literal in middle:
        found = value.find(literal, position)
        if found < 0:
            return False
        position = found + len(literal)
    return value.endswith(last) and position + len(last) <= len(value)


def _literals(wildcard: str) -> list[str]:
    r"""Return the texts between the stars; `\*` is a star and `\\` a backslash of the text."""
    parts = [""]
    characters = iter(wildcard)
    for character in characters:
        if character == "*":
            parts.append("")
            continue
        if character == "\\":
            character = next(characters, "")
            if character not in ("*", "\\"):
                raise ValueError(wildcard)
        parts[-1] += character
    return parts


def _network(operand: Any) -> str | None:
    accepted = "takes an address and a mask, for example 10.0.0.0/24"
    if not isinstance(operand, str) or operand.count("/") != 1:
        return accepted
    try:
        network = ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return accepted
    if network.prefixlen == network.max_prefixlen:
        return "takes no single address: give that as a value"
    return None


def _within(operand: Any, value: Any) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


def _range(operand: Any) -> str | None:
    accepted = 'takes ["=", 5], or [">", 0, "<=", 5]; there are = < <= > >='
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return accepted
    comparisons, bounds = operand[::2], operand[1::2]
    known = all(isinstance(sign, str) and sign in _COMPARISONS for sign in comparisons)
    if not known or not all(is_number(bound) for bound in bounds):
        return accepted
    if any(abs(bound) > _LARGEST for bound in bounds):
        return f"takes numbers between -{_LARGEST:,} and {_LARGEST:,}"
    if len(operand) == 4 and (comparisons[0] not in (">", ">=") or comparisons[1] not in ("<", "<=")):
        return "takes the lower bound first, then the upper one"
    if len(operand) == 4 and not bounds[0] < bounds[1]:
        return "takes a lower bound that is less than the upper one"
    return None


def _compares(operand: Any, value: Any) -> bool:
    return is_number(value) and all(
        _COMPARISONS[sign](value, bound) for sign, bound in zip(operand[::2], operand[1::2], strict=True)
    )


def _anything_but(operand: Any) -> str | None:
    if isinstance(operand, dict):
        if len(operand) != 1 or next(iter(operand)) not in _NEGATED:
            return f"takes a value, a list of values, or one of {', '.join(sorted(_NEGATED))}"
        ((name, inner),) = operand.items()
        texts = inner if isinstance(inner, list) else [inner]
        problem = next((found for text in texts if (found := _NEGATED[name](text))), None)
        return f"{name}: {problem}" if problem else None if texts else f"{name}: takes a text"
    values = operand if isinstance(operand, list) else [operand]
    if values and (all(isinstance(each, str) for each in values) or all(is_number(each) for each in values)):
        return None
    return "takes texts, or numbers, not both and nothing else"


def _differs(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        ((name, inner),) = operand.items()
        texts = inner if isinstance(inner, list) else [inner]
        return not any(OPERATORS[name].holds(text, value) for text in texts)
    return not any(same(each, value) for each in (operand if isinstance(operand, list) else [operand]))


def _truth(operand: Any) -> str | None:
    return None if isinstance(operand, bool) else "takes true or false"


_NEGATED: dict[str, Check] = {"prefix": _text, "suffix": _text, "equals-ignore-case": _text, "wildcard": _wildcard}
OPERATORS: dict[str, Operator] = {
    "prefix": Operator(_affix, _begins),
    "suffix": Operator(_affix, _ends),
    "equals-ignore-case": Operator(_text, _alike),
    "wildcard": Operator(_wildcard, _fits),
    "cidr": Operator(_network, _within),
    "numeric": Operator(_range, _compares),
    "anything-but": Operator(_anything_but, _differs),
    # Asks about the field, which the pattern itself answers.
    "exists": Operator(_truth, lambda operand, value: bool(operand)),
}
