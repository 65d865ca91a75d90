"""Many grants as few statements: a role's policies may not be long."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pulumi_aws as aws

from .iam import Conditions, Statement
from .role import Role


class GatheredGrants:
    """A grantee that keeps what it is granted, until a role gets all of it as one policy."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.statements: list[Statement] = []

    @property
    def role(self) -> Role:
        """Itself, in a role's place: grants call nothing of a role but `allow`."""
        return cast("Role", self)

    def allow(self, what: str, statements: Sequence[Statement]) -> aws.iam.RolePolicy:
        """Keep the statements; there is no policy of them yet that something could wait for."""
        self.statements += statements
        return cast("aws.iam.RolePolicy", None)


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """Return statements that allow the same, fewer where they can be.

    What is the same but for its resources becomes one, and then what is the same but for the values of one condition.
    """
    by_resources = _joined(statements, _but_resources, _with_resources_of_both)
    return _joined(by_resources, _but_one_condition, _with_conditions_of_both)


def _joined(statements: Iterable[Statement], alike: Any, both: Any) -> list[Statement]:
    found: dict[str, Statement] = {}
    for statement in statements:
        key = alike(statement)
        found[key] = both(found[key], statement) if key in found else statement
    return list(found.values())


def _but_resources(statement: Statement) -> str:
    return _spelled([statement.effect, sorted(statement.actions), statement.conditions])


def _with_resources_of_both(first: Statement, second: Statement) -> Statement:
    return replace(first, resources=_union(first.resources, second.resources))


def _but_one_condition(statement: Statement) -> str:
    """The last key of the last operator is where prefixes and encryption contexts stand."""
    place = _last(statement.conditions)
    if place is None:
        return _spelled(["alone", id(statement)])
    rest = {
        operator: {key: value for key, value in keys.items() if (operator, key) != place}
        for operator, keys in statement.conditions.items()
    }
    return _spelled([statement.effect, sorted(statement.actions), statement.resources, rest, place])


def _with_conditions_of_both(first: Statement, second: Statement) -> Statement:
    place = _last(first.conditions)
    assert place
    operator, key = place
    values = _union(_listed(first.conditions[operator][key]), _listed(second.conditions[operator][key]))
    conditions = {name: dict(keys) for name, keys in first.conditions.items()}
    conditions[operator][key] = values
    return replace(first, conditions=conditions)


def _last(conditions: Conditions) -> tuple[str, str] | None:
    places = [(operator, key) for operator, keys in conditions.items() for key in keys]
    # "Not" means none of the values, so that more of them allow less; "ForAll" means all of several at once.
    fitting = [place for place in places if "Not" not in place[0] and not place[0].startswith("ForAll")]
    return fitting[-1] if fitting else None


def _union(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    return list({_spelled(value): value for value in (*first, *second)}.values())


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _spelled(value: Any) -> str:
    """Return a text that is the same for the same value; outputs are the same only if they are one object."""
    return json.dumps(value, default=_named)


def _named(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else f"output {id(value)}"
