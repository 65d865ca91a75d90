"""`${...}` in a stage's texts, as JSONata, in which the state machine computes them.

Source: AWS Step Functions Developer Guide, "Transforming data with JSONata", "Passing data between states with
variables".
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REFERENCE = re.compile(r"\$\{([^}]*)\}")
_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_RUN = {"date": "$run.date", "id": "$run.id"}
_ACCEPTED = "${date}, ${id}, ${parameters.NAME}, ${stages.STAGE.FIELD}, in a for-each ${item}"


class StageError(ValueError):
    """What is wrong with one stage, in words that name it."""


@dataclass(frozen=True)
class Scope:
    """What a stage's texts may refer to: the parameters, and the stages that have run for certain before it."""

    parameters: frozenset[str]
    stages: Mapping[str, frozenset[str] | None]
    """By name, the fields of its output, or None where only the work itself knows them."""
    maybe: frozenset[str] = field(default=frozenset())
    """Stages that ran only if a choice said so."""
    item: bool = False

    def path(self, reference: str, where: str) -> str:
        """Return the JSONata path of what stands between `${` and `}`; raises StageError, saying what there is."""
        if reference in _RUN:
            return _RUN[reference]
        parts = reference.split(".")
        if not all(re.fullmatch(_NAME, part) for part in parts):
            raise StageError(f"{where}: ${{{reference}}} is no reference; there are {_ACCEPTED}")
        if parts[0] == "item":
            if not self.item:
                raise StageError(f"{where}: ${{{reference}}} has a meaning in the stages of a for-each only")
            return _join("$states.input", parts)
        if parts[0] == "parameters" and len(parts) > 1:
            return self._parameter(parts, reference, where)
        if parts[0] == "stages" and len(parts) > 2:
            return self._output(parts, reference, where)
        raise StageError(f"{where}: ${{{reference}}} is no reference; there are {_ACCEPTED}")

    def _parameter(self, parts: Sequence[str], reference: str, where: str) -> str:
        if parts[1] not in self.parameters:
            known = ", ".join(sorted(self.parameters)) or "none"
            raise StageError(
                f"{where}: ${{{reference}}}: the pipeline has no parameter {parts[1]!r} ({known}): declare it under "
                "`parameters`, with its default"
            )
        return _join("$run.parameters", parts[1:])

    def _output(self, parts: Sequence[str], reference: str, where: str) -> str:
        stage, part = parts[1], parts[2]
        if stage in self.maybe:
            raise StageError(f"{where}: ${{{reference}}}: stage {stage!r} runs only if a choice says so")
        if stage not in self.stages:
            known = ", ".join(sorted(self.stages)) or "none"
            raise StageError(f"{where}: ${{{reference}}}: no stage {stage!r} has run before this one ({known})")
        fields = self.stages[stage]
        if fields is not None and part not in fields:
            raise StageError(
                f"{where}: ${{{reference}}}: the output of stage {stage!r} has no {part!r}, but "
                f"{', '.join(sorted(fields))}"
            )
        return _join("$states.input", parts[1:])


def text(template: str, scope: Scope, where: str) -> str:
    """Return a text as the definition writes it: as it is, or an expression that puts it together."""
    parts = REFERENCE.split(template)
    if len(parts) == 1:
        return literal(template)
    pieces = []
    for position, part in enumerate(parts):
        if position % 2:
            pieces.append(_present(scope.path(part, where), part))
        elif part:
            pieces.append(json.dumps(part))
    return expression(" & ".join(pieces))


def value(template: str, scope: Scope, where: str) -> str:
    """Return what a text refers to, of whatever type, where it is one reference and nothing else."""
    parts = REFERENCE.split(template)
    if len(parts) != 3 or parts[0] or parts[2]:
        raise StageError(f"{where}: give one reference, for example ${{stages.list.keys}}")
    return expression(scope.path(parts[1], where))


def condition(template: str, scope: Scope, where: str) -> str:
    """Return a condition, with paths instead of its references."""
    return expression(REFERENCE.sub(lambda found: scope.path(found[1], where), template))


def nested(given: Any, scope: Scope, where: str) -> Any:
    """Return the same value, with every text in it as the definition writes it."""
    if isinstance(given, str):
        parts = REFERENCE.split(given)
        return value(given, scope, where) if len(parts) == 3 and not parts[0] + parts[2] else text(given, scope, where)
    if isinstance(given, Mapping):
        return {key: nested(inner, scope, where) for key, inner in given.items()}
    if isinstance(given, Sequence):
        return [nested(inner, scope, where) for inner in given]
    return given


def expression(jsonata: str) -> str:
    """Return an expression as the Amazon States Language marks it."""
    return f"{{% {jsonata} %}}"


def jsonata(written: str) -> str:
    """Return what a definition's text is, as a part of another expression."""
    return written[3:-3] if written.startswith("{%") else json.dumps(written)


def literal(plain: str) -> str:
    """Return a text that is no expression, whatever it looks like."""
    return expression(json.dumps(plain)) if plain.startswith("{%") else plain


def _present(path: str, reference: str) -> str:
    """An operand that is missing would be left out of the text in silence; the run fails instead, saying which."""
    return f"($exists({path}) ? $string({path}) : $error({json.dumps(f'there is no {reference} in this run')}))"


def _join(start: str, parts: Sequence[str]) -> str:
    """Names with hyphens are quoted, as JSONata would subtract otherwise."""
    return ".".join([start, *(part if re.fullmatch(r"[A-Za-z_]\w*", part) else f"`{part}`" for part in parts)])
