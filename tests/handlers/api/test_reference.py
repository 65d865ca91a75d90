"""What is made of the code is what is committed: the API's description, its routes and the page of who may what."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

import handlers.api as package
from handlers.api import openapi
from handlers.api.app import build, offered
from handlers.api.routes import OPERATIONS
from tests.handlers.api import reference
from tests.handlers.api.description import FILE, document
from tests.handlers.api.gateway import Gateway
from tests.handlers.api.stage import PEOPLE

if TYPE_CHECKING:
    from handlers.api.operations import Operation
    from tests.handlers.api.stage import Stage

ROUTES = Path(package.__file__).parent / "routes.json"


def test_the_committed_description_is_that_of_the_code() -> None:
    assert FILE.read_text("utf-8") == reference.description(), "run `make api-docs`"


def test_the_committed_page_of_rights_is_that_of_the_code() -> None:
    assert reference.PAGE.read_text("utf-8") == reference.page(), "run `make api-docs`"


def test_the_gateways_routes_are_those_of_the_code() -> None:
    wanted = [
        {
            "method": each.method,
            "path": each.path,
            "scope": each.scope and str(each.scope),
            "body": each.body is not None,
        }
        for each in OPERATIONS
    ]
    given = json.loads(ROUTES.read_text("utf-8"))
    assert sorted(given, key=str) == sorted(wanted, key=str)


def test_only_health_is_open() -> None:
    assert [each.path for each in OPERATIONS if each.scope is None] == ["/health"]


def test_every_schema_is_one() -> None:
    for schema in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_every_operation_is_told_with_its_refusals(operation: Operation) -> None:
    told = document()["paths"][operation.path][operation.method.lower()]
    assert told["operationId"] == operation.id
    assert told["summary"]
    statuses = {int(status) for status in told["responses"]}
    assert statuses == {*operation.answers, *openapi.statuses(operation)}
    if operation.scope:
        assert told["security"] == [{"token": [operation.scope]}]
        assert {400, 401, 403, 429, 503} <= statuses


def test_ids_of_operations_are_unique() -> None:
    ids = [each.id for each in OPERATIONS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("given", "told"), [("true", True), ("false", False), ("", False)])
def test_the_description_is_served_only_where_it_is_wanted(given: str, told: bool) -> None:
    paths = {each.path for each in offered({"API_DOCS": given})}
    assert ({"/docs", "/openapi.json"} <= paths) is told


def test_the_page_shows_the_description_and_runs_no_other_script(shared: Stage) -> None:
    gateway = Gateway(build(offered({"API_DOCS": "true"}), []).resolve)
    gateway.sign_in("reader", PEOPLE["reader"])
    told = gateway.request("reader", "GET", "/openapi.json")
    assert told.json == document()
    page = gateway.request("reader", "GET", "/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", page.headers["content-security-policy"])
    assert nonce
    text = page.body.decode()
    assert text.count(f'<script nonce="{nonce[1]}">') == text.count("</script>") == 2
    assert '"operationId": "startQuery"' in text
    assert gateway.request(None, "GET", "/docs").status == 401
