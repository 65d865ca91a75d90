"""Whether a condition must be met by something that not everything is."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from .patterns import has_wildcard, literal_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Condition

# Operators under which a value must be met; the negated ones let through all but a few.
POSITIVE = {
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
    "numericequals",
    "bool",
}
PATTERNS = {"stringlike", "arnequals", "arnlike"}
# What every id of a kind begins with: behind it, a wildcard stands for all of them.
SAYS_NOTHING = {"", "arn:", "arn:aws:", "o-", "vpc-", "vpce-", "aroa", "aida"}
# Keys whose values are numbers and ids that AWS gives.
WHOLE = ("account", "sourceowner", "orgid", "orgpaths", "sourcevpc", "sourcevpce")
# Two networks of half the addresses are all of them; no owner of addresses has as many.
WIDEST_NETWORK = {4: 8, 6: 19}


def is_real(condition: Condition, beside: Sequence[Condition] = ()) -> bool:
    """Say whether the condition must be met by a value that not everything is.

    `beside` are the conditions of the same statement: IfExists and ForAllValues hold when the key is absent from the
    request, unless a `Null: false` demands it.
    """
    operator = condition.operator.lower()
    if operator.startswith("forallvalues:") or operator.endswith("ifexists"):
        if not must_be_there(condition.key, beside):
            return False
        operator = operator.removeprefix("forallvalues:").removesuffix("ifexists")
    operator = operator.removeprefix("foranyvalue:")
    if operator not in POSITIVE or not condition.values:
        return False
    return not any(_is_vacuous(operator, condition.key.lower(), value) for value in condition.values)


def must_be_there(key: str, beside: Sequence[Condition]) -> bool:
    """Say whether a condition beside demands that the request has the key."""
    return any(
        other.operator.lower() == "null"
        and other.key.lower() == key.lower()
        and {value.lower() for value in other.values} == {"false"}
        for other in beside
    )


def _is_vacuous(operator: str, key: str, value: str) -> bool:
    if operator == "bool":
        return value.lower() != "true"
    if operator == "ipaddress":
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
        return network.prefixlen < WIDEST_NETWORK[network.version]
    if operator in PATTERNS and has_wildcard(value):
        # Of a number or an id no part says whose it is; of a path, what stands before the first `/` is the id.
        id_ = value.partition("/")[0] if key.endswith("orgpaths") else value
        return literal_prefix(value).lower() in SAYS_NOTHING or (key.endswith(WHOLE) and has_wildcard(id_))
    return False
