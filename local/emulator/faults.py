"""Services that are busy: a share of the calls of roles is refused as AWS throttles them, or made and its answer lost.

Off until somebody asks: `PUT /_watershed/faults {"seed": 1, "shares": {"dynamodb": {"refused": 0.2, "lost": 0.05}}}`
begins anew, no shares end it, and every answer counts what was done since it began. What is refused has no effect; what
is lost had its effect, and is answered as an internal error. The deploy, the command line and what AWS services do in a
role's name are left alone. The names of the errors are those of botocore's models; which of them a service gives:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
https://docs.aws.amazon.com/athena/latest/APIReference/CommonErrors.html
"""

import json
import random
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from .answers import Asked
from .recording import Recorder

FAULTS_PATH = "/_watershed/faults"
_BUSY = {
    "dynamodb": ("ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"),
    "athena": ("ThrottlingException",),
    "glue": ("ThrottlingException",),
}
# Operations that have an error of their own for it.
_OWN_BUSY = {("athena", each): ("TooManyRequestsException",) for each in ("StartQueryExecution", "GetQueryResults")}
_LOST = {
    "dynamodb": "InternalServerError",
    "athena": "InternalServerException",
    "glue": "InternalServiceException",
}
_TRANSACTIONS = {"TransactWriteItems": "TransactItems", "TransactGetItems": "TransactItems"}
_CANCELLED = "TransactionCanceledException"
_MESSAGE = "Rate exceeded"


@dataclass(frozen=True)
class Share:
    """Of a service's calls, from 0 to 1: those that are refused, and those whose answer is lost."""

    refused: float = 0
    lost: float = 0


@dataclass(frozen=True)
class Fault:
    """What was done to how many calls of an operation; `error` is what they were answered."""

    service: str
    operation: str
    error: str
    count: int


class Faults:
    """What is refused and lost, and what was."""

    def __init__(self, evaluator: Any, responses: Any, recorder: Recorder) -> None:
        self._evaluator = evaluator
        self._responses = responses
        self._recorder = recorder
        self._lock = threading.Lock()
        self._shares: dict[str, Share] = {}
        self._random: dict[str, random.Random] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def answer(self, asked: Asked) -> Mapping[str, Any] | None:
        """Take new shares, if there is a body; tell what was done since the last ones, for JSON."""
        with self._lock:
            if asked.body:
                told = json.loads(asked.body)
                shares = {service: Share(**each) for service, each in told["shares"].items()}
                if not shares.keys() <= _BUSY.keys():
                    return None
                if shares:
                    self._counts.clear()
                    self._random = {service: random.Random(f"{told['seed']} {service}") for service in shares}  # noqa: S311
                self._shares = shares
            faults = [Fault(*key, count) for key, count in sorted(self._counts.items())]
            return {
                "shares": {service: asdict(each) for service, each in self._shares.items()},
                "faults": [asdict(each) for each in faults],
            }

    def handler(self, service: str, handle: Any, access_key_of: Any) -> Any:
        """Return what serves a service's requests in the place of ministack's handler."""

        async def handle_or_fail(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            if service not in self._shares or not self._is_a_roles_own(access_key_of(headers, query)):
                return await handle(method, path, headers, body, query)
            operation = headers.get("x-amz-target", "").rpartition(".")[2]
            refusal, is_lost = self._drawn(service, operation)
            if refusal:
                return self._refused(refusal, operation, body)
            answer = await handle(method, path, headers, body, query)
            return self._lost(service, operation) if is_lost and answer[0] == 200 else answer

        return handle_or_fail

    def _is_a_roles_own(self, access_key: str) -> bool:
        return ":assumed-role/" in self._evaluator.caller_arn() and not self._recorder.service_of(access_key)

    def _drawn(self, service: str, operation: str) -> tuple[str, bool]:
        """Draw what becomes of a call: the error by which it is refused, or whether its answer is lost."""
        with self._lock:
            share = self._shares.get(service)
            if share is None:
                return "", False
            drawn = self._random[service]
            lot = drawn.random()
            if lot >= share.refused:
                return "", lot < share.refused + share.lost
            errors = _OWN_BUSY.get((service, operation), _BUSY[service])
            error = drawn.choice((*errors, _CANCELLED) if operation in _TRANSACTIONS else errors)
            self._counts[service, operation, error] += 1
            return error, False

    def _refused(self, error: str, operation: str, body: bytes) -> Any:
        if error != _CANCELLED:
            return self._responses.error_response_json(error, _MESSAGE, 400)
        # The first of them is what cannot be done now; one reason each, in their order.
        others = len(json.loads(body)[_TRANSACTIONS[operation]]) - 1
        reasons = [{"Code": "ThrottlingError", "Message": _MESSAGE}, *({"Code": "None"} for _ in range(others))]
        listed = ", ".join(each["Code"] for each in reasons)
        message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{listed}]"
        told = {"CancellationReasons": reasons}
        return self._responses.error_response_json(error, message, 400, told, message_key="Message")

    def _lost(self, service: str, operation: str) -> Any:
        with self._lock:
            self._counts[service, operation, _LOST[service]] += 1
        return self._responses.error_response_json(_LOST[service], "The answer was lost", 500)


def install(app: Any, evaluator: Any, responses: Any, recorder: Recorder) -> Faults:
    """Stand before the services that can be busy here, behind the check of the caller's permissions."""
    faults = Faults(evaluator, responses, recorder)
    for service in _BUSY:
        handle = app.SERVICE_HANDLERS[service]
        app.SERVICE_HANDLERS[service] = faults.handler(service, handle, app.extract_access_key_id)
    return faults


@contextmanager
def busy(endpoint: str, shares: Mapping[str, Share], seed: int) -> Iterator[None]:
    """Let services of the emulator be busy for the length of the block; `read_faults` tells what became of their calls.

    Raises:
        ValueError: for a service that cannot be busy here.

    """
    unknown = shares.keys() - _BUSY.keys()
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} cannot be busy here; choose of {', '.join(_BUSY)}")
    _ask(endpoint, {"seed": seed, "shares": {service: asdict(each) for service, each in shares.items()}})
    try:
        yield
    finally:
        _ask(endpoint, {"shares": {}})


def read_faults(endpoint: str) -> list[Fault]:
    """Ask the emulator what was done to calls since services were told to be busy."""
    return [Fault(**each) for each in _ask(endpoint)["faults"]]


def _ask(endpoint: str, told: Mapping[str, Any] | None = None) -> Any:
    body = None if told is None else json.dumps(told).encode()
    request = urllib.request.Request(endpoint + FAULTS_PATH, body, method="GET" if body is None else "PUT")  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the emulator
        return json.load(answer)
