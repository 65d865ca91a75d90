"""Adding files: from the choice of one to what ingestion made of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.portal.world import flights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from tests.portal.world import World

AT = "#/datasets/airports/upload"
ROWS = b"id,name,amount\n4,Teterboro,40.85\n5,Islip,40.79\n"
_SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}


def begin(page: Page, name: str, content: bytes | Path) -> None:
    given: Any = {"name": name, "mimeType": "text/csv", "buffer": content} if isinstance(content, bytes) else content
    page.get_by_label("Choose a file").set_input_files(given)
    page.get_by_role("button", name="Upload", exact=True).click()


def slow(page: Page) -> Any:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _SLOW)
    return session


def test_a_file_is_uploaded_and_its_rows_come_into_the_data_set(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at=AT)
    before = portal.stage.lake.item("airports")["rows"]
    begin(page, "more.csv", ROWS)
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion")
    expect(page.get_by_text("47 bytes of 47 bytes sent, 100 %")).to_be_visible()
    portal.stage.deliver("airports/more.csv")
    done = page.get_by_role("heading", level=4, name="more.csv is in the data set")
    expect(done).to_be_visible()
    expect(page.locator("section.good")).to_be_focused()
    expect(page.locator("section.good")).to_contain_text("2 rows added.")
    expect(page.locator("dl.facts")).to_contain_text(f"Rows{before + 2}")
    page.get_by_role("button", name="Upload another file").click()
    expect(page.get_by_label("Choose a file")).to_be_focused()


def test_progress_is_shown_while_a_file_is_sent_and_it_can_be_given_up(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at=AT)
    session = slow(page)
    begin(page, "slow.csv", b"id,name,amount\n" + b"1,a,2\n" * 400_000)
    bar = page.get_by_role("progressbar", name="Sent")
    expect(page.locator("li[aria-current=step]")).to_have_text("Sending")
    expect(page.get_by_text(re.compile(r"^[\d.]+ KB of 2.4 MB sent, [1-9]\d* %$"))).to_be_visible()
    assert float(bar.get_attribute("max") or 0) == 2_400_015
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_role("heading", name="The upload was given up")).to_be_visible()
    expect(page.get_by_role("button", name="Give up")).to_be_hidden()
    session.detach()
    uploads = [item for item in _uploads(portal) if item["name"] == "slow.csv"]
    assert [item["status"] for item in uploads] == ["aborted"]


def test_an_upload_goes_on_while_other_sections_are_read(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at=AT)
    slow(page)
    begin(page, "patient.csv", b"id,name,amount\n" + b"1,a,2\n" * 100_000)
    expect(page.locator("li[aria-current=step]")).to_have_text("Sending")
    page.get_by_role("link", name="Schema").click()
    expect(page.get_by_role("region", name="Columns of airports")).to_be_visible()
    page.get_by_role("link", name="Upload").click()
    expect(page.get_by_role("heading", name="patient.csv")).to_be_visible()
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion")


def test_a_part_that_was_not_taken_is_sent_again(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page, at=AT)
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if route.request.method == "PUT" and not refused:
            refused.append(route.request.url)
            route.fulfill(status=503, headers={"access-control-allow-origin": "*"}, body="<Code>SlowDown</Code>")
        else:
            route.continue_()

    page.route(f"**/{portal.stage.lake.raw}/**", refuse_once)
    begin(page, "again.csv", ROWS)
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion")
    assert len(refused) == 1


def test_an_api_in_trouble_does_not_end_the_wait_for_ingestion(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at=AT)
    begin(page, "waiting.csv", ROWS)
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion")
    (upload,) = [item for item in _uploads(portal) if item["name"] == "waiting.csv"]
    portal.front.trouble(f"/datasets/airports/uploads/{upload['id']}", 500, "Something went wrong here")
    portal.stage.deliver("airports/waiting.csv")
    expect(page.get_by_role("heading", name="waiting.csv is in the data set")).to_be_visible()
    assert portal.front.troubles == []


def test_a_request_that_is_being_worked_on_already_is_waited_for(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at=AT)
    for _ in range(6):
        kind = "urn:watershed:problem:in-progress"
        portal.front.trouble("/datasets/airports/uploads", 409, "In progress", kind, **{"retry-after": "0.1"})
    begin(page, "waits.csv", ROWS)
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion")
    assert portal.front.troubles == []


def test_another_conflict_is_told_at_once(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page, at=AT)
    portal.front.trouble("/datasets/airports/uploads", 409, "Not in this state", "urn:watershed:problem:conflict")
    begin(page, "conflict.csv", ROWS)
    expect(page.get_by_role("alert")).to_contain_text("Not in this state")


def test_a_large_file_is_sent_in_parts(page: Page, sign_in: Callable[..., Page], portal: World, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    size = 64 * 1024**2 + 1_000
    large.write_bytes(b"id,name,amount\n" + b"1,a,2\n" * (size // 6 + 1))
    sign_in(page, at=AT)
    begin(page, "large.csv", large)
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion", timeout=60_000)
    found = portal.stage.lake.s3.head_object(Bucket=portal.stage.lake.raw, Key="airports/large.csv")
    assert found["ContentLength"] == large.stat().st_size
    (upload,) = [item for item in _uploads(portal) if item["name"] == "large.csv"]
    assert (len(upload["sha256"]), upload["multipart"] is not None) == (2, True)


def test_a_file_that_cannot_be_read_is_told_with_the_reason(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at="#/datasets/flights/upload")
    begin(page, "wrong.csv", b"a,b\n1,2\n")
    expect(page.locator("li[aria-current=step]")).to_have_text("Ingestion")
    portal.stage.deliver("flights/wrong.csv")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("wrong.csv is in quarantine")
    expect(alert).to_contain_text("Missing columns: year")


def test_a_file_that_was_removed_meanwhile_is_not_said_to_be_in_quarantine(
    page: Page, sign_in: Callable[..., Page]
) -> None:
    sign_in(page, at=AT)

    def remove(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "status": "removed"})

    page.route(re.compile("/datasets/airports/uploads/[^/]+$"), remove)
    begin(page, "removed.csv", ROWS)
    expect(page.get_by_role("heading", level=4, name="removed.csv was removed")).to_be_visible()


def test_a_name_that_the_api_refuses_is_told_before_anything_is_sent(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at="#/datasets/flights/upload")
    begin(page, f"{'n' * 200}.csv", flights(4, 1, 4))
    expect(page.get_by_role("alert")).to_contain_text("The request is not valid")
    expect(page.get_by_role("button", name="Upload another file")).to_be_visible()


def test_an_empty_file_is_not_begun(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page, at=AT)
    begin(page, "empty.csv", b"")
    expect(page.get_by_text("empty.csv is empty.")).to_be_visible()
    assert "empty.csv" not in [item["name"] for item in _uploads(portal)]


def _uploads(portal: World) -> list[dict[str, Any]]:
    """All uploads that the metadata table has."""
    pages = portal.stage.lake.dynamodb.get_paginator("scan").paginate(TableName=portal.stage.lake.table.name)
    keys = [item["pk"]["S"] for page in pages for item in page["Items"] if item["sk"]["S"] == "UPLOAD"]
    items = [portal.stage.lake.table.get({"pk": key, "sk": "UPLOAD"}) for key in keys]
    return [item for item in items if item]
