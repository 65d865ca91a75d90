"""The portal of the local stage in a real browser, with the sign-in, the API and the data that `up` makes."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local.stage.demo_user import DemoUser
from tests.portal.browser import held_pages, launched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .served import Served

PATIENCE_MILLISECONDS = 60_000
"""A function starts anew, and ingestion goes through a queue and an engine."""
FLIGHTS = "336,776"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with held_pages(browser, PATIENCE_MILLISECONDS) as make:
        yield make()


@pytest.fixture(scope="module")
def demo(served: Served) -> DemoUser:
    """Who `up` tells people to sign in as."""
    told = served.report["signing_in"]
    return DemoUser(served.report["outputs"]["api"]["userPoolId"], told["email"], told["password"])


@pytest.fixture
def sign_in(page: Page, served: Served, demo: DemoUser) -> Callable[..., Page]:
    """Sign in as somebody, else the demo user, coming to a view by its hash."""

    def enter(at: str = "", user: DemoUser = demo) -> Page:
        page.goto(served.portal + at)
        page.get_by_role("button", name="Sign in").click()
        page.locator("input[name=username]").fill(user.email)
        page.locator("input[name=password]").fill(user.password)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    return enter


def ask(page: Page, sql: str) -> None:
    page.get_by_label("One SELECT").fill(sql)
    page.get_by_role("button", name="Run").click()


def test_the_demo_user_signs_in_and_finds_the_flights(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.get_by_label("Name begins with").fill("flig")
    page.get_by_role("link", name="flights", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="flights")).to_be_focused()
    expect(page.locator("dl.facts")).to_contain_text(FLIGHTS)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_flights_are_profiled(sign_in: Callable[..., Page]) -> None:
    page = sign_in("#/datasets/flights/statistics")
    expect(page.get_by_role("img", name="Histogram of dep_delay")).to_be_visible()
    carrier = page.locator("li.column").filter(has=page.get_by_role("heading", name="carrier"))
    expect(carrier).to_contain_text("16")


def test_the_first_rows_and_the_files_behind_them_are_shown(sign_in: Callable[..., Page], served: Served) -> None:
    page = sign_in("#/datasets/flights/preview")
    rows = page.get_by_role("region", name="First rows of flights").get_by_role("row")
    expect(rows).to_have_count(51)
    page.goto(f"{served.portal}#/datasets/flights/lineage")
    expect(page.get_by_role("img", name="Lineage of flights")).to_be_visible()
    page.goto(f"{served.portal}#/datasets/flights/files")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename.endswith(".parquet")


def test_a_file_is_uploaded_and_ingested(sign_in: Callable[..., Page], served: Served, demo: DemoUser) -> None:
    columns = [{"name": "id", "type": "bigint"}, {"name": "name", "type": "string"}]
    body = {"id": "portal_airports", "owner": "data-platform", "columns": columns}
    served.signed_in(demo).ask("POST", "/datasets", body, expects=(201,))
    page = sign_in("#/datasets/portal_airports/upload")
    given: Any = {"name": "more.csv", "mimeType": "text/csv", "buffer": b"id,name\n4,Teterboro\n5,Islip\n"}
    page.get_by_label("Choose a file").set_input_files(given)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="more.csv is in the data set")).to_be_visible()
    expect(page.locator("section.good")).to_contain_text("2 rows added.")


def test_a_query_gives_a_table_a_chart_and_what_it_scanned(sign_in: Callable[..., Page]) -> None:
    page = sign_in("#/query")
    ask(page, "SELECT carrier, count(*) AS flights FROM flights GROUP BY carrier ORDER BY carrier")
    expect(page.locator(".figures")).to_contain_text("succeeded")
    expect(page.get_by_role("region", name="Rows of the result").get_by_role("row")).to_have_count(17)
    chart = page.get_by_role("img", name="Chart of flights by carrier, 16 values")
    expect(chart.locator("rect.bar")).to_have_count(16)


def test_an_error_in_a_query_is_shown_where_it_is(sign_in: Callable[..., Page]) -> None:
    page = sign_in("#/query")
    ask(page, "SELECT *\nFROM salaries")
    expect(page.get_by_role("alert")).to_contain_text("There is no data set salaries that you may read.")


def test_the_apis_description_is_shown_and_tried_in_the_browser(page: Page, served: Served) -> None:
    command = [str(served.checkout.folder / ".venv" / "bin" / "python"), "-m", "cli", "datasets", "docs", "--no-open"]
    with subprocess.Popen(command, cwd=served.checkout.folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            page.goto(server.stdout.readline().strip())
            page.locator(".opblock-summary-control").filter(has_text="List the data sets").click()
            page.get_by_role("button", name="Try it out").click()
            page.get_by_role("button", name="Execute").click()
            answer = page.locator(".live-responses-table")
            expect(answer.locator(".response-col_status").last).to_contain_text("200")
            expect(answer).to_contain_text("flights")
        finally:
            server.send_signal(signal.SIGINT)
    assert server.returncode == 0


def test_who_has_no_rights_sees_no_data_set(sign_in: Callable[..., Page], served: Served) -> None:
    page = sign_in("", served.person("portal-stranger"))
    expect(page.get_by_role("heading", name="There is no data set that you may read")).to_be_visible()
    page.goto(f"{served.portal}#/datasets/flights")
    expect(page.get_by_role("alert")).to_contain_text("There is no data set flights that you may read.")
