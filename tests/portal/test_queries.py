"""Asking by SQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from playwright.sync_api import expect

from cli.datasets.querying import values
from tests.portal.world import ANN, READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.portal.world import World

BY_CARRIER = """SELECT carrier, count(*) AS flights, avg(dep_delay) AS mean_delay
FROM curated.flights
GROUP BY carrier
ORDER BY carrier"""


def ask(page: Page, sql: str, *values: str) -> None:
    page.get_by_label("One SELECT").fill(sql)
    for number, value in enumerate(values, start=1):
        page.get_by_label(f"Value {number}", exact=True).fill(value)
    page.get_by_role("button", name="Run").click()


def succeeded(page: Page) -> None:
    expect(page.locator(".figures")).to_contain_text("succeeded")


def test_a_query_gives_a_table_a_chart_and_what_it_cost(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, BY_CARRIER)
    succeeded(page)
    table = page.get_by_role("region", name="Rows of the result")
    expect(table.get_by_role("row")).to_have_count(11)
    expect(table.get_by_role("row").nth(1)).to_contain_text("9E")
    figures = page.locator(".figures")
    expect(figures).to_contain_text("KB")
    expect(figures).to_contain_text("$0.000048")
    chart = page.get_by_role("img", name="Chart of flights by carrier, 10 values")
    expect(chart.locator("rect.bar")).to_have_count(10)
    page.get_by_label("Value", exact=True).select_option(label="mean_delay")
    expect(page.get_by_role("img", name="Chart of mean_delay by carrier")).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("The query has succeeded")


def test_days_are_drawn_as_a_line(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, "SELECT cast(time_hour AS date) AS day, count(*) AS n FROM flights GROUP BY 1 ORDER BY 2")
    succeeded(page)
    expect(page.get_by_role("img", name="Chart of n by day").locator("path.line")).to_be_attached()


def test_values_are_bound_to_question_marks(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    sql = "SELECT DISTINCT carrier FROM flights WHERE carrier = ? AND month = ? AND '?' <> '' -- ?"
    ask(page, sql, "UA", "2")
    expect(page.get_by_label("Value 3")).to_have_count(0)
    succeeded(page)
    expect(page.get_by_role("region", name="Rows of the result").get_by_role("cell")).to_have_text(["UA"])


def test_values_mean_what_they_mean_on_the_command_line(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    texts = ["1", "-2.5", "1e3", "true", "null", "'1'", "a", "'", "1_000", "NaN", "Infinity", "007", "1.", "1e999", ""]
    with page.expect_request(lambda request: request.method == "POST") as asked:
        ask(page, f"SELECT 1 WHERE 1 IN ({', '.join('?' * len(texts))})", *texts)
    sent = json.loads(asked.value.post_data or "")["parameters"]
    assert sent == values(texts)
    assert [type(value) for value in sent[:3]] == [int, float, int]


def test_rows_come_a_page_at_a_time(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, "SELECT carrier, dep_delay FROM flights ORDER BY time_hour LIMIT 150")
    succeeded(page)
    expect(page.get_by_text("The first 100 rows")).to_be_visible()
    page.get_by_role("button", name="More").click()
    expect(page.get_by_text("150 rows")).to_be_visible()
    expect(page.get_by_role("region", name="Rows of the result").get_by_role("row")).to_have_count(151)


def test_a_result_is_downloaded_as_csv_and_as_parquet(page: Page, sign_in: Callable[..., Page], tmp_path: Path) -> None:
    sign_in(page, at="#/query")
    ask(page, BY_CARRIER)
    succeeded(page)
    with page.expect_download() as csv:
        page.get_by_role("button", name="Download CSV").click()
    assert csv.value.suggested_filename.endswith(".csv")
    assert Path(csv.value.path()).read_text().splitlines()[0] == '"carrier","flights","mean_delay"'
    with page.expect_download() as parquet:
        page.get_by_role("button", name="Download Parquet").click()
    file = tmp_path / "result.parquet"
    parquet.value.save_as(file)
    with duckdb.connect() as database:
        found = database.execute(f"SELECT count(*), sum(flights) FROM '{file}'").fetchall()
    assert found == [(10, 2_700)]


def test_a_query_has_an_address_that_is_ones_own(
    open_page: Callable[..., Page], sign_in: Callable[..., Page], portal: World
) -> None:
    page = sign_in(open_page(), at="#/query")
    ask(page, BY_CARRIER)
    succeeded(page)
    assert page.url.startswith(f"{portal.url}#/queries/")
    page.reload()
    succeeded(page)
    expect(page.get_by_label("One SELECT")).to_have_value(BY_CARRIER)
    other = sign_in(open_page(), READER, at=page.url.removeprefix(portal.url))
    expect(other.get_by_role("alert")).to_contain_text("You have no such query")


def test_what_is_wrong_with_a_query_is_shown_where_it_is(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, "SELECT *\nFROM salaries")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("There is no data set salaries that you may read.")
    expect(page.get_by_role("img", name="Line 2, column")).to_contain_text("FROM salaries")
    ask(page, "DROP TABLE flights")
    expect(alert).to_contain_text("The query is refused")


def test_a_query_that_fails_says_why(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, "SELECT nothing_there FROM flights")
    expect(page.get_by_role("alert")).to_contain_text("COLUMN_NOT_FOUND")
    expect(page.locator(".figures")).to_contain_text("failed")


def test_a_query_is_cancelled(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, "SELECT count(*) FROM flights a, flights b, flights c WHERE a.dep_delay + b.dep_delay < c.arr_delay * 3")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="The query was cancelled")).to_be_visible()
    expect(page.get_by_role("heading", name="Result")).to_be_focused()


def test_a_query_is_begun_from_a_data_set(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/datasets/flights")
    page.get_by_role("article").get_by_role("link", name="Query").click()
    expect(page.get_by_label("One SELECT")).to_have_value("SELECT *\nFROM curated.flights\nLIMIT 100")
    page.get_by_label("One SELECT").press("Control+Enter")
    succeeded(page)


def test_what_was_typed_is_there_after_a_new_sign_in(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page, at="#/query?sql=SELECT%201")
    page.get_by_label("One SELECT").fill("SELECT 42 AS answer")
    portal.sign_in.end_sessions()
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Sign in again").click()
    page.get_by_label("E-mail").fill(ANN)
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("One SELECT")).to_have_value("SELECT 42 AS answer")


def test_data_are_never_read_as_markup(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page, at="#/query")
    ask(page, "SELECT '<img src=x onerror=alert(1)>' AS \"<b>\", 1 AS n UNION ALL SELECT '<script>', 2")
    succeeded(page)
    expect(page.get_by_role("region", name="Rows of the result")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("main img, main script, main b").count() == 0
