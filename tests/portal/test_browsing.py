"""Finding data sets, and reading what there is to know of one."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.handlers.api.gateway import claims
from tests.portal.world import ANN, READER, ZONES

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.portal.world import World

COLUMNS = ["year", "day", "dep_delay", "arr_delay", "carrier", "origin", "dest", "distance", "time_hour", "month"]


def names(page: Page) -> list[str]:
    found: list[str] = page.locator("table.datasets a.name").all_inner_texts()
    return found


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def test_data_sets_are_listed_a_page_at_a_time(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page)
    expect(page.get_by_text("The first 50 data sets")).to_have_count(1)
    assert names(page)[:3] == ["airlines", "airports", "delays_daily"]
    more = page.get_by_role("button", name="More")
    more.click()
    expect(page.get_by_text("These are all.")).to_be_focused()
    assert len(names(page)) == len(set(names(page))) == 66
    assert "salaries" not in names(page)
    expect(page.locator("#announcer")).to_have_text("16 more shown, which are all")


def test_the_beginning_of_a_name_finds_data_sets_and_the_address_says_what_was_asked(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page)
    page.get_by_label("Name begins with").fill("flig")
    expect(page.locator("#found")).to_have_text("1 data set")
    assert names(page) == ["flights"]
    assert page.url == f"{portal.url}#/datasets?prefix=flig"
    page.reload()
    expect(page.get_by_label("Name begins with")).to_have_value("flig")
    assert names(page) == ["flights"]
    page.get_by_label("Name begins with").fill("flights_of_fancy")
    expect(page.get_by_role("heading", name="No data set fits")).to_be_visible()


def test_owner_zone_and_tags_narrow_the_list(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page)
    page.get_by_role("button", name="domain=aviation").first.click()
    expect(page.locator("#found")).to_have_text("2 data sets")
    chosen = page.get_by_role("button", name="Without the tag domain=aviation")
    expect(chosen).to_be_focused()
    page.get_by_label("Owner").fill("airports-team")
    page.get_by_label("Owner").press("Enter")
    expect(page.locator("#found")).to_have_text("1 data set")
    assert names(page) == ["airports"]
    expect(page.get_by_label("Zone").get_by_role("option")).to_have_text(["All", *ZONES])
    page.get_by_label("Zone").select_option("analytics")
    expect(page.locator("#found")).to_have_text("None found")
    page.get_by_label("Zone").select_option("")
    page.get_by_label("Owner").fill("")
    chosen.click()
    expect(page.locator("#found")).to_have_text("The first 50 data sets")


def test_a_tag_is_typed_as_key_and_value(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page)
    tag = page.get_by_label("Tag", exact=True)
    tag.fill("weather")
    tag.press("Enter")
    expect(page.get_by_text("A tag is given as key=value.")).to_be_visible()
    tag.fill("domain=weather")
    tag.press("Enter")
    expect(page.locator("#found")).to_have_text("1 data set")
    assert names(page) == ["weather"]


def test_a_data_set_says_what_it_is(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page)
    page.get_by_role("link", name="flights", exact=True).click()
    heading = page.get_by_role("heading", level=1, name="flights")
    expect(heading).to_be_focused()
    facts = page.locator("dl.facts")
    expect(facts).to_contain_text("2,700")
    details = page.locator("dl.details")
    for text in ("data-platform", "curated.flights", "domain=aviation", "read it and add files", "month"):
        expect(details).to_contain_text(text)
    page.get_by_role("link", name="domain=aviation").click()
    expect(page.locator("#found")).to_have_text("2 data sets")


def test_the_schema_has_types_comments_and_partitions(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/schema")
    expect(page.get_by_role("row")).to_have_count(1 + len(COLUMNS))
    expect(row(page, "dep_delay")).to_contain_text("Departure delay in minutes; negative is early")
    expect(row(page, "time_hour")).to_contain_text("timestamp")
    expect(row(page, "month")).to_contain_text("Queries look for 1 to 12 only.")


def test_statistics_come_when_they_have_been_computed(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/statistics")
    expect(page.get_by_role("img", name="Histogram of dep_delay")).to_be_visible(timeout=30_000)
    carrier = page.locator("li.column").filter(has=page.get_by_role("heading", name="carrier"))
    expect(carrier).to_contain_text("≈ 10")
    delay = page.locator("li.column").filter(has=page.get_by_role("heading", name="dep_delay"))
    expect(delay.locator("rect.bar").first).to_be_attached()
    delay.get_by_text("Quantiles").click()
    expect(delay.get_by_text("95 %")).to_be_visible()


def test_the_preview_has_the_first_rows(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/preview")
    table = page.get_by_role("region", name="First rows of flights")
    expect(table.get_by_role("row")).to_have_count(51)
    expect(table.get_by_role("columnheader").first).to_have_text("yearint")


def test_files_have_links_that_fetch_them(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/files")
    links = page.get_by_role("link", name="Download")
    expect(links).to_have_count(3)
    address = links.first.get_attribute("href")
    assert address
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.read(4) == b"PAR1"
    with page.expect_download() as download:
        links.first.click()
    assert download.value.suggested_filename.endswith(".parquet")


def test_versions_tell_what_became_of_each_file(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/versions")
    expect(row(page, "flights/broken.csv")).to_contain_text("Missing columns")
    expect(row(page, "flights/broken.csv")).to_contain_text("quarantined")
    expect(row(page, "flights/2013-02.csv")).to_contain_text("900")


def test_the_lineage_is_a_picture_and_a_table(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/lineage")
    picture = page.get_by_role("img", name="Lineage of flights")
    expect(picture).to_be_visible()
    expect(picture.locator("g.box")).to_have_count(4 + 1 + 2)
    expect(picture.locator("g.box.quarantined")).to_contain_text("broken.csv")
    expect(row(page, "flights/2013-01.csv")).to_contain_text("committed")


def test_changes_say_who_did_what(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    columns = [{"name": "id", "type": "bigint"}]
    registration = {"id": "zz_notes", "owner": "data-platform", "description": "First", "columns": columns}
    portal.front.sign_in("ann", claims(ANN, "analysts"))
    assert portal.stage.request("ann", "POST", "/datasets", registration).status == 201
    etag = portal.stage.etag("zz_notes", "ann")
    change = {"description": "<b>Second</b>"}
    assert portal.stage.request("ann", "PATCH", "/datasets/zz_notes", change, headers={"If-Match": etag}).status == 200
    sign_in(page, at="#/datasets/zz_notes/changes")
    expect(page.get_by_text(f"changed by {ANN}")).to_be_visible()
    expect(page.get_by_text(f"registered by {ANN}")).to_be_visible()
    page.get_by_text("What: description").first.click()
    expect(page.get_by_text('"<b>Second</b>"')).to_be_visible()
    expect(page.locator("p.lead")).to_have_text("<b>Second</b>")
    archived = portal.stage.request(
        "ann", "DELETE", "/datasets/zz_notes", headers={"If-Match": portal.stage.etag("zz_notes", "ann")}
    )
    assert archived.status == 204


def test_a_configured_data_set_says_where_its_changes_are(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights/changes")
    expect(page.get_by_text("changes of it are commits there")).to_be_visible()


def test_who_may_only_read_is_offered_no_upload(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page, READER, at="#/datasets/flights")
    expect(page.get_by_role("link", name="Query")).to_have_count(2)
    expect(page.get_by_role("link", name="Upload")).to_have_count(0)
    page.goto(f"{portal.url}#/datasets/flights/upload")
    expect(page.get_by_role("heading", name="You may read this data set, but not add to it")).to_be_visible()


def test_a_data_set_that_is_made_from_no_files_takes_none(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at="#/datasets/delays_daily")
    expect(page.locator("dl.details")).to_contain_text("It is not made from files.")
    expect(page.get_by_text("Nothing has arrived yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Upload")).to_have_count(0)
    page.goto(f"{portal.url}#/datasets/delays_daily/lineage")
    expect(page.get_by_role("img", name="Lineage of delays_daily")).to_be_visible()


@pytest.mark.parametrize("name", ["salaries", "nothing_there", "%3Cimg%20src%3Dx%3E"])
def test_what_one_may_not_see_is_as_if_it_were_not_there(page: Page, sign_in: Callable[..., Page], name: str) -> None:
    sign_in(page, at=f"#/datasets/{name}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("There is no such thing, or you may not see it")
    expect(alert).to_contain_text("Request request-")


def test_a_service_in_trouble_is_asked_again_and_then_told(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page)
    portal.front.trouble("/datasets/flights", 503, "Not now", **{"retry-after": "1"})
    page.get_by_role("link", name="flights", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="flights")).to_be_visible()
    portal.front.trouble("/datasets/flights/preview", 500, "Something went wrong here")
    page.get_by_role("link", name="Preview").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Something went wrong here")
    expect(alert).to_contain_text("request-of-the-test")
    page.get_by_role("link", name="Schema").click()
    expect(row(page, "dep_delay")).to_be_visible()
