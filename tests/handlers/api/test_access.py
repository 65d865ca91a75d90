"""Every route for every role: the page of rights says what is answered, and nothing tells of what is not to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.api.routes import OPERATIONS
from tests.handlers.api import reference
from tests.handlers.api.gateway import claims
from tests.handlers.api.stage import EVERYTHING, LEDGER, ORDERS, REGISTRATION, Stage

if TYPE_CHECKING:
    from handlers.api.operations import Operation
    from tests.handlers.api.gateway import Answer

CALLERS: dict[str, str | None] = {
    "no token": None,
    "no scope": "without scopes",
    "no rights": "nobody",
    "another team": "stranger",
    "read": "reader with all scopes",
    "write": "writer with all scopes",
    "admin": "admin",
}
BODIES: dict[str, Any] = {
    "registerDataset": {**REGISTRATION, "id": "more"},
    "changeDataset": {"description": "Other"},
    "beginUpload": {"name": "b.csv", "size": 3, "sha256": ["0" * 64]},
    "completeUpload": {},
    "startQuery": {"sql": "select id from orders"},
}


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.gateway.sign_in("writer with all scopes", claims("writer with all scopes", "shop-writers", EVERYTHING))
    stage.catalog(ORDERS, LEDGER)
    stage.lake.load("in/orders/a.csv", b"id,name,amount\n1,a,1\n")
    stage.register()
    return stage


def requested(stage: Stage, operation: Operation, caller: str | None) -> Answer:
    """Make a request that is right in all but who makes it, about a data set of its own."""
    name = stage.register(id=operation.id.lower())["id"]
    upload = stage.upload("writer", "a.csv", b"id\n1\n", name)["id"] if "{upload}" in operation.path else ""
    headers = {"If-Match": stage.etag(name)} if 428 in operation.refusals else {}
    if operation.id == "purgeDataset":
        stage.request("writer", "DELETE", f"/datasets/{name}", headers={"If-Match": stage.etag(name)})
    if operation.path.startswith("/queries/"):
        name = stage.query("admin", "select id from orders")["id"]
    path = operation.path.replace("{id}", name).replace("{upload}", upload)
    return stage.request(caller, operation.method, path, BODIES.get(operation.id), headers=headers)


@pytest.mark.parametrize("role", reference.ROLES)
def test_a_role_is_answered_as_the_page_says(stage: Stage, role: str) -> None:
    seen = listed(stage, CALLERS[role])
    for operation in OPERATIONS:
        if operation.id == "listDatasets":
            continue
        answer = requested(stage, operation, CALLERS[role])
        told, case = reference.expected(operation, role), f"{operation.id} as {role}: {answer.body[:300]!r}"
        if told == reference.ALLOWED:
            assert answer.status in operation.answers, case
        elif told == "own":
            assert answer.status == (404 if role != "admin" else 204 if operation.method == "DELETE" else 200), case
        else:
            assert answer.status == int(told), case
            assert answer.headers["content-type"] == "application/problem+json", case
    assert seen == {
        "no token": 401,
        "no scope": 403,
        "no rights": set(),
        "another team": {"ledger"},
    }.get(role, {"orders", "sales"})


def listed(stage: Stage, caller: str | None) -> set[str] | int:
    answer = stage.request(caller, "GET", "/datasets")
    return {each["id"] for each in answer.json["datasets"]} if answer.status == 200 else answer.status


def test_what_is_refused_changes_nothing(stage: Stage) -> None:
    before = stage.request("admin", "GET", "/datasets/sales").json, stage.table()
    for caller in ("reader with all scopes", "nobody", "stranger", "without scopes", None):
        for operation in OPERATIONS:
            if operation.method != "GET" and operation.scope is not None:
                path = operation.path.replace("{id}", "sales").replace("{upload}", "0" * 32)
                headers = {"If-Match": stage.etag()}
                stage.request(caller, operation.method, path, BODIES.get(operation.id), headers=headers)
    assert (stage.request("admin", "GET", "/datasets/sales").json, stage.table()) == before
    assert stage.request("admin", "GET", "/datasets/more").status == 404


def test_a_hidden_data_set_is_answered_as_one_that_is_not_there(stage: Stage) -> None:
    for operation in (each for each in OPERATIONS if each.needs):
        answers = []
        for name in ("sales", "absent"):
            path = operation.path.replace("{id}", name).replace("{upload}", "0" * 32)
            answer = stage.request(
                "stranger", operation.method, path, BODIES.get(operation.id), headers={"If-Match": '"1"'}
            )
            document = {key: value for key, value in answer.json.items() if key not in {"requestId", "instance"}}
            answers.append((answer.status, str(document).replace(name, "NAME")))
        assert answers[0] == answers[1], operation.id
        assert answers[0][0] == 404, operation.id


def test_an_upload_is_found_under_its_own_data_set_only(stage: Stage) -> None:
    upload = stage.upload("writer", "a.csv", b"id\n1\n", "sales")["id"]
    for method, rest in (("GET", ""), ("POST", "/complete"), ("DELETE", "")):
        body: dict[str, str] | None = {} if method == "POST" else None
        assert stage.request("admin", method, f"/datasets/orders/uploads/{upload}{rest}", body).status == 404
    assert stage.request("admin", "GET", f"/datasets/sales/uploads/{upload}").status == 200


def test_a_machine_has_the_grants_of_its_client_and_no_group_of_a_person(stage: Stage) -> None:
    listed = stage.request("machine", "GET", "/datasets").json["datasets"]
    assert {each["id"]: each["may"] for each in listed} == {"orders": "write", "sales": "write"}
    stage.gateway.sign_in("posing", claims("posing", "machine:loader"))
    assert stage.request("posing", "GET", "/datasets").json["datasets"] == []


def test_no_one_gives_a_data_set_to_an_owner_that_they_may_not_write(stage: Stage) -> None:
    assert stage.request("writer", "POST", "/datasets", {**REGISTRATION, "id": "x", "owner": "finance"}).status == 403
    answer = stage.request(
        "writer", "PATCH", "/datasets/sales", {"owner": "finance"}, headers={"If-Match": stage.etag()}
    )
    assert answer.status == 403
    assert stage.request("writer", "GET", "/datasets/sales").json["owner"] == "shop"
