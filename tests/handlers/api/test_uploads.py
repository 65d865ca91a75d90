"""Uploads and files: exactly the bytes that were named, under a name that is no path, for as long as a URL holds."""

from __future__ import annotations

import base64
import hashlib
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from handlers.api.platform import Limits
from handlers.api.uploads.bodies import PART_BYTES
from tests.handlers.api.calls import Calls
from tests.handlers.api.stage import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.api.gateway import Answer
    from tests.handlers.api.stage import Stage

CONTENT = b"id,name,amount\n1,ann,1.5\n2,bob,2.5\n"
PATH = "/datasets/orders/uploads"


def send(part: dict[str, Any], content: bytes, headers: dict[str, str] | None = None) -> int:
    """PUT bytes to a part's URL, as a browser does; returns the status."""
    given = part["headers"] if headers is None else headers
    request = urllib.request.Request(part["url"], data=content, headers=given, method="PUT")
    return status_of(request)


def status_of(request: urllib.request.Request | str) -> int:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status: int = answer.status
    except urllib.error.HTTPError as error:
        return error.code
    return status


def begun(stage: Stage, caller: str = "writer", **changed: Any) -> Answer:
    body = {"name": "a.csv", "size": len(CONTENT), "sha256": [hashlib.sha256(CONTENT).hexdigest()], **changed}
    return stage.request(caller, "POST", PATH, body)


def test_a_file_is_sent_completed_ingested_and_seen(stage: Stage) -> None:
    answer = begun(stage)
    upload = answer.json
    path = answer.headers["location"]
    assert (answer.status, upload["status"], path) == (201, "pending", f"{PATH}/{upload['id']}")
    assert send(upload["parts"][0], CONTENT) == 200
    assert stage.request("writer", "POST", f"{path}/complete", {}).json["status"] == "uploaded"
    assert stage.deliver(upload["key"]).status == "committed"
    seen = stage.request("writer", "GET", path).json
    assert (seen["status"], seen["outcome"]["rows"], seen["parts"][0]["url"]) == ("committed", 2, None)


def test_what_became_of_a_file_is_found_however_many_came_before_and_after(stage: Stage) -> None:
    uploads = [stage.upload("writer", "a.csv", CONTENT + row) for row in (b"", b"3,c,3\n")]
    for number in range(3):
        stage.lake.load(f"in/orders/{number}.csv", CONTENT)
    for upload, content in zip(uploads, (CONTENT, CONTENT + b"3,c,3\n"), strict=True):
        send(upload["parts"][0], content)
        stage.deliver(upload["key"])

    def read_little(params: dict[str, Any], **_: Any) -> None:
        params["Limit"] = 1

    stage.platform.services.dynamodb.meta.events.register("before-parameter-build.dynamodb.Query", read_little)
    seen = [stage.request("writer", "GET", f"{PATH}/{upload['id']}").json for upload in uploads]
    assert [(each["status"], (each["outcome"] or {}).get("rows")) for each in seen] == [
        ("committed", 2),
        ("committed", 3),
    ]


def test_a_file_that_cannot_be_read_is_told_with_the_reason(stage: Stage) -> None:
    upload = stage.upload("writer", "a.csv", b"what,is,this\n1,2,3\n")
    send(upload["parts"][0], b"what,is,this\n1,2,3\n")
    stage.deliver(upload["key"])
    seen = stage.request("writer", "GET", f"{PATH}/{upload['id']}").json
    assert (seen["status"], seen["outcome"]["reason"]["code"]) == ("quarantined", "wrong-columns")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../a.csv",
            "..",
            ".",
            "/etc/passwd.csv",
            "a/b.csv",
            "a\\b.csv",
            "..\\..\\a.csv",
            "%2e%2e%2fa.csv",
            "a%00.csv",
        ),
        *(
            "a.csv\x00",
            "a\nb.csv",
            "a\u202ecsv.exe",
            "a\u2215b.csv",
            "\u2024\u2024\u2215a.csv",
            ".hidden.csv",
            " a.csv",
        ),
        *(
            "a.csv ",
            "a.csv.",
            "a.exe",
            "a",
            "a?b.csv",
            "a#b.csv",
            "a*.csv",
            '"a".csv',
            "a:b.csv",
            "s3://b/a.csv",
            "\ufeffa.csv",
        ),
        *("_" * 197 + ".csv", "\u00e9" * 99 + ".csv"),
    ],
)
def test_a_name_that_is_more_than_a_name_is_refused(shared: Stage, name: str) -> None:
    answer = begun(shared, name=name)
    assert answer.status == 400
    assert answer.json["errors"][0]["path"] == "$.name"


