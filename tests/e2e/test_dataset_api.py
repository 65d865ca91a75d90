"""Whatever the API of the local stage is asked, by whoever, behind its gateway and with tokens of its sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.api.routes import OPERATIONS
from tests.handlers.api.fuzzing import ask_all

if TYPE_CHECKING:
    from handlers.api.operations import Operation

    from .served import Served

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
def test_no_answer_is_undescribed(served: Served, tokens: dict[str, str], operation: Operation, caller: str) -> None:
    ask_all(operation, served.api, tokens[caller], EXAMPLES)
