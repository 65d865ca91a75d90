"""The portal in a real browser: each test has a page of its own, on which nothing may go wrong unseen.

Browser and world live as long as a file's tests: Playwright's event loop, and the environment, would disturb others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.portal.browser import PATIENCE_MILLISECONDS, enter, launched
from tests.portal.world import ANN, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.portal.world import World

# What the browser itself says of an answer with an error status; that the page shows it is another matter.
_EXPECTED = "Failed to load resource: the server responded with a status of"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with started(tmp_path_factory.mktemp("portal")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, portal: World) -> Iterator[Callable[..., Page]]:
    """Open pages, and hold them to it that nothing was refused by the policy or written as an error."""
    wrong: list[str] = []
    opened = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, "timezone_id": "UTC", **options})
        context.set_default_timeout(PATIENCE_MILLISECONDS)
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


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def sign_in(portal: World) -> Callable[..., Page]:
    """Sign in as a person, coming to a view by its hash."""
    return lambda page, email=ANN, at="": enter(page, portal.url, email, at)


def _note(message: Any, wrong: list[str]) -> None:
    if message.type == "error" and not message.text.startswith(_EXPECTED):
        wrong.append(message.text)
