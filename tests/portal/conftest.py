"""The portal in a real browser: each test has a page of its own, on which nothing may go wrong unseen.

Browser and world live as long as a file's tests: Playwright's event loop, and the environment, would disturb others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.portal.browser import enter, held_pages, launched
from tests.portal.world import ANN, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.portal.world import World


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
    with held_pages(browser) as make:
        yield make


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def sign_in(portal: World) -> Callable[..., Page]:
    """Sign in as a person, coming to a view by its hash."""
    return lambda page, email=ANN, at="": enter(page, portal.url, email, at)
