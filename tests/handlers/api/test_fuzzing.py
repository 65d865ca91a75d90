"""Whatever the handler is asked, by whoever, behind the tests' gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.api.routes import OPERATIONS
from tests.handlers.api.fuzzing import ask_all
from tests.handlers.api.gateway import claims, serve
from tests.handlers.api.stage import EVERYTHING, LEDGER, ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.api.operations import Operation
    from tests.handlers.api.stage import Stage

EXAMPLES = 12


@pytest.fixture(scope="module")
def address(shared: Stage) -> Iterator[str]:
    shared.catalog(ORDERS, LEDGER)
    shared.gateway.sign_in("all", claims("all", "shop-admins", EVERYTHING))
    with serve(shared.gateway) as address:
        yield address


@pytest.mark.parametrize("caller", ["all", "nobody", "unknown"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_no_answer_is_undescribed(address: str, operation: Operation, caller: str) -> None:
    ask_all(operation, address, caller, EXAMPLES)
