"""Schemathesis asks all that the API's description allows, and much that it does not: no answer is undescribed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.handlers.api.description import document

if TYPE_CHECKING:
    from handlers.api.operations import Operation

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def ask_all(operation: Operation, address: str, token: str, examples: int) -> None:
    """Ask so many times, each another request, with a token."""
    described = {**document(), "servers": [{"url": address}]}
    tried = schemathesis.openapi.from_dict(described, config=SchemathesisConfig())[operation.path][operation.method]

    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=tried.as_strategy())
    def ask(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        case.call_and_validate(base_url=address, checks=CHECKS)

    ask()
