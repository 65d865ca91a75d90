"""What stages are compiled with: their components, values that only the deploy knows, and the permissions they take."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pulumi

from ..core import Grantee, Statement, named
from ..core.deployment import Deployment
from ..core.gathering import GatheredGrants
from .expressions import Scope, StageError, expression
from .stages import WorkStage

T = TypeVar("T")
State = dict[str, Any]


class Values:
    """Values that only the deploy knows, as marks in the definition that are replaced once all are known."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, pulumi.Input[str]]] = {}

    def mark(self, value: pulumi.Input[str]) -> str:
        """Return a text that stands for the value; plain texts stand for themselves."""
        if isinstance(value, str):
            return value
        mark, _ = self._known.setdefault(id(value), (f"\u00ab{len(self._known)}\u00bb", value))
        return mark

    def fill(self, text: str) -> pulumi.Output[str]:
        """Return the text with the values at their marks, escaped as JSON texts are."""
        marks = dict(self._known.values())

        def replaced(values: Mapping[str, str]) -> str:
            filled = text
            for mark, value in values.items():
                filled = filled.replace(mark, json.dumps(value)[1:-1])
            return filled

        return pulumi.Output.all(**marks).apply(replaced)


@dataclass
class Compilation:
    """One pipeline's compilation."""

    pipeline: str
    deployment: Deployment
    ledger_table: str
    """The mark of the run ledger's table name."""
    components: Sequence[tuple[str, object]]
    """Each with the name that stages in a stack config call it by."""
    values: Values
    machine_arn: str
    needed: GatheredGrants = field(default_factory=lambda: GatheredGrants("stages"))
    _granted: set[str] = field(default_factory=set)

    def component(self, reference: Any, kind: type[T], where: str) -> T:
        """Return the component a stage names; raises StageError with the names there are."""
        try:
            return named.component(reference, kind, self.components, where)
        except LookupError as error:
            raise StageError(str(error.args[0])) from None

    def allow(self, *statements: Statement) -> None:
        """Write down what the state machine's role needs."""
        self.needed.statements += statements

    def grant(self, what: str, grant: Callable[[Grantee], object]) -> None:
        """Write down a grant that the role gets, once for each `what`."""
        if what not in self._granted:
            self._granted.add(what)
            grant(self.needed)

    def integration(self, name: str) -> str:
        """Return the resource of a service integration, `ecs:runTask.sync`."""
        return f"arn:{self.deployment.partition}:states:::{name}"


@dataclass(frozen=True)
class Place:
    """Where a stage stands: what it may refer to, what follows, and whether the ledger keeps its output."""

    scope: Scope
    then: str
    """The state that follows."""
    recorded: bool = True


def where(stage: WorkStage | Any) -> str:
    """Return how messages name a stage."""
    return f"stage {stage.name!r}"


def merged(name: str, output: str) -> str:
    """Return the data after a stage: what there was, and the stage's output under its name."""
    return expression(f"$merge([$states.input, {{{json.dumps(name)}: {output}}}])")


def noted(key: str, note: str) -> str:
    """Return the data with a note that the stage's own states need, under a key that no stage can have."""
    return expression(f'$merge([$states.input, {{"{key}": {note}}}])')


def without(key: str, *more: str) -> str:
    """Return the JSONata of the data without a note, and with more merged in."""
    # $sift answers with nothing, rather than {}, where nothing is left.
    kept = f'$sift($states.input, function($value, $key) {{ $key != "{key}" }})'
    return f"$merge([{', '.join(['{}', kept, *more])}])"


def run_variables() -> dict[str, str]:
    """Return what every stage is told of its run, by name."""
    return {
        "date": expression("$run.date"),
        "id": expression("$run.id"),
        "pipeline": expression("$run.pipeline"),
        "parameters": expression("$string($run.parameters)"),
    }
