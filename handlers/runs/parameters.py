"""The parameters of a run: the pipeline's defaults, and what it was started with instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .dates import InvalidRunInputError

if TYPE_CHECKING:
    from .ledger import Run


def run_parameters(defaults: dict[str, Any], given: dict[str, Any], resumed: Run | None) -> dict[str, Any]:
    """Return each parameter's value: the one given, that of the run that is resumed, the event's, or the default.

    Raises InvalidRunInputError for parameters that the pipeline has not, and fields that the event has not.
    """
    values = given.get("parameters") or {}
    if not isinstance(values, dict):
        raise InvalidRunInputError(f"parameters are {values!r}: give names with values")
    wanted = given.get("parameters_from_event") or {}
    unknown = sorted({*values, *wanted} - defaults.keys())
    if unknown:
        known = ", ".join(sorted(defaults)) or "none"
        raise InvalidRunInputError(f"the pipeline has no parameter {', '.join(unknown)}; it has {known}")
    heard = {name: _field(given.get("event"), path) for name, path in wanted.items()}
    before = {name: value for name, value in (resumed.parameters if resumed else {}).items() if name in defaults}
    return {**defaults, **heard, **before, **values}


def _field(event: Any, path: str) -> Any:
    found = event
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            raise InvalidRunInputError(f"the event that started the run has no {path}")
        found = found[part]
    return found
