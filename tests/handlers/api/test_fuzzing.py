"""Schemathesis asks everything that the description allows, and much that it does not: no answer is undescribed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from handlers.api.routes import OPERATIONS
from tests.handlers.api.description import document
from tests.handlers.api.gateway import claims, serve
from tests.handlers.api.stage import EVERYTHING, LEDGER, ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.handlers.api.stage import Stage

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12


@pytest.fixture(scope="module")
def address(shared: Stage) -> Iterator[str]:
    shared.catalog(ORDERS, LEDGER)
    shared.gateway.sign_in("all", claims("all", "shop-admins", EVERYTHING))
    with serve(shared.gateway) as address:
        yield address


@pytest.mark.parametrize("caller", ["all", "nobody", "unknown"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_no_answer_is_undescribed(address: str, operation: object, caller: str) -> None:
    described = document()
    schema = schemathesis.openapi.from_dict({**described, "servers": [{"url": address}]}, config=SchemathesisConfig())
    tried = schema[operation.path][operation.method]  # type: ignore[attr-defined]

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=tried.as_strategy())
    def ask(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {caller}"}
        case.call_and_validate(base_url=address, checks=CHECKS)

    ask()
