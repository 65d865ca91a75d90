"""What each role did: every IAM check of a call that was made under a role.

ministack authorises each request in one function, `iam_evaluator.enforce`, once for each action and resource that
AWS would check (the source of a copy, each item of a transaction, each key of a batch delete). Calls of the account's
root, such as the deploy's and the command line's, are not recorded. The launcher answers `CALLS_PATH` with all of it.
"""

import json
import re
import threading
from typing import Any

CALLS_PATH = "/_watershed/calls"
# Calls that differ in more than their count; a stage that runs for weeks must not fill the memory.
MOST_CALLS = 50_000

_ASSUMED_ROLE = re.compile(r"arn:[^:]+:sts::(\d+):assumed-role/([^/]+)/")


class Recorder:
    """The calls so far: who, which action, on what, in which context, and whether IAM let it through."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[tuple[str, str, str, str, str, bool], int] = {}
        self._services: dict[str, str] = {}
        self._unchecked: dict[tuple[str, str], int] = {}
        self._left_out = 0

    def document(self) -> dict[str, Any]:
        """Return what was recorded, for JSON."""
        with self._lock:
            calls = [
                {
                    "role": role,
                    "by": by,
                    "action": action,
                    "resource": resource,
                    "context": json.loads(context),
                    "allowed": allowed,
                    "count": count,
                }
                for (role, by, action, resource, context, allowed), count in self._calls.items()
            ]
            unchecked = [
                {"role": role, "operation": operation, "count": count}
                for (role, operation), count in self._unchecked.items()
            ]
            return {"calls": calls, "unchecked": unchecked, "left_out": self._left_out}

    def name_service(self, access_key: str, by: str) -> None:
        """Note that calls with an access key are a service's, in the role's name: `by` says which, and what it does."""
        self._services[access_key] = by

    def service_of(self, access_key: str) -> str:
        """Return what was noted of an access key; empty for the role's own."""
        return self._services.get(access_key, "")

    def add(
        self, caller: str, action: str, resource: str, context: dict[str, Any], *, allowed: bool, by: str = ""
    ) -> None:
        """Record one check, if a role made the call, or the service that `by` names in its name."""
        role = _role(caller)
        if role is None:
            return
        key = (role, by, action, resource, json.dumps(context, sort_keys=True, default=str), allowed)
        with self._lock:
            if key not in self._calls and len(self._calls) >= MOST_CALLS:
                self._left_out += 1
                return
            self._calls[key] = self._calls.get(key, 0) + 1

    def add_unchecked(self, caller: str, operation: str) -> None:
        """Record a call for which the emulator knows no IAM action, so that it was let through."""
        role = _role(caller)
        if role is not None:
            with self._lock:
                self._unchecked[role, operation] = self._unchecked.get((role, operation), 0) + 1


def install(evaluator: Any, actions: Any) -> Recorder:
    """Record the checks of ministack's evaluator, and the requests that it finds no action for."""
    recorder = Recorder()
    enforce, extract = evaluator.enforce, actions.extract_iam_action

    def enforce_and_record(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        denied = enforce(access_key, action, service, region, resource_arn, service_context)
        if not isinstance(denied, evaluator.AuthError):
            recorder.add(
                evaluator.caller_arn(),
                action,
                resource_arn,
                service_context or {},
                allowed=denied is None,
                by=recorder.service_of(access_key or ""),
            )
        return denied

    def extract_and_record(service: str, method: str, path: str, headers: dict[str, str], *rest: Any) -> Any:
        action = extract(service, method, path, headers, *rest)
        if action is None:
            name = headers.get("x-amz-target") or f"{method} {path}"
            recorder.add_unchecked(evaluator.caller_arn(), f"{service} {name}")
        return action

    evaluator.enforce = enforce_and_record
    actions.extract_iam_action = extract_and_record
    return recorder


def _role(caller: str) -> str | None:
    found = _ASSUMED_ROLE.match(caller)
    return found[2] if found else None
