"""What flows through a state: its fields in JSONata or JSONPath, by the engine that ministack brings.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

import json
from collections.abc import Mapping
from typing import Any

from .errors import StateError

MOST_BYTES = 256 * 1024
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""


class Data:
    """The fields of one state, evaluated with its input, the variables and the context object."""

    def __init__(
        self,
        engine: Any,
        state: Mapping[str, Any],
        language: str,
        data: Any,
        variables: dict[str, Any],
        context: dict[str, Any],
    ) -> None:
        self._engine = engine
        self._state = state
        self._given = data
        self._variables = variables
        self.context = context
        self.is_jsonata = (state.get("QueryLanguage") or language) == "JSONata"

    @property
    def effective(self) -> Any:
        """The input that the state's fields see: after InputPath in JSONPath."""
        if self.is_jsonata:
            return self._given
        return self._ask(self._engine._apply_input_path, self._state, self._given, self._context())

    def arguments(self) -> Any:
        """What is sent to a service, or to the branches of a Parallel."""
        if self.is_jsonata:
            return self.value(self._state["Arguments"]) if "Arguments" in self._state else self._given
        return self._ask(self._engine._apply_parameters, self._state, self.effective, self._context())

    def value(self, template: Any, **bound: Any) -> Any:
        """Evaluate a template; `bound` may hold `result`, `error_output` and `item`."""
        item = bound.pop("item", None)
        context = self._context() if item is None else {**self._context(), "Map": {"Item": item}}
        if self.is_jsonata:
            evaluate = self._engine._apply_jsonata_template
            return plain(self._ask(evaluate, template, self._given, context, **bound))
        return self._ask(self._engine._resolve_params_obj, template, self.effective, context)

    def field(self, name: str, default: Any = None) -> Any:
        """A field of the state that may be an expression, or a path under `<name>Path`."""
        if f"{name}Path" in self._state:
            return self._ask(
                self._engine._resolve_path_or_ctx, self._state[f"{name}Path"], self.effective, self._context()
            )
        found = self._state.get(name, default)
        return self.value(found) if self.is_jsonata and isinstance(found, str) else found

    def output(self, result: Any) -> Any:
        """The state's output; `result` is what its work gave."""
        if self.is_jsonata:
            found = self.value(self._state["Output"], result=result) if "Output" in self._state else result
        else:
            engine, context = self._engine, self._context()
            selected = self._ask(engine._apply_result_selector, self._state, result)
            merged = self._ask(engine._apply_result_path, self._state, self._given, selected)
            found = self._ask(engine._apply_output_path, self._state, merged, context)
        return limited(found)

    def assign(self, fields: Mapping[str, Any], **bound: Any) -> dict[str, Any]:
        """Return what Assign gives: every expression sees the variables as they were before."""
        templates = fields.get("Assign")
        if not templates or not self.is_jsonata:
            return {}
        return {name: self.value(template, **bound) for name, template in templates.items()}

    def caught(self, catcher: Mapping[str, Any], error: StateError) -> tuple[Any, dict[str, Any]]:
        """Return output and variables of a catcher."""
        shown = {"Error": error.error, "Cause": error.cause}
        if self.is_jsonata:
            output = self.value(catcher["Output"], error_output=shown) if "Output" in catcher else shown
            return limited(output), self.assign(catcher, error_output=shown)
        path = catcher.get("ResultPath", "$")
        return limited(self._ask(self._engine._apply_result_path_raw, path, self._given, shown)), {}

    def chosen(self) -> tuple[str, Any, dict[str, Any]]:
        """Return the next state of a Choice, its output and the variables."""
        for rule in self._state.get("Choices", []):
            if self._holds(rule):
                output = self.value(rule["Output"]) if "Output" in rule and self.is_jsonata else self._passed()
                return rule["Next"], limited(output), self.assign(rule)
        if "Default" not in self._state:
            raise StateError("States.NoChoiceMatched", "No choice rule matched and there is no Default.")
        output = self.value(self._state["Output"]) if "Output" in self._state and self.is_jsonata else self._passed()
        return self._state["Default"], limited(output), self.assign(self._state)

    def _holds(self, rule: Mapping[str, Any]) -> bool:
        if not self.is_jsonata:
            return bool(self._ask(self._engine._evaluate_rule, rule, self.effective, self._context()))
        found = self.value(rule["Condition"])
        if not isinstance(found, bool):
            raise StateError(
                "States.QueryEvaluationError",
                f"The JSONata expression of the Condition returned no boolean but {json.dumps(found)}.",
            )
        return found

    def _passed(self) -> Any:
        if self.is_jsonata:
            return self._given
        return self._ask(self._engine._apply_output_path, self._state, self.effective, self._context())

    def _context(self) -> dict[str, Any]:
        return {**self.context, "variables": self._variables, "QueryLanguage": "JSONata" if self.is_jsonata else ""}

    def _ask(self, call: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except self._engine._ExecutionError as error:
            raise StateError(error.error, error.cause) from error


def plain(value: Any) -> Any:
    """Return a value of the JSONata engine as JSON has it."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        raise StateError(
            "States.QueryEvaluationError", f"The expression returned what JSON does not have: {error}"
        ) from error


def limited(value: Any) -> Any:
    """Return a value that is not larger than what a state may pass on."""
    size = len(json.dumps(value, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        raise StateError(
            "States.DataLimitExceeded",
            "The state/task returned a result with a size exceeding the maximum number of bytes service limit.",
        )
    return value
