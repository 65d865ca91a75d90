"""Signing in and out, and what happens when a session ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.portal.world import ANN, NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.portal.world import World

_TOKENS = "sessionStorage.getItem('watershed.tokens')"


def test_a_person_signs_in_and_comes_back_to_the_view_that_the_address_asked_for(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at="#/datasets/flights/schema")
    expect(page.get_by_role("heading", name="Schema")).to_be_attached()
    assert page.url == f"{portal.url}#/datasets/flights/schema"
    expect(page.get_by_text(ANN)).to_be_visible()
    expect(page).to_have_title("flights · Schema · Watershed")


def test_tokens_are_kept_for_this_tab_only(page: Page, sign_in: Callable[..., Page]) -> None:
    sign_in(page)
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    page.reload()
    expect(page.get_by_role("link", name="flights", exact=True)).to_be_visible()


def test_an_answer_with_another_state_is_refused(page: Page, portal: World) -> None:
    page.goto(portal.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").wait_for()
    asked = portal.sign_in.asked.count("POST /oauth2/token")
    page.goto(f"{portal.url}?code=stolen&state=of-another")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Signing in did not work")
    expect(alert).to_contain_text("not begun in this tab")
    assert page.evaluate(_TOKENS) is None
    assert page.url == portal.url
    assert portal.sign_in.asked.count("POST /oauth2/token") == asked


def test_an_answer_that_nobody_asked_for_is_refused(page: Page, portal: World) -> None:
    page.goto(f"{portal.url}?code=stolen&state=")
    expect(page.get_by_role("alert")).to_contain_text("Nobody was signed in")
    assert page.evaluate(_TOKENS) is None


def test_a_refusal_of_the_sign_in_is_told(page: Page, portal: World) -> None:
    page.goto(portal.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").wait_for()
    state = re.search(r"state=([^&]+)", page.url)
    assert state
    page.goto(f"{portal.url}?error=access_denied&error_description=Your+account+is+locked&state={state[1]}")
    expect(page.get_by_role("alert")).to_contain_text("Your account is locked")


def test_a_token_that_runs_out_is_renewed_unseen(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page)
    before = page.evaluate(_TOKENS)
    portal.sign_in.end_access()
    page.get_by_role("link", name="flights", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="flights")).to_be_visible()
    assert page.evaluate(_TOKENS) != before


def test_who_asks_twice_at_once_with_an_old_token_renews_it_once(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    portal.sign_in.seconds = 30
    try:
        sign_in(page)
        expect(page.get_by_role("link", name="flights", exact=True)).to_be_visible()
        asked = portal.sign_in.asked.count("POST /oauth2/token")
        portal.sign_in.seconds = 3_600
        page.evaluate(
            """async () => {
                const { Session } = await import('./scripts/session.js');
                const { loadConfig } = await import('./scripts/config.js');
                const session = new Session(await loadConfig());
                const [one, other] = await Promise.all([session.token(), session.token()]);
                if (one !== other) throw new Error('two tokens');
            }"""
        )
        assert portal.sign_in.asked.count("POST /oauth2/token") == asked + 1
    finally:
        portal.sign_in.seconds = 3_600


def test_a_session_that_is_over_leads_to_the_sign_in_and_back(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page)
    portal.sign_in.end_sessions()
    page.get_by_role("link", name="flights", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Your session is over")
    alert.get_by_role("button", name="Sign in again").click()
    page.get_by_label("E-mail").fill(ANN)
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="flights")).to_be_visible()
    assert page.url == f"{portal.url}#/datasets/flights"


def test_signing_out_forgets_the_tokens_everywhere(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page)
    expect(page.get_by_role("link", name="flights", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Data sets, in one place")).to_be_visible()
    assert page.evaluate(_TOKENS) is None
    assert {"POST /oauth2/revoke", "GET /logout"} <= set(portal.sign_in.asked)
    assert page.url == portal.url


def test_who_has_no_rights_is_told_so(page: Page, sign_in: Callable[..., Page], portal: World) -> None:
    sign_in(page, NOBODY)
    expect(page.get_by_role("heading", name="There is no data set that you may read")).to_be_visible()
    page.goto(f"{portal.url}#/datasets/flights")
    expect(page.get_by_role("alert")).to_contain_text("There is no data set flights that you may read.")


def test_a_page_without_its_configuration_says_what_is_missing(page: Page, portal: World) -> None:
    known, portal.site.config = portal.site.config, None
    try:
        page.goto(portal.url)
        expect(page.get_by_role("alert")).to_contain_text("config.json answers 404")
        portal.site.config = {"apiUrl": "https://api.example.com"}
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text("config.json lacks signInUrl, clientId, scopes, zones")
    finally:
        portal.site.config = known
