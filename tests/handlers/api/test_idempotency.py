"""The same POST under the same key has one effect and one answer."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from handlers.api import app
from handlers.api.queries import running
from handlers.api.routes import OPERATIONS
from tests.handlers.api.calls import Calls
from tests.handlers.api.gateway import event
from tests.handlers.api.stage import ORDERS, PEOPLE, REGISTRATION

if TYPE_CHECKING:
    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage

CONTENT = b"id\n1\n"
UPLOAD = {"name": "a.csv", "size": len(CONTENT), "sha256": [hashlib.sha256(CONTENT).hexdigest()]}


def post(stage: Stage, path: str, body: Any, caller: str = "writer", key: str = "the-same") -> Answer:
    return stage.request(caller, "POST", path, body, headers={"Idempotency-Key": key})


def test_every_post_honours_a_key(stage: Stage) -> None:
    stage.catalog(ORDERS)
    stage.register(id="gone")
    upload = stage.upload("writer", "z.csv", CONTENT)["id"]
    stage.request("writer", "DELETE", "/datasets/gone", headers={"If-Match": stage.etag("gone")})
    requests: dict[str, tuple[str, str, Any]] = {
        "registerDataset": ("writer", "/datasets", REGISTRATION),
        "beginUpload": ("writer", "/datasets/orders/uploads", UPLOAD),
        "completeUpload": ("writer", f"/datasets/orders/uploads/{upload}/complete", {}),
        "purgeDataset": ("admin", "/datasets/gone/purge", None),
        "startQuery": ("reader", "/queries", {"sql": "select 1 as one"}),
    }
    assert set(requests) == {each.id for each in OPERATIONS if each.method == "POST"}
    for name, (caller, path, body) in requests.items():
        first, second = (post(stage, path, body, caller, name) for _ in range(2))
        assert first.status == second.status < 300, name
        assert first.json.get("id") == second.json.get("id"), name


def test_a_repetition_gets_the_first_answer_and_does_nothing(stage: Stage) -> None:
    first = post(stage, "/datasets", REGISTRATION)
    calls = Calls(stage)
    second = post(stage, "/datasets", REGISTRATION)
    assert (second.status, second.body, second.headers["etag"]) == (201, first.body, first.headers["etag"])
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert calls.made == ["PutItem"]


def test_the_same_upload_gets_new_urls(stage: Stage) -> None:
    first, second = (post(stage, "/datasets/orders/uploads", UPLOAD) for _ in range(2))
    assert second.json["id"] == first.json["id"]
    assert second.json["parts"][0]["url"]


def test_a_key_is_of_one_request(stage: Stage) -> None:
    post(stage, "/datasets", REGISTRATION)
    assert post(stage, "/datasets", {**REGISTRATION, "id": "other"}).status == 422
    assert post(stage, "/datasets/orders/uploads", UPLOAD).status == 422
    assert stage.request("writer", "GET", "/datasets/other").status == 404


def test_a_key_that_is_forgotten_does_not_bring_back_what_it_made(stage: Stage) -> None:
    first = post(stage, "/datasets/orders/uploads", UPLOAD).json["id"]
    caller = f"user:{PEOPLE['writer']['sub']}"
    stage.lake.table.delete([{"pk": f"IDEMPOTENCY#{caller}#the-same", "sk": "POST"}])
    other = post(stage, "/datasets/orders/uploads", {**UPLOAD, "name": "other.csv"}).json
    assert other["id"] != first
    assert other["name"] == "other.csv"


def test_a_key_is_of_one_caller(stage: Stage) -> None:
    first = post(stage, "/queries", {"sql": "select 1 as one"}, "reader").json["id"]
    assert post(stage, "/queries", {"sql": "select 1 as one"}, "writer").json["id"] != first


def test_without_a_key_each_request_is_one(stage: Stage) -> None:
    made = {stage.request("writer", "POST", "/datasets/orders/uploads", UPLOAD).json["id"] for _ in range(2)}
    assert len(made) == 2


def test_a_request_that_was_refused_may_be_put_right_under_its_key(stage: Stage) -> None:
    assert post(stage, "/datasets", {**REGISTRATION, "columns": []}).status == 400
    assert post(stage, "/datasets", {**REGISTRATION, "owner": "finance"}).status == 403
    assert post(stage, "/datasets", REGISTRATION).status == 201


def test_while_the_first_is_worked_on_the_second_is_told_to_wait(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    start, met = running.start, []
    headers = {"Idempotency-Key": stage.name, "content-type": "application/json"}
    given = event("POST", "/queries", headers, b'{"sql": "select 1 as one"}', PEOPLE["reader"])

    def slow(request: Any) -> Any:
        met.append(app.handler(given, None)["statusCode"])
        return start(request)

    monkeypatch.setattr(running, "start", slow)
    answer = stage.gateway.forward(given)
    assert (answer.status, met) == (202, [409])


@pytest.mark.parametrize("key", ["", " ", "a b", "\u00e9", "x" * 256])
def test_a_key_that_is_none_is_refused(shared: Stage, key: str) -> None:
    assert post(shared, "/queries", {"sql": "select 1 as one"}, "reader", key).status == 400
