"""Schemathesis asks the API of the local stage, behind its gateway, all that the description allows, and much else."""

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

if TYPE_CHECKING:
    from .served import Served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 10


@pytest.fixture(scope="module")
def tokens(served: Served) -> dict[str, str]:
    """Those of who may do all, may read what is of aviation, is in no group, or is nobody that the pool knows."""
    administrator = served.person("administrator", "data-platform", "analysts")
    reader = served.person("reader", "analysts")
    stranger = served.person("stranger")
    return {
        "administrator": served.signed_in(administrator).token,
        "reader": served.signed_in(reader, "openid datasets/read").token,
        "stranger": served.signed_in(stranger).token,
        "nobody": "no-token-of-the-pool",
    }


@pytest.mark.parametrize("caller", ["administrator", "reader", "stranger", "nobody"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_no_answer_is_undescribed(served: Served, tokens: dict[str, str], operation: Any, caller: str) -> None:
    described = {**document(), "servers": [{"url": served.api}]}
    tried = schemathesis.openapi.from_dict(described, config=SchemathesisConfig())[operation.path][operation.method]

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=tried.as_strategy())
    def ask(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {tokens[caller]}"}
        case.call_and_validate(base_url=served.api, checks=CHECKS)

    ask()
