"""Chromium as the tests and the pictures of the guide drive it, and a person who signs in with it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect, sync_playwright

from tests.portal import chromium
from tests.portal.hosted_ui import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PATIENCE_MILLISECONDS = 15_000
# What the browser itself says of an answer with an error status; that the page shows it is another matter.
_EXPECTED = "Failed to load resource: the server responded with a status of"


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Launch Chromium, and close it afterwards."""
    path = chromium.find_or_fetch()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        # A sandbox needs namespaces that containers and root have not; what is shown here is our own page alone.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        environment: Any = chromium.environment(path)
        browser = playwright.chromium.launch(executable_path=path, args=options, env=environment)
        yield browser
        browser.close()


def enter(page: Page, url: str, email: str, at: str) -> Page:
    """Sign in as a person, coming to a view by its hash."""
    page.goto(url + at)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


@contextlib.contextmanager
def held_pages(browser: Browser, patience: int = PATIENCE_MILLISECONDS) -> Iterator[Callable[..., Page]]:
    """Open pages, and hold them to it that nothing was refused by the policy or written as an error."""
    wrong: list[str] = []
    opened = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, "timezone_id": "UTC", **options})
        context.set_default_timeout(patience)
        page = context.new_page()
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => console.error('CSP ' + event.blockedURI))"
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: _note(message, wrong))
        opened.append(context)
        return page

    yield make
    for context in opened:
        context.close()
    assert wrong == []


def _note(message: Any, wrong: list[str]) -> None:
    if message.type == "error" and not message.text.startswith(_EXPECTED):
        wrong.append(message.text)
