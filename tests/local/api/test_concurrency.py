"""Many requests to one function at once, on a machine with few cores."""

import asyncio
from types import SimpleNamespace
from typing import Any

from local.emulator.apis.gateway import AT_ONCE, Gateway


class Functions:
    """What stands for ministack's invocation of functions: how many of each ran at once, and how many at all."""

    def __init__(self) -> None:
        self.running: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.answered = 0

    async def invoke(self, integration: dict[str, Any], *_: Any, **__: Any) -> str:
        name = integration["uri"]
        self.running[name] = self.running.get(name, 0) + 1
        self.most[name] = max(self.most.get(name, 0), self.running[name])
        await asyncio.sleep(0.01)
        self.running[name] -= 1
        self.answered += 1
        return "answer"


def gateway(functions: Functions) -> Gateway:
    ministack = SimpleNamespace(
        _execute_in_scope=None,
        _validate_cognito_authorizer=None,
        _build_lambda_event_v1=None,
        _invoke_lambda_proxy_v1=functions.invoke,
        _lambda_proxy_response=None,
        _extract_lambda_ref_from_integration_uri=lambda uri: uri,
        _gw_error=lambda kind, _message: kind,
    )
    return Gateway(ministack, SimpleNamespace(may_invoke=lambda *_: True))  # type: ignore[arg-type]


def call(served: Gateway, function: str, milliseconds: int = 29_000) -> Any:
    integration = {"uri": function, "timeoutInMillis": milliseconds}
    scope = {"owner_region": "eu-central-1", "owner_account_id": "000000000000"}
    return served.call(integration, "api", "v1", {}, {"path": "/datasets"}, "/datasets", "GET", **scope)


def test_as_many_environments_of_a_function_run_as_the_machine_can_bear_and_every_request_is_answered() -> None:
    functions = Functions()
    served = gateway(functions)

    async def ask() -> list[Any]:
        return list(await asyncio.gather(*(call(served, name) for name in ("one", "other") for _ in range(40))))

    assert asyncio.run(ask()) == ["answer"] * 80
    assert functions.most == {"one": AT_ONCE, "other": AT_ONCE}


def test_who_has_waited_too_long_is_told_so_and_holds_nobody_up() -> None:
    functions = Functions()
    served = gateway(functions)

    async def ask() -> list[Any]:
        late = await asyncio.gather(*(call(served, "one", milliseconds=1) for _ in range(AT_ONCE)))
        return [*late, await call(served, "one")]

    assert asyncio.run(ask()) == ["INTEGRATION_TIMEOUT"] * AT_ONCE + ["answer"]
    assert functions.answered == AT_ONCE + 1
