"""The services that Task states call, each under the machine's role.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..cancelling import Cancel
from ..errors import StateError
from .api import Api
from .functions import invoke, invoke_directly
from .jobs import JOBS
from .readers import read_items
from .resources import Call, parse

__all__ = ["Call", "Integrations", "parse"]

Submitted = Callable[[Any], None]


class Integrations:
    """Calls services for one role in one region."""

    def __init__(self, engine: Any, api: Api) -> None:
        self._engine = engine
        self._api = api
        self.region = api.region

    def call(self, call: Call, arguments: Any, cancel: Cancel, submitted: Submitted) -> Any:
        """Do what a Task's Resource says; `submitted` is told the first answer of a job that is waited for."""
        if call.is_activity:
            return self._ask_activity(call, arguments)
        if call.service == "lambda" and not call.is_sdk:
            if not call.action:
                return invoke_directly(self._api, call.arn, arguments)
            return invoke(self._api, arguments)
        if not isinstance(arguments, Mapping):
            raise StateError("States.Runtime", f"The arguments of {call.arn} must be an object.")
        if call.waits_for_job:
            job = JOBS.get((call.service, call.action))
            if job is None:
                raise StateError(
                    "States.Runtime", f"The local stage has no integration {call.arn}: see docs/guides/local-stage.md."
                )
            return job(self._api, call, arguments, cancel, submitted)
        return self._api.call(call, arguments)

    def read_items(self, resource: str, where: Mapping[str, Any], config: Mapping[str, Any]) -> list[Any]:
        """Return the items that an ItemReader finds."""
        return read_items(self._api, self._engine, resource, where, config)

    def _ask_activity(self, call: Call, arguments: Any) -> Any:
        try:
            return self._engine._invoke_activity(call.arn, arguments)
        except self._engine._ExecutionError as error:
            raise StateError(error.error, error.cause) from error
