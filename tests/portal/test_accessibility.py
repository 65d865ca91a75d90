"""Everyone can use it: by the keyboard alone, in the dark, on a phone, with a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.portal.world import World

MODES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "still": {"reduced_motion": "reduce", "forced_colors": "active"},
}
# What shows that a view is there.
VIEWS = {
    "#/datasets": "table.datasets a.name",
    "#/datasets?tag=domain%3Daviation&prefix=none": ".notice",
    "#/datasets/flights": "dl.details",
    "#/datasets/flights/schema": ".frame",
    "#/datasets/flights/statistics": "svg.histogram",
    "#/datasets/flights/preview": ".frame",
    "#/datasets/flights/files": ".frame",
    "#/datasets/flights/versions": ".frame",
    "#/datasets/flights/lineage": "svg.lineage",
    "#/datasets/flights/changes": ".notice",
    "#/datasets/flights/upload": ".drop",
    "#/datasets/nothing": ".problem",
    "#/nowhere": ".notice",
    f"#/query?sql={quote('SELECT carrier, count(*) n FROM flights WHERE month = ? GROUP BY 1')}": "#sql",
}


def violations(page: Page) -> list[str]:
    """What axe finds wrong: the rules of WCAG 2.2 A and AA, and good practice."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}" for each in found]


def overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("mode", MODES)
def test_every_view_is_accessible_and_as_wide_as_the_page(
    open_page: Callable[..., Page], sign_in: Callable[..., Page], portal: World, mode: str
) -> None:
    page = open_page(**MODES[mode])
    page.goto(portal.url)
    page.get_by_role("button", name="Sign in").wait_for()
    assert violations(page) == []
    sign_in(page)
    for view, shown in VIEWS.items():
        page.goto(portal.url + view)
        page.locator(shown).first.wait_for(timeout=30_000)
        assert (view, violations(page), overflow(page)) == (view, [], 0)
    page.get_by_label("Value 1").fill("1")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("region", name="Rows of the result").wait_for()
    page.locator("svg rect.bar").first.wait_for()
    assert (violations(page), overflow(page)) == ([], 0)


def test_the_page_of_what_there_is_not_is_accessible(page: Page, portal: World) -> None:
    answer = page.goto(f"{portal.url}nothing.html")
    assert answer
    assert answer.status == 404
    assert violations(page) == []
    page.get_by_role("link", name="the portal's first page").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_colours_follow_the_reader(open_page: Callable[..., Page], portal: World) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        page.goto(portal.url)
        page.get_by_role("button", name="Sign in").wait_for()
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    light, dark = (sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) for ground in grounds)
    assert light > 700
    assert dark < 100


def test_nothing_moves_for_who_wants_no_motion(open_page: Callable[..., Page], portal: World) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(portal.url)
    main = page.locator("main")
    main.evaluate("(element) => element.setAttribute('aria-busy', 'true')")
    assert main.evaluate("(element) => getComputedStyle(element, '::before').animationName") == "none"


def test_all_can_be_done_by_the_keyboard(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    page.goto(portal.url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    reach(page, "button:has-text('Sign in')")
    page.keyboard.press("Enter")
    page.get_by_label("E-mail").wait_for()
    reach(page, "[name=email]")
    page.keyboard.type("ann@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery staple")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="flights", exact=True)).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    reach(page, "#prefix")
    page.keyboard.type("flig")
    expect(page.locator("#found")).to_have_text("1 data set")
    reach(page, "a.name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="flights")).to_be_focused()

    reach(page, ".sections a:has-text('Preview')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Preview")).to_be_focused()
    reach(page, "[role=region]")
    frame = page.get_by_role("region", name="First rows of flights")
    page.keyboard.press("PageDown")
    expect(frame).not_to_have_js_property("scrollTop", 0)
    expect(frame).to_be_focused()

    reach(page, ".top a:has-text('Query')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Query")).to_be_focused()
    reach(page, "#sql")
    page.keyboard.type("SELECT count(*) AS n FROM flights")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Rows of the result")).to_contain_text("2700")
    reach(page, "button:has-text('Download CSV')")
    with page.expect_download():
        page.keyboard.press("Enter")

    reach(page, "button:has-text('Sign out')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Data sets, in one place")).to_be_visible()


def reach(page: Page, selector: str) -> None:
    """Press Tab until it is focused, and seen to be."""
    focused = page.locator(selector).and_(page.locator(":focus"))
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused.count():
            break
    expect(focused).to_have_count(1)
    assert focused.evaluate("(element) => getComputedStyle(element).outlineStyle") != "none"