@pytest.mark.parametrize(
    "name", ["2026-11 (2).csv", "\u00e9t\u00e9.csv.gz", "a..b.csv", "caf\u0065\u0301.parquet", "\u65e5\u672c.jsonl"]
)
def test_a_name_of_any_language_stays_in_the_data_sets_folder(shared: Stage, name: str) -> None:
    key = begun(shared, name=name).json["key"]
    assert key.startswith("in/orders/")
    assert key.count("/") == 2


def test_a_size_above_the_stacks_is_refused_before_anything_is_begun(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(limits=Limits(upload_bytes=1_000))
    calls = Calls(stage, "s3", "dynamodb")
    answer = begun(stage, size=1_001)
    assert answer.status == 413
    assert "1,000" in answer.json["detail"]
    assert calls.made == ["BatchGetItem"]


@pytest.mark.parametrize(
    "changed",
    [
        {"size": 0},
        {"size": -1},
        {"size": 1.5},
        {"size": 10**30},
        {"sha256": []},
        {"sha256": ["0" * 63]},
        {"sha256": ["Z" * 64]},
        {"sha256": ["0" * 64, "0" * 64]},
        {"more": 1},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(shared: Stage, changed: dict[str, Any]) -> None:
    assert begun(shared, **changed).status in {400, 413}


@pytest.mark.parametrize("content", [CONTENT + b"x", CONTENT[:-1], CONTENT.replace(b"ann", b"eve"), b""])
def test_a_url_takes_no_other_bytes(stage: Stage, content: bytes) -> None:
    upload = begun(stage).json
    assert send(upload["parts"][0], content) in {400, 403, 411}
    assert "Contents" not in stage.lake.s3.list_objects_v2(Bucket=stage.lake.raw)


def test_a_url_takes_no_other_checksum_nor_upload(stage: Stage) -> None:
    part = begun(stage).json["parts"][0]
    other = {**part["headers"], "x-amz-checksum-sha256": "A" * 43 + "="}
    assert send(part, CONTENT, other) in {400, 403}
    assert send(part, CONTENT, {}) in {400, 403}
    for content in (CONTENT.replace(b"ann", b"eve"), CONTENT + b"3,,\n"):
        sha256 = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert send(part, content, {**part["headers"], "x-amz-checksum-sha256": sha256}) == 403
    assert send(part, CONTENT, {**part["headers"], "x-amz-meta-upload": "0" * 32}) == 403


def test_a_url_is_for_one_key_and_one_method(stage: Stage) -> None:
    part = begun(stage).json["parts"][0]
    moved = {**part, "url": part["url"].replace("in/orders/a.csv", "in/ledger/a.csv")}
    assert send(moved, CONTENT) == 403
    assert status_of(part["url"]) == 403
    assert status_of(urllib.request.Request(part["url"], method="DELETE")) == 403


def test_a_url_that_has_expired_takes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.api.uploads.signing.WHOLE_SECONDS", 1)
    part = begun(stage).json["parts"][0]
    assert send(part, CONTENT) == 200
    assert stage.wait(lambda: send(part, CONTENT), lambda status: status != 200) == 403


def test_a_large_file_is_sent_in_parts_that_may_be_sent_again(stage: Stage) -> None:
    parts = [b"id,name,amount\n" + b"1,ann,1.5\n" * 6_710_885, b"2,bob,2.5\n"]
    parts = [parts[0][:PART_BYTES], parts[0][PART_BYTES:] + parts[1]]
    wanted = [hashlib.sha256(part).hexdigest() for part in parts]
    upload = begun(stage, size=sum(map(len, parts)), sha256=wanted).json
    path = f"{PATH}/{upload['id']}"
    assert [part["size"] for part in upload["parts"]] == [PART_BYTES, len(parts[1])]
    assert send(upload["parts"][1], b"x" * len(parts[1])) in {400, 403}
    assert send(upload["parts"][1], parts[1]) == 200
    early = stage.request("writer", "POST", f"{path}/complete", {})
    assert (early.status, early.json["errors"]) == (409, [{"path": "parts[0]", "message": "has not arrived"}])
    again = stage.request("writer", "GET", path).json
    assert [part["is_uploaded"] for part in again["parts"]] == [False, True]
    assert again["parts"][1]["url"] is None
    assert send(again["parts"][0], parts[0]) == 200
    for _ in range(2):
        assert stage.request("writer", "POST", f"{path}/complete", {}).json["status"] == "uploaded"
    head = stage.lake.s3.head_object(Bucket=stage.lake.raw, Key=upload["key"])
    assert (head["ContentLength"], head["Metadata"]) == (sum(map(len, parts)), {"upload": upload["id"]})


def test_an_upload_that_was_given_up_is_over(stage: Stage) -> None:
    wanted = [hashlib.sha256(bytes([number])).hexdigest() for number in (1, 2)]
    upload = begun(stage, size=PART_BYTES + 1, sha256=wanted).json
    path = f"{PATH}/{upload['id']}"
    for _ in range(2):
        assert stage.request("writer", "DELETE", path).status == 204
    assert stage.request("writer", "POST", f"{path}/complete", {}).status == 409
    seen = stage.request("writer", "GET", path).json
    assert (seen["status"], {part["url"] for part in seen["parts"]}) == ("aborted", {None})
    assert "Uploads" not in stage.lake.s3.list_multipart_uploads(Bucket=stage.lake.raw)


def test_what_has_arrived_cannot_be_given_up(stage: Stage) -> None:
    upload = begun(stage).json
    send(upload["parts"][0], CONTENT)
    stage.request("writer", "POST", f"{PATH}/{upload['id']}/complete", {})
    assert stage.request("writer", "DELETE", f"{PATH}/{upload['id']}").status == 409


def test_a_data_set_that_is_archived_or_not_made_from_files_takes_none(stage: Stage) -> None:
    stage.register()
    upload = stage.upload("writer", "a.csv", CONTENT, "sales")
    stage.request("writer", "DELETE", "/datasets/sales", headers={"If-Match": stage.etag()})
    body = {"name": "b.csv", "size": 1, "sha256": ["0" * 64]}
    assert stage.request("writer", "POST", "/datasets/sales/uploads", body).status == 409
    seen = stage.request("writer", "GET", f"/datasets/sales/uploads/{upload['id']}").json
    assert seen["parts"][0]["url"] is None


def test_files_are_fetched_by_urls_that_expire(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.lake.load("in/orders/a.csv", CONTENT)
    stage.lake.load("in/ledger/a.csv", CONTENT)
    monkeypatch.setattr("handlers.api.contents.files.URL_SECONDS", 1)
    (file,) = stage.request("reader", "GET", "/datasets/orders/files").json["files"]
    assert status_of(file["url"]) == 200
    ledger = next(key for key in stage.lake.files() if key.startswith(LEDGER.prefix))
    assert status_of(file["url"].replace(file["key"], ledger)) == 403
    assert status_of(urllib.request.Request(file["url"], method="DELETE")) == 403
    assert stage.wait(lambda: status_of(file["url"]), lambda status: status != 200) == 403


def test_files_come_in_pages_and_a_cursor_leads_to_no_other_folder(stage: Stage) -> None:
    for number in range(5):
        stage.lake.load(f"in/orders/{number}.csv", CONTENT)
    stage.lake.load("in/ledger/a.csv", CONTENT)
    found: list[str] = []
    cursor = ""
    while True:
        page = stage.request("reader", "GET", f"/datasets/orders/files?limit=2{cursor}").json
        found += [file["key"] for file in page["files"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert len(set(found)) == len(found) == 5
    assert {key.partition("/")[0] for key in found} == {"orders"}
    assert stage.request("stranger", "GET", f"/datasets/ledger/files?limit=2{cursor}").status == 400
    assert stage.request("reader", "GET", "/datasets/orders/files?cursor=bGVkZ2VyLw").status == 400
